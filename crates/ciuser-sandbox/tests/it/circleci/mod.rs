//! CircleCI's endpoints, called in process.

mod access;
mod contexts;
mod faults;
mod jobs;
mod projects;
mod restrictions;
mod variables;

use bytes::Bytes;
use ciuser_sandbox::circleci::{State, handle};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// The time at which every test begins.
const START: &str = "2026-11-23T18:59:15.042Z";

/// CircleCI with a clock that stands still unless told, and randomness that counts.
struct Circle {
    state: State,
    now: Timestamp,
    drawn: u8,
}

impl Circle {
    fn fresh() -> Circle {
        let now = START.parse().unwrap();
        let mut drawn = 0;
        let state = State::fresh(now, &mut |bytes| count_up(&mut drawn, bytes));
        Circle { state, now, drawn }
    }

    fn pass(&mut self, milliseconds: i64) {
        self.now += SignedDuration::from_millis(milliseconds);
    }

    /// Sends a request with the user's token, and returns the status and the JSON of the answer.
    fn send(&mut self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let token = self.state.token().to_owned();
        let request = http::Request::builder()
            .method(method)
            .uri(path)
            .header("Circle-Token", token);
        let response = self.answer(request.body(Bytes::from(body.to_owned())).unwrap());
        let body = serde_json::from_slice(response.body()).unwrap();
        (response.status().as_u16(), body)
    }

    fn answer(&mut self, request: http::Request<Bytes>) -> http::Response<Bytes> {
        let drawn = &mut self.drawn;
        let response = handle(&mut self.state, self.now, &mut |bytes| count_up(drawn, bytes), &request);
        assert_eq!(response.headers()["content-type"], "application/json;charset=utf-8");
        response
    }

    fn get(&mut self, path: &str) -> Value {
        let (status, body) = self.send("GET", path, "");
        assert_eq!(status, StatusCode::OK, "GET {path}: {body}");
        body
    }

    /// Makes a context in `gh/acme` and returns its id.
    fn context(&mut self, name: &str) -> String {
        let body = serde_json::json!({ "name": name, "owner": { "slug": "gh/acme", "type": "organization" } });
        let (status, context) = self.send("POST", "/api/v2/context", &body.to_string());
        assert_eq!(status, 200, "{context}");
        context["id"].as_str().unwrap().to_owned()
    }

    fn put_variable(&mut self, context: &str, name: &str, value: &str) -> (u16, Value) {
        let path = format!("/api/v2/context/{context}/environment-variable/{name}");
        self.send("PUT", &path, &serde_json::json!({ "value": value }).to_string())
    }

    fn put_project_variable(&mut self, slug: &str, name: &str, value: &str) -> (u16, Value) {
        let body = serde_json::json!({ "name": name, "value": value });
        self.send("POST", &format!("/api/v2/project/{slug}/envvar"), &body.to_string())
    }

    fn restrict(&mut self, context: &str, kind: &str, value: &str) -> (u16, Value) {
        let body = serde_json::json!({ "restriction_type": kind, "restriction_value": value });
        self.send(
            "POST",
            &format!("/api/v2/context/{context}/restrictions"),
            &body.to_string(),
        )
    }

    fn add_project(&mut self, slug: &str) -> String {
        let drawn = &mut self.drawn;
        self.state
            .add_project(slug, &mut |bytes| count_up(drawn, bytes))
            .unwrap()
    }

    fn project_id(&mut self, slug: &str) -> String {
        self.get(&format!("/api/v2/project/{slug}"))["id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    fn organization_id(&mut self) -> String {
        self.get("/api/v2/me/collaborations")[0]["id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Returns one field of every item, over all pages, and the number of pages.
    fn all(&mut self, path: &str, field: &str) -> (Vec<String>, usize) {
        let (mut found, mut pages, mut token) = (Vec::new(), 0, String::new());
        loop {
            let sign = if path.contains('?') { '&' } else { '?' };
            let page = self.get(&format!("{path}{sign}page-token={token}"));
            pages += 1;
            found.extend(
                page["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|item| item[field].as_str().unwrap().to_owned()),
            );
            match page["next_page_token"].as_str() {
                Some(next) => next.clone_into(&mut token),
                None => return (found, pages),
            }
        }
    }
}

fn message(text: &str) -> Value {
    serde_json::json!({ "message": text })
}

fn count_up(drawn: &mut u8, bytes: &mut [u8]) {
    for byte in bytes {
        *drawn = drawn.wrapping_add(41);
        *byte = *drawn;
    }
}
