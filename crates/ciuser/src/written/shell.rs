//! Words of a command line as a POSIX shell reads them back, bash and zsh among them.

/// The width that help texts are written for.
const WIDTH: usize = 80;

const INDENT: &str = "    ";

/// Returns the word as it is where a shell leaves it alone, else in single quotes.
pub(crate) fn quoted(word: &str) -> String {
    if is_plain(word) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

fn is_plain(word: &str) -> bool {
    let harmless = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-~".contains(c);
    // zsh looks up a program behind a leading `=`; `~/` is the same to a shell and to us, `~name` is not.
    let tildes_lead_home = word
        .match_indices('~')
        .all(|(at, _)| word.get(at + 1..at + 2) == Some("/"));
    !word.is_empty() && word.chars().all(harmless) && !word.starts_with('=') && tildes_lead_home
}

/// Joins groups of words that belong together, such as a flag and its value, into lines that end with `\`.
pub(super) fn wrapped(groups: &[String]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for group in groups {
        // Two columns stay free for the backslash.
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + group.chars().count() <= WIDTH - 2 => {
                line.push(' ');
                line.push_str(group);
            }
            Some(_) => lines.push(format!("{INDENT}{group}")),
            None => lines.push(group.clone()),
        }
    }
    lines.join(" \\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_that_a_shell_would_change_are_quoted() {
        for plain in [
            "CI_USER",
            "gh/acme/x",
            "k=v",
            "~/keys.kdbx",
            "kdbx:~/keys.kdbx",
            "a+b,c@d%",
        ] {
            assert_eq!(quoted(plain), plain);
        }
        for (word, expected) in [
            ("", "''"),
            ("two words", "'two words'"),
            ("it's", r"'it'\''s'"),
            ("$HOME", "'$HOME'"),
            ("~root/x", "'~root/x'"),
            ("=ls", "'=ls'"),
            ("a;b", "'a;b'"),
            ("Größe", "'Größe'"),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }

    #[test]
    fn lines_end_with_a_backslash_and_fit_in_80_columns() {
        let groups: Vec<String> = (10..20).map(|n| format!("--policy Policy-number-{n}")).collect();
        let text = wrapped(&groups);
        assert_eq!(text.lines().count(), 5);
        assert!(text.lines().all(|line| line.chars().count() <= 80));
        assert_eq!(text.replace(" \\\n    ", " "), groups.join(" "));
    }
}
