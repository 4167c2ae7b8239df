//! What to tell a person whose credentials cannot be found, or have run out.
//!
//! Shows the SDK's texts as far as they speak of profiles, files and services. Cuts off what could hold a secret:
//! the output of a `credential_process`, and answers that could not be read.

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_types::error::metadata::ErrorMetadata;

use crate::error::chain;

/// Texts of the SDK behind which an answer, or the output of a process, may follow.
const UNSAFE_BEHIND: [&str; 3] = ["Stderr:", "could not parse response", "response error"];

/// Texts of the SDK that only say that the next one says more.
const EMPTY: [&str; 3] = ["service error", "dispatch failure", "unhandled error"];

/// What to do when nothing was found.
const NAME_ONE: &str = "name a profile, or set `AWS_ACCESS_KEY_ID` and its kin";

/// Says in a line why there are no credentials, and what to do about it.
pub(crate) fn explain(error: &CredentialsError, profile: Option<&str>) -> String {
    let reason = reason(error);
    if reason.contains("cargo feature") {
        return format!("the profile uses a login that ciuser cannot read; {}", export(profile));
    }
    if reason.contains("SSO") || reason.contains("sso") || reason.contains("UnauthorizedException") {
        return format!("{reason}; run `aws sso login{}`", selected(profile));
    }
    // With a code that was wrong, STS says so itself.
    if reason.contains("AccessDenied") && !reason.contains("MultiFactorAuthentication failed") {
        return format!("{reason}; if the role needs an MFA code, the profile needs `mfa_serial`");
    }
    if reason.contains("found in chain") {
        let profile = profile_in_chain(&reason)
            .map(|why| format!(" ({why})"))
            .unwrap_or_default();
        return format!("no credentials found{profile}; {NAME_ONE}");
    }
    if reason.contains("IMDS") {
        return format!("no credentials found, and the metadata service of EC2 gave none ({reason}); {NAME_ONE}");
    }
    reason
}

/// Says how to renew a session that has run out.
pub(crate) fn renew(profile: Option<&str>) -> String {
    format!("renew the session, with SSO by `aws sso login{}`", selected(profile))
}

fn selected(profile: Option<&str>) -> String {
    profile
        .map(|profile| format!(" --profile {profile}"))
        .unwrap_or_default()
}

/// Says how to get the credentials of a profile by way of the AWS CLI.
pub(crate) fn export(profile: Option<&str>) -> String {
    let selected = selected(profile);
    format!("run `eval \"$(aws configure export-credentials{selected} --format env)\"` first")
}

/// Finds out of the SDK's list of what it tried what it says of the profile, if it says why.
fn profile_in_chain(tried: &str) -> Option<&str> {
    let line = tried.lines().find_map(|line| line.trim().strip_prefix("Profile:"))?;
    line.split_once("was not enabled: ").map(|(_, why)| why.trim())
}

fn reason(error: &CredentialsError) -> String {
    let mut texts: Vec<String> = Vec::new();
    for link in chain(error) {
        // Its own text only says that something else went wrong.
        if link.is::<CredentialsError>() && link.source().is_some() {
            continue;
        }
        let text = match link.downcast_ref::<ErrorMetadata>() {
            Some(answer) => format!(
                "{}: {}",
                answer.code().unwrap_or("error"),
                answer.message().unwrap_or_default()
            ),
            None => link.to_string(),
        };
        let cut = UNSAFE_BEHIND.iter().filter_map(|mark| text.find(mark)).min();
        let shown = text.get(..cut.unwrap_or(text.len())).unwrap_or_default();
        let shown = shown.trim().trim_end_matches(['.', ',', ':', ';']);
        let says_more = !shown.is_empty() && !EMPTY.iter().any(|empty| shown.starts_with(empty));
        if says_more && !texts.iter().any(|before| before.contains(shown)) {
            texts.push(shown.to_owned());
        }
        if cut.is_some() {
            break;
        }
    }
    texts.join(": ")
}
