//! Reads one section of CHANGELOG.md: what a release's notes say.

/// The section of what no release has yet.
pub(super) const UNRELEASED: &str = "Unreleased";

/// Returns the text under `## [NAME]`, up to the next section, without the blank lines around it; `None` when there is
/// no such section, or nothing in it.
pub(super) fn section<'a>(changelog: &'a str, name: &str) -> Option<&'a str> {
    let heading = format!("## [{name}]");
    let begins = changelog
        .match_indices(&heading)
        .find(|(at, _)| *at == 0 || changelog.get(..*at).is_some_and(|before| before.ends_with('\n')))?
        .0;
    let (_, after) = changelog.get(begins..)?.split_once('\n')?;
    let text = after.split("\n## ").next().unwrap_or_default().trim();
    (!text.is_empty() && !text.starts_with("## ")).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::section;

    const CHANGELOG: &str = "\
# Changelog

See ## [0.2.0] for nothing.

## [Unreleased]

## [0.2.0] - 2026-12-01

### Added

- `audit`.

## [0.1.0]

- All of it.
";

    #[test]
    fn a_section_ends_where_the_next_begins() {
        assert_eq!(section(CHANGELOG, "0.2.0"), Some("### Added\n\n- `audit`."));
        assert_eq!(section(CHANGELOG, "0.1.0"), Some("- All of it."));
    }

    #[test]
    fn an_empty_section_and_one_that_is_not_there_say_nothing() {
        assert_eq!(
            [section(CHANGELOG, "Unreleased"), section(CHANGELOG, "0.3.0")],
            [None, None]
        );
    }
}
