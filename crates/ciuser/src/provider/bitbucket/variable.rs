//! Variables: what Bitbucket shows of them, and what that says.

use ciuser_core::name::AccessKeyId;
use ciuser_core::port::{Holdings, Shown, Sight, TargetError};
use ciuser_core::target::{Variable, VariableNames};
use serde::Deserialize;

/// A variable as Bitbucket shows it. Of its value nothing is kept but the id of an access key: what is not secured may
/// be a secret all the same.
#[derive(Deserialize)]
#[serde(from = "Listed")]
pub(super) struct ShownVariable {
    pub(super) uuid: String,
    pub(super) name: String,
    pub(super) secured: bool,
    key_id: Option<AccessKeyId>,
}

#[derive(Deserialize)]
struct Listed {
    uuid: String,
    key: String,
    #[serde(default)]
    secured: bool,
    value: Option<String>,
}

impl From<Listed> for ShownVariable {
    fn from(listed: Listed) -> ShownVariable {
        ShownVariable {
            uuid: listed.uuid,
            name: listed.key,
            secured: listed.secured,
            key_id: listed.value.and_then(|value| AccessKeyId::new(value).ok()),
        }
    }
}

impl ShownVariable {
    /// Returns the variable as a survey tells of it.
    pub(super) fn into_shown(self) -> Shown {
        let value = match self.key_id {
            _ if self.secured => Sight::Hidden,
            Some(id) if id.is_long_term() => Sight::KeyId(id),
            _ => Sight::Other,
        };
        Shown {
            name: self.name,
            value,
            written: None,
        }
    }
}

/// Finds a variable by its name.
pub(super) fn find<'s>(shown: &'s [ShownVariable], name: &str) -> Option<&'s ShownVariable> {
    shown.iter().find(|one| one.name == name)
}

/// Returns what a place is known to hold under our names.
pub(super) fn holdings(shown: &[ShownVariable], names: &VariableNames) -> Holdings {
    let (id_name, secret_name) = (names.name(Variable::AccessKeyId), names.name(Variable::SecretAccessKey));
    let secret = find(shown, secret_name);
    let Some(id) = find(shown, id_name) else {
        return match secret {
            None => Holdings::Nothing,
            Some(_) => Holdings::Opaque { mark: None },
        };
    };
    match (&id.key_id, secret) {
        (Some(id), Some(_)) => Holdings::Unattributed(id.clone()),
        (Some(id), None) => Holdings::Half {
            suffix: id.as_str().to_owned(),
        },
        (None, Some(_)) if id.secured => Holdings::Opaque { mark: None },
        (None, Some(_)) => Holdings::Foreign {
            what: format!("`{id_name}` with a value that is not the id of an access key"),
        },
        (None, None) => Holdings::Foreign {
            what: format!("`{id_name}` without `{secret_name}`"),
        },
    }
}

/// Returns those of our names that are set.
pub(super) fn set_names(shown: &[ShownVariable], names: &VariableNames) -> Vec<String> {
    let ours = Variable::ALL.into_iter().map(|variable| names.name(variable));
    ours.filter(|name| find(shown, name).is_some())
        .map(|name| format!("`{name}`"))
        .collect()
}

/// Warns of what a person should know of the variables that are there.
pub(super) fn remarks(shown: &[ShownVariable], names: &VariableNames) -> Vec<String> {
    let (id, secret) = (names.name(Variable::AccessKeyId), names.name(Variable::SecretAccessKey));
    let mut remarks = Vec::new();
    if find(shown, id).is_some_and(|id| id.secured) {
        remarks.push(format!(
            "`{id}` is secured there, so that nobody can see which key it is; remove it in Bitbucket before the next \
             key is delivered, and it stays readable"
        ));
    }
    if find(shown, secret).is_some_and(|secret| !secret.secured) {
        remarks.push(format!(
            "`{secret}` is not secured there: whoever sees the settings can read it"
        ));
    }
    remarks
}

/// Insists that both halves are there, and that the id is the one that was written, as far as it is shown.
///
/// # Errors
/// When something else is there.
pub(super) fn judge(shown: &[ShownVariable], names: &VariableNames, id: &AccessKeyId) -> Result<(), TargetError> {
    for half in [Variable::AccessKeyId, Variable::SecretAccessKey] {
        let name = names.name(half);
        let Some(one) = find(shown, name) else {
            return Err(TargetError::new(format!("`{name}` was written, but is not there")));
        };
        let readable = half == Variable::AccessKeyId && !one.secured;
        if readable && one.key_id.as_ref() != Some(id) {
            return Err(
                TargetError::new(format!("`{name}` shows another value than was written"))
                    .with_hint("see who else writes there; `ciuser resume` writes it again"),
            );
        }
    }
    Ok(())
}
