//! Whom a statement may be about. That a user or role exists is not known here.

use super::Faults;
use crate::document::PolicyKind;
use crate::document::draft::{Draft, Part};
use crate::document::fault::{Fault, PrincipalFault};
use crate::document::model::{Effect, Element, Principals, Strings};
use crate::document::place::Span;

/// The kinds of principals ("AWS JSON policy elements: Principal").
pub(crate) const KINDS: [&str; 4] = ["AWS", "CanonicalUser", "Federated", "Service"];

/// Checks whom a statement is about.
pub(super) fn check(draft: &Draft, kind: PolicyKind, faults: &mut Faults) {
    let mut add = |fault: PrincipalFault, span: Span| faults.push((Fault::Principal(fault), span));
    let element = match &draft.principals {
        Part::Read(element) => element,
        Part::Unreadable => return,
        Part::Missing => {
            if kind.has_principals() {
                add(PrincipalFault::Missing, draft.opening());
            }
            return;
        }
    };
    if !kind.has_principals() {
        let name = if element.negated { "NotPrincipal" } else { "Principal" };
        add(PrincipalFault::NotAllowed(name), element.name);
        return;
    }
    if element.negated {
        let allows = draft
            .effect
            .as_ref()
            .is_some_and(|effect| effect.value == Effect::Allow);
        match kind {
            _ if allows => add(PrincipalFault::AllowAllBut, element.name),
            PolicyKind::Resource => {}
            _ => add(PrincipalFault::NotAllowed("NotPrincipal"), element.name),
        }
    }
    match &element.value {
        Principals::Everyone(span) if kind == PolicyKind::Trust => add(PrincipalFault::Everyone, *span),
        Principals::Everyone(_) => {}
        _ if kind == PolicyKind::ResourceControl && !is_everyone(element) => {
            add(PrincipalFault::NotEveryone, element.name);
        }
        Principals::Of(kinds) => {
            for (name, principals) in kinds {
                of_kind(&name.value, name.span, principals, kind, &mut add);
            }
        }
    }
}

fn of_kind(name: &str, span: Span, principals: &Strings, kind: PolicyKind, add: &mut impl FnMut(PrincipalFault, Span)) {
    if !KINDS.contains(&name) || (name == "CanonicalUser" && kind == PolicyKind::Trust) {
        add(PrincipalFault::Kind(name.to_owned()), span);
        return;
    }
    if principals.as_slice().is_empty() {
        add(PrincipalFault::Nobody("Principal"), span);
    }
    for principal in principals
        .iter()
        .filter(|principal| !is_principal(name, &principal.value))
    {
        let fault = PrincipalFault::Unknown {
            kind: name.to_owned(),
            principal: principal.value.clone(),
        };
        add(fault, principal.span);
    }
}

/// `{"AWS": "*"}`, which is `*`.
fn is_everyone(element: &Element<Principals>) -> bool {
    match &element.value {
        Principals::Everyone(_) => true,
        Principals::Of(kinds) => match kinds.as_slice() {
            [(kind, principals)] => kind.value == "AWS" && principals.iter().all(|one| one.value == "*"),
            _ => false,
        },
    }
}

/// Returns whether a text has the form of a principal of this kind; no kind has patterns.
fn is_principal(kind: &str, principal: &str) -> bool {
    match kind {
        "AWS" => principal == "*" || is_account(principal) || is_unique_id(principal) || is_arn_of_identity(principal),
        "Service" => principal == "*" || is_domain(principal),
        "Federated" => principal == "*" || is_domain(principal) || is_arn_of_provider(principal),
        _ => !principal.is_empty(),
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// IAM puts the unique id in the place of a user or role that was deleted ("IAM identifiers").
fn is_unique_id(text: &str) -> bool {
    text.len() >= 16
        && text.starts_with('A')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

fn is_arn_of_identity(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, service, "", account, identity] = parts.as_slice() else {
        return false;
    };
    let kinds: &[&str] = match *service {
        "iam" => &["user/", "role/", "root"],
        "sts" => &["assumed-role/", "federated-user/", "self"],
        _ => return false,
    };
    let is_known = kinds.iter().any(|kind| identity.starts_with(kind));
    super::PARTITIONS.contains(partition) && is_account(account) && is_known && !identity.contains(['*', '?'])
}

fn is_arn_of_provider(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, "iam", "", account, provider] = parts.as_slice() else {
        return false;
    };
    let is_known = ["saml-provider/", "oidc-provider/"]
        .iter()
        .any(|kind| provider.starts_with(kind));
    super::PARTITIONS.contains(partition) && is_account(account) && is_known && !provider.contains(['*', '?'])
}

fn is_domain(text: &str) -> bool {
    text.contains('.')
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/'))
}

#[cfg(test)]
mod tests {
    use super::is_principal;

    #[test]
    fn principals_have_the_form_of_their_kind_and_no_wildcards() {
        for (kind, principal) in [
            ("AWS", "*"),
            ("AWS", "123456789012"),
            ("AWS", "arn:aws:iam::123456789012:root"),
            ("AWS", "arn:aws-cn:iam::123456789012:user/ci/x"),
            ("AWS", "arn:aws:sts::123456789012:assumed-role/r/session"),
            ("AWS", "AROAEXAMPLE123456789"),
            ("Service", "ec2.amazonaws.com"),
            ("Service", "logs.eu-west-1.amazonaws.com.cn"),
            ("Federated", "accounts.google.com"),
            (
                "Federated",
                "arn:aws:iam::123456789012:oidc-provider/oidc.circleci.com/org/x",
            ),
            (
                "CanonicalUser",
                "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be",
            ),
        ] {
            assert!(is_principal(kind, principal), "{kind} {principal}");
        }
        for (kind, principal) in [
            ("AWS", ""),
            ("AWS", "12345678901"),
            ("AWS", "arn:aws:iam::123456789012:user/*"),
            ("AWS", "arn:aws:iam::*:root"),
            ("AWS", "arn:aws:s3:::bucket"),
            ("AWS", "arn:aws:iam::123456789012:group/g"),
            ("AWS", "ec2.amazonaws.com"),
            ("Service", "ec2"),
            ("Service", "*.amazonaws.com"),
            ("Federated", "arn:aws:iam//123456789012:oidc-provider/x"),
            ("CanonicalUser", ""),
        ] {
            assert!(!is_principal(kind, principal), "{kind} {principal}");
        }
    }
}
