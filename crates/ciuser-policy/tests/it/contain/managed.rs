//! Every AWS managed policy, against itself written in another way.

use ciuser_policy::catalogue::Catalogue;
use ciuser_policy::contain::{Containment, Grants, contains};
use ciuser_policy::document::PolicyDocument;

use crate::rewrite::{Dice, rewritten};

#[test]
fn every_managed_policy_is_proven_equal_to_itself_written_in_another_way() {
    let mut others = Vec::new();
    for (seed, policy) in (1..).zip(Catalogue::embedded().policies()) {
        let document = serde_json::from_str(policy.document()).unwrap();
        let other = rewritten(&document, &mut Dice::new(seed)).to_string();
        let [one, other] = [policy.document(), &other].map(|text| PolicyDocument::parse(text).unwrap());
        let [one, other] = [&one, &other].map(|policy| Grants::of([("policy", policy.document())]));
        let both = [contains(&one, &other), contains(&other, &one)];
        if both != [Containment::Proven, Containment::Proven] {
            others.push(format!("{}: {both:?}", policy.name));
        }
    }
    assert_eq!(others, Vec::<String>::new());
}
