//! CircleCI's documented limits, looked at before anything is written: a write that is refused in the middle is half a
//! key.

use ciuser_core::port::{KeyOwner, TargetError};
use ciuser_core::target::{Variable, VariableNames};

use super::variable::{ShownVariable, is_set};

const CONTEXTS_OF_AN_ORGANIZATION: usize = 500;
const VARIABLES_OF_A_CONTEXT: usize = 100;
const LETTERS_OF_A_CONTEXTS_NAME: usize = 200;

/// Checks the name of a context that is to be made.
///
/// # Errors
/// When CircleCI would refuse it.
pub(super) fn check_name(name: &str) -> Result<(), TargetError> {
    let what = if name.trim().is_empty() {
        "is empty"
    } else if name.trim() != name {
        "begins or ends with a blank"
    } else if name.contains(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}']) {
        "goes over several lines"
    } else if name.chars().count() > LETTERS_OF_A_CONTEXTS_NAME {
        "has more than 200 characters"
    } else {
        return Ok(());
    };
    Err(
        TargetError::new(format!("the name of context `{}` {what}", name.escape_debug()))
            .with_hint("choose another name; CircleCI refuses this one"),
    )
}

/// Checks that an organisation with so many contexts may have another one.
///
/// # Errors
/// When it may not.
pub(super) fn check_room_for_context(there: usize) -> Result<(), TargetError> {
    if there < CONTEXTS_OF_AN_ORGANIZATION {
        return Ok(());
    }
    let message = format!("the organisation has {there} contexts; CircleCI allows {CONTEXTS_OF_AN_ORGANIZATION}");
    Err(TargetError::new(message).with_hint("delete a context that nobody uses, or name one that is there"))
}

/// Checks that a context has room for the variables that it lacks.
///
/// # Errors
/// When it has not.
pub(super) fn check_room(shown: &[ShownVariable], names: &VariableNames, owner: &KeyOwner) -> Result<(), TargetError> {
    let written = Variable::ALL.into_iter().filter(|variable| match variable {
        Variable::AccessKeyId | Variable::SecretAccessKey => true,
        Variable::Region | Variable::DefaultRegion => owner.region.is_some(),
    });
    let new = written.filter(|variable| !is_set(shown, names.name(*variable))).count();
    if shown.len() + new <= VARIABLES_OF_A_CONTEXT {
        return Ok(());
    }
    let message = format!(
        "the context has {} variables, and {new} more would be needed; CircleCI allows {VARIABLES_OF_A_CONTEXT}",
        shown.len()
    );
    Err(TargetError::new(message).with_hint("delete variables that nobody uses, or name another context"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::rig::owner;
    use super::*;

    #[test]
    fn names_that_circleci_refuses_are_refused_before() {
        let longest = "ä".repeat(200);
        for good in ["storefront deploy", "a", longest.as_str()] {
            assert_eq!(check_name(good), Ok(()), "{good}");
        }
        let too_long = "ä".repeat(201);
        for bad in ["", " ", " a", "a ", "a\nb", too_long.as_str()] {
            assert!(check_name(bad).is_err(), "{bad:?}");
        }
        let error = check_name("a\nb").unwrap_err();
        assert_eq!(error.message, r"the name of context `a\nb` goes over several lines");
    }

    #[test]
    fn the_last_context_of_an_organisation_is_the_five_hundredth() {
        assert_eq!(check_room_for_context(499), Ok(()));
        let error = check_room_for_context(500).unwrap_err();
        assert_eq!(error.message, "the organisation has 500 contexts; CircleCI allows 500");
    }

    #[test]
    fn variables_that_are_there_need_no_room() {
        let shown = |others: usize, ours: &[&str]| -> Vec<ShownVariable> {
            let others = (0..others).map(|number| format!("OTHER_{number}"));
            let named = others.chain(ours.iter().map(|&name| name.to_owned()));
            let listed: Vec<_> = named.map(|name| serde_json::json!({ "variable": name })).collect();
            serde_json::from_value(listed.into()).unwrap()
        };
        let check = |shown: &[ShownVariable], owner: &KeyOwner| check_room(shown, &VariableNames::default(), owner);
        let without_region = KeyOwner {
            region: None,
            ..owner()
        };
        assert_eq!(check(&shown(96, &[]), &owner()), Ok(()));
        assert_eq!(check(&shown(98, &[]), &without_region), Ok(()));
        assert_eq!(
            check(&shown(98, &["AWS_REGION", "AWS_ACCESS_KEY_ID"]), &without_region),
            Err(too_many(100, 1))
        );
        assert_eq!(check(&shown(97, &[]), &owner()), Err(too_many(97, 4)));
        assert_eq!(check(&shown(97, &["AWS_REGION"]), &owner()), Err(too_many(98, 3)));
    }

    fn too_many(there: usize, new: usize) -> TargetError {
        let message = format!("the context has {there} variables, and {new} more would be needed; CircleCI allows 100");
        TargetError::new(message).with_hint("delete variables that nobody uses, or name another context")
    }
}
