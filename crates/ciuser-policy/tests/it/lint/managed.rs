//! AWS's own policies.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ciuser_policy::catalogue::Catalogue;
use ciuser_policy::document::{PolicyDocument, PolicyKind};
use ciuser_policy::lint::{Finding, Severity, lint, risks};
use serde_json::Value;

use super::covered;

/// Errors in policies that AWS wrote: which, where and why it is one all the same.
const EXCEPTIONS: &str = include_str!("exceptions.json");

/// All that is found in the policies of the procedure.
const PROCEDURE: &str = include_str!("procedure.txt");

fn read(text: &str) -> PolicyDocument {
    PolicyDocument::parse_as(text, PolicyKind::Managed).unwrap()
}

/// Lint must not cry wolf: what AWS itself writes is right, but for what the data file lists. A list that is too long fails as
/// well as one that is too short. What AWS names and does not list is counted: a new catalogue may change it, and somebody
/// should look.
#[test]
fn there_is_no_error_in_a_managed_policy_but_for_those_that_are_listed() {
    let mut errors: BTreeMap<String, u64> = BTreeMap::new();
    let mut unlisted: BTreeMap<&str, usize> = BTreeMap::new();
    for policy in Catalogue::embedded().policies() {
        let text = policy.document();
        let findings = lint(read(text).document(), PolicyKind::Managed);
        for finding in findings.iter().filter(|finding| finding.severity() == Severity::Error) {
            let place = format!("{} {} {}", policy.name, finding.id(), covered(text, &finding.at));
            *errors.entry(place).or_default() += 1;
        }
        for id in ["unlisted-service", "unlisted-action", "unlisted-condition-key"] {
            if findings.iter().any(|finding| finding.id() == id) {
                *unlisted.entry(id).or_default() += 1;
            }
        }
    }
    assert_eq!(errors, listed());
    assert_eq!(listed().len(), 4);
    let expected = [
        ("unlisted-action", 7),
        ("unlisted-condition-key", 4),
        ("unlisted-service", 38),
    ];
    assert_eq!(unlisted.into_iter().collect::<Vec<_>>(), expected);
}

/// Returns the exceptions, each with how often it is there.
fn listed() -> BTreeMap<String, u64> {
    let exceptions: Vec<Value> = serde_json::from_str(EXCEPTIONS).unwrap();
    let exceptions = exceptions.iter().map(|exception| {
        assert!(exception["why"].as_str().unwrap().len() > 10, "{exception}");
        let [policy, check, at] = ["policy", "check", "at"].map(|field| exception[field].as_str().unwrap());
        (
            format!("{policy} {check} \"{at}\""),
            exception["times"].as_u64().unwrap_or(1),
        )
    });
    exceptions.collect()
}

#[test]
fn no_managed_policy_is_too_intricate_to_find_its_risks() {
    let mut with_ways = 0;
    for policy in Catalogue::embedded().policies() {
        let document = read(policy.document());
        let findings = risks(&[(policy.name, document.document())], None);
        with_ways += usize::from(findings.iter().any(|finding| finding.id().starts_with("escalate-")));
    }
    assert!((150..450).contains(&with_ways), "{with_ways}");
}

fn written(finding: &Finding, text: &str) -> String {
    let mut lines = format!("{} {}: {finding}\n", finding.severity().as_str(), finding.id());
    let mut mark = |label: &str, covered: &str| writeln!(lines, "    {label}: {covered}").unwrap();
    for place in [&finding.at].into_iter().chain(&finding.more) {
        mark(&place.label, covered(text, place));
    }
    if let Some(hint) = &finding.hint {
        mark("hint", hint);
    }
    lines
}

/// `CIUSER_WRITE_REFERENCE=1` writes the file anew.
#[test]
fn what_is_found_in_the_policies_of_the_procedure() {
    let mut page = String::new();
    for name in [
        "AmazonS3FullAccess",
        "CloudFrontFullAccess",
        "AdministratorAccess-AWSElasticBeanstalk",
    ] {
        let text = Catalogue::embedded().by_name(name).unwrap().document();
        let document = read(text);
        writeln!(page, "== {name}").unwrap();
        let findings = lint(document.document(), PolicyKind::Managed).into_iter();
        for finding in findings.chain(risks(&[(name, document.document())], None)) {
            page += &written(&finding, text);
        }
    }
    if std::env::var_os("CIUSER_WRITE_REFERENCE").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/lint/procedure.txt");
        std::fs::write(path, &page).unwrap();
    } else {
        assert!(page == PROCEDURE, "procedure.txt is not current:\n{page}");
    }
}
