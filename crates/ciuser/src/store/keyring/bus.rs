//! The Secret Service on the session bus: its default keyring and the items in it.

use std::collections::HashMap;

use ciuser_core::port::TargetError;
use secret_service::{Collection, EncryptionType, Error, Item, SecretService};
use zbus::connection::Builder;
use zeroize::Zeroizing;

use crate::env::Environment;

/// The keyring of this session.
pub(super) struct Keyring(SecretService<'static>);

/// The default keyring, if it could be unlocked.
pub(super) enum Opened<'k> {
    /// It is.
    Unlocked(Items<'k>),
    /// Unlocking it would have to ask.
    Locked,
}

/// The items of the default keyring.
pub(super) struct Items<'k>(Collection<'k>);

impl Keyring {
    /// Connects to the bus that the environment names, or the one of the person's session.
    pub(super) async fn connect(environment: &Environment) -> Result<Keyring, TargetError> {
        let address = match environment.variable("DBUS_SESSION_BUS_ADDRESS") {
            Some(address) => address.to_owned(),
            None => match environment.variable("XDG_RUNTIME_DIR") {
                Some(directory) => format!("unix:path={directory}/bus"),
                None => return Err(none("this is no session of a desktop")),
            },
        };
        let builder = Builder::address(address.as_str()).map_err(|error| none(&error.to_string()))?;
        let connection = builder.build().await.map_err(|error| none(&error.to_string()))?;
        let service = SecretService::connect_with_existing(EncryptionType::Dh, connection).await;
        service.map(Keyring).map_err(|error| none(&error.to_string()))
    }

    /// Opens the default keyring; a person may be asked for its password only if `ask`.
    pub(super) async fn open(&self, ask: bool) -> Result<Opened<'_>, TargetError> {
        let collection = self.0.get_default_collection().await.map_err(|error| match error {
            Error::NoResult => TargetError::new("there is no default keyring")
                .with_hint("make one in the desktop's program for passwords and keys, and make it the default"),
            error => failed("opening the keyring", &error),
        })?;
        let is_locked = collection.is_locked().await;
        if is_locked.map_err(|error| failed("opening the keyring", &error))? {
            if !ask {
                return Ok(Opened::Locked);
            }
            match collection.unlock().await {
                Ok(()) => {}
                Err(Error::Prompt) => return Ok(Opened::Locked),
                Err(error) => return Err(failed("unlocking the keyring", &error)),
            }
        }
        Ok(Opened::Unlocked(Items(collection)))
    }
}

impl Items<'_> {
    /// Returns the value of an item; `None` when there is none.
    pub(super) async fn read(&self, service: &str, username: &str) -> Result<Option<Zeroizing<Vec<u8>>>, TargetError> {
        const DOING: &str = "reading the item";
        let Some(item) = self.find(service, username).await? else {
            return Ok(None);
        };
        let secret = item.get_secret().await.map_err(|error| failed(DOING, &error))?;
        Ok(Some(Zeroizing::new(secret)))
    }

    /// Writes an item, over one that is there. The label goes last: it says nothing that the value does not.
    pub(super) async fn write(
        &self,
        service: &str,
        username: &str,
        label: &str,
        value: &[u8],
    ) -> Result<(), TargetError> {
        const TYPE: &str = "application/json";
        let written = match self.find(service, username).await? {
            Some(item) => match item.set_secret(value, TYPE).await {
                Ok(()) => item.set_label(label).await,
                refused => refused,
            },
            None => {
                let attributes = attributes(service, username);
                let made = self.0.create_item(label, attributes, value, false, TYPE).await;
                made.map(drop)
            }
        };
        written.map_err(|error| failed("writing the item", &error))
    }

    /// Removes an item; one that is gone already is fine.
    pub(super) async fn remove(&self, service: &str, username: &str) -> Result<(), TargetError> {
        match self.find(service, username).await? {
            Some(item) => item.delete().await.map_err(|error| failed("removing the item", &error)),
            None => Ok(()),
        }
    }

    /// Finds the one item of these names.
    async fn find(&self, service: &str, username: &str) -> Result<Option<Item<'_>>, TargetError> {
        let found = self.0.search_items(attributes(service, username)).await;
        let mut found = found.map_err(|error| failed("looking for the item", &error))?;
        if found.len() > 1 {
            let message = format!("the keyring has several items of service `{service}` and username `{username}`");
            return Err(TargetError::new(message).with_hint("remove all but one of them, or name another service"));
        }
        Ok(found.pop())
    }
}

fn attributes<'a>(service: &'a str, username: &'a str) -> HashMap<&'static str, &'a str> {
    HashMap::from([("service", service), ("username", username)])
}

/// Says that there is no keyring to speak with.
fn none(why: &str) -> TargetError {
    TargetError::new(format!("no keyring answers here: {}", first_line(why))).with_hint(
        "log in to a desktop with GNOME Keyring, KWallet or KeePassXC's Secret Service, or choose another store",
    )
}

fn failed(doing: &str, error: &Error) -> TargetError {
    TargetError::new(format!("{doing}: {}", first_line(&error.to_string())))
}

/// Returns what an error says, as a message may show it. No error of theirs has a value in it.
fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default().trim_end_matches('.');
    line.chars().filter(|c| !c.is_control()).take(200).collect()
}
