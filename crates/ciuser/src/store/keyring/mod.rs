//! The keyring of the desktop: the Secret Service that GNOME, KDE and KeePassXC offer on D-Bus; the login keychain of
//! macOS; the Credential Manager of Windows.
//!
//! One item for each user, found by `service` and `username` (`ACCOUNT/USER`), which other programs for keyrings go by
//! too. Its value is what the AWS CLI's `credential_process` reads; its label names the key without the value.
//! Invariants: what is replaced stays in a second item; an item of somebody else is never changed unseen; the value
//! crosses the bus encrypted. Of the Secret Service nobody is asked to unlock a keyring unless that is allowed; a
//! keychain asks when it likes.

#[cfg(not(any(target_os = "macos", windows)))]
mod bus;
// Everywhere for the tests: all but the lines that name the system's own keyring.
#[cfg(any(target_os = "macos", windows, test))]
mod native;
mod value;

use std::fmt::Display;
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use ciuser_core::name::AccessKeyId;
use ciuser_core::port::{Holdings, KeyOwner, PlaceState, Store, TargetError};
use ciuser_core::secret::{AccessKey, SecretAccessKey};
use zeroize::Zeroizing;

#[cfg(not(any(target_os = "macos", windows)))]
use self::bus::SecretServiceKeyring as SystemKeyring;
#[cfg(any(target_os = "macos", windows))]
use self::native::NativeKeyring as SystemKeyring;
use super::session::{Session, look_at};
use crate::env::Environment;

/// How long the keyring may take by itself.
const ALONE: Duration = Duration::from_secs(30);
/// How long it may take when a person has to type its password.
const ATTENDED: Duration = Duration::from_secs(300);

/// A keyring that can be opened.
#[async_trait(?Send)]
trait Keyring {
    /// Opens it; a person may be asked for its password only if `ask`. `None` if it stays locked.
    async fn open(&self, environment: &Environment, ask: bool) -> Result<Option<Box<dyn Items>>, TargetError>;

    /// Says how a person looks an item of a service up.
    fn lookup(&self, service: &str) -> String;
}

/// The items of an open keyring.
#[async_trait(?Send)]
trait Items {
    /// Returns the value of an item; `None` when there is none.
    async fn read(&self, service: &str, username: &str) -> Result<Option<Zeroizing<Vec<u8>>>, TargetError>;

    /// Writes an item, over one that is there. A keyring without labels leaves the label away.
    async fn write(&self, service: &str, username: &str, label: &str, value: &[u8]) -> Result<(), TargetError>;

    /// Removes an item; one that is gone already is fine.
    async fn remove(&self, service: &str, username: &str) -> Result<(), TargetError>;
}

/// A keyring, and the name under which it shows our items.
pub(super) struct KeyringStore<'s> {
    keyring: Box<dyn Keyring>,
    service: String,
    session: &'s Session<'s>,
}

impl<'s> KeyringStore<'s> {
    /// Names the service in the system's keyring. Touches nothing yet.
    pub(super) fn new(service: &str, session: &'s Session<'_>) -> KeyringStore<'s> {
        KeyringStore::of(Box::new(SystemKeyring::new()), service, session)
    }

    fn of(keyring: Box<dyn Keyring>, service: &str, session: &'s Session<'_>) -> KeyringStore<'s> {
        KeyringStore {
            keyring,
            service: service.to_owned(),
            session,
        }
    }

    /// Opens the keyring and does something with it, for as long as is fit.
    async fn with<T>(
        &self,
        unlock: bool,
        act: impl AsyncFnOnce(Option<Box<dyn Items>>) -> Result<T, TargetError>,
    ) -> Result<T, TargetError> {
        let ask = unlock && self.session.prompt.interactive();
        let limit = if ask { ATTENDED } else { ALONE };
        let whole = async { act(self.keyring.open(self.session.environment, ask).await?).await };
        match tokio::time::timeout(limit, whole).await {
            Ok(answer) => answer,
            Err(_) => Err(
                TargetError::new(format!("the keyring did not answer within {} s", limit.as_secs()))
                    .with_hint("see whether it waits for its password, and run the same again"),
            ),
        }
    }

    /// Does something with the keyring, which must be unlocked for it.
    async fn with_items<T>(
        &self,
        act: impl AsyncFnOnce(&dyn Items) -> Result<T, TargetError>,
    ) -> Result<T, TargetError> {
        self.with(true, async |opened| match opened {
            Some(items) => act(&*items).await,
            None => Err(locked()),
        })
        .await
    }

    /// Names the item in what this process has looked at.
    fn place(&self, username: &str) -> PathBuf {
        PathBuf::from(format!("keyring:{}/{username}", self.service))
    }
}

