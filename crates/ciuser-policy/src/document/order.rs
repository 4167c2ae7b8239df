//! Which of several faults IAM names: it names one.
//!
//! For policies of users, groups and roles it goes through the whole document once for each rule; this order is the one
//! that moto's authors found by asking it. Policies of the other kinds it reads statement by statement.

use super::PolicyKind;
use super::error::Found;
use super::fault::{Fault, ResourceFault};
use super::iam::is_known_but_for_case;

/// Sorts faults so that the one that IAM names comes first.
pub(super) fn sort(faults: &mut [Found], kind: PolicyKind) {
    if matches!(kind, PolicyKind::Trust | PolicyKind::Resource) {
        faults.sort_by_key(|found| (pass(found), found.statement, element(&found.fault), found.span.start));
        return;
    }
    let unparsed = first_unparsed(faults);
    let turn_of = |found: &Found| match &found.fault {
        Fault::Resource {
            wrong: ResourceFault::Arn(_),
            ..
        } => {
            let is_parsed = unparsed.is_none_or(|unparsed| place(found) < unparsed);
            if is_parsed { 3 } else { 9 }
        }
        fault => turn(fault),
    };
    faults.sort_by_key(|found| (turn_of(found), place(found), found.span.start));
}

/// Returns when a rule has its turn in an identity-based policy.
fn turn(fault: &Fault) -> u8 {
    match fault {
        Fault::Character(_) => 0,
        Fault::OldVersion => 2,
        Fault::LeadingSpace | Fault::LateVersion | Fault::Date(_) => 3,
        Fault::Effect(effect) if is_known_but_for_case(effect) => 3,
        // Where these two come among the others is our reading: users report each alone.
        Fault::Principal(_) => 4,
        Fault::SidCharacters(_) => 5,
        Fault::RepeatedSid(_) => 6,
        Fault::NoActions => 7,
        Fault::Resource { .. } => 8,
        Fault::Action { element: "Action", .. } => 10,
        Fault::Action { .. } => 11,
        Fault::NoResources => 12,
        Fault::AllowInResourceControl | Fault::NotInResourceControl(_) => 13,
        _ => 1,
    }
}

/// Returns where a fault is, in the order in which rules that have their turn together go: `NotResource` comes after the
/// `Resource` of every statement.
fn place(found: &Found) -> (bool, Option<usize>) {
    let is_negated = matches!(&found.fault, Fault::Resource { element, .. } if *element == "NotResource");
    (is_negated, found.statement)
}

/// Returns the place of the first resource whose fault IAM keeps for later: it parses no ARN from there on.
fn first_unparsed(faults: &[Found]) -> Option<(bool, Option<usize>)> {
    let kept = faults.iter().filter(|found| match &found.fault {
        Fault::Resource { wrong, .. } => !matches!(wrong, ResourceFault::Arn(_)),
        _ => false,
    });
    kept.map(place).min()
}

/// Returns in which pass over a policy of a resource or role a fault is found.
fn pass(found: &Found) -> u8 {
    match &found.fault {
        Fault::Character(_) => 0,
        Fault::Json(_) | Fault::RepeatedKey(_) => 1,
        Fault::LeadingSpace => 2,
        Fault::RepeatedSid(_) => 5,
        _ if found.statement.is_none() => 3,
        _ => 4,
    }
}

/// Returns the turn of the element that a fault is in, within a statement.
fn element(fault: &Fault) -> u8 {
    match fault {
        Fault::NoEffect | Fault::Effect(_) => 1,
        Fault::Principal(_) => 2,
        Fault::NoActions | Fault::Action { .. } => 3,
        Fault::NoResources | Fault::ResourceElement(_) | Fault::Resource { .. } => 4,
        Fault::Operator(_) | Fault::Date(_) => 5,
        _ => 0,
    }
}
