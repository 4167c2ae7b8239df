//! `LookupEvents`: what is asked for a page of events, and what is read of it.

use bytes::Bytes;
use ciuser_core::port::IamError;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error;
use crate::signed::body;

pub(super) const OPERATION: &str = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents";

/// As many events as CloudTrail gives in one page.
const LARGEST: u32 = 50;

/// A page of events.
pub(super) struct Page {
    /// The events, each a JSON text in itself.
    pub(super) events: Vec<String>,
    /// Where the next page begins.
    pub(super) next: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Answer {
    events: Option<Vec<Value>>,
    next_token: Option<String>,
}

/// Writes the body for one page. CloudTrail takes one attribute only, so the user is looked for in the answer; without
/// an end it looks up to now, by its own clock.
pub(super) fn asked(since: Timestamp, token: Option<&str>) -> Result<Bytes, IamError> {
    let mut fields = json!({
        "LookupAttributes": [{ "AttributeKey": "EventName", "AttributeValue": "CreateAccessKey" }],
        "StartTime": since.as_second(),
        "MaxResults": LARGEST,
    });
    if let (Some(token), Some(fields)) = (token, fields.as_object_mut()) {
        fields.insert("NextToken".to_owned(), token.into());
    }
    body(&fields)
}

impl Answer {
    /// Returns the page. Events that are no events are left out.
    pub(super) fn page(self) -> Result<Page, IamError> {
        let events = self.events.ok_or_else(|| error::unusable("the events are missing"))?;
        let text = |event: &Value| event.get("CloudTrailEvent")?.as_str().map(str::to_owned);
        Ok(Page {
            events: events.iter().filter_map(text).collect(),
            next: self.next_token.filter(|token| !token.is_empty()),
        })
    }
}
