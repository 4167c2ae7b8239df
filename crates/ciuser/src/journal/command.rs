//! The command that carries a run on, with the flags that it was begun with.

use super::RunHistory;

impl RunHistory {
    /// Returns the command that carries the run on, as it is typed into a shell.
    ///
    /// Only flags that were typed are known: whoever chose the profile by `AWS_PROFILE` must do so again.
    pub(crate) fn resume_command(&self) -> String {
        let mut command = "ciuser resume".to_owned();
        if self.scope.endpoint == "sandbox" {
            command.push_str(" --sandbox");
            return command;
        }
        let session = &self.plan.session;
        // An endpoint from the environment is named too: without it the run would not be found.
        let elsewhere = Some(&self.scope.endpoint).filter(|endpoint| *endpoint != "aws");
        let flags = [
            ("--profile", session.profile.as_ref()),
            ("--region", session.region.as_ref()),
            ("--endpoint-url", session.endpoint_url.as_ref().or(elsewhere)),
        ];
        for (flag, value) in flags {
            if let Some(value) = value {
                command.push_str(&format!(" {flag} {}", quoted(value)));
            }
        }
        if self.plan.caller.ends_with(":root") {
            command.push_str(" --allow-root");
        }
        command
    }
}

/// Returns a word as a POSIX shell reads it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}
