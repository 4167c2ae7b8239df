//! Whether a place that a survey came by shows a key, and its secret beside it; or hides what may be the key.

use jiff::Timestamp;

use super::located::{Agreement, Place, Seen};
use super::secrets::Secrets;
use crate::name::AccessKeyId;
use crate::port::{ListedKey, Shown, Sight, Sighting, Unseen};
use crate::target::{Target, Variable, VariableNames};

/// As many characters of a value make it known.
const TELLING: usize = 4;

/// What is looked for.
#[derive(Clone, Copy)]
pub(super) struct Sought<'a> {
    /// The keys.
    pub(super) wanted: &'a [AccessKeyId],
    /// Those that IAM lists.
    pub(super) listed: &'a [ListedKey],
    /// The secrets that stores gave back.
    pub(super) secrets: &'a Secrets,
}

/// What a place comes to.
#[derive(Default)]
pub(super) struct Judged {
    /// The keys that it shows.
    pub(super) found: Vec<(AccessKeyId, Place)>,
    /// That it may hold one, and shows nothing.
    pub(super) veiled: Option<Unseen>,
    /// How many values of other names it does not show.
    pub(super) hidden: usize,
}

impl Sought<'_> {
    /// Judges a place.
    pub(super) fn judge(self, sighting: Sighting) -> Judged {
        let Sighting { place, shown } = sighting;
        let target = Target::Provider(place);
        let names = VariableNames::default();
        let expected = names.name(Variable::AccessKeyId);
        let ours = Variable::ALL.map(|variable| names.name(variable));
        let found = self.wanted.iter().filter_map(|id| {
            let mut fitting = shown.iter().filter_map(|one| Some((one, seen(&one.value, id)?)));
            let first = fitting
                .clone()
                .find(|(one, _)| one.name == expected)
                .or_else(|| fitting.next());
            let (one, seen) = first?;
            let place = Place {
                target: target.clone(),
                seen,
                secret: self.secret_among(&shown, id, one.name == expected),
                variable: (one.name != expected).then(|| one.name.clone()),
                written: one.written.clone(),
                delivered: None,
            };
            Some((id.clone(), place))
        });
        let hidden = shown.iter().filter(|one| matches!(one.value, Sight::Hidden));
        Judged {
            found: found.collect(),
            veiled: self.veiled(&target, &shown, expected),
            hidden: hidden.filter(|one| !ours.contains(&one.name.as_str())).count(),
        }
    }

    /// Says so when the place has a key id that it does not show, and that may be one of the wanted: a value that was
    /// written before a key was made is none of it.
    fn veiled(self, target: &Target, shown: &[Shown], expected: &str) -> Option<Unseen> {
        let mut ids = shown.iter().filter(|one| one.name == expected);
        let hidden = ids.clone().find(|one| matches!(one.value, Sight::Hidden))?;
        // GitHub keeps the id a second time, where it can be read.
        if ids.any(|one| !matches!(one.value, Sight::Hidden)) {
            return None;
        }
        let written = hidden.written.as_ref().and_then(|mark| mark.parse::<Timestamp>().ok());
        let may_be = |id: &AccessKeyId| match (written, self.listed.iter().find(|key| key.id == *id)) {
            (Some(written), Some(key)) => key.created <= written,
            _ => true,
        };
        self.wanted.iter().any(may_be).then(|| {
            let since = hidden.written.as_ref().map(|mark| format!(" of {mark}"));
            Unseen {
                what: target.to_string(),
                why: format!(
                    "it has `{expected}`{}, and does not show whose key that is",
                    since.unwrap_or_default()
                ),
            }
        })
    }

    /// Looks for the key's secret among the variables of a place.
    fn secret_among(self, shown: &[Shown], id: &AccessKeyId, standard: bool) -> Agreement {
        let names = VariableNames::default();
        let credible = self.secrets.credible(id);
        let is_it = |one: &Shown| match (&one.value, credible) {
            (Sight::End(end), Some(key)) => ends(key.secret.expose(), end),
            (Sight::Secret(secret), Some(key)) => key.secret.same_as(secret),
            _ => false,
        };
        if shown.iter().any(is_it) {
            return Agreement::Same;
        }
        let there = shown
            .iter()
            .find(|one| one.name == names.name(Variable::SecretAccessKey));
        match there {
            None if standard => Agreement::Missing,
            Some(one) if standard && credible.is_some() && !matches!(one.value, Sight::Hidden) => Agreement::Other,
            _ => Agreement::Unknown,
        }
    }
}