#[async_trait(?Send)]
impl Store for KeyringStore<'_> {
    async fn check(&self, owner: &KeyOwner, unlock: bool) -> Result<PlaceState, TargetError> {
        let username = username(owner);
        let looked = self
            .with(unlock, async |opened| match opened {
                Some(items) => {
                    let there = items.read(&self.service, &username).await?;
                    self.session.keep_look(&self.place(&username), look_at(bytes(&there)));
                    Ok(holdings(bytes(&there)))
                }
                None => Err(locked()),
            })
            .await;
        let holdings = match looked {
            // A keychain says so of an item, not when it is opened.
            Err(error) if error.needs_person && !unlock => Holdings::Locked,
            looked => looked?,
        };
        Ok(PlaceState {
            holdings,
            create: None,
            warnings: Vec::new(),
        })
    }

    async fn put(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(), TargetError> {
        let username = username(owner);
        self.with_items(async |items| {
            let there = items.read(&self.service, &username).await?;
            let kept = bytes(&there).and_then(value::read);
            if kept.is_some_and(|kept| kept.id == key.id && kept.secret.same_as(&key.secret)) {
                return Ok(());
            }
            self.session
                .refuse_unseen(&self.place(&username), "the item", bytes(&there), holdings)?;
            if let Some(before) = bytes(&there) {
                let label = format!("AWS access key of {username}, the one before");
                items
                    .write(&self.service, &before_of(&username), &label, before)
                    .await?;
            }
            let label = format!("AWS access key of {username}: {}", key.id);
            let new = value::write(key);
            items.write(&self.service, &username, &label, &new).await?;
            self.session.keep_look(&self.place(&username), look_at(Some(&new)));
            Ok(())
        })
        .await
    }

    async fn get_back(&self, owner: &KeyOwner, id: &AccessKeyId) -> Result<Option<SecretAccessKey>, TargetError> {
        let username = username(owner);
        self.with_items(async |items| {
            for name in [username.clone(), before_of(&username)] {
                let there = items.read(&self.service, &name).await?;
                if let Some(kept) = bytes(&there).and_then(value::read).filter(|kept| kept.id == *id) {
                    return Ok(Some(kept.secret));
                }
            }
            Ok(None)
        })
        .await
    }

    async fn clear(&self, owner: &KeyOwner, seen: &Holdings) -> Result<(), TargetError> {
        let username = username(owner);
        self.with_items(async |items| {
            let there = items.read(&self.service, &username).await?;
            if there.is_some() && holdings(bytes(&there)) != *seen {
                return Err(TargetError::new("the item has changed since it was looked at"));
            }
            items.remove(&self.service, &username).await?;
            items.remove(&self.service, &before_of(&username)).await?;
            self.session.keep_look(&self.place(&username), look_at(None));
            Ok(())
        })
        .await
    }

    fn describe(&self) -> String {
        self.keyring.lookup(&self.service)
    }
}

/// Names the user's item.
fn username(owner: &KeyOwner) -> String {
    format!("{}/{}", owner.account, owner.user)
}

/// Names the item that keeps what was replaced. `#` is in no name of IAM.
fn before_of(username: &str) -> String {
    format!("{username}#before")
}

fn bytes(there: &Option<Zeroizing<Vec<u8>>>) -> Option<&[u8]> {
    there.as_ref().map(|bytes| bytes.as_slice())
}

/// Says what the value of the user's item is.
fn holdings(there: Option<&[u8]>) -> Holdings {
    match there.map(value::read) {
        None => Holdings::Nothing,
        Some(Some(key)) => Holdings::Key(key.id),
        Some(None) => Holdings::Foreign {
            what: "an item that ciuser did not write".to_owned(),
        },
    }
}

fn locked() -> TargetError {
    TargetError::new("the keyring is locked, and nobody can be asked to unlock it")
        .with_hint("log in to the desktop or unlock the keyring there, then run the same again")
        .needing_person()
}

fn failed(doing: &str, error: &impl Display) -> TargetError {
    TargetError::new(format!("{doing}: {}", first_line(&error.to_string())))
}

/// Returns what an error says, as a message may show it. No error of a keyring has a value in it.
fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default().trim_end_matches('.');
    line.chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests;
