//! Variables: what CircleCI shows of them, and what that proves.

use ciuser_core::port::{Holdings, Mark, Proof, Shown, Sight, TargetError};
use ciuser_core::target::{Variable, VariableNames};
use serde::Deserialize;

/// A variable as CircleCI shows it. Without `Debug`: the last characters of a secret need not be in a log.
#[derive(PartialEq, Deserialize)]
#[serde(from = "Listed")]
pub(super) struct ShownVariable {
    pub(super) name: String,
    /// The last characters of the value.
    suffix: Option<String>,
    /// When it was last written. Projects do not tell: theirs is the date of the first value.
    updated: Option<Mark>,
}

/// A context's variable, or a project's.
#[derive(Deserialize)]
struct Listed {
    variable: Option<String>,
    name: Option<String>,
    truncated_value: Option<String>,
    value: Option<String>,
    updated_at: Option<String>,
}

impl From<Listed> for ShownVariable {
    fn from(listed: Listed) -> ShownVariable {
        let shown = listed.truncated_value.or(listed.value).unwrap_or_default();
        // Contexts show the bare end of a value or dots before it, projects always show `xxxx` before it.
        let end = shown.strip_prefix("xxxx").unwrap_or(&shown);
        let end = end.trim_start_matches(['*', '•']);
        ShownVariable {
            name: listed.variable.or(listed.name).unwrap_or_default(),
            suffix: (!end.is_empty()).then(|| end.to_owned()),
            updated: listed.updated_at,
        }
    }
}

impl ShownVariable {
    /// Returns the variable as a survey tells of it.
    pub(super) fn into_shown(self) -> Shown {
        Shown {
            name: self.name,
            value: self.suffix.map_or(Sight::Hidden, Sight::End),
            written: self.updated,
        }
    }
}

/// When a key was written: both halves count, for either may be overwritten alone.
fn mark(id: &ShownVariable, secret: &ShownVariable) -> Option<Mark> {
    match (&id.updated, &secret.updated) {
        (Some(id), Some(secret)) if id == secret => Some(id.clone()),
        (Some(id), Some(secret)) => Some(format!("{id}, {secret}")),
        _ => None,
    }
}

/// Returns what a place is known to hold under our names.
pub(super) fn holdings(shown: &[ShownVariable], names: &VariableNames) -> Holdings {
    let (id, secret) = (names.name(Variable::AccessKeyId), names.name(Variable::SecretAccessKey));
    match (find(shown, id), find(shown, secret)) {
        (None, None) => Holdings::Nothing,
        // A mark would make it the key that was written at that time, and half of a key is none.
        (None, Some(_)) => Holdings::Opaque { mark: None },
        (
            Some(ShownVariable {
                suffix: Some(suffix), ..
            }),
            None,
        ) => Holdings::Half { suffix: suffix.clone() },
        (Some(ShownVariable { suffix: None, .. }), None) => Holdings::Foreign {
            what: format!("`{id}` without `{secret}`"),
        },
        (Some(id @ ShownVariable { suffix, .. }), Some(secret)) => match suffix.clone() {
            Some(suffix) => Holdings::Masked {
                suffix,
                mark: mark(id, secret),
            },
            None => Holdings::Opaque { mark: mark(id, secret) },
        },
    }
}

/// Returns the names of id and secret that are to be removed, the secret first, if the place shows just what was seen.
///
/// # Errors
/// When it shows something else.
pub(super) fn to_clear<'n>(
    shown: &[ShownVariable],
    names: &'n VariableNames,
    seen: &Holdings,
) -> Result<Vec<&'n str>, TargetError> {
    let now = holdings(shown, names);
    if now != Holdings::Nothing && now != *seen {
        return Err(TargetError::new("somebody else wrote there since it was looked at"));
    }
    let ours = [Variable::SecretAccessKey, Variable::AccessKeyId].map(|variable| names.name(variable));
    Ok(ours.into_iter().filter(|name| is_set(shown, name)).collect())
}

