//! Who may assume a role, and how.

use super::check::Check;
use super::examined::Examined;
use super::finding::Findings;
use crate::arn;
use crate::document::{PolicyKind, Principals, Written};

const PROVIDERS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html";
const PRINCIPAL: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html";

static WRONG_ACTION: Check = Check::error(
    "assume-role-action",
    "None of the principals can assume a role by this action",
    "for none of the principals",
)
.found_by(&["Mismatched action for principal"])
.help(PRINCIPAL);

static ROLES_ANYWHERE: Check = Check::error(
    "roles-anywhere-actions",
    "IAM Roles Anywhere is trusted without the actions that it needs together",
    "needs more actions",
)
.found_by(&["Missing action for roles anywhere trust policy"])
.help("https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html");

static MISSING_ACTION: Check = Check::error(
    "missing-action-for-key",
    "A condition asks for something that only another action may set, and that action is not allowed",
    "nobody may set it",
)
.found_by(&["Missing action for condition key"])
.help("https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html");

static PROVIDER_WITHOUT_CONDITION: Check = Check::security(
    "provider-without-condition",
    "Everybody to whom an identity provider gives tokens may assume the role",
    "whose tokens?",
)
.found_by(&["Missing condition key for oidc principal"])
.help(PROVIDERS);

static GITHUB_WITHOUT_SUBJECT: Check = Check::security(
    "github-without-subject",
    "Every repository on GitHub may assume the role",
    "of which repository?",
)
.found_by(&["Missing github repo condition key"])
.help(PROVIDERS);

static GITHUB_WITH_WILDCARD: Check = Check::warning(
    "github-with-wildcard",
    "The subject of GitHub's tokens is a pattern, which more branches or repositories may match than are meant",
    "a pattern",
)
.found_by(&["Specific github repo and branch recommended"])
.help(PROVIDERS);

static REDUNDANT_SESSION: Check = Check::suggestion(
    "redundant-session-principal",
    "A session is named beside its role, whose sessions all are let in",
    "its role is named, too",
)
.found_by(&["Redundant principal in role trust policy"])
.help(PRINCIPAL);

pub(super) static CHECKS: &[&Check] = &[
    &WRONG_ACTION,
    &ROLES_ANYWHERE,
    &MISSING_ACTION,
    &PROVIDER_WITHOUT_CONDITION,
    &GITHUB_WITHOUT_SUBJECT,
    &GITHUB_WITH_WILDCARD,
    &REDUNDANT_SESSION,
];

const GITHUB: &str = "token.actions.githubusercontent.com";
const ROLES_ANYWHERE_SERVICE: &str = "rolesanywhere.amazonaws.com";

/// Conditions that need something to be set while a role is assumed, with the action that sets it ("Passing session tags in
/// AWS STS", "Monitor and control actions taken with assumed roles").
const SET_BY: [(&str, &str); 4] = [
    ("sts:sourceidentity", "sts:SetSourceIdentity"),
    ("sts:transitivetagkeys", "sts:TagSession"),
    ("aws:requesttag/*", "sts:TagSession"),
    ("aws:tagkeys", "sts:TagSession"),
];

/// How a principal assumes a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Itself,
    Saml,
    WebIdentity,
}

/// One principal of a statement.
struct Trusted<'a> {
    kind: &'a str,
    name: &'a Written<String>,
}

pub(super) fn check(examined: &Examined<'_>, all: &[Examined<'_>], findings: &mut Findings) {
    if examined.kind != PolicyKind::Trust || !examined.allows() {
        return;
    }
    let trusted = trusted(examined);
    wrong_actions(examined, &trusted, findings);
    roles_anywhere(&trusted, all, findings);
    missing_actions(examined, findings);
    for one in &trusted {
        provider(one, examined, findings);
        redundant_session(one, &trusted, findings);
    }
}

fn trusted<'a>(examined: &Examined<'a>) -> Vec<Trusted<'a>> {
    let kinds = examined
        .written
        .principals
        .iter()
        .flat_map(|element| match &element.value {
            Principals::Of(kinds) => kinds.as_slice(),
            Principals::Everyone(_) => &[],
        });
    let names = kinds.flat_map(|(kind, names)| {
        names.iter().map(|name| Trusted {
            kind: &kind.value,
            name,
        })
    });
    names.collect()
}

impl<'a> Trusted<'a> {
    fn by(&self) -> By {
        match self.kind {
            "Federated" if self.name.value.contains(":saml-provider/") => By::Saml,
            "Federated" => By::WebIdentity,
            _ => By::Itself,
        }
    }

    /// Returns the host of an OIDC provider, with its path: what its condition keys begin with.
    fn provider(&self) -> Option<&'a str> {
        let name: &'a str = &self.name.value;
        let host = name.split_once(":oidc-provider/").map_or(name, |(_, host)| host);
        (self.by() == By::WebIdentity && host != "*").then_some(host)
    }
}

