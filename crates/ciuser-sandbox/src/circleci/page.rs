//! Paging: `{"items": [...], "next_page_token": ...}`, in pages small enough that clients must follow them.

use serde_json::{Value, json};

use super::answer::{Outcome, Refusal, ok};
use super::call::Call;

const PAGE_LENGTH: usize = 20;

/// Answers with the page that the call's `page-token` asks for.
pub(super) fn page(call: &Call<'_>, items: impl Iterator<Item = Value>) -> Outcome {
    let start = match call.param("page-token") {
        Some(token) => start_of(&token).ok_or_else(|| Refusal::bad_request("Invalid page-token."))?,
        None => 0,
    };
    let mut rest = items.skip(start);
    let page: Vec<Value> = rest.by_ref().take(PAGE_LENGTH).collect();
    let next = rest.next().map(|_| token_of(start + PAGE_LENGTH));
    Ok(ok(json!({ "items": page, "next_page_token": next })))
}

/// Answers with all items, for a list that has the envelope of a paged one and no parameter to ask for more.
pub(super) fn whole(items: impl Iterator<Item = Value>) -> Outcome {
    Ok(ok(
        json!({ "items": items.collect::<Vec<_>>(), "next_page_token": null }),
    ))
}

/// Tokens are opaque to clients; hexadecimal keeps them from being mistaken for page numbers.
fn token_of(start: usize) -> String {
    hex::encode(format!("start={start}"))
}

fn start_of(token: &str) -> Option<usize> {
    let text = String::from_utf8(hex::decode(token).ok()?).ok()?;
    text.strip_prefix("start=")?.parse().ok()
}
