//! The verdicts that AWS states for its check `CheckNoNewAccess`.

use ciuser_policy::contain::{Containment, Grants, contains};
use ciuser_policy::document::Document;
use serde_json::Value;

use crate::conformance;

/// AWS says FAIL, but the candidate's ARN is `acl-123456`, which is not the reference's `acl-sensitive`.
const MISLABELLED: &str = "ec2-network-acl: Candidate policy 3";
const CASES: usize = 110;

#[test]
fn every_verdict_of_access_analyzer_is_ours_but_for_the_one_that_is_mislabelled() {
    let Some(data) = conformance::data("access-analyzer-cases.json") else {
        println!("{CASES} cases of Access Analyzer NOT RUN: CIUSER_CONFORMANCE_DATA does not name their directory");
        return;
    };
    let cases = data["cases"].as_array().unwrap();
    assert_eq!(cases.len(), CASES);
    let others: Vec<String> = cases.iter().filter_map(deviation).collect();
    assert_eq!(others.len(), 1, "{others:#?}");
    assert!(others[0].contains(MISLABELLED), "{others:#?}");
}

/// Returns what is different from AWS's verdict.
fn deviation(case: &Value) -> Option<String> {
    let [reference, candidate] = ["reference", "candidate"].map(|side| {
        let text = case[side].to_string().replace("<ACCOUNT ID>", "111111111111");
        let document = Document::read(&text).unwrap();
        Grants::of([(side, &document)])
    });
    let outcome = contains(&reference, &candidate);
    let as_stated = match &outcome {
        Containment::Proven => case["expect"] == "PASS",
        Containment::NotProven(witness) => case["expect"] == "FAIL" && witness.confirmed,
        Containment::Undecided => false,
    };
    (!as_stated).then(|| format!("{}: AWS says {}: {outcome:?}", case["id"], case["expect"]))
}
