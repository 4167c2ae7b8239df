//! Everything, and all of a service.

use super::permissions::{Part, Permissions, allowing, rule};
use crate::catalogue::reference::AuthorizationReference;
use crate::document::{Effect, Statement};
use crate::lint::check::Check;
use crate::lint::finding::{Finding, Mark};
use crate::pattern::Pattern;
use crate::request::Context;
use crate::rule::{Rule, Texts};
use crate::truth::Truth;

const IAM_CONTROLS: &str = "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html";

const IAM_21: &str = "AWS Security Hub [IAM.21] IAM customer managed policies that you create should not allow wildcard \
                      actions for services";

static FULL_ADMIN: Check = Check::security(
    "full-admin",
    "Every action is allowed on every resource",
    "allows everything",
)
.asked_by(&[
    "AWS Security Hub [IAM.1] IAM policies should not allow full \"*\" administrative privileges",
    "CIS AWS Foundations Benchmark v1.4.0, 1.16: Ensure IAM policies that allow full \"*:*\" administrative privileges are \
     not attached",
    "CIS AWS Foundations Benchmark v1.2.0, 1.22: Ensure IAM policies that allow full \"*:*\" administrative privileges are \
     not created",
])
.help(IAM_CONTROLS);

static IAM_ADMIN: Check = Check::security(
    "iam-admin",
    "Every action of IAM is allowed on every resource: whoever has that can get everything",
    "allows all of IAM",
)
.asked_by(&[IAM_21])
.help(IAM_CONTROLS);

static FULL_SERVICE: Check = Check::warning(
    "full-service",
    "Every action of a service is allowed on every resource",
    "allows all of it",
)
.asked_by(&[IAM_21])
.help(IAM_CONTROLS);

static DECRYPT_WITH_ANY_KEY: Check = Check::warning(
    "decrypt-with-any-key",
    "Decryption is allowed with every key of KMS",
    "with every key",
)
.asked_by(&[
    "AWS Security Hub [KMS.1] IAM customer managed policies should not allow decryption actions on all KMS keys",
    "AWS Security Hub [KMS.2] IAM principals should not have IAM inline policies that allow decryption actions on all KMS \
     keys",
])
.help("https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html");

pub(super) static CHECKS: &[&Check] = &[&FULL_ADMIN, &IAM_ADMIN, &FULL_SERVICE, &DECRYPT_WITH_ANY_KEY];

/// Returns whether whoever something is found of has everything, or can get it.
pub(super) fn is_everything(check: &Check) -> bool {
    check.id == FULL_ADMIN.id || check.id == IAM_ADMIN.id
}

pub(super) fn find(permissions: &Permissions<'_>) -> Vec<Finding> {
    if let Some(finding) = full_admin(permissions) {
        return vec![finding];
    }
    let full = full_services(permissions);
    let (iam, others): (Vec<&str>, Vec<&str>) = full.into_iter().partition(|service| *service == "iam");
    let mut findings = Vec::new();
    if !iam.is_empty() {
        let message = "every action of IAM is allowed on every resource, which is as good as everything";
        let is_part = |rule: &Rule| may_be_wide(rule) && may_be_of(rule, "iam");
        findings.extend(finding(&IAM_ADMIN, message, &parts(permissions, is_part)));
    }
    if !others.is_empty() {
        let message = format!("every action of {} is allowed on every resource", list(&others));
        let is_part = |rule: &Rule| may_be_wide(rule) && others.iter().any(|service| may_be_of(rule, service));
        findings.extend(finding(&FULL_SERVICE, &message, &parts(permissions, is_part)));
    }
    if !others.contains(&"kms") {
        findings.extend(decryption(permissions));
    }
    findings
}

