//! Whether IAM accepts what a document says, beyond its structure.
//!
//! A rule stands beside its source: AWS's page, or an answer of IAM's that somebody reported. Whether the actions and
//! resources exist, and whether the document means what it seems to mean, is not asked here.

mod action;
mod date;
mod operator;
mod principal;
mod resource;

use std::collections::HashSet;

pub(super) use operator::OPERATORS;
pub(super) use principal::KINDS as PRINCIPAL_KINDS;
pub(super) use resource::PARTITIONS;

use super::PolicyKind;
use super::draft::{Draft, Part};
use super::error::Found;
use super::fault::Fault;
use super::model::{Effect, Element, Strings, Version};
use super::place::Span;
use super::reader::Reading;

/// Adds what IAM does not accept in a policy of this kind to the faults of the reading.
pub(super) fn check(text: &str, reading: &mut Reading, kind: PolicyKind) {
    let mut found = Vec::new();
    if kind.is_kept_by_iam() {
        characters(text, &mut found);
        leading_space(text, &mut found);
    }
    version(reading, kind, &mut found);
    sids(reading.drafts(), kind, &mut found);
    for draft in reading.drafts() {
        let mut faults = Vec::new();
        statement(draft, kind, &mut faults);
        let statement = Some(draft.index);
        found.extend(faults.into_iter().map(|(fault, span)| Found { fault, span, statement }));
    }
    reading.faults.append(&mut found);
}

/// What is wrong with a statement, each where it is.
type Faults = Vec<(Fault, Span)>;

fn of_document(fault: Fault, span: Span) -> Found {
    Found {
        fault,
        span,
        statement: None,
    }
}

/// The pattern of `policyDocumentType` in the model of IAM's API.
fn characters(text: &str, found: &mut Vec<Found>) {
    let taken = |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}');
    if let Some((start, character)) = text.char_indices().find(|(_, c)| !taken(c)) {
        let end = start + character.len_utf8();
        found.push(of_document(Fault::Character(character), Span { start, end }));
    }
}

/// IAM wants the brace first: hashicorp/terraform#14652, heptio/velero#1494 (policies of users and roles),
/// hashicorp/terraform-provider-aws#12267 (trust policies).
fn leading_space(text: &str, found: &mut Vec<Found>) {
    let end = text.len() - text.trim_start_matches([' ', '\t', '\n', '\r']).len();
    if end > 0 {
        found.push(of_document(Fault::LeadingSpace, Span { start: 0, end }));
    }
}

/// Managed policies must be in the language of 2012 (IAM's answer says so), and so must those of an organisation ("SCP
/// syntax", "RCP syntax"). That `Version` cannot follow a single statement: 99designs/iamy#65,
/// hashicorp/terraform-provider-aws#26108.
fn version(reading: &Reading, kind: PolicyKind, found: &mut Vec<Found>) {
    let wants_2012 = !matches!(kind, PolicyKind::Identity | PolicyKind::Trust | PolicyKind::Resource);
    let is_old = match &reading.version {
        Part::Read(version) => (version.value == Version::V2008).then_some(version.span),
        Part::Missing => Some(reading.opening),
        Part::Unreadable => None,
    };
    if let Some(span) = is_old.filter(|_| wants_2012) {
        found.push(of_document(Fault::OldVersion, span));
    }
    if let Some(span) = reading.late_version
        && matches!(kind, PolicyKind::Identity | PolicyKind::Managed)
    {
        found.push(of_document(Fault::LateVersion, span));
    }
}

/// "IAM JSON policy elements: Sid": letters and digits, unique within a policy. What else services take in policies of
/// their resources is theirs; S3 takes spaces, and the same `Sid` twice.
fn sids(drafts: &[Draft], kind: PolicyKind, found: &mut Vec<Found>) {
    if kind == PolicyKind::Resource {
        return;
    }
    let mut seen = HashSet::new();
    for draft in drafts {
        let Some(sid) = draft.sid.as_ref().filter(|sid| !sid.value.is_empty()) else {
            continue;
        };
        let mut add = |fault| {
            found.push(Found {
                fault,
                span: sid.span,
                statement: Some(draft.index),
            });
        };
        // Nobody reports this of a trust policy.
        if kind != PolicyKind::Trust && !sid.value.chars().all(|c| c.is_ascii_alphanumeric()) {
            add(Fault::SidCharacters(sid.value.clone()));
        }
        if !seen.insert(sid.value.as_str()) {
            add(Fault::RepeatedSid(sid.value.clone()));
        }
    }
}

fn statement(draft: &Draft, kind: PolicyKind, faults: &mut Faults) {
    principal::check(draft, kind, faults);
    action::check(draft, kind, faults);
    resource::check(draft, kind, faults);
    for block in draft.conditions.iter().flat_map(|conditions| &conditions.value) {
        operator::check(block, faults);
        date::check(block, faults);
    }
    if kind == PolicyKind::ResourceControl {
        resource_control(draft, faults);
    }
}

/// "RCP syntax": only AWS's own `RCPFullAWSAccess` allows, and there is no `NotAction`.
fn resource_control(draft: &Draft, faults: &mut Faults) {
    let Part::Read(actions) = &draft.actions else { return };
    if actions.negated {
        faults.push((Fault::NotInResourceControl("NotAction"), actions.name));
    }
    if let Some(effect) = draft.effect.as_ref().filter(|effect| effect.value == Effect::Allow)
        && !allows_everything(draft)
    {
        faults.push((Fault::AllowInResourceControl, effect.span));
    }
}

/// Returns whether a statement allows everybody everything, as that of `RCPFullAWSAccess` does.
fn allows_everything(draft: &Draft) -> bool {
    let everything = |part: &Part<Element<Strings>>| match part {
        Part::Read(element) => !element.negated && element.value.iter().any(|one| one.value == "*"),
        Part::Missing | Part::Unreadable => false,
    };
    // That the principal is everybody is a rule of its own.
    everything(&draft.actions) && everything(&draft.resources) && draft.conditions.is_none()
}
