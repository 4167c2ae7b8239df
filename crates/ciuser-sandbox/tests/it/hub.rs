//! A client of the sandbox's GitHub, GitLab and 1Password, in process.

use bytes::Bytes;
use ciuser_sandbox::{Answer, Engine};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::client::Dice;

/// A sandbox, and somebody with the token of one of its services.
pub(crate) struct Hub {
    pub(crate) engine: Engine,
    pub(crate) dice: Dice,
    now: Timestamp,
    token: String,
    prefix: &'static str,
}

impl Hub {
    pub(crate) fn github() -> Hub {
        Hub::at("/api/v3", |engine, dice| {
            engine.github(&mut |bytes| dice.fill(bytes)).token().to_owned()
        })
    }

    pub(crate) fn gitlab() -> Hub {
        Hub::at("/api/v4", |engine, dice| {
            engine.gitlab(&mut |bytes| dice.fill(bytes)).token().to_owned()
        })
    }

    pub(crate) fn connect() -> Hub {
        Hub::at("/v1", |engine, dice| {
            let connect = engine.connect(Timestamp::UNIX_EPOCH, &mut |bytes| dice.fill(bytes));
            connect.token().to_owned()
        })
    }

    fn at(prefix: &'static str, token: impl FnOnce(&mut Engine, &mut Dice) -> String) -> Hub {
        let now = "2026-11-23T18:59:15.042Z".parse().unwrap();
        let mut dice = Dice::new();
        let mut engine = Engine::fresh(now, &mut |bytes| dice.fill(bytes));
        let token = token(&mut engine, &mut dice);
        Hub {
            engine,
            dice,
            now,
            token,
            prefix,
        }
    }

    /// Lets seconds pass.
    pub(crate) fn pass(&mut self, seconds: i64) {
        self.now += SignedDuration::from_secs(seconds);
    }

    /// Makes a call, and returns the whole answer, if there is one.
    pub(crate) fn answer(
        &mut self,
        method: &str,
        path: &str,
        token: &str,
        body: &Value,
    ) -> Option<http::Response<Bytes>> {
        let request = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.prefix))
            .header("host", "127.0.0.1:4599")
            .header("authorization", format!("Bearer {token}"));
        let request = request.body(Bytes::from(body.to_string())).unwrap();
        let dice = &mut self.dice;
        match self.engine.handle(self.now, &mut |bytes| dice.fill(bytes), &request) {
            Answer::Response(response) => Some(response),
            Answer::Dropped => None,
        }
    }

    /// Makes a call with the right token, and returns status and JSON.
    pub(crate) fn send(&mut self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let token = self.token.clone();
        let answer = self.answer(method, path, &token, body).unwrap();
        let body = serde_json::from_slice(answer.body()).unwrap_or_default();
        (answer.status().as_u16(), body)
    }

    pub(crate) fn get(&mut self, path: &str) -> Value {
        let (status, body) = self.send("GET", path, &Value::Null);
        assert_eq!(status, 200, "GET {path}: {body}");
        body
    }

    /// Follows a listing to its end by its links, and returns the pages.
    pub(crate) fn pages(&mut self, first: &str) -> Vec<Value> {
        let (mut pages, mut next) = (Vec::new(), Some(first.to_owned()));
        while let Some(path) = next.take() {
            let token = self.token.clone();
            let answer = self.answer("GET", &path, &token, &Value::Null).unwrap();
            pages.push(serde_json::from_slice(answer.body()).unwrap());
            next = answer.headers().get("link").map(|link| {
                let link = link.to_str().unwrap();
                let start = format!("<http://127.0.0.1:4599{}", self.prefix);
                let address = link
                    .strip_prefix(&start)
                    .unwrap()
                    .strip_suffix(r#">; rel="next""#)
                    .unwrap();
                address.to_owned()
            });
        }
        pages
    }
}
