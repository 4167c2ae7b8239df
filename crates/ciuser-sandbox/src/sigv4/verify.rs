//! Decides whether a request was signed with the secret of the key that it names.
//!
//! The comparison takes the same time whatever the difference. Answers never quote the canonical request, which AWS
//! does: it contains the session token.

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::canonical::canonical_request;
use super::claim::{ALGORITHM, Claim};
use crate::Request;
use crate::wire::AwsError;

/// How far a client's clock may be away from ours.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS \
                        Secret Access Key and signing method. Consult the service documentation for details.";

/// Checks the claim's scope, age and signature against the key's secret.
pub(crate) fn verify(
    request: &Request,
    claim: &Claim,
    secret: &str,
    service: Option<&str>,
    now: Timestamp,
) -> Result<(), AwsError> {
    check_scope(claim, service)?;
    check_time(claim, now)?;
    if !claim.signed_headers.iter().any(|name| name == "host") {
        return Err(AwsError::signature_mismatch(
            "'Host' must be a 'SignedHeader' in the AWS Authorization.",
        ));
    }
    let expected = sign(&string_to_sign(request, claim), claim, secret);
    if bool::from(expected.as_bytes().ct_eq(claim.signature.as_bytes())) {
        return Ok(());
    }
    Err(AwsError::signature_mismatch(MISMATCH))
}

/// The region is not compared with anything: the sandbox serves them all, and IAM clients with an endpoint of their
/// own sign for whatever region they are configured for.
fn check_scope(claim: &Claim, service: Option<&str>) -> Result<(), AwsError> {
    let mut faults = String::new();
    if claim.region.is_empty() {
        faults.push_str("Credential should be scoped to a valid region. ");
    }
    if let Some(service) = service.filter(|service| *service != claim.service) {
        faults.push_str(&format!(
            "Credential should be scoped to correct service: '{service}'. "
        ));
    }
    if claim.terminator != "aws4_request" {
        let given = &claim.terminator;
        faults.push_str(&format!(
            "Credential should be scoped with a valid terminator: 'aws4_request', not '{given}'. "
        ));
    }
    let day = claim.time.strftime("%Y%m%d").to_string();
    if claim.date != day {
        faults.push_str(&format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{}' != '{day}', from '{}'. ",
            claim.date, claim.written_time
        ));
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(AwsError::signature_mismatch(faults.trim_end()))
    }
}

fn check_time(claim: &Claim, now: Timestamp) -> Result<(), AwsError> {
    let basic = |time: Timestamp| time.strftime("%Y%m%dT%H%M%SZ").to_string();
    let (allowed, words) = match claim.expires {
        Some(seconds) => (SignedDuration::from_secs(seconds), format!("{seconds} sec.")),
        None => (SKEW, "5 min.".to_owned()),
    };
    let age = now.duration_since(claim.time);
    let (written, current) = (basic(claim.time), basic(now));
    if age > allowed {
        let edge = basic(now.checked_sub(allowed).unwrap_or(now));
        return Err(AwsError::signature_mismatch(format!(
            "Signature expired: {written} is now earlier than {edge} ({current} - {words})"
        )));
    }
    if age < -SKEW {
        let edge = basic(now.checked_add(SKEW).unwrap_or(now));
        return Err(AwsError::signature_mismatch(format!(
            "Signature not yet current: {written} is still later than {edge} ({current} + 5 min.)"
        )));
    }
    Ok(())
}

fn string_to_sign(request: &Request, claim: &Claim) -> String {
    format!(
        "{ALGORITHM}\n{}\n{}/{}/{}/{}\n{}",
        claim.written_time,
        claim.date,
        claim.region,
        claim.service,
        claim.terminator,
        hex::encode(Sha256::digest(canonical_request(request, claim)))
    )
}

fn sign(string_to_sign: &str, claim: &Claim, secret: &str) -> String {
    let key = hmac(format!("AWS4{secret}").as_bytes(), &claim.date);
    let key = hmac(&key, &claim.region);
    let key = hmac(&key, &claim.service);
    let key = hmac(&key, &claim.terminator);
    hex::encode(hmac(&key, string_to_sign))
}

fn hmac(key: &[u8], data: &str) -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of every length");
    mac.update(data.as_bytes());
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    //! The values of AWS's published example: a `GET` of `ListUsers`, signed at 2015-08-30T12:36:00Z.

    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    const SIGNATURE: &str = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7";

    fn example(signature: &str) -> Request {
        http::Request::get("https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08")
            .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
            .header("host", "iam.amazonaws.com")
            .header("x-amz-date", "20150830T123600Z")
            .header(
                "authorization",
                format!(
                    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, \
                     SignedHeaders=content-type;host;x-amz-date, Signature={signature}"
                ),
            )
            .body(bytes::Bytes::new())
            .unwrap()
    }

    fn verdict(request: &Request, secret: &str, now: &str) -> Result<(), AwsError> {
        let claim = Claim::of(request).map_err(|error| AwsError {
            message: error.message,
            ..error
        })?;
        verify(request, &claim, secret, Some("iam"), now.parse().unwrap())
    }

    #[test]
    fn the_published_example_has_the_published_canonical_form() {
        let request = example(SIGNATURE);
        let Ok(claim) = Claim::of(&request) else {
            panic!("the example is complete")
        };
        assert_eq!(
            canonical_request(&request, &claim),
            "GET\n/\nAction=ListUsers&Version=2010-05-08\n\
             content-type:application/x-www-form-urlencoded; charset=utf-8\nhost:iam.amazonaws.com\n\
             x-amz-date:20150830T123600Z\n\ncontent-type;host;x-amz-date\n\
             e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        assert_eq!(
            string_to_sign(&request, &claim),
            "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\n\
             f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59"
        );
    }

    #[test]
    fn the_published_example_has_the_published_signature() {
        assert_eq!(verdict(&example(SIGNATURE), SECRET, "2015-08-30T12:36:10Z"), Ok(()));
    }

    #[test]
    fn another_secret_gives_another_signature() {
        let refused = verdict(&example(SIGNATURE), "wJalrXUtnFEMI", "2015-08-30T12:36:10Z");
        assert_eq!(refused, Err(AwsError::signature_mismatch(MISMATCH)));
    }

    #[test]
    fn a_signature_older_than_five_minutes_has_expired() {
        let refused = verdict(&example(SIGNATURE), SECRET, "2015-08-30T12:41:01Z");
        let message = "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z \
                       (20150830T124101Z - 5 min.)";
        assert_eq!(refused, Err(AwsError::signature_mismatch(message)));
    }

    #[test]
    fn a_signature_from_the_future_is_not_yet_current() {
        let refused = verdict(&example(SIGNATURE), SECRET, "2015-08-30T12:30:59Z");
        let message = "Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z \
                       (20150830T123059Z + 5 min.)";
        assert_eq!(refused, Err(AwsError::signature_mismatch(message)));
    }

    #[test]
    fn a_scope_of_another_service_is_refused() {
        let request = example(SIGNATURE);
        let Ok(claim) = Claim::of(&request) else {
            panic!("the example is complete")
        };
        let now = "2015-08-30T12:36:10Z".parse().unwrap();
        assert_eq!(
            verify(&request, &claim, SECRET, Some("sts"), now),
            Err(AwsError::signature_mismatch(
                "Credential should be scoped to correct service: 'sts'."
            ))
        );
    }
}
