//! What goes wrong with a call, and how a person is told.
//!
//! INVARIANT: what a server says is shown only when nothing of the token or of a value that was sent is in it.

use ciuser_core::port::TargetError;
use http::{HeaderMap, StatusCode, header};
use jiff::SignedDuration;
use serde_json::Value;

use super::Service;
use super::pace::asked_pause;

/// The longest message of a server that is shown.
const LONGEST: usize = 160;
/// As many characters in a row are no coincidence.
const TELLTALE: usize = 8;

/// Where services put what went wrong.
const WORDS: [&str; 5] = ["message", "error", "errors", "detail", "error_description"];

/// What became of a call that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Not a byte was sent.
    NotSent,
    /// There were too many requests; it was not carried out.
    Throttled,
    /// It was refused with this status.
    Refused(StatusCode),
    /// The server failed or the answer was lost: it may have been carried out.
    Unknown,
    /// It was answered with something that is not the service's.
    Strange,
}

/// A call that failed.
#[derive(Debug)]
pub(crate) struct Trouble {
    service: &'static Service,
    pub(crate) fate: Fate,
    /// How long the server asks to wait.
    pub(crate) pause: Option<SignedDuration>,
    message: String,
}

impl Trouble {
    /// Makes an error of what was being done and what went wrong.
    pub(crate) fn new(service: &'static Service, fate: Fate, doing: &str, what: &str) -> Trouble {
        Trouble {
            service,
            fate,
            pause: None,
            message: format!("{doing}: {what}"),
        }
    }

    /// Reads an answer that is not a 2xx. `sent` are the texts that must not be shown.
    pub(crate) fn of_answer(
        service: &'static Service,
        doing: &str,
        answer: &http::Response<bytes::Bytes>,
        sent: &[&str],
    ) -> Trouble {
        let status = answer.status();
        let fate = match status {
            StatusCode::TOO_MANY_REQUESTS => Fate::Throttled,
            StatusCode::FORBIDDEN if is_rate_limit(answer.headers()) => Fate::Throttled,
            status if status.is_server_error() => Fate::Unknown,
            status => Fate::Refused(status),
        };
        let mut what = status.to_string();
        if let Some(said) = said(answer.headers(), answer.body(), sent) {
            what = format!("{what}: {said}");
        }
        Trouble {
            pause: asked_pause(answer.headers()),
            ..Trouble::new(service, fate, doing, &what)
        }
    }

    /// Tells whether the resource is not there, or is hidden from the token.
    pub(crate) fn is_not_found(&self) -> bool {
        self.fate == Fate::Refused(StatusCode::NOT_FOUND)
    }

    /// Tells whether the server may be one that does not have this call at all.
    pub(crate) fn lacks_route(&self) -> bool {
        self.is_not_found() || self.fate == Fate::Refused(StatusCode::GONE)
    }

    /// Tells whether the token's owner may not see the resource.
    pub(crate) fn is_hidden(&self) -> bool {
        self.is_not_found() || self.is_forbidden()
    }

    /// Tells whether the service could not use what was sent.
    pub(crate) fn is_invalid(&self) -> bool {
        self.fate == Fate::Refused(StatusCode::UNPROCESSABLE_ENTITY)
            || self.fate == Fate::Refused(StatusCode::BAD_REQUEST)
    }

    /// Tells whether the token's owner may not do this.
    pub(crate) fn is_forbidden(&self) -> bool {
        self.fate == Fate::Refused(StatusCode::FORBIDDEN)
    }

    /// Tells whether the answer is to be had elsewhere.
    pub(crate) fn is_redirection(&self) -> bool {
        matches!(self.fate, Fate::Refused(status) if status.is_redirection())
    }

    /// Tells whether what was to be made is there already.
    pub(crate) fn is_conflict(&self) -> bool {
        self.fate == Fate::Refused(StatusCode::CONFLICT)
    }
}

impl From<Trouble> for TargetError {
    fn from(trouble: Trouble) -> TargetError {
        let Service {
            name,
            renew,
            address_from,
            ..
        } = trouble.service;
        let hint = match trouble.fate {
            Fate::Refused(StatusCode::UNAUTHORIZED) => {
                let message = format!(
                    "the {name} token was refused, it may have expired ({})",
                    trouble.message
                );
                return TargetError::new(message).with_hint(*renew);
            }
            Fate::Refused(StatusCode::FORBIDDEN) => format!("the owner of the {name} token lacks the right for this"),
            Fate::Throttled => format!("{name} limits how many requests it takes; try again in a few minutes"),
            Fate::Strange => format!("check the address of {name}: {address_from}"),
            Fate::Refused(status) if status.is_redirection() => format!("check the address of {name}: {address_from}"),
            Fate::NotSent | Fate::Refused(_) | Fate::Unknown => return TargetError::new(trouble.message),
        };
        TargetError::new(trouble.message).with_hint(hint)
    }
}

/// GitHub says with 403 that there were too many requests.
fn is_rate_limit(headers: &HeaderMap) -> bool {
    let none_left = headers.get("x-ratelimit-remaining").is_some_and(|left| left == "0");
    none_left || headers.contains_key(header::RETRY_AFTER)
}

