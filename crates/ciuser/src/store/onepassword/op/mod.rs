//! The way by 1Password's own program `op`.
//!
//! Invariants: an item goes to it through a pipe, and comes back through one; it sees the variables that it needs and no
//! other, its own token among them, for it takes that from nowhere else; where nothing is sent its input is empty, for
//! it takes any pipe for an item. A person is asked, by 1Password's application, only when that is allowed.

mod words;

use std::time::Duration;

use async_trait::async_trait;
use ciuser_core::port::TargetError;
use ciuser_core::secret::AccessKey;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use self::words::{Complaint, Kind};
use super::document::Document;
use super::way::{Access, Listed, Setback, Vault, Way};
use crate::child::{Child, ChildError, Ended};
use crate::store::session::Session;
use crate::wiped;

/// The variables that `op`, 1Password's application and proxies go by.
const PASSED: [&str; 22] = [
    "HOME",
    "PATH",
    "USER",
    "LOGNAME",
    "TMPDIR",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_RUNTIME_DIR",
    "XDG_CONFIG_HOME",
    "DBUS_SESSION_BUS_ADDRESS",
    "HTTPS_PROXY",
    "https_proxy",
    "NO_PROXY",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    TOKEN,
    "OP_ACCOUNT",
    "OP_BIOMETRIC_UNLOCK_ENABLED",
    "OP_CONFIG_DIR",
    "OP_DEVICE",
];
/// What the variables begin with in which `op signin` has put a session.
const SESSION: &str = "OP_SESSION";
/// The token of a service account.
const TOKEN: &str = "OP_SERVICE_ACCOUNT_TOKEN";

/// How `op` shall behave, whatever is configured.
const OURS: [(&str, &str); 3] = [("OP_FORMAT", "json"), ("OP_CACHE", "false"), ("LC_ALL", "C.UTF-8")];

/// The first version that takes a changed item on its input.
const OLDEST: (u32, u32) = (2, 23);

/// How long it may take by itself.
const ALONE: Duration = Duration::from_secs(60);
/// How long it may take when a person has to unlock 1Password.
const ATTENDED: Duration = Duration::from_secs(300);

/// The program, for one account.
pub(super) struct Op<'s> {
    environment: Vec<(&'s str, &'s str)>,
    account: Option<String>,
    /// Whether a service account is used, which needs nobody.
    service: bool,
    session: &'s Session<'s>,
}

/// A command of `op`.
struct Command<'c> {
    /// What it is for, as messages say it.
    doing: &'c str,
    arguments: &'c [&'c str],
    /// An item that it reads, and the key inside.
    sent: Option<(&'c Document, &'c AccessKey)>,
}

/// What is read of an item that was made.
#[derive(Deserialize)]
struct Made {
    id: String,
}

impl<'s> Op<'s> {
    /// Names the account. Starts nothing yet.
    pub(super) fn new(account: Option<&str>, session: &'s Session<'_>) -> Op<'s> {
        let passed = |name: &str| PASSED.contains(&name) || name.starts_with(SESSION);
        let variables = session.environment.variables();
        let environment = variables.filter(|(name, _)| passed(name)).chain(OURS);
        Op {
            service: session.environment.variable(TOKEN).is_some(),
            environment: environment.collect(),
            account: account.map(str::to_owned),
            session,
        }
    }

    /// Makes sure, once, that the program is there and can do what is needed.
    async fn check_version(&self) -> Result<(), TargetError> {
        if self.session.onepassword.knows_op() {
            return Ok(());
        }
        let ended = self.start(&["--version"], None).await.map_err(missing)?;
        if !ended.success {
            return Err(words::understood("asking `op` for its version", &ended.stderr, &[]).error);
        }
        let said = String::from_utf8_lossy(&ended.stdout).trim().to_owned();
        match version(&said) {
            Some(version) if version >= OLDEST => {
                self.session.onepassword.note_op();
                Ok(())
            }
            Some(_) => Err(
                TargetError::new(format!("`op` is version {said}, and 2.23 or later is needed"))
                    .with_hint("update the 1Password CLI: https://developer.1password.com/docs/cli/get-started"),
            ),
            None => Err(TargetError::new("the program `op` does not say its version")
                .with_hint("see whether `op` in your PATH is the 1Password CLI")),
        }
    }

    async fn run(&self, command: &Command<'_>) -> Result<Ended, Complaint> {
        let mut arguments = command.arguments.to_vec();
        if let Some(account) = self.account.as_deref().filter(|_| !self.service) {
            arguments.extend(["--account", account]);
        }
        let input = command.sent.map(|(item, _)| wiped::json(item)).transpose();
        let input = input.map_err(|_| Complaint::unknown(TargetError::new("the item cannot be written as JSON")))?;
        let ended = self
            .start(&arguments, input.as_ref().map(|input| input.as_slice()))
            .await;
        let ended = ended.map_err(|error| Complaint::unknown(missing(error)))?;
        if ended.success {
            return Ok(ended);
        }
        let key = command.sent.map(|(_, key)| key.secret.expose());
        let token = self.session.environment.variable(TOKEN);
        let secrets: Vec<_> = key.into_iter().chain(token).collect();
        Err(words::understood(command.doing, &ended.stderr, &secrets))
    }

    async fn start(&self, arguments: &[&str], input: Option<&[u8]>) -> Result<Ended, ChildError> {
        let child = Child {
            program: "op",
            arguments,
            environment: &self.environment,
            limit: if self.session.prompt.interactive() {
                ATTENDED
            } else {
                ALONE
            },
        };
        child.run(input).await
    }

    async fn read<T: DeserializeOwned>(&self, doing: &str, arguments: &[&str]) -> Result<T, Complaint> {
        let command = Command {
            doing,
            arguments,
            sent: None,
        };
        let ended = self.run(&command).await?;
        // The reason would quote the answer.
        serde_json::from_slice(&ended.stdout).map_err(|_| Complaint::unknown(strange(doing)))
    }
}