/// Tells whether a variable is there as it was before: something on the way may have answered its removal.
pub(super) fn is_unchanged(shown: &[ShownVariable], before: &[ShownVariable], name: &str) -> bool {
    let now = find(shown, name);
    now.is_some() && now == find(before, name)
}

/// Insists that what was removed is gone.
///
/// # Errors
/// When it is not.
pub(super) fn insist_gone(shown: &[ShownVariable], name: &str) -> Result<(), TargetError> {
    if is_set(shown, name) {
        let message = format!("`{name}` was removed, but is there again");
        return Err(TargetError::new(message).with_hint("see who else writes there"));
    }
    Ok(())
}

/// Tells whether a variable is there.
pub(super) fn is_set(shown: &[ShownVariable], name: &str) -> bool {
    find(shown, name).is_some()
}

/// Returns those of our names that are set, with the end of the key id where it is shown.
pub(super) fn set_names(shown: &[ShownVariable], names: &VariableNames) -> Vec<String> {
    let ours = Variable::ALL.into_iter();
    let set = ours.filter_map(|variable| Some((variable, find(shown, names.name(variable))?)));
    set.map(|(variable, one)| match (variable, &one.suffix) {
        (Variable::AccessKeyId, Some(suffix)) => format!("`{}` (xxxx{suffix})", one.name),
        _ => format!("`{}`", one.name),
    })
    .collect()
}

/// Compares what is shown with what was written; `before` is what was shown before, where dates are told.
///
/// # Errors
/// When something else is there.
pub(super) fn judge(
    shown: &[ShownVariable],
    names: &VariableNames,
    written: &[(Variable, &str)],
    before: Option<&[ShownVariable]>,
) -> Result<(Proof, Option<Mark>), TargetError> {
    let (mut masked, mut moved) = (true, before.is_some());
    for (variable, value) in written {
        let name = names.name(*variable);
        let Some(one) = find(shown, name) else {
            return Err(TargetError::new(format!("`{name}` was written, but is not there")));
        };
        if one.suffix.as_deref().is_some_and(|suffix| !value.ends_with(suffix)) {
            return Err(
                TargetError::new(format!("`{name}` shows another value than was written"))
                    .with_hint("see who else writes there; `ciuser resume` writes it again"),
            );
        }
        if matches!(variable, Variable::AccessKeyId | Variable::SecretAccessKey) {
            let earlier = before.and_then(|before| find(before, name));
            masked &= one.suffix.is_some();
            moved &= one.updated.is_some() && earlier.is_none_or(|earlier| earlier.updated != one.updated);
        }
    }
    let proof = match (masked, moved) {
        (true, _) => Proof::Mask,
        (false, true) => Proof::Timestamp,
        (false, false) => Proof::Accepted,
    };
    let halves = [Variable::AccessKeyId, Variable::SecretAccessKey].map(|half| find(shown, names.name(half)));
    let mark = match halves {
        [Some(id), Some(secret)] => mark(id, secret),
        _ => None,
    };
    Ok((proof, mark))
}