/// Returns what the server says, on one line; nothing of an HTML page, and nothing that repeats what was sent.
fn said(headers: &HeaderMap, body: &[u8], sent: &[&str]) -> Option<String> {
    let text = match serde_json::from_slice::<Value>(body) {
        Ok(answer) => text_in(&answer)?,
        Err(_) if is_html(headers, body) => return None,
        Err(_) => std::str::from_utf8(body).ok()?.to_owned(),
    };
    if sent.iter().any(|sent| repeats(&text, sent)) {
        return None;
    }
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let line = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let line = line.trim_end_matches('.');
    let short: String = line.chars().take(LONGEST).collect();
    match short.as_str() {
        "" => None,
        short if short.len() < line.len() => Some(format!("{short}...")),
        short => Some(short.to_owned()),
    }
}

/// Finds the words in an error: each service has them under another key, alone, in a list, or by field.
fn text_in(answer: &Value) -> Option<String> {
    let all = |texts: &mut dyn Iterator<Item = String>| {
        let texts: Vec<String> = texts.collect();
        (!texts.is_empty()).then(|| texts.join(", "))
    };
    match answer {
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => all(&mut items.iter().filter_map(text_in)),
        Value::Object(fields) => {
            let named = WORDS.iter().find_map(|key| fields.get(*key).and_then(text_in));
            named.or_else(|| {
                // GitLab: `{"key":["has already been taken"]}`.
                let by_field = fields.iter().filter(|(_, value)| value.is_array());
                all(&mut by_field.filter_map(|(field, value)| Some(format!("{field} {}", text_in(value)?))))
            })
        }
        _ => None,
    }
}

fn is_html(headers: &HeaderMap, body: &[u8]) -> bool {
    let named = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    named.is_some_and(|kind| kind.contains("html")) || body.trim_ascii_start().starts_with(b"<")
}

/// Tells whether a text has some characters in a row of what was sent, or all of it where that is short.
pub(crate) fn repeats(text: &str, sent: &str) -> bool {
    let mut pieces = sent.as_bytes().windows(TELLTALE.min(sent.len()).max(1));
    pieces.any(|piece| text.as_bytes().windows(piece.len()).any(|window| window == piece))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rig::EXAMPLE;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    fn message(kind: &str, body: &str) -> String {
        let answer = http::Response::builder().status(400).header("content-type", kind);
        let answer = answer.body(bytes::Bytes::from(body.to_owned())).unwrap();
        Trouble::of_answer(&EXAMPLE, "writing `X`", &answer, &[SECRET]).message
    }

    #[test]
    fn what_the_server_says_is_shown_on_one_line() {
        let json = "application/json;charset=utf-8";
        assert_eq!(
            message(json, r#"{"message":"Too\n  many\tvariables."}"#),
            "writing `X`: 400 Bad Request: Too many variables"
        );
        assert_eq!(
            message("text/plain", "no\r\nway"),
            "writing `X`: 400 Bad Request: no way"
        );
        assert_eq!(message(json, "{}"), "writing `X`: 400 Bad Request");
        let long = "ä".repeat(LONGEST + 1);
        let expected = format!("writing `X`: 400 Bad Request: {}...", "ä".repeat(LONGEST));
        assert_eq!(message("text/plain", &long), expected);
    }

    #[test]
    fn the_words_are_found_wherever_a_service_puts_them() {
        for body in [
            r#"{"message":"no"}"#,
            r#"{"error":{"message":"no"}}"#,
            r#"{"errors":["no"]}"#,
            r#"{"errors":[{"code":1,"message":"no"}],"documentation_url":"x"}"#,
            r#""no""#,
        ] {
            assert_eq!(
                message("application/json", body),
                "writing `X`: 400 Bad Request: no",
                "{body}"
            );
        }
        let by_field = r#"{"message":{"key":["has already been taken"],"value":["is invalid"]}}"#;
        assert_eq!(
            message("application/json", by_field),
            "writing `X`: 400 Bad Request: key has already been taken, value is invalid"
        );
    }

    #[test]
    fn a_page_is_not_shown() {
        for (kind, body) in [("text/html", "Gateway"), ("", "\n<!DOCTYPE html><p>Gateway")] {
            assert_eq!(message(kind, body), "writing `X`: 400 Bad Request");
        }
    }

    #[test]
    fn an_answer_that_repeats_even_a_part_of_what_was_sent_is_not_shown() {
        for part in [SECRET, "wJalrXUt", "NG/bPxRfiC"] {
            let body = format!(r#"{{"message":"the value '{part}' is bad"}}"#);
            assert_eq!(message("application/json", &body), "writing `X`: 400 Bad Request");
        }
    }

    #[test]
    fn a_403_that_asks_to_wait_is_about_too_many_requests() {
        let fate = |headers: &[(&str, &str)]| {
            let mut answer = http::Response::builder().status(403);
            for (name, value) in headers {
                answer = answer.header(*name, *value);
            }
            Trouble::of_answer(&EXAMPLE, "x", &answer.body(bytes::Bytes::new()).unwrap(), &[]).fate
        };
        assert_eq!(fate(&[("retry-after", "3")]), Fate::Throttled);
        assert_eq!(fate(&[("x-ratelimit-remaining", "0")]), Fate::Throttled);
        let refused = Fate::Refused(StatusCode::FORBIDDEN);
        assert_eq!(fate(&[("x-ratelimit-remaining", "41")]), refused);
        assert_eq!(fate(&[]), refused);
    }
}
