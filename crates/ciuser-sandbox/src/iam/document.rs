//! Policy documents: taken from a request, checked, measured, sent back.

use ciuser_policy::document::{PolicyDocument, PolicyKind};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::iam::refusal;
use crate::wire::{AwsError, Params};

/// Everything but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Returns the document in a request. The request may be longer than any quota: white space is not counted.
pub(super) fn requested(params: &Params) -> Result<&str, AwsError> {
    params.text("PolicyDocument", 131_072)
}

/// Checks that IAM accepts the document as such a policy.
pub(super) fn checked(text: &str, kind: PolicyKind) -> Result<PolicyDocument, AwsError> {
    PolicyDocument::parse_as(text, kind).map_err(|error| refusal::malformed_document(error.iam_message()))
}

/// Returns a document as IAM sends it, percent-encoded.
pub(super) fn on_the_wire(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}
