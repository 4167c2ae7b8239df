//! The programs `pass` and `gpg`: how they are started, and what their words mean.
//!
//! Invariants: they see the variables that they need and no other, and never a secret but through a pipe; GnuPG asks
//! a person only when that is allowed; of what they say, one line is shown, and never of what they were given.

use std::path::Path;
use std::time::Duration;

use ciuser_core::port::TargetError;
use zeroize::Zeroizing;

use crate::child::{Child, ChildError, Ended};
use crate::env::Environment;

/// The variables that `pass`, GnuPG, its windows and git go by.
const PASSED: [&str; 22] = [
    "HOME",
    "PATH",
    "USER",
    "LOGNAME",
    "TERM",
    "TMPDIR",
    "GNUPGHOME",
    "GPG_TTY",
    "GPG_AGENT_INFO",
    "SSH_AUTH_SOCK",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_RUNTIME_DIR",
    "XDG_CONFIG_HOME",
    "DBUS_SESSION_BUS_ADDRESS",
    "GIT_AUTHOR_NAME",
    "GIT_AUTHOR_EMAIL",
    "GIT_COMMITTER_NAME",
    "GIT_COMMITTER_EMAIL",
    "PASSWORD_STORE_KEY",
    "PASSWORD_STORE_SIGNING_KEY",
];

/// How long a program may take by itself.
const ALONE: Duration = Duration::from_secs(60);
/// How long it may take when a person has to type a passphrase, or to touch a token.
const ATTENDED: Duration = Duration::from_secs(300);

/// Keeps GnuPG from asking.
const ASK_NOBODY: &str = "--pinentry-mode=error";

/// `pass`, on one password store.
pub(super) struct Pass<'e> {
    environment: Vec<(&'e str, String)>,
    /// What the person always wants GnuPG to be told.
    options: &'e str,
}

/// What an entry shows.
pub(super) enum Shown {
    /// Its text.
    Text(Zeroizing<Vec<u8>>),
    /// GnuPG would have to ask.
    Locked,
}

