//! What policies allow together, within a boundary: everything, all of a service, or a way to more than that.
//!
//! It is found by meaning: two statements that add up count as one does, and a `Deny` or a boundary counts. What is not
//! understood is taken to be allowed.

mod admin;
mod need;
mod permissions;
mod way;
mod ways;

pub(super) use self::way::ways;

use self::permissions::Permissions;
use super::check::Check;
use super::finding::Finding;
use crate::document::Document;

pub(super) static CHECKS: &[&Check] = admin::CHECKS;

/// Returns the dangers of what identity-based policies, each with its name, allow together within a permissions boundary.
///
/// The `document` of a place is the number of the policy; no place is in the boundary.
pub fn risks(policies: &[(&str, &Document)], boundary: Option<&Document>) -> Vec<Finding> {
    let permissions = Permissions::of(policies, boundary);
    let mut findings = admin::find(&permissions);
    // Whoever has everything needs no way to more.
    let has_everything = findings.iter().any(|finding| admin::is_everything(finding.check));
    if !has_everything {
        findings.extend(way::find(&permissions));
    }
    findings
}

/// Returns every way to more permissions that is looked for: its id, what pathfinding.cloud calls it, and the actions that it
/// needs.
pub fn ways_and_needs() -> impl Iterator<Item = (&'static str, &'static str, Vec<&'static str>)> {
    ways().map(|way| {
        let actions = way.needs.iter().map(|need| need.action).collect();
        (way.check.id, way.reference, actions)
    })
}
