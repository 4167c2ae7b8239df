//! A double of everything that gives credentials: STS, the SSO portal and its OIDC service, a container's endpoint.
//!
//! It gives keys that name where they come from. IAM and GetCallerIdentity, asked with them, say `NoSuchEntity`;
//! CloudTrail knows nothing.

use crate::fake::{Reply, Seen, refused};

/// What is told of a request to STS, in this order.
const TOLD: [&str; 7] = [
    "RoleArn",
    "RoleSessionName",
    "ExternalId",
    "DurationSeconds",
    "SerialNumber",
    "TokenCode",
    "WebIdentityToken",
];

const EXPIRY: &str = "2099-01-01T00:00:00Z";

/// The one code that is wrong.
pub(crate) const WRONG_CODE: &str = "000000";

/// Answers a request.
pub(crate) fn answer(seen: &Seen) -> Reply {
    let host = seen.uri.host().unwrap();
    if seen.form.get("TokenCode").is_some_and(|code| code == WRONG_CODE) {
        let message = "MultiFactorAuthentication failed with invalid MFA one time pass code.";
        return refused(403, "AccessDenied", message);
    }
    match seen.form.get("Action").map(String::as_str) {
        Some(action @ ("AssumeRole" | "AssumeRoleWithWebIdentity")) => Reply::Answer(200, assumed(action, seen)),
        Some(_) => refused(404, "NoSuchEntity", "no"),
        None if host.starts_with("portal.sso.") && seen.header("x-amz-sso_bearer_token") == "expired" => {
            Reply::Answer(401, r#"{"__type":"UnauthorizedException","message":"Session token not found or invalid"}"#.to_owned())
        }
        None if host.starts_with("portal.sso.") => Reply::Answer(
            200,
            r#"{"roleCredentials":{"accessKeyId":"ASIASSO0000000000001","secretAccessKey":"s","sessionToken":"t","expiration":4070908800000}}"#.to_owned(),
        ),
        None if host.starts_with("cloudtrail.") => Reply::Answer(200, r#"{"Events":[]}"#.to_owned()),
        None if host.starts_with("oidc.") => Reply::Answer(
            200,
            r#"{"accessToken":"renewed","expiresIn":28800,"refreshToken":"next","tokenType":"Bearer"}"#.to_owned(),
        ),
        None => Reply::Answer(
            200,
            format!(r#"{{"AccessKeyId":"ASIACONTAINER0000001","SecretAccessKey":"s","Token":"t","Expiration":"{EXPIRY}"}}"#),
        ),
    }
}

/// Gives a key with the role's name in it.
fn assumed(action: &str, seen: &Seen) -> String {
    let arn = &seen.form["RoleArn"];
    let name = arn.rsplit('/').next().unwrap().to_uppercase();
    format!(
        "<{action}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{action}Result><AssumedRoleUser>\
         <AssumedRoleId>AROA:x</AssumedRoleId><Arn>arn:aws:sts::111122223333:assumed-role/{name}/x</Arn></AssumedRoleUser>\
         <Credentials><AccessKeyId>ASIA{name}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
         <SessionToken>t</SessionToken><Expiration>{EXPIRY}</Expiration></Credentials></{action}Result></{action}Response>"
    )
}

/// Returns what a request to assume a role says; the SDK's own session names, which have the time in them, by their kind.
pub(crate) fn told(seen: &Seen) -> String {
    let said = TOLD.iter().filter_map(|name| Some((name, seen.form.get(*name)?)));
    said.map(|(name, value)| match value.rsplit_once('-') {
        Some((kind, time))
            if *name == "RoleSessionName" && time.len() > 10 && time.bytes().all(|b| b.is_ascii_digit()) =>
        {
            format!(" {name}={kind}-TIME")
        }
        _ => format!(" {name}={value}"),
    })
    .collect()
}
