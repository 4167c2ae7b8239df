//! What `op` complains of: `[ERROR] 2026/11/24 10:42:00 "Web" isn't a vault in this account. ...`.
//!
//! It has no codes; what is recorded of its words tells the cases apart that are dealt with in different ways. What is
//! not known may have been carried out. INVARIANT: nothing is shown that has a part of a secret in it.

use ciuser_core::port::TargetError;

use crate::rest::repeats;

/// The longest complaint that is shown.
const LONGEST: usize = 200;

/// A command of `op` that failed.
#[derive(Debug)]
pub(super) struct Complaint {
    pub(super) kind: Kind,
    pub(super) error: TargetError,
}

/// What became of the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nobody is signed in.
    SignedOut,
    /// There is no such item.
    NoItem,
    /// Something else was written at the same moment.
    Conflict,
    /// It was not carried out.
    Refused,
    /// It may have been carried out.
    Unknown,
}

impl Complaint {
    /// Makes a complaint of a command of which nobody knows what it did.
    pub(super) fn unknown(error: TargetError) -> Complaint {
        Complaint {
            kind: Kind::Unknown,
            error,
        }
    }
}

impl From<Complaint> for TargetError {
    fn from(complaint: Complaint) -> TargetError {
        complaint.error
    }
}

/// A cause, by the words in which it is said, in lower case.
struct Cause {
    words: &'static [&'static str],
    kind: Kind,
    hint: Option<&'static str>,
}

/// The first one that fits counts.
const CAUSES: [Cause; 9] = [
    Cause {
        words: &["service account deleted"],
        kind: Kind::Refused,
        hint: Some("the service account is gone: set OP_SERVICE_ACCOUNT_TOKEN to a token of one that is there"),
    },
    Cause {
        words: &[
            "not signed in",
            "not currently signed in",
            "no accounts configured",
            "session expired",
            "authorization prompt dismissed",
            "authorization timeout",
            "not authenticated yet",
        ],
        kind: Kind::SignedOut,
        hint: Some(
            "sign in with `eval $(op signin)`, or turn on the CLI in 1Password's settings; runs that nobody attends set \
             OP_SERVICE_ACCOUNT_TOKEN",
        ),
    },
    Cause {
        words: &["isn't a vault in this account"],
        kind: Kind::Refused,
        hint: Some("`op vault list` shows those that this account sees"),
    },
    Cause {
        words: &["isn't an item"],
        kind: Kind::NoItem,
        hint: None,
    },
    Cause {
        words: &["(409)", "conflict"],
        kind: Kind::Conflict,
        hint: Some("something else writes to the vault; run the same again"),
    },
    Cause {
        words: &["(429)", "too many requests", "rate limit"],
        kind: Kind::Refused,
        hint: Some("1Password limits how many requests it takes; `op service-account ratelimit` says for how long"),
    },
    Cause {
        words: &[
            "(401)",
            "unauthorized",
            "signin credentials are not compatible",
            "invalid service account token",
        ],
        kind: Kind::Refused,
        hint: Some("the token or the session is not taken: set OP_SERVICE_ACCOUNT_TOKEN anew, or sign in again"),
    },
    Cause {
        words: &["more than one item matches"],
        kind: Kind::Refused,
        hint: Some("the title of another item looks like an id; give it another title"),
    },
    Cause {
        words: &["(403)", "forbidden", "permission"],
        kind: Kind::Refused,
        hint: Some("it takes the right to view, create and edit items in the vault, and to archive them for clearing"),
    },
];