fn wrong_actions(examined: &Examined<'_>, trusted: &[Trusted<'_>], findings: &mut Findings) {
    if examined.written.actions.negated || trusted.is_empty() {
        return;
    }
    for action in examined.written.actions.value.iter() {
        let (wanted, who) = match action.value.to_ascii_lowercase().as_str() {
            "sts:assumerole" => (By::Itself, "accounts, users, roles and services"),
            "sts:assumerolewithsaml" => (By::Saml, "SAML providers"),
            "sts:assumerolewithwebidentity" => (By::WebIdentity, "OIDC providers"),
            _ => continue,
        };
        if !trusted.iter().any(|one| one.by() == wanted) {
            let finding = findings.add(
                &WRONG_ACTION,
                action.span,
                format!("`{}` is for {who}, and the statement names none", action.value),
            );
            if let Some(one) = trusted.first() {
                let right = match one.by() {
                    By::Itself => "sts:AssumeRole",
                    By::Saml => "sts:AssumeRoleWithSAML",
                    By::WebIdentity => "sts:AssumeRoleWithWebIdentity",
                };
                finding
                    .hint(format!("write `{right}` for `{}`", one.name.value))
                    .also(one.name.span, "this principal");
            }
        }
    }
}

/// "Trust model in IAM Roles Anywhere": three actions, which may be in several statements.
fn roles_anywhere(trusted: &[Trusted<'_>], all: &[Examined<'_>], findings: &mut Findings) {
    let is_it = |one: &&Trusted<'_>| one.kind == "Service" && one.name.value == ROLES_ANYWHERE_SERVICE;
    let Some(service) = trusted.iter().find(is_it) else {
        return;
    };
    let of_it: Vec<&Examined<'_>> = all
        .iter()
        .filter(|other| other.allows() && self::trusted(other).iter().any(|one| is_it(&one)))
        .collect();
    let needed = ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"];
    let is_missing = |action: &&str| !of_it.iter().any(|other| other.place_of(action).is_some());
    let missing: Vec<String> = needed
        .iter()
        .copied()
        .filter(is_missing)
        .map(|action| format!("`{action}`"))
        .collect();
    if !missing.is_empty() {
        let message = format!(
            "`{ROLES_ANYWHERE_SERVICE}` cannot assume the role without {}",
            missing.join(" and ")
        );
        findings
            .add(&ROLES_ANYWHERE, service.name.span, message)
            .hint("add what is missing to `Action`");
    }
}

fn missing_actions(examined: &Examined<'_>, findings: &mut Findings) {
    for asked in examined.asked.iter().filter(|asked| asked.needs_the_key()) {
        let set_by = SET_BY.iter().find(|(key, _)| asked.is_about(key));
        if let Some((_, action)) = set_by
            && examined.place_of(action).is_none()
        {
            let message = format!(
                "`{}` is set by `{action}`, which the statement does not allow",
                asked.key.value
            );
            findings
                .add(&MISSING_ACTION, asked.key.span, message)
                .hint(format!("add `{action}` to `Action`"));
        }
    }
}

fn provider(one: &Trusted<'_>, examined: &Examined<'_>, findings: &mut Findings) {
    let (Some(provider), span) = (one.provider(), one.name.span) else {
        return;
    };
    if examined.place_of("sts:AssumeRoleWithWebIdentity").is_none() {
        return;
    }
    let own = format!("{provider}:*");
    if provider == GITHUB {
        let Some(subject) = examined.asks_for(&["token.actions.githubusercontent.com:sub"]) else {
            findings
                .add(
                    &GITHUB_WITHOUT_SUBJECT,
                    span,
                    "every repository on GitHub may assume the role",
                )
                .hint("add `token.actions.githubusercontent.com:sub` with the repository and its branch");
            return;
        };
        let is_pattern = |text: &str| text.contains(['*', '?']) && subject.bare_operator().ends_with("Like");
        for (text, span) in subject.texts().filter(|(text, _)| is_pattern(text)) {
            findings
                .add(
                    &GITHUB_WITH_WILDCARD,
                    span,
                    format!("`{text}` may match more branches or repositories than are meant"),
                )
                .hint("name the repository and its branch");
        }
    } else if examined.asks_for(&[own.as_str()]).is_none() {
        findings
            .add(
                &PROVIDER_WITHOUT_CONDITION,
                span,
                format!("everybody to whom `{provider}` gives tokens may assume the role"),
            )
            .hint(format!("add `{provider}:aud` and `{provider}:sub`"));
    }
}

/// `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION` beside `arn:aws:iam::ACCOUNT:role/PATH/ROLE`.
fn redundant_session(one: &Trusted<'_>, trusted: &[Trusted<'_>], findings: &mut Findings) {
    let session = arn::parts(&one.name.value);
    let [_, _, "sts", _, account, session] = session.as_slice() else {
        return;
    };
    let Some((role, _)) = session
        .strip_prefix("assumed-role/")
        .and_then(|session| session.split_once('/'))
    else {
        return;
    };
    let is_role = |other: &&Trusted<'_>| {
        let parts = arn::parts(&other.name.value);
        matches!(parts.as_slice(), [_, _, "iam", _, own, resource]
            if own == account && resource.starts_with("role/") && resource.rsplit('/').next() == Some(role))
    };
    if let Some(parent) = trusted.iter().find(is_role) {
        findings
            .add(
                &REDUNDANT_SESSION,
                one.name.span,
                format!("`{}` is let in as its role is", one.name.value),
            )
            .hint("leave it out, or leave out the role")
            .also(parent.name.span, "its role");
    }
}
