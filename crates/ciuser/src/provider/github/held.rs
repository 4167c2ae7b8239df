//! What a level holds under our names, and what that proves.

use ciuser_core::port::{Holdings, Mark, Proof, Shown, Sight, TargetError};
use ciuser_core::target::{Variable, VariableNames};
use serde::Deserialize;

/// Follows the id of the key, in the variable, while its secrets are being written.
pub(super) const UNFINISHED: &str = " (being written)";

/// A secret as GitHub shows it: that it is there, and since when.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct ShownSecret {
    pub(super) name: String,
    updated_at: Option<Mark>,
    /// Who may use it, in an organisation.
    pub(super) visibility: Option<String>,
}

/// A variable.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct ShownVariable {
    pub(super) name: String,
    value: String,
    updated_at: Option<Mark>,
}

impl ShownSecret {
    /// Returns the secret as a survey tells of it.
    pub(super) fn into_shown(self) -> Shown {
        Shown {
            name: self.name,
            value: Sight::Hidden,
            written: self.updated_at,
        }
    }
}

impl ShownVariable {
    /// Returns the variable as a survey tells of it.
    pub(super) fn into_shown(self) -> Shown {
        let value = self.value.strip_suffix(UNFINISHED).unwrap_or(&self.value);
        Shown {
            value: Sight::of(value),
            name: self.name,
            written: self.updated_at,
        }
    }
}

/// What lies at a level.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) secrets: Vec<ShownSecret>,
    pub(super) variables: Vec<ShownVariable>,
}

impl Held {
    /// Finds the secret of this name. GitHub's names are in upper case, however they were written.
    pub(super) fn secret(&self, name: &str) -> Option<&ShownSecret> {
        self.secrets.iter().find(|one| one.name.eq_ignore_ascii_case(name))
    }

    /// Returns the value of the variable of this name.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        let mut variables = self.variables.iter();
        let found = variables.find(|one| one.name.eq_ignore_ascii_case(name))?;
        Some(&found.value)
    }

    /// Returns what is known to be held.
    pub(super) fn holdings(&self, names: &VariableNames) -> Holdings {
        let (id, secret) = (names.name(Variable::AccessKeyId), names.name(Variable::SecretAccessKey));
        match (self.secret(id), self.secret(secret), self.variable(id)) {
            (None, None, None) => Holdings::Nothing,
            (Some(first), Some(second), Some(id)) if !id.ends_with(UNFINISHED) => Holdings::Masked {
                suffix: id.to_owned(),
                mark: mark(first, second),
            },
            (_, _, Some(id)) => Holdings::Half {
                suffix: id.strip_suffix(UNFINISHED).unwrap_or(id).to_owned(),
            },
            (Some(first), Some(second), None) => Holdings::Opaque {
                mark: mark(first, second),
            },
            // A mark would make it the key that was written at that time, and half of a key is none.
            (Some(_), None, None) | (None, Some(_), None) => Holdings::Opaque { mark: None },
        }
    }

    /// Tells whether both secrets were written since: GitHub's time stamps count whole seconds.
    pub(super) fn moved_since(&self, before: &Held, names: &VariableNames) -> bool {
        [Variable::AccessKeyId, Variable::SecretAccessKey]
            .into_iter()
            .all(|half| {
                let (now, then) = (self.secret(names.name(half)), before.secret(names.name(half)));
                match (now, then) {
                    (Some(now), Some(then)) => now.updated_at.is_some() && now.updated_at != then.updated_at,
                    (Some(_), None) => true,
                    (None, _) => false,
                }
            })
    }

    /// Compares what is held with what was written; `before` is what was held before.
    ///
    /// # Errors
    /// When it is something else.
    pub(super) fn judge(
        &self,
        names: &VariableNames,
        written: &[(Variable, &str)],
        before: Option<&Held>,
    ) -> Result<(Proof, Option<Mark>), TargetError> {
        for (variable, value) in written {
            let name = names.name(*variable);
            let missing = || TargetError::new(format!("`{name}` was written, but is not there"));
            let half = matches!(variable, Variable::AccessKeyId | Variable::SecretAccessKey);
            if half && self.secret(name).is_none() {
                return Err(missing());
            }
            if *variable != Variable::SecretAccessKey && self.variable(name).ok_or_else(missing)? != *value {
                let other = format!("variable `{name}` has another value than was written");
                return Err(
                    TargetError::new(other).with_hint("see who else writes there; `ciuser resume` writes it again")
                );
            }
        }
        let moved = before.is_some_and(|before| self.moved_since(before, names));
        let proof = if moved { Proof::Timestamp } else { Proof::Accepted };
        let halves = [Variable::AccessKeyId, Variable::SecretAccessKey].map(|half| self.secret(names.name(half)));
        let mark = match halves {
            [Some(id), Some(secret)] => mark(id, secret),
            _ => None,
        };
        Ok((proof, mark))
    }

    /// Returns those of our names that are set.
    pub(super) fn set_names(&self, names: &VariableNames) -> Vec<String> {
        let all = Variable::ALL.into_iter();
        let set = all.filter(|variable| match variable {
            Variable::AccessKeyId | Variable::SecretAccessKey => self.secret(names.name(*variable)).is_some(),
            Variable::Region | Variable::DefaultRegion => self.variable(names.name(*variable)).is_some(),
        });
        set.map(|variable| format!("`{}`", names.name(variable))).collect()
    }
}

/// When a key was written: both halves count, for either may be overwritten alone.
fn mark(id: &ShownSecret, secret: &ShownSecret) -> Option<Mark> {
    match (&id.updated_at, &secret.updated_at) {
        (Some(id), Some(secret)) if id == secret => Some(id.clone()),
        (Some(id), Some(secret)) => Some(format!("{id}, {secret}")),
        _ => None,
    }
}
