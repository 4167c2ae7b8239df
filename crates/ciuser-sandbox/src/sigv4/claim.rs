//! What a request claims about itself: which key signed what, when, for where.
//!
//! Reads the `Authorization` header, or the query parameters of a presigned request. Nothing in it is to be believed
//! before `verify` has passed.

use http::HeaderMap;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use percent_encoding::percent_decode_str;

use crate::Request;
use crate::wire::AwsError;

pub(super) const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// A request's claim to have been signed.
pub(crate) struct Claim {
    pub(crate) access_key_id: String,
    pub(crate) region: String,
    pub(crate) session_token: Option<String>,
    pub(super) date: String,
    pub(super) service: String,
    pub(super) terminator: String,
    /// The time as it was written, which is what was signed.
    pub(super) written_time: String,
    pub(super) time: Timestamp,
    /// How long a presigned request stays valid, in seconds.
    pub(super) expires: Option<i64>,
    pub(super) signed_headers: Vec<String>,
    pub(super) signature: String,
}

impl Claim {
    /// Reads the claim of a request.
    pub(crate) fn of(request: &Request) -> Result<Claim, AwsError> {
        let query = query_pairs(request.uri().query().unwrap_or_default());
        match (
            header(request.headers(), "authorization"),
            lookup(&query, "X-Amz-Algorithm"),
        ) {
            (Some(authorization), _) => Claim::of_header(request.headers(), authorization),
            (None, Some(algorithm)) => Claim::of_query(&query, algorithm),
            (None, None) => Err(AwsError::missing_token()),
        }
    }

    fn of_header(headers: &HeaderMap, authorization: &str) -> Result<Claim, AwsError> {
        let (algorithm, rest) = authorization.split_once(' ').unwrap_or((authorization, ""));
        check_algorithm(algorithm)?;
        let part = |name: &str| {
            rest.split(',')
                .filter_map(|part| part.trim().split_once('='))
                .find(|(key, _)| *key == name)
                .map(|(_, v)| v)
        };
        let mut missing = String::new();
        let mut need = |name: &str| {
            part(name).unwrap_or_else(|| {
                missing.push_str(&format!("Authorization header requires '{name}' parameter. "));
                ""
            })
        };
        let (credential, signature, signed) = (need("Credential"), need("Signature"), need("SignedHeaders"));
        let time = header(headers, "x-amz-date").or_else(|| header(headers, "date"));
        if time.is_none() {
            missing.push_str("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ");
        }
        if !missing.is_empty() {
            return Err(AwsError::incomplete_signature(missing.trim_end()));
        }
        let token = header(headers, "x-amz-security-token").map(str::to_owned);
        Claim::new(credential, signed, signature, time.unwrap_or_default(), token)
    }

    fn of_query(query: &[(String, String)], algorithm: &str) -> Result<Claim, AwsError> {
        check_algorithm(algorithm)?;
        let need = |name: &str| {
            lookup(query, name).ok_or_else(|| {
                AwsError::incomplete_signature(format!("AWS query-string parameters must include '{name}'."))
            })
        };
        let token = lookup(query, "X-Amz-Security-Token").map(str::to_owned);
        let claim = Claim::new(
            need("X-Amz-Credential")?,
            need("X-Amz-SignedHeaders")?,
            need("X-Amz-Signature")?,
            need("X-Amz-Date")?,
            token,
        )?;
        let expires = lookup(query, "X-Amz-Expires").and_then(|seconds| seconds.parse().ok());
        Ok(Claim { expires, ..claim })
    }

    fn new(
        credential: &str,
        signed_headers: &str,
        signature: &str,
        written_time: &str,
        session_token: Option<String>,
    ) -> Result<Claim, AwsError> {
        let mut parts = credential.split('/').map(str::to_owned);
        let [
            Some(access_key_id),
            Some(date),
            Some(region),
            Some(service),
            Some(terminator),
            None,
        ] = std::array::from_fn(|_| parts.next())
        else {
            return Err(AwsError::incomplete_signature(format!(
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{credential}'"
            )));
        };
        let Some(time) = parse_time(written_time) else {
            return Err(AwsError::incomplete_signature(format!(
                "Date must be in ISO-8601 'basic format'. Got '{written_time}'. See http://en.wikipedia.org/wiki/ISO_8601"
            )));
        };
        Ok(Claim {
            access_key_id,
            region,
            session_token,
            date,
            service,
            terminator,
            written_time: written_time.to_owned(),
            time,
            expires: None,
            signed_headers: signed_headers.split(';').map(str::to_ascii_lowercase).collect(),
            signature: signature.to_owned(),
        })
    }
}

/// Returns the pairs of a query string, percent-decoded; unlike in a form, a plus sign stands for itself.
pub(super) fn query_pairs(query: &str) -> Vec<(String, String)> {
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

fn check_algorithm(algorithm: &str) -> Result<(), AwsError> {
    if algorithm == ALGORITHM {
        return Ok(());
    }
    Err(AwsError::incomplete_signature(format!(
        "Unsupported AWS 'algorithm': '{algorithm}'."
    )))
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn lookup<'a>(query: &'a [(String, String)], name: &str) -> Option<&'a str> {
    query
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

fn parse_time(text: &str) -> Option<Timestamp> {
    let civil = DateTime::strptime("%Y%m%dT%H%M%SZ", text)
        .or_else(|_| DateTime::strptime("%a, %d %b %Y %H:%M:%S GMT", text))
        .ok()?;
    TimeZone::UTC.to_timestamp(civil).ok()
}
