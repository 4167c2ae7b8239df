//! AWS's managed policies: against themselves written in another way, minimised, and as they were before.

use ciuser_policy::catalogue::Catalogue;
use ciuser_policy::contain::{Containment, Grants, contains};
use ciuser_policy::document::{Document, PolicyDocument};
use ciuser_policy::minimise::{Options, minimise};

use crate::rewrite::{Dice, rewritten};

/// Returns how many texts a document has.
fn size(document: &serde_json::Value) -> usize {
    match document {
        serde_json::Value::Array(items) => items.iter().map(size).sum(),
        serde_json::Value::Object(members) => members
            .iter()
            .filter(|(name, _)| *name != "Sid")
            .map(|(_, value)| size(value))
            .sum(),
        _ => 1,
    }
}

#[test]
fn every_managed_policy_is_proven_equal_to_itself_written_in_another_way() {
    let mut others = Vec::new();
    for (seed, policy) in (1..).zip(Catalogue::embedded().policies()) {
        let document = serde_json::from_str(policy.document()).unwrap();
        let other = rewritten(&document, &mut Dice::new(seed));
        assert!(size(&other) > size(&document), "{} is written as it was", policy.name);
        let other = other.to_string();
        let [one, other] = [policy.document(), &other].map(|text| PolicyDocument::parse(text).unwrap());
        let [one, other] = [&one, &other].map(|policy| Grants::of([("policy", policy.document())]));
        let both = [contains(&one, &other), contains(&other, &one)];
        if both != [Containment::Proven, Containment::Proven] {
            others.push(format!("{}: {both:?}", policy.name));
        }
    }
    assert_eq!(others, Vec::<String>::new());
}

#[test]
fn every_last_version_is_decided_against_the_one_before_and_what_it_adds_is_confirmed() {
    let (mut within, mut confirmed, mut others) = (0, 0, Vec::new());
    for policy in Catalogue::embedded().policies() {
        let versions = policy.versions();
        let [.., before, last] = versions.as_slice() else {
            continue;
        };
        let [before, last] = [before, last].map(|version| PolicyDocument::parse(version.document()).unwrap());
        let [before, last] = [&before, &last].map(|policy| Grants::of([("policy", policy.document())]));
        match contains(&before, &last) {
            Containment::Proven => within += 1,
            Containment::NotProven(witness) if witness.confirmed => confirmed += 1,
            other => others.push(format!("{}: {other:?}", policy.name)),
        }
    }
    assert_eq!(others, Vec::<String>::new());
    assert!(within > 100 && confirmed > 100, "{within} within, {confirmed} not");
}

#[test]
fn every_managed_policy_is_proven_equal_to_itself_minimised_and_never_longer() {
    let mut others = Vec::new();
    for policy in Catalogue::embedded().policies() {
        let document = Document::read(policy.document()).unwrap();
        let shorter = minimise(&document, Options::default());
        let [one, other] = [&document, &shorter].map(|document| Grants::of([("policy", document)]));
        let both = [contains(&one, &other), contains(&other, &one)];
        if both != [Containment::Proven, Containment::Proven] || shorter.size() > document.size() {
            others.push(format!("{}: {both:?}", policy.name));
        }
    }
    assert_eq!(others, Vec::<String>::new());
}
