//! Checks the personal API token, in each of the three ways in which clients send it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use subtle::ConstantTimeEq as _;

use super::answer::Refusal;
use crate::Request;

/// Lets a request pass that carries the token.
///
/// `Circle-Token` counts before `Authorization`: clients of the old API send both.
pub(super) fn check(token: &str, request: &Request) -> Result<(), Refusal> {
    let sent = circle_token(request).or_else(|| authorization(request));
    match sent {
        None => Err(Refusal::unauthorized("You must log in first.")),
        Some(sent) if bool::from(sent.as_bytes().ct_eq(token.as_bytes())) => Ok(()),
        Some(_) => Err(Refusal::unauthorized("Invalid token provided.")),
    }
}

fn circle_token(request: &Request) -> Option<String> {
    let value = request.headers().get("Circle-Token")?.to_str().ok()?;
    (!value.is_empty()).then(|| value.to_owned())
}

/// Reads `Bearer TOKEN`, or `Basic` with the token as the user name; the password does not matter.
fn authorization(request: &Request) -> Option<String> {
    let (scheme, credentials) = request.headers().get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let credentials = credentials.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(credentials.to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(credentials).ok()?).ok()?;
    let (user_name, _password) = decoded.split_once(':')?;
    Some(user_name.to_owned())
}