impl From<Complaint> for Setback {
    fn from(Complaint { kind, error }: Complaint) -> Setback {
        match kind {
            Kind::Conflict => Setback::Conflict(error),
            Kind::Unknown => Setback::Unknown(error),
            Kind::NoItem | Kind::SignedOut | Kind::Refused => Setback::Refused(error),
        }
    }
}

#[async_trait(?Send)]
impl Way for Op<'_> {
    async fn open(&self, ask: bool) -> Result<Access, TargetError> {
        self.check_version().await?;
        if self.service || ask {
            return Ok(Access::Open);
        }
        // Every other command would have 1Password's application ask.
        let command = Command {
            doing: "asking who is signed in",
            arguments: &["whoami"],
            sent: None,
        };
        match self.run(&command).await {
            Ok(_) => Ok(Access::Open),
            Err(complaint) if complaint.kind == Kind::SignedOut => Ok(Access::Locked),
            Err(complaint) => Err(complaint.error),
        }
    }

    async fn vaults(&self) -> Result<Vec<Vault>, TargetError> {
        Ok(self.read("listing vaults", &["vault", "list"]).await?)
    }

    async fn items(&self, vault: &Vault, tag: &str) -> Result<Vec<Listed>, TargetError> {
        let doing = format!("listing the items of vault `{}`", vault.name);
        Ok(self
            .read(&doing, &["item", "list", "--vault", &vault.id, "--tags", tag])
            .await?)
    }

    async fn item(&self, vault: &Vault, id: &str) -> Result<Option<Document>, TargetError> {
        let doing = format!("reading item `{id}`");
        match self.read(&doing, &["item", "get", id, "--vault", &vault.id]).await {
            Ok(document) => Ok(Some(document)),
            Err(complaint) if complaint.kind == Kind::NoItem => Ok(None),
            Err(complaint) => Err(complaint.error),
        }
    }

    async fn create(&self, vault: &Vault, document: &Document, key: &AccessKey) -> Result<String, Setback> {
        let doing = format!("making an item in vault `{}`", vault.name);
        let command = Command {
            doing: &doing,
            arguments: &["item", "create", "-", "--vault", &vault.id],
            sent: Some((document, key)),
        };
        let ended = self.run(&command).await?;
        let made = serde_json::from_slice::<Made>(&ended.stdout);
        made.map(|made| made.id).map_err(|_| Setback::Unknown(strange(&doing)))
    }

    async fn replace(&self, vault: &Vault, id: &str, document: &Document, key: &AccessKey) -> Result<(), Setback> {
        let command = Command {
            doing: &format!("updating item `{id}`"),
            arguments: &["item", "edit", id, "--vault", &vault.id],
            sent: Some((document, key)),
        };
        self.run(&command).await?;
        Ok(())
    }

    async fn remove(&self, vault: &Vault, id: &str) -> Result<(), Setback> {
        let command = Command {
            doing: &format!("archiving item `{id}`"),
            arguments: &["item", "delete", id, "--vault", &vault.id, "--archive"],
            sent: None,
        };
        match self.run(&command).await {
            // It is gone already.
            Err(complaint) if complaint.kind == Kind::NoItem => Ok(()),
            ended => ended.map(drop).map_err(Setback::from),
        }
    }

    fn warnings(&self) -> Vec<String> {
        let warning = "a service account is of one account: the store's `account` chooses nothing";
        let chosen = self.account.as_ref().filter(|_| self.service);
        chosen.map(|_| warning.to_owned()).into_iter().collect()
    }
}

/// Reads the first two numbers of a version.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split('.').map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

fn strange(doing: &str) -> TargetError {
    TargetError::new(format!("{doing}: `op` gave an answer that is none"))
        .with_hint("see whether `op` in your PATH is the 1Password CLI")
}

fn missing(error: ChildError) -> TargetError {
    let hint = match &error {
        ChildError::Missing(_) => Some(
            "install the 1Password CLI (https://developer.1password.com/docs/cli/get-started), or set OP_CONNECT_HOST and \
             OP_CONNECT_TOKEN for a Connect server",
        ),
        ChildError::Late(..) => Some("see whether 1Password waits to be unlocked, and run the same again"),
        _ => None,
    };
    let error = TargetError::new(error.to_string());
    match hint {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_apart() {
        assert_eq!(version("2.30.3"), Some((2, 30)));
        assert_eq!(version("2.31.0-beta.01"), Some((2, 31)));
        assert!(version("1.12.9") < Some(OLDEST) && version("2.9.1") < Some(OLDEST));
        assert_eq!(version("op, the other one"), None);
    }
}