/// Tells how a value is known to be this id, if it is.
fn seen(value: &Sight, id: &AccessKeyId) -> Option<Seen> {
    match value {
        Sight::KeyId(shown) => (shown == id).then_some(Seen::Value),
        Sight::End(end) if end == id.as_str() => Some(Seen::Value),
        Sight::End(end) => ends(id.as_str(), end).then_some(Seen::Mask),
        Sight::Hidden | Sight::Secret(_) | Sight::Other => None,
    }
}

/// Tells whether so many characters at the end of a value make it known.
pub(super) fn ends(whole: &str, end: &str) -> bool {
    end.len() >= TELLING && whole.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::port::AccessKeyStatus;
    use crate::target::ProviderSpec;

    const ID: &str = "AKIAIOSFODNN7EXAMPLE";

    fn id() -> AccessKeyId {
        AccessKeyId::new(ID).unwrap()
    }

    fn shown(name: &str, value: Sight, written: Option<&str>) -> Shown {
        Shown {
            name: name.to_owned(),
            value,
            written: written.map(str::to_owned),
        }
    }

    fn judge(created: Option<&str>, shown: Vec<Shown>) -> Judged {
        let listed = created.map(|created| ListedKey {
            id: id(),
            status: AccessKeyStatus::Active,
            created: created.parse().unwrap(),
        });
        let place = ProviderSpec::Github {
            repository: "acme/storefront".to_owned(),
            environment: None,
            url: None,
            names: VariableNames::default(),
        };
        let sought = Sought {
            wanted: &[id()],
            listed: listed.as_slice(),
            secrets: &Secrets::default(),
        };
        sought.judge(Sighting { place, shown })
    }

    fn veiled(created: Option<&str>, written: Option<&str>) -> Option<String> {
        let judged = judge(created, vec![shown("AWS_ACCESS_KEY_ID", Sight::Hidden, written)]);
        assert!(judged.found.is_empty());
        judged.veiled.map(|unseen| format!("{}: {}", unseen.what, unseen.why))
    }

    #[test]
    fn an_id_that_is_not_shown_is_a_doubt_unless_it_was_written_before_the_key_was_made() {
        let of_a_day = "github:acme/storefront: it has `AWS_ACCESS_KEY_ID` of 2026-11-24T05:00:00Z, and does not show \
                        whose key that is";
        let written = Some("2026-11-24T05:00:00Z");
        assert_eq!(veiled(Some("2026-11-24T04:59:59Z"), written).as_deref(), Some(of_a_day));
        assert_eq!(veiled(None, written).as_deref(), Some(of_a_day), "a key that is gone");
        assert_eq!(veiled(Some("2026-11-24T05:00:01Z"), written), None);
        let undated = "github:acme/storefront: it has `AWS_ACCESS_KEY_ID`, and does not show whose key that is";
        assert_eq!(veiled(Some("2026-11-24T05:00:01Z"), None).as_deref(), Some(undated));
    }

    #[test]
    fn an_id_that_is_shown_beside_the_hidden_one_ends_the_doubt() {
        let other = AccessKeyId::new("AKIAI44QH8DHBEXAMPLE").unwrap();
        for (beside, found) in [(id(), 1), (other, 0)] {
            let both = vec![
                shown("AWS_ACCESS_KEY_ID", Sight::Hidden, None),
                shown("AWS_SECRET_ACCESS_KEY", Sight::Hidden, None),
                shown("AWS_ACCESS_KEY_ID", Sight::KeyId(beside), None),
                shown("NPM_TOKEN", Sight::Hidden, None),
            ];
            let judged = judge(None, both);
            assert_eq!((judged.found.len(), judged.veiled, judged.hidden), (found, None, 1));
            for (_, place) in judged.found {
                assert_eq!((place.seen, place.secret), (Seen::Value, Agreement::Unknown));
            }
        }
    }

    #[test]
    fn a_mask_that_is_the_whole_id_is_the_id_and_one_of_three_characters_is_nothing() {
        for (end, seen) in [(ID, Some(Seen::Value)), ("MPLE", Some(Seen::Mask)), ("PLE", None)] {
            let judged = judge(None, vec![shown("DEPLOY_ID", Sight::End(end.to_owned()), None)]);
            let found = judged
                .found
                .first()
                .map(|(_, place)| (place.seen, place.variable.as_deref()));
            assert_eq!(found, seen.map(|seen| (seen, Some("DEPLOY_ID"))), "{end}");
        }
    }
}