fn find<'s>(shown: &'s [ShownVariable], name: &str) -> Option<&'s ShownVariable> {
    shown.iter().find(|one| one.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "AKIAIOSFODNN7EXAMPLE";
    const SECRET: &str = "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";
    const WRITTEN: [(Variable, &str); 2] = [(Variable::AccessKeyId, ID), (Variable::SecretAccessKey, SECRET)];

    fn shown(json: &serde_json::Value) -> Vec<ShownVariable> {
        serde_json::from_value(json.clone()).unwrap()
    }

    fn variable(name: &str, truncated: Option<&str>, updated: Option<&str>) -> serde_json::Value {
        serde_json::json!({ "variable": name, "truncated_value": truncated, "updated_at": updated, "created_at": "0" })
    }

    fn both(id: Option<&str>, secret: Option<&str>, updated: Option<&str>) -> Vec<ShownVariable> {
        let id = variable("AWS_ACCESS_KEY_ID", id, updated);
        shown(&serde_json::json!([
            id,
            variable("AWS_SECRET_ACCESS_KEY", secret, updated)
        ]))
    }

    fn judged(after: &[ShownVariable], before: Option<&[ShownVariable]>) -> Result<(Proof, Option<Mark>), TargetError> {
        judge(after, &VariableNames::default(), &WRITTEN, before)
    }

    #[test]
    fn masks_of_any_length_prove_when_both_fit() {
        for (id, secret) in [
            ("MPLE", "9Qq"),
            ("••••MPLE", "****9Qq"),
            ("xxxxMPLE", "xxxxz9Qq"),
            ("E", "q"),
        ] {
            let proof = judged(&both(Some(id), Some(secret), Some("t1")), None);
            assert_eq!(proof, Ok((Proof::Mask, Some("t1".to_owned()))), "{id}");
        }
    }

    #[test]
    fn another_value_is_an_error_that_shows_neither() {
        let error = judged(&both(Some("MPLE"), Some("abcd"), None), None).unwrap_err();
        assert_eq!(
            error.message,
            "`AWS_SECRET_ACCESS_KEY` shows another value than was written"
        );
        let shown = format!("{error:?}");
        assert!(!shown.contains("abcd") && !shown.contains("9Qq"), "{shown}");
    }

    #[test]
    fn without_masks_the_time_stamps_of_both_must_have_moved() {
        let (old, new) = (both(None, None, Some("t1")), both(None, Some(""), Some("t2")));
        let moved = Ok((Proof::Timestamp, Some("t2".to_owned())));
        assert_eq!(judged(&new, Some(&old)), moved);
        assert_eq!(judged(&new, Some(&[])), moved);
        assert_eq!(judged(&old, Some(&old)), Ok((Proof::Accepted, Some("t1".to_owned()))));
        assert_eq!(judged(&new, None), Ok((Proof::Accepted, Some("t2".to_owned()))));
        assert_eq!(judged(&both(None, None, None), Some(&[])), Ok((Proof::Accepted, None)));
    }

    #[test]
    fn what_was_written_and_is_not_there_is_an_error() {
        let error = judged(&[], Some(&[])).unwrap_err();
        assert_eq!(error.message, "`AWS_ACCESS_KEY_ID` was written, but is not there");
    }

    #[test]
    fn holdings_need_both_halves_of_a_key() {
        let held = |json| holdings(&shown(&json), &VariableNames::default());
        let id = |suffix| variable("AWS_ACCESS_KEY_ID", suffix, Some("t1"));
        let secret = || variable("AWS_SECRET_ACCESS_KEY", Some("9Qq"), Some("t1"));
        let region = variable("AWS_REGION", None, None);
        let mark = Some("t1".to_owned());
        let suffix = "MPLE".to_owned();
        assert_eq!(held(serde_json::json!([])), Holdings::Nothing);
        assert_eq!(held(serde_json::json!([region])), Holdings::Nothing);
        let masked = Holdings::Masked {
            suffix,
            mark: mark.clone(),
        };
        assert_eq!(held(serde_json::json!([id(Some("MPLE")), secret()])), masked);
        assert_eq!(held(serde_json::json!([id(None), secret()])), Holdings::Opaque { mark });
        assert_eq!(held(serde_json::json!([secret()])), Holdings::Opaque { mark: None });
        assert_eq!(
            held(serde_json::json!([id(Some("MPLE"))])),
            Holdings::Half {
                suffix: "MPLE".to_owned()
            }
        );
    }

    #[test]
    fn a_projects_variables_are_read_whatever_its_date_is_called() {
        let listed = serde_json::json!([
            { "name": "AWS_ACCESS_KEY_ID", "value": "xxxxMPLE", "created-at": "#joda/inst 2023-04-14T21:20:14+0000" },
            { "name": "AWS_SECRET_ACCESS_KEY", "value": "xxxx9Qq", "created_at": "2023-04-14", "created-at": "x" },
        ]);
        let suffix = "MPLE".to_owned();
        let masked = Holdings::Masked { suffix, mark: None };
        assert_eq!(holdings(&shown(&listed), &VariableNames::default()), masked);
    }
}
