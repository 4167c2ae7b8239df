//! Secrets: what Buildkite shows of them, and what that says.

use ciuser_core::port::{Holdings, KeyOwner, Mark, Proof, Shown, Sight, TargetError};
use ciuser_core::target::{Variable, VariableNames};
use serde::Deserialize;

use super::note::Note;

/// A secret as Buildkite shows it: never its value.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct ShownSecret {
    pub(super) id: String,
    pub(super) key: String,
    description: Option<String>,
    updated_at: Option<Mark>,
    last_read_at: Option<String>,
}

impl ShownSecret {
    /// Returns which key it belongs to, if the description says it.
    pub(super) fn note(&self) -> Option<Note> {
        Note::read(self.description.as_deref()?)
    }
}

/// Returns what a survey tells of the secrets of a cluster. The description of an id says which key it is; that of a secret
/// says nothing of its value, but may say that it is another key's.
pub(super) fn surveyed(secrets: Vec<ShownSecret>) -> Vec<Shown> {
    let names = VariableNames::default();
    let [id, secret] = halves(&secrets, &names).map(|half| half.and_then(ShownSecret::note));
    let mixed = matches!((id, secret), (Some(id), Some(secret)) if id != secret);
    let shown = |one: ShownSecret| {
        let is_secret = one.key == names.name(Variable::SecretAccessKey);
        let value = match one.note() {
            Some(_) if is_secret && mixed => Sight::Other,
            Some(note) if !is_secret => Sight::KeyId(note.key),
            _ => Sight::Hidden,
        };
        Shown {
            name: one.key,
            value,
            written: one.updated_at,
        }
    };
    secrets.into_iter().map(shown).collect()
}

/// Finds a secret by its key.
pub(super) fn find<'s>(shown: &'s [ShownSecret], name: &str) -> Option<&'s ShownSecret> {
    shown.iter().find(|one| one.key == name)
}

/// The secrets that hold the two halves of a key, as far as they are there.
fn halves<'s>(shown: &'s [ShownSecret], names: &VariableNames) -> [Option<&'s ShownSecret>; 2] {
    [Variable::AccessKeyId, Variable::SecretAccessKey].map(|half| find(shown, names.name(half)))
}

/// When a key was written: both halves count, for either may be overwritten alone.
fn mark(id: &ShownSecret, secret: &ShownSecret) -> Option<Mark> {
    match (&id.updated_at, &secret.updated_at) {
        (Some(id), Some(secret)) if id == secret => Some(id.clone()),
        (Some(id), Some(secret)) => Some(format!("{id}, {secret}")),
        _ => None,
    }
}

/// Returns what a cluster is known to hold under our names.
pub(super) fn holdings(shown: &[ShownSecret], names: &VariableNames, owner: &KeyOwner) -> Holdings {
    let opaque = Holdings::Opaque { mark: None };
    let half = |note: Note| {
        if note.is_of(owner) {
            Holdings::Half {
                suffix: note.key.as_str().to_owned(),
            }
        } else {
            foreign(&note)
        }
    };
    match halves(shown, names) {
        [None, None] => Holdings::Nothing,
        [None, Some(_)] => opaque,
        [Some(id), None] => id.note().map_or(opaque, half),
        [Some(id), Some(secret)] => match (id.note(), secret.note()) {
            (Some(note), Some(other)) if note == other && note.is_of(owner) => Holdings::Masked {
                suffix: note.key.as_str().to_owned(),
                mark: mark(id, secret),
            },
            // A delivery was cut in between: what the two say differs from then on.
            (Some(note), Some(other)) if note.is_of(owner) && other.is_of(owner) => half(note),
            (Some(note), Some(other)) if !note.is_of(owner) || !other.is_of(owner) => {
                foreign(if note.is_of(owner) { &other } else { &note })
            }
            _ => Holdings::Opaque { mark: mark(id, secret) },
        },
    }
}

fn foreign(note: &Note) -> Holdings {
    let Note { key, user, account } = note;
    Holdings::Foreign {
        what: format!("access key {key} of user `{user}` in account {account}"),
    }
}

/// Says when builds last read the key that is there: who overwrites it should know. The day is enough, and does not
/// make a plan stale whenever a build begins.
pub(super) fn last_read(shown: &[ShownSecret], names: &VariableNames) -> Option<String> {
    let read = halves(shown, names).into_iter().flatten();
    let last = read.filter_map(|secret| secret.last_read_at.as_deref()).max()?;
    let day = last.split('T').next().unwrap_or(last);
    Some(format!("a build last read the key that is there on {day}"))
}

/// Compares what is shown with what was written; `before` is what was shown before.
///
/// # Errors
/// When something else is there.
pub(super) fn judge(
    shown: &[ShownSecret],
    names: &VariableNames,
    written: &Note,
    before: Option<&[ShownSecret]>,
) -> Result<(Proof, Option<Mark>), TargetError> {
    let mut moved = before.is_some();
    for half in [Variable::AccessKeyId, Variable::SecretAccessKey] {
        let name = names.name(half);
        let one =
            find(shown, name).ok_or_else(|| TargetError::new(format!("`{name}` was written, but is not there")))?;
        if one.note().as_ref() != Some(written) {
            return Err(
                TargetError::new(format!("`{name}` is described as something else than was written"))
                    .with_hint("see who else writes there; `ciuser resume` writes it again"),
            );
        }
        let earlier = before.and_then(|before| find(before, name));
        moved &= one.updated_at.is_some() && earlier.is_none_or(|earlier| earlier.updated_at != one.updated_at);
    }
    let proof = if moved { Proof::Timestamp } else { Proof::Accepted };
    let mark = match halves(shown, names) {
        [Some(id), Some(secret)] => mark(id, secret),
        _ => None,
    };
    Ok((proof, mark))
}
