//! Variables: what GitLab shows of them, and what that proves.

use ciuser_core::name::AccessKeyId;
use ciuser_core::port::{self, Holdings, KeyOwner, Proof, Sight, TargetError};
use ciuser_core::target::{Variable, VariableNames};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};
use subtle::ConstantTimeEq as _;

/// How every description of a secret begins.
const NOTE: &str = "secret of access key ";

/// A variable as GitLab shows it. Without `Debug`: it has the value.
#[derive(Clone, Deserialize)]
pub(super) struct ShownVariable {
    pub(super) key: String,
    /// Missing where it is hidden.
    #[serde(default, deserialize_with = "wiped")]
    value: Option<SecretString>,
    #[serde(default = "every_environment")]
    pub(super) environment_scope: String,
    #[serde(default)]
    pub(super) protected: bool,
    #[serde(default)]
    pub(super) masked: bool,
    #[serde(default)]
    pub(super) hidden: bool,
    description: Option<String>,
}

impl ShownVariable {
    /// Returns the variable as a survey tells of it.
    pub(super) fn into_shown(self) -> port::Shown {
        let value = self.value.as_ref().map(ExposeSecret::expose_secret);
        port::Shown {
            value: value.map_or(Sight::Hidden, Sight::of),
            name: self.key,
            written: None,
        }
    }
}

/// Editions without scopes show none.
pub(super) fn every_environment() -> String {
    "*".to_owned()
}

fn wiped<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SecretString>, D::Error> {
    let text: Option<String> = Deserialize::deserialize(from)?;
    Ok(text.map(SecretString::from))
}

/// Returns the description of a secret: which key it belongs to, and whose that is.
pub(super) fn note_of(owner: &KeyOwner, id: &str) -> String {
    format!(
        "{NOTE}{id} of user {} in account {}, by ciuser",
        owner.user, owner.account
    )
}

/// The variables of one scope, under our names.
pub(super) struct Shown<'s> {
    pub(super) all: &'s [ShownVariable],
    pub(super) scope: &'s str,
    pub(super) names: &'s VariableNames,
}

impl Shown<'_> {
    /// Finds one of ours.
    pub(super) fn find(&self, variable: Variable) -> Option<&ShownVariable> {
        let name = self.names.name(variable);
        let mut all = self.all.iter();
        all.find(|one| one.key == name && one.environment_scope == self.scope)
    }

    /// Returns what the scope is known to hold.
    pub(super) fn holdings(&self, owner: &KeyOwner) -> Holdings {
        let names = self.names;
        let (id, secret) = (self.find(Variable::AccessKeyId), self.find(Variable::SecretAccessKey));
        let value = id.and_then(|id| id.value.as_ref()).map(ExposeSecret::expose_secret);
        match (value, secret) {
            (None, None) if id.is_none() => Holdings::Nothing,
            (None, _) => Holdings::Opaque { mark: None },
            (Some(value), secret) => match (AccessKeyId::new(value), secret) {
                // Whatever it is, it may be somebody's secret.
                (Err(_), _) => Holdings::Foreign {
                    what: format!(
                        "a value of `{}` that is no access key id",
                        names.name(Variable::AccessKeyId)
                    ),
                },
                (Ok(id), Some(secret)) => whole(owner, id, secret),
                (Ok(id), None) => Holdings::Half { suffix: id.to_string() },
            },
        }
    }

    /// Compares what is shown with what was written.
    ///
    /// # Errors
    /// When it is something else.
    pub(super) fn judge(&self, written: &[(Variable, &str)]) -> Result<Proof, TargetError> {
        let mut proof = Proof::Value;
        for (variable, value) in written {
            let name = self.names.name(*variable);
            let Some(one) = self.find(*variable) else {
                return Err(TargetError::new(format!("`{name}` was written, but is not there")));
            };
            match &one.value {
                None => proof = Proof::Accepted,
                Some(shown) if bool::from(shown.expose_secret().as_bytes().ct_eq(value.as_bytes())) => {}
                Some(_) => {
                    let other = format!("`{name}` has another value than was written");
                    return Err(
                        TargetError::new(other).with_hint("see who else writes there; `ciuser resume` writes it again")
                    );
                }
            }
        }
        Ok(proof)
    }
}

/// An id and a secret are there: says whose the pair is, by what the secret's description says.
fn whole(owner: &KeyOwner, id: AccessKeyId, secret: &ShownVariable) -> Holdings {
    match secret.description.as_deref() {
        Some(note) if note == note_of(owner, id.as_str()) => Holdings::Key(id),
        // The secret of another key: one of the two was written, and not the other.
        Some(note) if note.starts_with(NOTE) && !note.starts_with(&format!("{NOTE}{id} ")) => {
            Holdings::Half { suffix: id.to_string() }
        }
        _ => Holdings::Unattributed(id),
    }
}
