//! The canonical form of a request: what client and server both compute, so that they sign the same bytes.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use sha2::{Digest, Sha256};

use super::claim::{Claim, query_pairs};
use crate::Request;

/// Everything but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Returns the canonical request.
pub(super) fn canonical_request(request: &Request, claim: &Claim) -> String {
    format!(
        "{}\n{}\n{}\n{}\n{}\n{}",
        request.method(),
        canonical_path(request.uri().path()),
        canonical_query(request.uri().query().unwrap_or_default()),
        canonical_headers(request, &claim.signed_headers),
        claim.signed_headers.join(";"),
        hex::encode(Sha256::digest(request.body())),
    )
}

/// Resolves dot segments and encodes each segment once more, as every service but S3 does.
fn canonical_path(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    let encoded: Vec<String> = segments.into_iter().map(encode).collect();
    let end = if path.ends_with('/') && !encoded.is_empty() {
        "/"
    } else {
        ""
    };
    format!("/{}{end}", encoded.join("/"))
}

fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<(String, String)> = query_pairs(query)
        .into_iter()
        .filter(|(name, _)| name != "X-Amz-Signature")
        .map(|(name, value)| (encode(&name), encode(&value)))
        .collect();
    pairs.sort_unstable();
    let pairs: Vec<String> = pairs
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}

fn canonical_headers(request: &Request, signed: &[String]) -> String {
    signed
        .iter()
        .map(|name| format!("{name}:{}\n", header_value(request, name)))
        .collect()
}

fn header_value(request: &Request, name: &str) -> String {
    let values: Vec<String> = request
        .headers()
        .get_all(name)
        .iter()
        .map(|value| {
            String::from_utf8_lossy(value.as_bytes())
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    if values.is_empty() && name == "host" {
        return authority(request);
    }
    values.join(",")
}

/// Returns the `Host` header that an HTTP client will derive from the address; in process, nobody writes it.
fn authority(request: &Request) -> String {
    let uri = request.uri();
    let host = uri.host().unwrap_or_default();
    match (uri.scheme_str(), uri.port_u16()) {
        (_, None) | (Some("https"), Some(443)) | (Some("http"), Some(80)) => host.to_owned(),
        (_, Some(port)) => format!("{host}:{port}"),
    }
}

fn encode(text: &str) -> String {
    percent_encode(text.as_bytes(), RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lose_their_dot_segments() {
        assert_eq!(canonical_path("/"), "/");
        assert_eq!(canonical_path("/example1/example2/../.."), "/");
        assert_eq!(canonical_path("/./example/"), "/example/");
    }

    #[test]
    fn query_parameters_are_sorted_by_name_and_value() {
        assert_eq!(canonical_query("b=2&a=x%20y&a=%2B"), "a=%2B&a=x%20y&b=2");
    }
}
