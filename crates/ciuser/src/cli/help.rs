//! What stands after the options in a help text: sections such as `Examples`, and how they are taken apart again.
//!
//! A section is a heading that ends with a colon, then lines that are indented by two; sections are apart by an empty
//! line. In `Examples`, a line may say what the command below it, indented by two more, is for; a command that does not
//! fit in 80 columns goes on after a backslash.

/// Returns heading and body of each section; the body without its indent.
pub(crate) fn sections(text: &str) -> Vec<(&str, String)> {
    text.split("\n\n")
        .filter_map(|section| section.split_once(":\n"))
        .map(|(heading, body)| {
            let lines: Vec<&str> = body
                .lines()
                .map(|line| line.strip_prefix("  ").unwrap_or(line))
                .collect();
            (heading, lines.join("\n"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory as _, Parser as _};

    use super::sections;
    use crate::cli::Cli;

    /// Every command that does something, with the examples of its help text.
    fn commands_with_examples() -> Vec<(String, String)> {
        fn walk(command: &Command, name: &str, found: &mut Vec<(String, String)>) {
            for sub in command.get_subcommands() {
                let name = format!("{name} {}", sub.get_name());
                if sub.has_subcommands() {
                    walk(sub, &name, found);
                } else {
                    let after = sub.get_after_help().map(ToString::to_string).unwrap_or_default();
                    let sections = sections(&after);
                    let examples = sections.into_iter().find(|(heading, _)| *heading == "Examples");
                    found.push((name, examples.map(|(_, body)| body).unwrap_or_default()));
                }
            }
        }
        let mut found = Vec::new();
        walk(&Cli::command(), "ciuser", &mut found);
        found
    }

    /// The command lines of a section, continued lines joined, without what a shell does with their output.
    fn command_lines(body: &str) -> Vec<String> {
        let joined = body.replace("\\\n", " ");
        let lines = joined.lines().map(str::trim_start);
        lines
            .filter(|line| line.starts_with("ciuser "))
            .map(|line| {
                let command = line.split([';', '|', '>']).next().unwrap_or_default();
                command.split_whitespace().collect::<Vec<_>>().join(" ")
            })
            .collect()
    }

    #[test]
    fn every_command_shows_examples_of_itself_that_it_understands() {
        for (name, body) in commands_with_examples() {
            let lines = command_lines(&body);
            assert!((1..=4).contains(&lines.len()), "`{name}` has {} examples", lines.len());
            for line in lines {
                assert!(line.starts_with(&name), "`{line}` is no example of `{name}`");
                if let Err(error) = Cli::try_parse_from(line.split(' ')) {
                    panic!("`{line}`: {error}");
                }
            }
        }
    }

    #[test]
    fn examples_of_the_program_itself_are_understood() {
        let after = Cli::command()
            .get_after_help()
            .map(ToString::to_string)
            .unwrap_or_default();
        let sections = sections(&after);
        let headings: Vec<&str> = sections.iter().map(|(heading, _)| *heading).collect();
        assert_eq!(headings, ["Examples", "Exit codes"]);
        for line in command_lines(&sections[0].1) {
            assert!(Cli::try_parse_from(line.split(' ')).is_ok(), "{line}");
        }
    }

    #[test]
    fn examples_fit_in_80_columns() {
        for (name, body) in commands_with_examples() {
            for line in body.lines() {
                assert!(line.chars().count() + 2 <= 80, "`{name}`: {line}");
            }
        }
    }

    #[test]
    fn a_section_is_a_heading_and_what_is_indented_below_it() {
        let text = "Examples:\n  See it:\n    ciuser plan\n\nExit codes:\n  0  done";
        let expected = [
            ("Examples", "See it:\n  ciuser plan".to_owned()),
            ("Exit codes", "0  done".to_owned()),
        ];
        assert_eq!(sections(text), expected);
    }
}
