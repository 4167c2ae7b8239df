//! What holds for every text that is read as a policy document. The tests ask it of generated texts, the fuzz target
//! (`fuzz/fuzz_targets/document.rs`) of those that it finds.

use std::collections::HashSet;
use std::fmt;

use ciuser_policy::document::{Document, Fault, PolicyDocument, PolicyKind, faults};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

const KINDS: [PolicyKind; 6] = [
    PolicyKind::Identity,
    PolicyKind::Managed,
    PolicyKind::Resource,
    PolicyKind::Trust,
    PolicyKind::ServiceControl,
    PolicyKind::ResourceControl,
];

/// Panics if a property does not hold.
pub(crate) fn hold_for(text: &str) {
    json_is_what_serde_json_takes_for_it(text);
    for kind in KINDS {
        let faults = faults(text, kind);
        for fault in &faults {
            let span = fault.span();
            assert!(text.get(span.start..span.end).is_some(), "{fault:?}");
            for shown in [
                fault.to_string(),
                fault.label().to_owned(),
                fault.hint().unwrap_or("none".to_owned()),
            ] {
                assert!(!shown.is_empty() && !shown.contains(char::is_control), "{shown:?}");
            }
            assert!(!fault.iam_message().is_empty());
        }
        match PolicyDocument::parse_as(text, kind) {
            Ok(document) => {
                assert_eq!(faults, []);
                printing_loses_nothing(&document, kind);
            }
            Err(error) => assert_eq!(faults.first(), Some(&error)),
        }
    }
}

fn json_is_what_serde_json_takes_for_it(text: &str) {
    let faults = faults(text, PolicyKind::Resource);
    let any = |is: fn(&Fault) -> bool| faults.iter().any(|fault| is(fault.fault()));
    let value = serde_json::from_str::<Value>(text);
    assert_eq!(
        any(|fault| matches!(fault, Fault::Json(_))),
        value.is_err(),
        "{value:?}"
    );
    let repeats = serde_json::from_str::<Repeats>(text).is_ok_and(|Repeats(repeats)| repeats);
    assert_eq!(
        any(|fault| matches!(fault, Fault::RepeatedKey(_))),
        value.is_ok() && repeats
    );
}

fn printing_loses_nothing(accepted: &PolicyDocument, kind: PolicyKind) {
    let document = accepted.document();
    let (short, long) = (document.to_string(), format!("{document:#}"));
    let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(value(&short), value(accepted.text()));
    for printed in [&short, &long] {
        let again = PolicyDocument::parse_as(printed, kind).unwrap();
        assert_eq!(again.document().to_string(), short);
        assert_eq!(again.size(), document.size());
        assert!(accepted.same_as(&again) && again.same_as_text(accepted.text()));
    }
    assert_eq!(Document::read(accepted.text()).as_ref(), Some(document));
}

/// Whether an object of a JSON text has a key twice.
struct Repeats(bool);

impl<'de> Deserialize<'de> for Repeats {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RepeatsVisitor)
    }
}

struct RepeatsVisitor;

impl<'de> Visitor<'de> for RepeatsVisitor {
    type Value = Repeats;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Repeats, E> {
        Ok(Repeats(false))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Repeats, E> {
        Ok(Repeats(false))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Repeats, E> {
        Ok(Repeats(false))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Repeats, E> {
        Ok(Repeats(false))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Repeats, E> {
        Ok(Repeats(false))
    }

    fn visit_str<E>(self, _: &str) -> Result<Repeats, E> {
        Ok(Repeats(false))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Repeats, A::Error> {
        let mut repeats = false;
        while let Some(Repeats(inside)) = items.next_element()? {
            repeats |= inside;
        }
        Ok(Repeats(repeats))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Repeats, A::Error> {
        let (mut seen, mut repeats) = (HashSet::new(), false);
        while let Some((key, Repeats(inside))) = members.next_entry::<String, Repeats>()? {
            repeats |= !seen.insert(key) || inside;
        }
        Ok(Repeats(repeats))
    }
}
