//! `--type`: what kind of policy a document is, as typed or as told from the document.

use ciuser_policy::document::PolicyKind;
use serde_json::Value;

/// `--type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum PolicyType {
    /// Of a user, group or role; also a permissions boundary or a session policy.
    Identity,
    /// Of a resource, such as a bucket.
    Resource,
    /// Of a role: who may assume it.
    Trust,
    /// Service control policy.
    Scp,
    /// Resource control policy.
    Rcp,
}

impl PolicyType {
    /// Returns the kind.
    pub(super) fn kind(self) -> PolicyKind {
        match self {
            PolicyType::Identity => PolicyKind::Identity,
            PolicyType::Resource => PolicyKind::Resource,
            PolicyType::Trust => PolicyKind::Trust,
            PolicyType::Scp => PolicyKind::ServiceControl,
            PolicyType::Rcp => PolicyKind::ResourceControl,
        }
    }
}

/// Tells the kind of a document from its statements: only policies of resources and trust policies name principals, and
/// only the latter name no resource. Control policies look like others.
pub(super) fn told_from(text: &str) -> PolicyKind {
    let document: Value = serde_json::from_str(text).unwrap_or_default();
    let statements = match document.get("Statement") {
        Some(Value::Array(list)) => list.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let has = |names: [&str; 2]| {
        let mut statements = statements.iter();
        statements.any(|statement| names.iter().any(|name| statement.get(name).is_some()))
    };
    match (has(["Principal", "NotPrincipal"]), has(["Resource", "NotResource"])) {
        (false, _) => PolicyKind::Identity,
        (true, true) => PolicyKind::Resource,
        (true, false) => PolicyKind::Trust,
    }
}

/// Returns what a policy of a kind is called.
pub(super) fn in_words(kind: PolicyKind) -> &'static str {
    match kind {
        PolicyKind::Identity | PolicyKind::Managed => "identity-based policy",
        PolicyKind::Resource => "resource-based policy",
        PolicyKind::Trust => "trust policy",
        PolicyKind::ServiceControl => "service control policy",
        PolicyKind::ResourceControl => "resource control policy",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principals_make_a_resources_policy_and_no_resources_make_a_trust_policy() {
        for (statement, kind) in [
            (r#"[{"Resource":"*"}]"#, PolicyKind::Identity),
            (r#"{"NotResource":"*","NotPrincipal":"*"}"#, PolicyKind::Resource),
            (r#"[{"Principal":"*"},{"Principal":"*"}]"#, PolicyKind::Trust),
            (
                r#"[{"Principal":"*"},{"Principal":"*","Resource":"*"}]"#,
                PolicyKind::Resource,
            ),
            ("1", PolicyKind::Identity),
        ] {
            assert_eq!(
                told_from(&format!(r#"{{"Statement":{statement}}}"#)),
                kind,
                "{statement}"
            );
        }
        assert_eq!(told_from("no JSON"), PolicyKind::Identity);
    }
}
