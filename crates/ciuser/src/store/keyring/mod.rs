//! The keyring of the desktop, by the Secret Service that GNOME, KDE and KeePassXC offer on D-Bus.
//!
//! One item for each user, found by `service` and `username` (`ACCOUNT/USER`), which other programs for keyrings go by
//! too. Its value is what the AWS CLI's `credential_process` reads; its label names the key without the value.
//! Invariants: what is replaced stays in a second item; an item of somebody else is never changed unseen; the value
//! crosses the bus encrypted; nobody is asked to unlock a keyring unless that is allowed.

mod bus;
mod value;

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use ciuser_core::name::AccessKeyId;
use ciuser_core::port::{Holdings, KeyOwner, PlaceState, Store, TargetError};
use ciuser_core::secret::{AccessKey, SecretAccessKey};
use zeroize::Zeroizing;

use self::bus::{Keyring, Opened};
use super::session::{Session, look_at};

/// How long the keyring may take by itself.
const ALONE: Duration = Duration::from_secs(30);
/// How long it may take when a person has to type its password.
const ATTENDED: Duration = Duration::from_secs(300);

/// A keyring, and the name under which it shows our items.
pub(super) struct KeyringStore<'s> {
    service: String,
    session: &'s Session<'s>,
}

impl<'s> KeyringStore<'s> {
    /// Names the service. Touches nothing yet.
    pub(super) fn new(service: &str, session: &'s Session<'_>) -> KeyringStore<'s> {
        KeyringStore {
            service: service.to_owned(),
            session,
        }
    }

    /// Opens the keyring and does something with it, for as long as is fit.
    async fn with<T>(
        &self,
        unlock: bool,
        act: impl AsyncFnOnce(Opened<'_>) -> Result<T, TargetError>,
    ) -> Result<T, TargetError> {
        let ask = unlock && self.session.prompt.interactive();
        let limit = if ask { ATTENDED } else { ALONE };
        let whole = async {
            let keyring = Keyring::connect(self.session.environment).await?;
            act(keyring.open(ask).await?).await
        };
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
        act: impl AsyncFnOnce(bus::Items<'_>) -> Result<T, TargetError>,
    ) -> Result<T, TargetError> {
        self.with(true, async |opened| match opened {
            Opened::Unlocked(items) => act(items).await,
            Opened::Locked => Err(locked()),
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
        let holdings = self
            .with(unlock, async |opened| match opened {
                Opened::Unlocked(items) => {
                    let there = items.read(&self.service, &username).await?;
                    self.session.keep_look(&self.place(&username), look_at(bytes(&there)));
                    Ok(holdings(bytes(&there)))
                }
                Opened::Locked if unlock => Err(locked()),
                Opened::Locked => Ok(Holdings::Locked),
            })
            .await?;
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
        format!("secret-tool lookup service {} username ACCOUNT/USER", self.service)
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

#[cfg(test)]
mod tests;
