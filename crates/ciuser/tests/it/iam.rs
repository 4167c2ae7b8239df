//! Somebody else's IAM client, who gives a user of the sandbox what ciuser never would. Signs with Signature Version 4.

use bytes::Bytes;
use ciuser_sandbox::{Answer, Credentials, StateDir};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::program::Home;

/// The sandbox of a home, as its administrator.
pub(crate) struct Iam {
    state: StateDir,
    drawn: u8,
}

impl Iam {
    pub(crate) fn of(home: &Home) -> Iam {
        Iam {
            state: StateDir::open(&home.sandbox()).unwrap(),
            drawn: 0,
        }
    }

    /// Calls an operation; the body of the answer, or IAM's error code.
    pub(crate) fn call(&mut self, action: &str, parameters: &[(&str, &str)]) -> Result<String, String> {
        let now = Timestamp::now();
        let drawn = &mut self.drawn;
        let mut entropy = |bytes: &mut [u8]| {
            for byte in bytes {
                *drawn = drawn.wrapping_add(1);
                *byte = *drawn;
            }
        };
        let credentials = self.state.credentials(now, &mut entropy).unwrap();
        let mut form = vec![("Action", action), ("Version", "2010-05-08")];
        form.extend(parameters);
        let request = signed(&credentials, now, &form);
        let Answer::Response(response) = self.state.handle(now, &mut entropy, &request).unwrap() else {
            panic!("{action}: the answer was dropped");
        };
        let body = std::str::from_utf8(response.body()).unwrap().to_owned();
        if response.status().is_success() {
            Ok(body)
        } else {
            Err(element(&body, "Code"))
        }
    }

    /// Calls an operation that must succeed.
    pub(crate) fn ok(&mut self, action: &str, parameters: &[(&str, &str)]) -> String {
        let answer = self.call(action, parameters);
        answer.unwrap_or_else(|code| panic!("{action}: {code}"))
    }
}

/// The text of the first element of this name.
pub(crate) fn element(xml: &str, name: &str) -> String {
    let (_, rest) = xml.split_once(&format!("<{name}>")).unwrap();
    rest.split_once("</").unwrap().0.to_owned()
}

fn encoded(form: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
                byte => format!("%{byte:02X}"),
            })
            .collect()
    };
    let pairs: Vec<_> = form
        .iter()
        .map(|(name, value)| format!("{name}={}", escape(value)))
        .collect();
    pairs.join("&")
}

fn signed(credentials: &Credentials, now: Timestamp, form: &[(&str, &str)]) -> ciuser_sandbox::Request {
    let body = encoded(form);
    let time = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let scope = format!("{}/us-east-1/iam/aws4_request", now.strftime("%Y%m%d"));
    let token = credentials.session_token.as_deref().unwrap();
    let names = "host;x-amz-date;x-amz-security-token";
    let canonical = format!(
        "POST\n/\n\nhost:iam.amazonaws.com\nx-amz-date:{time}\nx-amz-security-token:{token}\n\n{names}\n{}",
        hex::encode(Sha256::digest(&body))
    );
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n{time}\n{scope}\n{}",
        hex::encode(Sha256::digest(&canonical))
    );
    let first = format!("AWS4{}", credentials.secret_access_key).into_bytes();
    let key = scope.split('/').fold(first, |key, part| hmac(&key, part));
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={}",
        credentials.access_key_id,
        hex::encode(hmac(&key, &to_sign))
    );
    http::Request::post("https://iam.amazonaws.com/")
        .header("host", "iam.amazonaws.com")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-amz-date", time)
        .header("x-amz-security-token", token)
        .header("authorization", authorization)
        .body(Bytes::from(body))
        .unwrap()
}

fn hmac(key: &[u8], data: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(data.as_bytes());
    mac.finalize().into_bytes().to_vec()
}
