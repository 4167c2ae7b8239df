//! From what a spec calls a vault to the vault.

use ciuser_core::port::TargetError;
use ciuser_policy::nearest::nearest;

use super::way::Vault;

/// As many names are listed where none fits.
const NAMED: usize = 8;

/// Finds the one vault of this name or id.
///
/// # Errors
/// When there is none, or more than one.
pub(super) fn find(wanted: &str, all: Vec<Vault>) -> Result<Vault, TargetError> {
    let names: Vec<String> = all.iter().map(|vault| vault.name.clone()).collect();
    // A name may look like an id.
    let mut fitting = all
        .into_iter()
        .filter(|vault| vault.id == wanted || vault.name == wanted);
    match (fitting.next(), fitting.next()) {
        (Some(vault), None) => Ok(vault),
        (None, _) => Err(none(wanted, &names)),
        (Some(one), Some(another)) => {
            let ids: Vec<_> = [one, another]
                .into_iter()
                .chain(fitting)
                .map(|vault| vault.id)
                .collect();
            let message = format!("{} vaults of 1Password are called `{wanted}`", ids.len());
            Err(TargetError::new(message).with_hint(format!("name one by its id: {}", listed(&ids))))
        }
    }
}

fn none(wanted: &str, names: &[String]) -> TargetError {
    let error = TargetError::new(format!("1Password shows no vault `{wanted}` here"));
    let known = names.iter().map(String::as_str);
    match (nearest(wanted, known).first(), names) {
        (Some(near), _) => error.with_hint(format!("did you mean `{near}`?")),
        (None, []) => error.with_hint("no vault at all is shown: the token or the account has access to none"),
        (None, names) => error.with_hint(format!("there are {}", listed(names))),
    }
}

fn listed(names: &[String]) -> String {
    let mut shown: Vec<_> = names.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
    if names.len() > NAMED {
        shown.push(format!("{} more", names.len() - NAMED));
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
    const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbb";

    fn found(wanted: &str, all: &[(&str, &str)]) -> Result<String, (String, String)> {
        let all = all.iter().map(|(id, name)| Vault {
            id: (*id).to_owned(),
            name: (*name).to_owned(),
        });
        let found = find(wanted, all.collect()).map(|vault| vault.id);
        found.map_err(|error| (error.message, error.hint.unwrap_or_default()))
    }

    #[test]
    fn a_vault_is_named_by_name_or_id_and_a_name_may_look_like_an_id() {
        let all = [(A, "Infra"), (B, "Private")];
        assert_eq!(found("Infra", &all), Ok(A.to_owned()));
        assert_eq!(found(B, &all), Ok(B.to_owned()));
        assert_eq!(found(B, &[(A, B)]), Ok(A.to_owned()));
    }

    #[test]
    fn none_and_several_are_refused_with_what_there_is() {
        let refused = |wanted, all| found(wanted, all).unwrap_err();
        let said = |message: &str, hint: String| (message.to_owned(), hint);
        let one = &[(A, "Infra")];
        let no = |name: &str| format!("1Password shows no vault `{name}` here");
        assert_eq!(
            refused("infra", one),
            said(&no("infra"), "did you mean `Infra`?".to_owned())
        );
        assert_eq!(refused("Web", one), said(&no("Web"), "there are `Infra`".to_owned()));
        let nothing = "no vault at all is shown: the token or the account has access to none".to_owned();
        assert_eq!(refused("Web", &[]), said(&no("Web"), nothing));
        let twice = said(
            "2 vaults of 1Password are called `Infra`",
            format!("name one by its id: `{A}`, `{B}`"),
        );
        assert_eq!(refused("Infra", &[(A, "Infra"), (B, "Infra")]), twice);
        let both = said(
            &format!("2 vaults of 1Password are called `{A}`"),
            format!("name one by its id: `{A}`, `{B}`"),
        );
        assert_eq!(refused(A, &[(A, "Infra"), (B, A)]), both);
    }
}
