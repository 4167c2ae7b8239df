//! The request: one operation in AWS's JSON 1.1 protocol, signed with Signature Version 4.

use std::time::SystemTime;

use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use aws_smithy_runtime_api::client::identity::Identity;
use bytes::Bytes;
use ciuser_core::port::IamError;
use jiff::Timestamp;
use serde::Serialize;
use zeroize::Zeroizing;

use super::Place;
use crate::error;

/// The largest value that either service takes is 64 KiB; most bodies are a tenth of this.
const ROOM: usize = 4096;

/// Writes a body, which is wiped with its last use.
pub(crate) fn body(fields: &impl Serialize) -> Result<Bytes, IamError> {
    // Large enough from the start: growing would leave copies of a value behind.
    let mut body = Zeroizing::new(Vec::with_capacity(ROOM));
    serde_json::to_writer(&mut *body, fields).map_err(|_| error::unaskable("it cannot be written as JSON"))?;
    Ok(Bytes::from_owner(body))
}

/// Puts the request together and signs it for this moment.
pub(super) fn signed(
    place: &Place,
    identity: &Identity,
    now: Timestamp,
    app: &str,
    operation: &str,
    body: Bytes,
) -> Result<http::Request<Bytes>, IamError> {
    let mut request = http::Request::post(&place.url)
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", operation)
        .header("user-agent", format!("ciuser/{} app/{app}", env!("CARGO_PKG_VERSION")))
        .body(body)
        .map_err(error::unaskable)?;
    let params = SigningParams::builder()
        .identity(identity)
        .region(&place.region)
        .name(place.service)
        .time(SystemTime::try_from(now).map_err(error::unaskable)?)
        .settings(SigningSettings::default())
        .build()
        .map_err(error::unaskable)?;
    let headers = request.headers().iter();
    let headers = headers.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let signable = SignableRequest::new("POST", &place.url, headers, SignableBody::Bytes(request.body()));
    let signature = signable.and_then(|signable| sign(signable, &params.into()));
    let (instructions, _) = signature.map_err(error::unaskable)?.into_parts();
    instructions.apply_to_request_http1x(&mut request);
    Ok(request)
}
