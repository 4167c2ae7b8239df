//! A small AWS client: signs, sends, reads the XML. Shares no code with what it tests.

use std::collections::VecDeque;

use bytes::Bytes;
use ciuser_sandbox::{Answer, Credentials, Engine, Request, Response};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use quick_xml::Reader;
use quick_xml::events::Event;
use sha2::{Digest, Sha256};

const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A source of bytes that is the same in every run.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new() -> Dice {
        Dice(0x9e37_79b9_7f4a_7c15)
    }

    pub(crate) fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            *byte = self.0.to_le_bytes()[3];
        }
    }
}

/// What AWS refuses a request with.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
}

pub(crate) fn refused(status: u16, code: &str, message: &str) -> Refused {
    Refused {
        status,
        code: code.to_owned(),
        message: message.to_owned(),
    }
}

/// A sandbox and somebody who asks it.
pub(crate) struct Client {
    pub(crate) engine: Engine,
    pub(crate) now: Timestamp,
    pub(crate) credentials: Credentials,
    pub(crate) region: String,
    dice: Dice,
}

impl Client {
    /// Asks a fresh sandbox, as its administrator.
    pub(crate) fn new() -> Client {
        let now: Timestamp = "2026-11-23T10:00:00.25Z".parse().unwrap();
        let mut dice = Dice::new();
        let engine = Engine::fresh(now, &mut |bytes| dice.fill(bytes));
        let credentials = engine.state().admin_session().clone();
        Client {
            engine,
            now,
            credentials,
            region: "us-east-1".to_owned(),
            dice,
        }
    }

    /// Lets time pass.
    pub(crate) fn wait(&mut self, milliseconds: u64) {
        self.now = self
            .now
            .checked_add(std::time::Duration::from_millis(milliseconds))
            .unwrap();
    }

    /// Calls an IAM operation.
    pub(crate) fn call(&mut self, action: &str, params: &[(&str, &str)]) -> Result<Node, Refused> {
        let request = self.request("iam", "2010-05-08", action, params);
        self.send(&request)
    }

    /// Calls an IAM operation that must succeed.
    pub(crate) fn ok(&mut self, action: &str, params: &[(&str, &str)]) -> Node {
        self.call(action, params)
            .unwrap_or_else(|refused| panic!("{action} {params:?}: {refused:?}"))
    }

    /// Calls an IAM operation that must be refused.
    pub(crate) fn refused(&mut self, action: &str, params: &[(&str, &str)]) -> Refused {
        self.call(action, params)
            .err()
            .unwrap_or_else(|| panic!("{action} {params:?} was not refused"))
    }

    /// Asks STS who the caller is.
    pub(crate) fn caller(&mut self) -> Result<Node, Refused> {
        let request = self.request("sts", "2011-06-15", "GetCallerIdentity", &[]);
        self.send(&request)
    }

    /// Makes a user.
    pub(crate) fn user(&mut self, name: &str) {
        self.ok("CreateUser", &[("UserName", name)]);
    }

    /// Makes an access key, and returns what can be signed with it.
    pub(crate) fn key_of(&mut self, user: &str) -> Credentials {
        let key = self.ok("CreateAccessKey", &[("UserName", user)]);
        Credentials {
            access_key_id: key.text("AccessKey/AccessKeyId"),
            secret_access_key: key.text("AccessKey/SecretAccessKey"),
            session_token: None,
        }
    }

    /// Gives a user an inline policy, of the name `test`, with these statements.
    pub(crate) fn put_policy(&mut self, user: &str, statements: &str) {
        let document = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
        let params = [
            ("UserName", user),
            ("PolicyName", "test"),
            ("PolicyDocument", &document),
        ];
        self.ok("PutUserPolicy", &params);
    }

    /// Lets a user do an action, to whatever it likes.
    pub(crate) fn allow(&mut self, user: &str, action: &str) {
        let statement = format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"*"}}"#);
        self.put_policy(user, &statement);
    }

    /// Lets somebody else ask, and then again who asked before.
    pub(crate) fn acting_as<T>(&mut self, credentials: &Credentials, ask: impl FnOnce(&mut Client) -> T) -> T {
        let before = std::mem::replace(&mut self.credentials, credentials.clone());
        let answer = ask(self);
        self.credentials = before;
        answer
    }

    /// Returns the account's id.
    pub(crate) fn account(&self) -> String {
        self.engine.state().account_id().to_owned()
    }

    /// Returns a signed request.
    pub(crate) fn request(&self, service: &str, version: &str, action: &str, params: &[(&str, &str)]) -> Request {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("Action", action)
            .append_pair("Version", version)
            .extend_pairs(params);
        sign(&self.credentials, &self.region, service, self.now, form.finish())
    }

    /// Sends a request, whose answer must arrive.
    pub(crate) fn send(&mut self, request: &Request) -> Result<Node, Refused> {
        match self.answer(request) {
            Answer::Response(response) => read(&response),
            Answer::Dropped => panic!("the answer was dropped"),
        }
    }

    pub(crate) fn answer(&mut self, request: &Request) -> Answer {
        let Client { engine, dice, .. } = self;
        engine.handle(self.now, &mut |bytes| dice.fill(bytes), request)
    }

    /// Returns the raw answer.
    pub(crate) fn response(&mut self, request: &Request) -> Response {
        match self.answer(request) {
            Answer::Response(response) => response,
            Answer::Dropped => panic!("the answer was dropped"),
        }
    }
}