/// Understands what a command said before it failed. `secrets` are what it must not repeat.
pub(super) fn understood(doing: &str, stderr: &[u8], secrets: &[&str]) -> Complaint {
    let text = String::from_utf8_lossy(stderr);
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    // What follows the error lists choices.
    let line = lines
        .clone()
        .find(|line| line.starts_with("[ERROR]"))
        .or(lines.next_back());
    let said = line.map(plain).unwrap_or_default();
    let lower = said.to_lowercase();
    let cause = CAUSES
        .iter()
        .find(|cause| cause.words.iter().any(|words| lower.contains(words)));
    let kind = cause.map_or(Kind::Unknown, |cause| cause.kind);
    let what = match said.as_str() {
        "" => "`op` failed and said nothing".to_owned(),
        said if secrets.iter().any(|secret| repeats(said, secret)) => {
            "`op` failed; what it said is not shown, for it repeats a secret".to_owned()
        }
        said => said.to_owned(),
    };
    let error = TargetError::new(format!("{doing}: {what}"));
    let error = match cause.and_then(|cause| cause.hint) {
        Some(hint) => error.with_hint(hint),
        None => error,
    };
    Complaint {
        kind,
        error: match kind {
            Kind::SignedOut => error.needing_person(),
            _ => error,
        },
    }
}

/// Takes the mark of an error and its time away, and what a terminal would take for a command.
fn plain(line: &str) -> String {
    let is_time = |word: &str| {
        word.bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'/' | b':'))
    };
    let mut said = line.strip_prefix("[ERROR]").unwrap_or(line).trim_start();
    // A date and a time of day.
    for _ in 0..2 {
        match said.split_once(' ') {
            Some((word, rest)) if is_time(word) => said = rest.trim_start(),
            _ => {}
        }
    }
    let said: String = said.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    said.trim_end_matches(['.', ':']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    fn said(stderr: &str) -> (Kind, String) {
        let complaint = understood("listing vaults", stderr.as_bytes(), &[SECRET]);
        assert_eq!(complaint.error.needs_person, complaint.kind == Kind::SignedOut);
        (complaint.kind, complaint.error.message)
    }

    #[test]
    fn the_time_is_stripped_and_the_cause_is_known() {
        for (words, kind) in [
            ("account is not signed in", Kind::SignedOut),
            (
                "You are not currently signed in. Please run `op signin --help`",
                Kind::SignedOut,
            ),
            ("service account token set, but not authenticated yet", Kind::SignedOut),
            (
                r#""X" isn't a vault in this account. Specify the vault with its ID or name"#,
                Kind::Refused,
            ),
            (r#""X" isn't an item in the "V" vault"#, Kind::NoItem),
            (
                "Signin failed: Server: (403) (Forbidden (Service Account Deleted))",
                Kind::Refused,
            ),
            ("Server: (409) (Conflict)", Kind::Conflict),
            ("Server: (429) (Too Many Requests)", Kind::Refused),
            ("dial tcp: lookup acme.1password.com: no such host", Kind::Unknown),
        ] {
            let expected = (kind, format!("listing vaults: {words}"));
            assert_eq!(said(&format!("[ERROR] 2026/11/24 10:42:00 {words}.\n")), expected);
        }
    }

    #[test]
    fn a_list_of_choices_is_left_away_and_silence_is_said() {
        let several = "[ERROR] 2026/11/24 10:42:00 More than one item matches \"X\". Try again and specify the item by its \
                       ID:\n\t* for the item \"X\" in vault V: abc\n";
        let (kind, message) = said(several);
        assert_eq!(kind, Kind::Refused);
        assert!(message.ends_with("specify the item by its ID"), "{message}");
        assert_eq!(
            said(""),
            (Kind::Unknown, "listing vaults: `op` failed and said nothing".to_owned())
        );
        assert_eq!(said("panic: at the disco\n").1, "listing vaults: panic: at the disco");
    }

    #[test]
    fn what_repeats_even_a_part_of_a_secret_is_not_shown() {
        assert!(SECRET.starts_with("wJalrXUtnFEM"));
        let (kind, message) = said("[ERROR] 2026/11/24 10:42:00 (409) invalid value wJalrXUtnFEM");
        assert_eq!(kind, Kind::Conflict);
        assert_eq!(
            message,
            "listing vaults: `op` failed; what it said is not shown, for it repeats a secret"
        );
    }
}
