//! What holds for every two policies and every request. The tests ask it of generated ones, the fuzz target
//! (`fuzz/fuzz_targets/decision.rs`) of those that it finds.

use std::collections::BTreeMap;

use ciuser_policy::contain::{Containment, Grants, contains};
use ciuser_policy::document::Document;
use ciuser_policy::evaluate::Decision::{Allowed, ExplicitDeny, ImplicitDeny, Undetermined};
use ciuser_policy::evaluate::{Policies, PolicySet};
use ciuser_policy::request::{Context, Request};
use serde::Deserialize;
use serde_json::value::RawValue;

/// Two policies and a request, as one JSON text.
#[derive(Deserialize)]
struct Case<'a> {
    #[serde(borrow)]
    old: &'a RawValue,
    #[serde(borrow)]
    new: &'a RawValue,
    action: String,
    resource: String,
    #[serde(default)]
    context: BTreeMap<String, Vec<String>>,
}

/// A proof may take as long as it takes; this is about whether it is one.
const STATEMENTS: usize = 4;
const CHARACTERS: usize = 1_500;

/// Panics if a property does not hold. Returns whether the text is a case; what is none is passed over.
pub(crate) fn hold_for(text: &str) -> bool {
    let Ok(case) = serde_json::from_str::<Case<'_>>(text) else {
        return false;
    };
    let [Some(old), Some(new)] = [case.old, case.new].map(|policy| Document::read(policy.get())) else {
        return false;
    };
    let is_small = |policy: &Document| policy.statements.iter().count() <= STATEMENTS;
    if text.len() > CHARACTERS || !is_small(&old) || !is_small(&new) {
        return false;
    }
    let pairs = case
        .context
        .iter()
        .flat_map(|(key, values)| values.iter().map(move |value| (key, value.as_str())));
    let request = Request::new(&case.action, &case.resource).with_context(pairs.collect::<Context>());
    decisions_are_consistent(&old, &new, &request);
    proofs_hold(&old, &new, &[request]);
    true
}

fn set(policies: &[&Document]) -> PolicySet {
    PolicySet::compile(policies.iter().map(|policy| ("policy", *policy)))
}

/// Panics if two ways to the same decision do not come to the same, or if a policy more allows more than it says.
pub(crate) fn decisions_are_consistent(one: &Document, other: &Document, request: &Request) {
    let both = set(&[one, other]);
    let decision = both.decide(request);
    assert_eq!(decision, set(&[other, one]).decide(request), "order matters");
    let verdict = Policies::of_identity(both).evaluate(request);
    if !request.action().eq_ignore_ascii_case("sts:GetCallerIdentity") {
        assert_eq!(decision, verdict.decision, "reasons matter");
        assert_eq!(verdict.deciding.is_empty(), decision == ImplicitDeny, "{verdict:?}");
    }
    let apart = [one, other].map(|policy| set(&[policy]).decide(request));
    if decision == Allowed {
        assert!(apart.contains(&Allowed) && !apart.contains(&ExplicitDeny), "{apart:?}");
    }
    assert_eq!(decision == ExplicitDeny, apart.contains(&ExplicitDeny), "{apart:?}");
}

/// Panics if what is proven does not hold for the requests, or what is shown is not so.
pub(crate) fn proofs_hold(old: &Document, new: &Document, requests: &[Request]) {
    let grants = |policy: &Document| Grants::of([("policy", policy)]);
    let decide = |policy: &Document, request: &Request| set(&[policy]).decide(request);
    match contains(&grants(old), &grants(new)) {
        Containment::Proven => {
            for request in requests {
                let decisions = (decide(new, request), decide(old, request));
                let is_within = decisions.0 != Allowed || matches!(decisions.1, Allowed | Undetermined);
                assert!(is_within, "{decisions:?} {request:?}");
            }
        }
        Containment::NotProven(witness) if witness.confirmed => {
            assert_eq!(decide(new, &witness.request), Allowed);
            assert_ne!(decide(old, &witness.request), Allowed);
        }
        Containment::NotProven(_) | Containment::Undecided => {}
    }
    assert!(
        !matches!(contains(&grants(new), &grants(new)), Containment::NotProven(_)),
        "a policy is not within itself"
    );
}