impl<'e> Pass<'e> {
    pub(super) fn new(environment: &'e Environment, root: &Path) -> Pass<'e> {
        let passed = environment.variables().filter(|(name, _)| PASSED.contains(name));
        let passed = passed.map(|(name, value)| (name, value.to_owned()));
        let ours = [
            ("PASSWORD_STORE_DIR", root.display().to_string()),
            // What they say is read here.
            ("LC_ALL", "C.UTF-8".to_owned()),
        ];
        Pass {
            environment: passed.chain(ours).collect(),
            options: environment.variable("PASSWORD_STORE_GPG_OPTS").unwrap_or_default(),
        }
    }

    /// Reads an entry that is encrypted to these keys.
    pub(super) async fn show(&self, name: &str, recipients: &[String], ask: bool) -> Result<Shown, TargetError> {
        let ended = self.run("pass", &["show", "--", name], None, ask).await?;
        if ended.success {
            return Ok(Shown::Text(ended.stdout));
        }
        match self.is_locked(&ended, recipients).await? {
            true => Ok(Shown::Locked),
            false => Err(failed("pass show", &ended.stderr)),
        }
    }

    /// Writes an entry, over one that is there.
    pub(super) async fn insert(&self, name: &str, text: &[u8]) -> Result<(), TargetError> {
        let arguments = ["insert", "--multiline", "--force", "--", name];
        let ended = self.run("pass", &arguments, Some(text), false).await?;
        // `pass` says that all went well even when git did not take the entry.
        let complaint = line_of(&ended.stderr, |line| {
            line.starts_with("fatal: ") || line.starts_with("error: ")
        });
        match complaint {
            None if ended.success => Ok(()),
            Some(complaint) if ended.success => Err(TargetError::new(format!(
                "the entry is written, but git did not commit it: {complaint}"
            ))
            .with_hint("commit it with `pass git`, then run the same again")),
            _ => Err(failed("pass insert", &ended.stderr)),
        }
    }

    /// Removes an entry; git keeps it if there is one.
    pub(super) async fn remove(&self, name: &str) -> Result<(), TargetError> {
        let ended = self.run("pass", &["rm", "--force", "--", name], None, false).await?;
        match ended.success {
            true => Ok(()),
            false => Err(failed("pass rm", &ended.stderr)),
        }
    }

    /// Proves that these keys can be encrypted to, and that what is encrypted can be read again.
    pub(super) async fn rehearse(&self, recipients: &[String], ask: bool) -> Result<(), TargetError> {
        const DUMMY: &[u8] = b"rehearsal";
        let mut arguments = self.gpg_options(ask);
        arguments.extend(["--quiet", "--no-encrypt-to", "--encrypt"]);
        for recipient in recipients {
            arguments.extend(["--recipient", recipient]);
        }
        let sealed = self.run("gpg", &arguments, Some(DUMMY), ask).await?;
        if !sealed.success {
            return Err(failed("gpg --encrypt", &sealed.stderr).with_hint(
                "the keys of the store are in its `.gpg-id`; `gpg --list-keys` shows those that can be used",
            ));
        }
        let mut arguments = self.gpg_options(ask);
        arguments.extend(["--quiet", "--decrypt"]);
        let opened = self.run("gpg", &arguments, Some(&sealed.stdout), ask).await?;
        match opened.success && opened.stdout.as_slice() == DUMMY {
            true => Ok(()),
            false if self.is_locked(&opened, recipients).await? => Err(locked()),
            false => Err(failed("gpg --decrypt", &opened.stderr)
                .with_hint("what is stored could not be read back; choose a store whose key is on this machine")),
        }
    }

    /// Tells whether GnuPG did not open something only because it would have had to ask. It says that there is no secret
    /// key in either case; whether there is one, its list tells.
    async fn is_locked(&self, ended: &Ended, recipients: &[String]) -> Result<bool, TargetError> {
        if line_of(&ended.stderr, |line| {
            line.ends_with("No secret key") || line.contains("cancelled")
        })
        .is_none()
        {
            return Ok(false);
        }
        for recipient in recipients {
            let arguments = ["--quiet", "--list-secret-keys", "--", recipient];
            if self.run("gpg", &arguments, None, false).await?.success {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn gpg_options(&self, ask: bool) -> Vec<&str> {
        let options = self.options.split_whitespace();
        options.chain((!ask).then_some(ASK_NOBODY)).collect()
    }

    async fn run(
        &self,
        program: &str,
        arguments: &[&str],
        input: Option<&[u8]>,
        ask: bool,
    ) -> Result<Ended, TargetError> {
        let options = self.gpg_options(ask).join(" ");
        let mut environment: Vec<_> = self
            .environment
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        environment.push(("PASSWORD_STORE_GPG_OPTS", &options));
        let child = Child {
            program,
            arguments,
            environment: &environment,
            limit: if ask { ATTENDED } else { ALONE },
        };
        child.run(input).await.map_err(|error| {
            let hint = match &error {
                ChildError::Missing(_) => Some("install `pass` and GnuPG, or choose another store"),
                ChildError::Late(..) => {
                    Some("see whether GnuPG waits for a passphrase or a token, and run the same again")
                }
                _ => None,
            };
            let error = TargetError::new(error.to_string());
            match hint {
                Some(hint) => error.with_hint(hint),
                None => error,
            }
        })
    }
}

/// Says that a person has to unlock GnuPG.
pub(super) fn locked() -> TargetError {
    TargetError::new("GnuPG would have to ask for the passphrase of its key, and nobody can be asked")
        .with_hint("run it on a terminal with `export GPG_TTY=$(tty)`, or `pass show` any entry first, so that gpg-agent knows the passphrase")
        .needing_person()
}

fn failed(doing: &str, stderr: &[u8]) -> TargetError {
    match line_of(stderr, |line| !line.trim().is_empty()) {
        Some(said) => TargetError::new(format!("`{doing}` failed: {said}")),
        None => TargetError::new(format!("`{doing}` failed and said nothing")),
    }
}

/// Returns the last such line, as a message may show it. Neither program repeats what it reads.
fn line_of(stderr: &[u8], is: impl Fn(&str) -> bool) -> Option<String> {
    let text = String::from_utf8_lossy(stderr);
    let line = text.lines().rfind(|line| is(line))?;
    let shown = line.trim().trim_end_matches('.');
    Some(shown.chars().filter(|c| !c.is_control()).take(200).collect())
}