fn full_admin(permissions: &Permissions<'_>) -> Option<Finding> {
    // Of actions that nobody names one would be left over.
    if !permissions
        .rules()
        .any(|(rule, ..)| may_be_wide(rule) && names(rule, "some-service:some-action"))
    {
        return None;
    }
    let everything = rule(&allowing("*", &["*"]));
    let message = if permissions.allow_all_of(&everything, true) {
        "every action is allowed on every resource"
    } else if permissions.allow_all_of(&everything, false) {
        "every action is allowed on every resource, but for what is denied"
    } else {
        return None;
    };
    finding(&FULL_ADMIN, message, &parts(permissions, may_be_wide))
}

/// Returns the services all of which is allowed, what is to come included.
fn full_services(permissions: &Permissions<'_>) -> Vec<&'static str> {
    let services = AuthorizationReference::embedded().services();
    let services = services.map(|service| service.prefix()).filter(|service| {
        let mut rules = permissions.rules();
        let may_be = rules.any(|(rule, ..)| may_be_wide(rule) && may_be_of(rule, service));
        may_be && permissions.allow_all_of(&rule(&allowing(&format!("{service}:*"), &["*"])), true)
    });
    services.collect()
}

fn decryption(permissions: &Permissions<'_>) -> Option<Finding> {
    let with_any_key = |action: &&str| {
        let wanted = rule(&allowing(action, &["arn:aws:kms:*:*:key/*"]));
        let names = |rule: &Rule| rule.effect == Effect::Allow && names(rule, action);
        permissions.rules().any(|(rule, ..)| names(rule)) && permissions.allow_all_of(&wanted, true)
    };
    let action = ["kms:Decrypt", "kms:ReEncryptFrom"].into_iter().find(with_any_key)?;
    let message = "decryption is allowed with every key of KMS";
    let mut finding = finding(
        &DECRYPT_WITH_ANY_KEY,
        message,
        &parts(permissions, |rule| rule.effect == Effect::Allow && names(rule, action)),
    )?;
    finding.hint("name the keys, or ask for `kms:ViaService`");
    Some(finding)
}

fn names(rule: &Rule, action: &str) -> bool {
    rule.actions.hold(&action.to_ascii_lowercase(), &Context::default()) == Truth::Yes
}

/// Returns whether a rule may have a part in allowing all of something on all resources.
fn may_be_wide(rule: &Rule) -> bool {
    let begins_anyhow = |texts: &Texts| texts.negated || texts.patterns.iter().any(|one| one.literal().is_empty());
    rule.effect == Effect::Allow && rule.resources.as_ref().is_some_and(begins_anyhow)
}

/// Returns whether a rule may have a part in allowing all of a service: it names actions however they begin, or all but some.
fn may_be_of(rule: &Rule, service: &str) -> bool {
    let names_any = |pattern: &Pattern| {
        let start = pattern.literal();
        start.is_empty() || start.strip_suffix(':') == Some(service)
    };
    rule.actions.negated || rule.actions.patterns.iter().any(names_any)
}

fn list(services: &[&str]) -> String {
    const AT_MOST: usize = 5;
    let named = services.iter().take(AT_MOST).map(|service| format!("`{service}`"));
    let named: Vec<String> = named.collect();
    match named.split_last() {
        _ if services.len() > AT_MOST => {
            format!("{} and {} other services", named.join(", "), services.len() - AT_MOST)
        }
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => named.concat(),
    }
}

/// Returns the statements that have a part in it, each by its element of actions.
fn parts(permissions: &Permissions<'_>, is_part: impl Fn(&Rule) -> bool) -> Vec<Part> {
    let with_part = permissions.rules().filter(|(rule, ..)| is_part(rule));
    let parts = with_part.map(|(_, statement, policy): (_, &Statement, _)| Part {
        policy,
        span: statement.actions.name,
    });
    parts.collect()
}

fn finding(check: &'static Check, message: &str, parts: &[Part]) -> Option<Finding> {
    let (first, more) = parts.split_first()?;
    let mut finding = Finding::new(check, first.policy, first.span, message);
    finding.hint("name the actions that are needed");
    let more = more.iter().map(|part| Mark {
        document: part.policy,
        span: part.span,
        label: "and this".to_owned(),
    });
    finding.more = more.collect();
    Some(finding)
}
