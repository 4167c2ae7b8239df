//! Whether a place that a survey came by shows a key, and its secret beside it.

use super::located::{Agreement, Place, Seen};
use super::secrets::Secrets;
use crate::name::AccessKeyId;
use crate::port::{Shown, Sighting};
use crate::target::{Target, Variable, VariableNames};

/// As many characters of a value make it known.
const TELLING: usize = 4;

/// Judges a place: which of the wanted keys it shows.
pub(super) fn judged(sighting: Sighting, wanted: &[AccessKeyId], secrets: &Secrets) -> Vec<(AccessKeyId, Place)> {
    let Sighting { place, shown } = sighting;
    let target = Target::Provider(place);
    let names = VariableNames::default();
    let expected = names.name(Variable::AccessKeyId);
    let mut found = Vec::new();
    for id in wanted {
        let mut fitting = shown.iter().filter(|one| fits(one, id.as_str()));
        let first = fitting
            .clone()
            .find(|one| one.name == expected)
            .or_else(|| fitting.next());
        let Some(one) = first else { continue };
        let place = Place {
            target: target.clone(),
            seen: Seen::Mask,
            secret: secret_among(&shown, id, secrets, one.name == expected),
            variable: (one.name != expected).then(|| one.name.clone()),
            written: one.written.clone(),
            delivered: None,
        };
        found.push((id.clone(), place));
    }
    found
}

/// Looks for the key's secret among the variables of a place, by their ends.
fn secret_among(shown: &[Shown], id: &AccessKeyId, secrets: &Secrets, standard: bool) -> Agreement {
    let names = VariableNames::default();
    let there = shown
        .iter()
        .any(|one| one.name == names.name(Variable::SecretAccessKey));
    match secrets.credible(id) {
        Some(key) if shown.iter().any(|one| fits(one, key.secret.expose())) => Agreement::Same,
        Some(_) if there && standard => Agreement::Other,
        None if there => Agreement::Unknown,
        _ if standard => Agreement::Missing,
        _ => Agreement::Unknown,
    }
}

/// Tells whether so many characters at the end of a value make it known.
pub(super) fn ends(whole: &str, end: &str) -> bool {
    end.len() >= TELLING && whole.ends_with(end)
}

fn fits(shown: &Shown, whole: &str) -> bool {
    shown.end.as_deref().is_some_and(|end| ends(whole, end))
}