/// Signs a form, as an HTTP client would send it to a local endpoint.
pub(crate) fn sign(credentials: &Credentials, region: &str, service: &str, now: Timestamp, body: String) -> Request {
    let (day, time) = (
        now.strftime("%Y%m%d").to_string(),
        now.strftime("%Y%m%dT%H%M%SZ").to_string(),
    );
    let token = credentials.session_token.as_deref().unwrap_or_default();
    let (token_header, token_name) = if token.is_empty() {
        (String::new(), "")
    } else {
        (format!("x-amz-security-token:{token}\n"), ";x-amz-security-token")
    };
    let names = format!("host;x-amz-date{token_name}");
    let canonical = format!(
        "POST\n/\n\nhost:127.0.0.1:4566\nx-amz-date:{time}\n{token_header}\n{names}\n{}",
        hex::encode(Sha256::digest(&body))
    );
    let scope = format!("{day}/{region}/{service}/aws4_request");
    let signature = signature(&credentials.secret_access_key, &time, &scope, &canonical);
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={signature}",
        credentials.access_key_id
    );
    let mut request = http::Request::post("http://127.0.0.1:4566/")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-amz-date", time)
        .header("authorization", authorization);
    if !token.is_empty() {
        request = request.header("x-amz-security-token", token);
    }
    request.body(Bytes::from(body)).unwrap()
}

/// Returns the signature of a canonical request.
pub(crate) fn signature(secret: &str, time: &str, scope: &str, canonical: &str) -> String {
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n{time}\n{scope}\n{}",
        hex::encode(Sha256::digest(canonical))
    );
    let first = format!("AWS4{secret}").into_bytes();
    let key = scope.split('/').fold(first, |key, part| hmac(&key, part));
    hex::encode(hmac(&key, &to_sign))
}

fn hmac(key: &[u8], data: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(data.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Reads an answer.
pub(crate) fn read(response: &Response) -> Result<Node, Refused> {
    let root = Node::parse(std::str::from_utf8(response.body()).unwrap());
    if response.status().is_success() {
        let result = root
            .children
            .iter()
            .find(|child| child.name.ends_with("Result"))
            .cloned();
        return Ok(result.unwrap_or_default());
    }
    Err(Refused {
        status: response.status().as_u16(),
        code: root.text("Error/Code"),
        message: root.text("Error/Message"),
    })
}

/// Returns a document as it is sent: percent-encoded.
pub(crate) fn encoded(document: &str) -> String {
    utf8_percent_encode(document, RESERVED).to_string()
}

/// An element of an XML document.
#[derive(Clone, Debug, Default)]
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) children: Vec<Node>,
}

impl Node {
    pub(crate) fn parse(xml: &str) -> Node {
        let mut reader = Reader::from_str(xml);
        let mut open = VecDeque::from([Node::default()]);
        loop {
            match reader.read_event().unwrap() {
                Event::Start(start) => {
                    let name = start.name().as_ref().to_owned();
                    open.push_back(Node {
                        name,
                        ..Node::default()
                    });
                }
                Event::End(_) => {
                    let node = open.pop_back().unwrap();
                    open.back_mut().unwrap().children.push(node);
                }
                Event::Text(text) => open.back_mut().unwrap().text.push_str(&text.xml10_content()),
                Event::GeneralRef(reference) => {
                    let character = reference.resolve_char_ref().unwrap().map(String::from);
                    let name = reference.xml10_content();
                    let known = quick_xml::escape::resolve_predefined_entity(&name).map(str::to_owned);
                    open.back_mut().unwrap().text.push_str(&character.or(known).unwrap());
                }
                Event::Eof => break,
                _ => {}
            }
        }
        open.pop_back().unwrap().children.remove(0)
    }

    /// Returns the texts of all elements at a path: `Users/member/UserName`.
    pub(crate) fn texts(&self, path: &str) -> Vec<String> {
        self.at(path).iter().map(|node| node.text.clone()).collect()
    }

    /// Returns the text of the one element at a path.
    pub(crate) fn text(&self, path: &str) -> String {
        let texts = self.texts(path);
        assert_eq!(texts.len(), 1, "{path} in {self:?}");
        texts[0].clone()
    }

    /// Returns the names of the elements at a path.
    pub(crate) fn names(&self, path: &str) -> Vec<&str> {
        self.at(path)
            .iter()
            .flat_map(|node| &node.children)
            .map(|child| child.name.as_str())
            .collect()
    }

    pub(crate) fn at(&self, path: &str) -> Vec<&Node> {
        let mut nodes = vec![self];
        for name in path.split('/').filter(|name| !name.is_empty()) {
            nodes = nodes
                .into_iter()
                .flat_map(|node| &node.children)
                .filter(|child| child.name == name)
                .collect();
        }
        nodes
    }
}
