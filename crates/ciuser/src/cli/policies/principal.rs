//! Who asks, as it is typed and printed.

use ciuser_policy::request::Principal;

/// Reads who asks: an ARN, a service, or `*` for somebody whom nobody knows. A role stands for a session of it.
pub(super) fn read(text: &str) -> Result<Principal, String> {
    if text == "*" {
        return Ok(Principal::Anonymous);
    }
    if !text.starts_with("arn:") {
        return host(text)
            .ok_or_else(|| "neither an ARN, nor a service such as `ec2.amazonaws.com`, nor `*`".to_owned());
    }
    let is_provider = [":oidc-provider/", ":saml-provider/"]
        .iter()
        .any(|kind| text.contains(kind));
    if is_provider && text.split(':').nth(2) == Some("iam") {
        return Ok(Principal::Federated(text.to_owned()));
    }
    match Principal::session_of(text, "ciuser") {
        Some(session) => Ok(session),
        None => Principal::from_arn(text).map_err(|error| error.to_string()),
    }
}

/// Reads a service, or an identity provider that is named by its host.
fn host(text: &str) -> Option<Principal> {
    let is_host = text.contains('.')
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c));
    // Of AWS's hosts this one vouches for people (IAM User Guide, "Principal", "OIDC federated principals").
    let is_service = text.contains(".amazonaws.") && text != "cognito-identity.amazonaws.com";
    is_host.then(|| {
        if is_service {
            Principal::Service(text.to_owned())
        } else {
            Principal::Federated(text.to_owned())
        }
    })
}

/// Returns a principal as it is typed.
pub(super) fn spelt(principal: &Principal) -> String {
    match principal {
        Principal::User { arn, .. } | Principal::RoleSession { arn, .. } | Principal::FederatedUser { arn, .. } => {
            arn.clone()
        }
        Principal::Root { partition, account } => format!("arn:{partition}:iam::{account}:root"),
        Principal::Service(name) | Principal::Federated(name) => name.clone(),
        Principal::Anonymous => "*".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_stands_for_a_session_of_it_and_keeps_its_path() {
        let session = read("arn:aws:iam::111122223333:role/ci/deploy").unwrap();
        assert_eq!(
            session.principal_arn().as_deref(),
            Some("arn:aws:iam::111122223333:role/ci/deploy")
        );
        assert_eq!(session.account(), Some("111122223333"));
    }

    #[test]
    fn services_and_providers_are_told_apart() {
        let provider = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
        for (text, expected) in [
            ("ec2.amazonaws.com", Principal::Service("ec2.amazonaws.com".to_owned())),
            (
                "accounts.google.com",
                Principal::Federated("accounts.google.com".to_owned()),
            ),
            (provider, Principal::Federated(provider.to_owned())),
            ("*", Principal::Anonymous),
        ] {
            assert_eq!(read(text), Ok(expected));
        }
        assert!(read("CI_USER").is_err());
        assert!(read("arn:aws:s3:::bucket").is_err());
    }

    #[test]
    fn what_is_printed_can_be_typed() {
        for text in [
            "arn:aws:iam::111122223333:user/ci/you",
            "arn:aws:iam::111122223333:root",
            "arn:aws:sts::111122223333:assumed-role/deploy/you",
            "ec2.amazonaws.com",
            "*",
        ] {
            assert_eq!(spelt(&read(text).unwrap()), text);
        }
    }
}
