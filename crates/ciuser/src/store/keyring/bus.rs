//! The Secret Service on the session bus: its default keyring and the items in it.

use std::collections::HashMap;

use async_trait::async_trait;
use ciuser_core::port::TargetError;
use secret_service::{Collection, EncryptionType, Error, Item, SecretService};
use zbus::connection::Builder;
use zeroize::Zeroizing;

use super::{Items, Keyring, failed, first_line};
use crate::env::Environment;

/// The Secret Service of the session.
pub(super) struct SecretServiceKeyring;

/// The items of its default keyring.
struct DefaultItems(SecretService<'static>);

impl SecretServiceKeyring {
    pub(super) fn new() -> SecretServiceKeyring {
        SecretServiceKeyring
    }
}

#[async_trait(?Send)]
impl Keyring for SecretServiceKeyring {
    async fn open(&self, environment: &Environment, ask: bool) -> Result<Option<Box<dyn Items>>, TargetError> {
        let items = DefaultItems(connect(environment).await?);
        let collection = items.collection().await?;
        let is_locked = collection.is_locked().await;
        if is_locked.map_err(|error| failed("opening the keyring", &error))? {
            if !ask {
                return Ok(None);
            }
            match collection.unlock().await {
                Ok(()) => {}
                Err(Error::Prompt) => return Ok(None),
                Err(error) => return Err(failed("unlocking the keyring", &error)),
            }
        }
        Ok(Some(Box::new(items)))
    }

    fn lookup(&self, service: &str) -> String {
        format!("secret-tool lookup service {service} username ACCOUNT/USER")
    }
}

/// Connects to the bus that the environment names, or the one of the person's session.
async fn connect(environment: &Environment) -> Result<SecretService<'static>, TargetError> {
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
    service.map_err(|error| none(&error.to_string()))
}

#[async_trait(?Send)]
impl Items for DefaultItems {
    async fn read(&self, service: &str, username: &str) -> Result<Option<Zeroizing<Vec<u8>>>, TargetError> {
        const DOING: &str = "reading the item";
        let collection = self.collection().await?;
        let Some(item) = find(&collection, service, username).await? else {
            return Ok(None);
        };
        let secret = item.get_secret().await.map_err(|error| failed(DOING, &error))?;
        Ok(Some(Zeroizing::new(secret)))
    }

    async fn write(&self, service: &str, username: &str, label: &str, value: &[u8]) -> Result<(), TargetError> {
        const TYPE: &str = "application/json";
        let collection = self.collection().await?;
        let written = match find(&collection, service, username).await? {
            // The label goes last: it says nothing that the value does not.
            Some(item) => match item.set_secret(value, TYPE).await {
                Ok(()) => item.set_label(label).await,
                refused => refused,
            },
            None => {
                let attributes = attributes(service, username);
                let made = collection.create_item(label, attributes, value, false, TYPE).await;
                made.map(drop)
            }
        };
        written.map_err(|error| failed("writing the item", &error))
    }

    async fn remove(&self, service: &str, username: &str) -> Result<(), TargetError> {
        let collection = self.collection().await?;
        match find(&collection, service, username).await? {
            Some(item) => item.delete().await.map_err(|error| failed("removing the item", &error)),
            None => Ok(()),
        }
    }
}

impl DefaultItems {
    /// Returns the default keyring, locked or not.
    async fn collection(&self) -> Result<Collection<'_>, TargetError> {
        self.0.get_default_collection().await.map_err(|error| match error {
            Error::NoResult => TargetError::new("there is no default keyring")
                .with_hint("make one in the desktop's program for passwords and keys, and make it the default"),
            error => failed("opening the keyring", &error),
        })
    }
}

/// Finds the one item of these names.
async fn find<'c>(
    collection: &'c Collection<'_>,
    service: &str,
    username: &str,
) -> Result<Option<Item<'c>>, TargetError> {
    let found = collection.search_items(attributes(service, username)).await;
    let mut found = found.map_err(|error| failed("looking for the item", &error))?;
    if found.len() > 1 {
        let message = format!("the keyring has several items of service `{service}` and username `{username}`");
        return Err(TargetError::new(message).with_hint("remove all but one of them, or name another service"));
    }
    Ok(found.pop())
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
