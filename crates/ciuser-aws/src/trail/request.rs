//! The request: `LookupEvents` in AWS's JSON 1.1 protocol, signed with Signature Version 4.

use std::time::SystemTime;

use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use aws_smithy_runtime_api::client::identity::Identity;
use bytes::Bytes;
use ciuser_core::port::IamError;
use jiff::Timestamp;
use serde_json::json;

use super::place::Place;
use crate::error;

const OPERATION: &str = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents";

/// As many events as CloudTrail gives in one page.
const LARGEST: u32 = 50;

/// Writes the body for one page. CloudTrail takes one attribute only, so the user is looked for in the answer; without
/// an end it looks up to now, by its own clock.
pub(super) fn body(since: Timestamp, token: Option<&str>) -> String {
    let mut body = json!({
        "LookupAttributes": [{ "AttributeKey": "EventName", "AttributeValue": "CreateAccessKey" }],
        "StartTime": since.as_second(),
        "MaxResults": LARGEST,
    });
    if let (Some(token), Some(fields)) = (token, body.as_object_mut()) {
        fields.insert("NextToken".to_owned(), token.into());
    }
    body.to_string()
}

/// Puts the request together and signs it for this moment.
pub(super) fn signed(
    place: &Place,
    identity: &Identity,
    now: Timestamp,
    app: &str,
    body: &str,
) -> Result<http::Request<Bytes>, IamError> {
    let mut request = http::Request::post(&place.url)
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", OPERATION)
        .header("user-agent", format!("ciuser/{} app/{app}", env!("CARGO_PKG_VERSION")))
        .body(Bytes::copy_from_slice(body.as_bytes()))
        .map_err(error::unaskable)?;
    let params = SigningParams::builder()
        .identity(identity)
        .region(place.region)
        .name("cloudtrail")
        .time(SystemTime::try_from(now).map_err(error::unaskable)?)
        .settings(SigningSettings::default())
        .build()
        .map_err(error::unaskable)?;
    let headers = request.headers().iter();
    let headers = headers.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let signable = SignableRequest::new("POST", &place.url, headers, SignableBody::Bytes(body.as_bytes()));
    let signature = signable.and_then(|signable| sign(signable, &params.into()));
    let (instructions, _) = signature.map_err(error::unaskable)?.into_parts();
    instructions.apply_to_request_http1x(&mut request);
    Ok(request)
}
