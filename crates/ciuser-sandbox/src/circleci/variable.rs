//! The rules that context variables and project variables share: names, sizes, and what is shown of a value.

use super::answer::Refusal;

const NAME_LENGTH: usize = 300;
const VALUE_BYTES: usize = 32 * 1024;
const SHOWN: usize = 4;

/// Refuses a name that a shell could not use, or that is too long.
pub(super) fn check_name(name: &str) -> Result<(), Refusal> {
    let starts_well = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    if !starts_well || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Err(Refusal::bad_request(
            "Environment variable names must begin with a letter or an underscore, \
             and contain only letters, digits and underscores.",
        ));
    }
    if name.len() > NAME_LENGTH {
        return Err(Refusal::bad_request(format!(
            "Environment variable names have at most {NAME_LENGTH} characters."
        )));
    }
    Ok(())
}

/// Refuses a value that is too long; an empty one is allowed.
pub(super) fn check_value(value: &str) -> Result<(), Refusal> {
    if value.len() > VALUE_BYTES {
        return Err(Refusal::bad_request("Environment variable values have at most 32 KB."));
    }
    Ok(())
}

/// Returns the part of a value that may be shown: its last four characters, but never more than half of it.
///
/// That half is shown of short values is read off recorded replies, where a value of three characters shows one.
pub(super) fn shown(value: &str) -> String {
    let length = value.chars().count();
    value.chars().skip(length - SHOWN.min(length / 2)).collect()
}

/// Returns the value as project variables show it: `xxxx` and what may be shown.
pub(super) fn masked(value: &str) -> String {
    format!("xxxx{}", shown(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_characters_are_shown_and_never_more_than_half() {
        let shown: Vec<_> = ["", "a", "bar", "abcdef", "AKIAIOSFODNN7EXAMPLE", "zwölfzeichen"]
            .map(shown)
            .into();
        assert_eq!(shown, ["", "", "r", "def", "MPLE", "chen"]);
        assert_eq!(masked("AKIAIOSFODNN7EXAMPLE"), "xxxxMPLE");
    }

    #[test]
    fn names_are_shell_names_of_at_most_300_characters() {
        let longest = "A".repeat(300);
        for good in ["A", "_", "AWS_ACCESS_KEY_ID", "a1", longest.as_str()] {
            assert!(check_name(good).is_ok(), "{good}");
        }
        let too_long = "A".repeat(301);
        for bad in ["", "1A", "A-B", "A B", "Ä", "A\n", too_long.as_str()] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn values_have_at_most_32_kilobytes_and_may_be_empty() {
        assert!(check_value("").is_ok());
        assert!(check_value(&"x".repeat(32_768)).is_ok());
        assert!(check_value(&"x".repeat(32_769)).is_err());
    }
}
