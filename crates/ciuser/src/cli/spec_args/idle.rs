//! Flags about targets that would be ignored: they are refused, for somebody meant something by them.
//!
//! What is typed is judged, not what the wizard makes of it: there a flag may speak of a target that is added later.

use super::TargetArgs;
use crate::cli::exit::CliError;

/// What a command wants the targets for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Purpose {
    /// A user with a key, or without one.
    Create,
    /// A new key.
    Rotate,
    /// The end of a key.
    Delete,
}

impl TargetArgs {
    /// Refuses flags that would be ignored: those about a target that is not named, and `--store none` where it asks for
    /// nothing.
    pub(in crate::cli) fn check(&self, purpose: Purpose) -> Result<(), CliError> {
        let none = self.stores.iter().any(|store| store == "none");
        let contradiction = match purpose {
            Purpose::Create => None,
            Purpose::Rotate => Some((
                "`key rotate` issues a key",
                "without `--store` and `--deliver` it goes where the old one is",
            )),
            Purpose::Delete => Some((
                "`delete` deletes them",
                "without `--clear` no store is changed, whether it is named or not",
            )),
        };
        if let Some((what, hint)) = contradiction.filter(|_| none) {
            return Err(CliError::usage(format!("`--store none` leaves keys alone, and {what}")).with_hint(hint));
        }
        match self.idle(purpose) {
            Some((flag, about)) => Err(CliError::usage(format!(
                "`{flag}` has nothing to act on: it is about {about}, and none is named"
            ))
            .with_hint("name one, or leave the flag out")),
            None => Ok(()),
        }
    }

    /// Returns the first flag that no target is there for, and what it is about.
    fn idle(&self, purpose: Purpose) -> Option<(&'static str, &'static str)> {
        let kind_of = |target: &String| target.split([':', ',']).next().unwrap_or_default().to_owned();
        let mut stores: Vec<String> = self.stores.iter().map(kind_of).filter(|kind| kind != "none").collect();
        if self.stores.is_empty() && purpose != Purpose::Delete {
            stores.push("kdbx".to_owned());
        }
        let places: Vec<String> = self.deliver.iter().map(kind_of).collect();
        let has = |kinds: &[String], kind: &str| kinds.iter().any(|one| one == kind);
        let (kdbx, csv) = (has(&stores, "kdbx"), has(&stores, "csv"));
        let context = has(&places, "circleci-context");
        let flags = [
            (
                "--kdbx-password-file",
                self.kdbx_password_file.is_some(),
                kdbx,
                "a store `kdbx`",
            ),
            ("--kdbx-key-file", self.kdbx_key_file.is_some(), kdbx, "a store `kdbx`"),
            ("--csv-format", self.csv_format.is_some(), csv, "a store `csv`"),
            (
                "--restrict-to",
                !self.restrict_to.is_empty(),
                context,
                "a place `circleci-context`",
            ),
            (
                "--open-context",
                self.open_context,
                context,
                "a place `circleci-context`",
            ),
            (
                "--variable",
                !self.variables.is_empty(),
                !places.is_empty(),
                "a place of `--deliver`",
            ),
        ];
        let idle = flags.into_iter().find(|(_, said, there, _)| *said && !there);
        idle.map(|(flag, _, _, about)| (flag, about))
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(Debug, clap::Parser)]
    struct Flags {
        #[command(flatten)]
        targets: TargetArgs,
    }

    fn refusal(words: &str, purpose: Purpose) -> Option<String> {
        let flags = Flags::try_parse_from(["ciuser"].into_iter().chain(words.split_whitespace())).unwrap();
        let error = flags.targets.check(purpose).err()?;
        error.into_failures().pop().map(|failure| failure.what)
    }

    #[test]
    fn a_flag_about_a_target_that_is_not_named_is_refused() {
        let idle = [
            ("--store none --kdbx-key-file new", "--kdbx-key-file", "a store `kdbx`"),
            (
                "--store csv --kdbx-password-file p",
                "--kdbx-password-file",
                "a store `kdbx`",
            ),
            ("--csv-format console", "--csv-format", "a store `csv`"),
            (
                "--restrict-to gh/acme/web",
                "--restrict-to",
                "a place `circleci-context`",
            ),
            (
                "--deliver circleci-project:gh/acme/web --open-context",
                "--open-context",
                "a place `circleci-context`",
            ),
            ("--variable AWS_REGION=R", "--variable", "a place of `--deliver`"),
        ];
        for (words, flag, about) in idle {
            let what = format!("`{flag}` has nothing to act on: it is about {about}, and none is named");
            assert_eq!(refusal(words, Purpose::Create), Some(what), "{words}");
        }
        let context = "--deliver circleci-context:gh/acme/deploy --restrict-to gh/acme/web --variable AWS_REGION=R";
        for words in ["", "--kdbx-key-file new", "--store csv:f --csv-format console", context] {
            assert_eq!(refusal(words, Purpose::Create), None, "{words}");
        }
        // No store is meant where none is named.
        assert!(refusal("--kdbx-key-file k", Purpose::Delete).is_some());
    }

    #[test]
    fn leaving_keys_alone_is_refused_where_the_command_is_about_keys() {
        let said = |purpose| refusal("--store none", purpose);
        assert_eq!(said(Purpose::Create), None);
        assert_eq!(
            said(Purpose::Rotate).as_deref(),
            Some("`--store none` leaves keys alone, and `key rotate` issues a key")
        );
        assert_eq!(
            said(Purpose::Delete).as_deref(),
            Some("`--store none` leaves keys alone, and `delete` deletes them")
        );
    }
}
