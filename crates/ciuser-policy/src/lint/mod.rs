//! Does a document mean what it seems to mean, and what can whoever has it make of it?
//!
//! [`lint`] looks at one document: names that AWS does not have, parts that can never match, conditions that do not do what
//! they say, what is allowed too freely. It looks for what IAM Access Analyzer publishes as its policy checks, as far as it
//! can be known without an account. [`risks`] looks at what policies allow together, within a boundary.
//!
//! Whether IAM accepts a document is decided in [`document`](crate::document) and not said again here. What a statement means
//! is asked of the same reading that decides requests and proves containment.
//!
//! Source, unless a check names another: IAM User Guide, "IAM policy validation check reference", as of 2026. The texts
//! are ours; `docs/reference/findings.md` maps the names.

mod access;
mod actions;
mod addresses;
mod arn_form;
mod arn_place;
mod arns;
mod aws;
mod check;
mod company;
mod elements;
mod examined;
mod finding;
mod keys;
mod named_values;
mod operators;
mod pairing;
mod principals;
mod quantifiers;
mod redundancy;
mod risk;
mod trust;
mod values;
mod variables;

pub use check::{Check, Severity, checks};
pub use finding::{Finding, Mark};
pub use risk::{risks, ways_and_needs};

use self::examined::Examined;
use self::finding::Findings;
use crate::document::{Document, PolicyKind};

/// Returns what is found in a document, in the order of its text.
///
/// The document should be one that IAM accepts for its kind: of others it is found out here what there is beyond the
/// faults.
pub fn lint(document: &Document, kind: PolicyKind) -> Vec<Finding> {
    let mut findings = Findings::default();
    elements::check_document(document, kind, &mut findings);
    variables::check_version(document, &mut findings);
    let statements = document.statements.iter();
    let examined: Vec<Examined<'_>> = statements
        .map(|statement| Examined::of(statement, document, kind))
        .collect();
    for (index, statement) in examined.iter().enumerate() {
        findings.turn_to(Some(Examined::name(statement.written, index)));
        elements::check(statement, &mut findings);
        actions::check(statement, &mut findings);
        if let Some(resources) = arns::check(statement, &mut findings) {
            pairing::check(statement, &resources, &mut findings);
        }
        keys::check(statement, &mut findings);
        company::check(statement, &mut findings);
        operators::check(statement, &mut findings);
        quantifiers::check(statement, &mut findings);
        values::check(statement, &mut findings);
        addresses::check(statement, &mut findings);
        named_values::check(statement, &mut findings);
        variables::check(statement, &mut findings);
        principals::check(statement, &mut findings);
        trust::check(statement, &examined, &mut findings);
        access::check(statement, &mut findings);
        redundancy::check(statement, &mut findings);
        redundancy::check_among(index, &examined, &mut findings);
    }
    findings.sorted()
}
