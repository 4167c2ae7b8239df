//! The keyrings of other systems, by the crates that `keyring` consists of: the login keychain of macOS and the Credential
//! Manager of Windows.
//!
//! Neither has labels here, and neither says beforehand whether it is locked: macOS asks the person itself, in a window of
//! its own, even for a look. Their calls wait for that person, so each has a thread that nothing waits for longer than the store
//! does: not even the end of the program, as it would for the runtime's own threads.

use std::sync::Arc;

use async_trait::async_trait;
use ciuser_core::port::TargetError;
use keyring_core::{CredentialStore, Entry, Error};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::{Items, Keyring, failed, first_line, locked};
use crate::env::Environment;

/// A keyring of the system's own.
pub(super) struct NativeKeyring {
    system: &'static System,
}

/// What is different from system to system.
pub(super) struct System {
    /// Reaches the keyring.
    pub(super) store: fn() -> keyring_core::Result<Arc<CredentialStore>>,
    /// What an item is made with, besides its names.
    pub(super) modifiers: &'static [(&'static str, &'static str)],
    /// How a person looks the items of a service up.
    pub(super) lookup: fn(&str) -> String,
}

#[cfg(target_os = "macos")]
const SYSTEM: System = System {
    store: || Ok(apple_native_keyring_store::keychain::Store::new()?),
    modifiers: &[],
    lookup: |service| format!("security find-generic-password -s {service} -a ACCOUNT/USER -w"),
};

#[cfg(windows)]
const SYSTEM: System = System {
    store: || Ok(windows_native_keyring_store::Store::new()?),
    // By itself it would go with the person to other machines of the domain.
    modifiers: &[("persistence", "Local")],
    lookup: |service| format!("Credential Manager > Windows Credentials > ACCOUNT/USER.{service}"),
};

impl NativeKeyring {
    #[cfg(any(target_os = "macos", windows))]
    pub(super) fn new() -> NativeKeyring {
        NativeKeyring::of(&SYSTEM)
    }

    pub(super) fn of(system: &'static System) -> NativeKeyring {
        NativeKeyring { system }
    }
}

#[async_trait(?Send)]
impl Keyring for NativeKeyring {
    async fn open(&self, _: &Environment, _ask: bool) -> Result<Option<Box<dyn Items>>, TargetError> {
        let store = (self.system.store)().map_err(|error| {
            TargetError::new(format!("no keyring answers here: {}", first_line(&error.to_string())))
                .with_hint("log in as a person of this machine, or choose another store")
        })?;
        Ok(Some(Box::new(NativeItems {
            store,
            modifiers: self.system.modifiers,
        })))
    }

    fn lookup(&self, service: &str) -> String {
        (self.system.lookup)(service)
    }
}

/// The items of a keyring that answered.
struct NativeItems {
    store: Arc<CredentialStore>,
    modifiers: &'static [(&'static str, &'static str)],
}

impl NativeItems {
    /// Does something with an item; `None` when it is not there.
    async fn with<T: Send + 'static>(
        &self,
        doing: &str,
        (service, username): (&str, &str),
        act: impl FnOnce(&Entry) -> keyring_core::Result<T> + Send + 'static,
    ) -> Result<Option<T>, TargetError> {
        let modifiers = self.modifiers.iter().copied().collect();
        let entry = Entry::new_in_store_with_modifiers(&self.store, service, username, &modifiers);
        let entry = entry.map_err(|error| failed(doing, &error))?;
        let (tell, told) = oneshot::channel();
        // Nobody may listen any more.
        std::thread::spawn(move || drop(tell.send(act(&entry))));
        match told.await.map_err(|error| failed(doing, &error))? {
            Ok(answer) => Ok(Some(answer)),
            Err(Error::NoEntry) => Ok(None),
            Err(Error::NoStorageAccess(_)) => Err(locked()),
            Err(error) => Err(failed(doing, &error)),
        }
    }
}

#[async_trait(?Send)]
impl Items for NativeItems {
    async fn read(&self, service: &str, username: &str) -> Result<Option<Zeroizing<Vec<u8>>>, TargetError> {
        let read = |entry: &Entry| entry.get_secret().map(Zeroizing::new);
        self.with("reading the item", (service, username), read).await
    }

    async fn write(&self, service: &str, username: &str, _label: &str, value: &[u8]) -> Result<(), TargetError> {
        const DOING: &str = "writing the item";
        let value = Zeroizing::new(value.to_owned());
        let write = move |entry: &Entry| entry.set_secret(&value);
        let written = self.with(DOING, (service, username), write).await?;
        written.ok_or_else(|| failed(DOING, &Error::NoEntry))
    }

    async fn remove(&self, service: &str, username: &str) -> Result<(), TargetError> {
        let removed = self.with("removing the item", (service, username), Entry::delete_credential);
        removed.await.map(|_| ())
    }
}

#[cfg(test)]
mod tests;
