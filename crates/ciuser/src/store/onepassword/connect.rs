//! The way by a Connect server, which a team runs itself.
//!
//! What its description does not say is taken as 1Password's own clients meet it: an item that was just made may be
//! missing for a moment, an update may be answered with the item of before, and a deletion with 500.

use async_trait::async_trait;
use ciuser_core::port::TargetError;
use ciuser_core::secret::AccessKey;
use http::{Method, StatusCode, header};
use serde::Deserialize;
use zeroize::Zeroize as _;

use super::document::Document;
use super::way::{Access, Listed, Setback, Vault, Way};
use crate::rest::{Address, Client, Fate, Repeat, Resource, Service, Trouble, Write};
use crate::targets::Reach;
use crate::token::ConnectAccess;

pub(super) static SERVICE: Service = Service {
    name: "1Password Connect",
    token_header: header::AUTHORIZATION,
    scheme: "Bearer ",
    headers: &[],
    renew: "set OP_CONNECT_TOKEN to an access token of this very Connect server; `op connect token create` makes one",
    address_from: "OP_CONNECT_HOST",
};

/// A Connect server.
pub(super) struct Connect<'a> {
    client: Client<'a>,
    /// Whether the spec chooses an account, which a server cannot.
    account: bool,
}

/// What is read of an item that is answered.
#[derive(Deserialize)]
struct Answered {
    id: String,
}

impl<'a> Connect<'a> {
    /// Names the server. Sends nothing yet.
    pub(super) fn new(access: ConnectAccess, account: Option<&str>, reach: &Reach<'a>) -> Connect<'a> {
        let address = Address::of(&access.host, "/v1");
        Connect {
            client: Client::new(&SERVICE, address, access.token, reach.transport.clone(), reach.clock),
            account: account.is_some(),
        }
    }

    /// Sends an item, and returns the id of the one that is answered. The answer repeats the item, and is wiped.
    async fn write(&self, write: Write<'_, Document>) -> Result<Option<String>, Setback> {
        let answer = self.client.write(write).await.map_err(setback)?;
        let read = serde_json::from_slice::<Answered>(&answer);
        if let Ok(mut answer) = answer.try_into_mut() {
            answer.zeroize();
        }
        Ok(read.ok().map(|read| read.id))
    }
}

fn items(vault: &Vault) -> Resource {
    Resource::new(&["vaults", &vault.id, "items"])
}

fn item(vault: &Vault, id: &str) -> Resource {
    Resource::new(&["vaults", &vault.id, "items", id])
}

#[async_trait(?Send)]
impl Way for Connect<'_> {
    /// A token opens it, and the first call tells whether it does.
    async fn open(&self, _ask: bool) -> Result<Access, TargetError> {
        Ok(Access::Open)
    }

    async fn vaults(&self) -> Result<Vec<Vault>, TargetError> {
        let listed = self.client.get("listing vaults", Resource::new(&["vaults"])).await;
        listed.map_err(explained)
    }

    async fn items(&self, vault: &Vault, tag: &str) -> Result<Vec<Listed>, TargetError> {
        let doing = format!("listing the items of vault `{}`", vault.name);
        let filtered = items(vault).with("filter", &format!("tag eq \"{tag}\""));
        let listed = match self.client.get(&doing, filtered).await {
            // Older servers know no filter by tag; what is listed is looked through here in any case.
            Err(trouble) if trouble.is_invalid() => self.client.get(&doing, items(vault)).await,
            listed => listed,
        };
        listed.map_err(explained)
    }

    async fn item(&self, vault: &Vault, id: &str) -> Result<Option<Document>, TargetError> {
        let doing = format!("reading item `{id}`");
        let found = self.client.find::<Document>(&doing, item(vault, id)).await;
        let (there, document) = found.map_err(explained)?;
        Ok(there.then_some(document))
    }

    async fn create(&self, vault: &Vault, document: &Document, key: &AccessKey) -> Result<String, Setback> {
        let doing = format!("making an item in vault `{}`", vault.name);
        let write = Write {
            doing: &doing,
            method: Method::POST,
            resource: items(vault),
            body: document,
            value: Some(key.secret.expose()),
            repeat: Repeat::LookFirst,
        };
        let made = self.write(write).await?;
        made.ok_or_else(|| Setback::Unknown(TargetError::new(format!("{doing}: the answer does not name it"))))
    }

    async fn replace(&self, vault: &Vault, id: &str, document: &Document, key: &AccessKey) -> Result<(), Setback> {
        let write = Write {
            doing: &format!("updating item `{id}`"),
            method: Method::PUT,
            resource: item(vault, id),
            body: document,
            value: Some(key.secret.expose()),
            repeat: Repeat::Safe,
        };
        // What is answered may be the item of before.
        self.write(write).await.map(drop)
    }

    async fn remove(&self, vault: &Vault, id: &str) -> Result<(), Setback> {
        let doing = format!("deleting item `{id}`");
        self.client.delete(&doing, item(vault, id)).await.map_err(setback)
    }

    fn warnings(&self) -> Vec<String> {
        let account = "a Connect server is of one account: the store's `account` chooses nothing";
        let account = self.account.then(|| account.to_owned());
        self.client.exposure().into_iter().chain(account).collect()
    }
}

fn setback(trouble: Trouble) -> Setback {
    let fate = trouble.fate;
    let error = explained(trouble);
    match fate {
        Fate::Refused(StatusCode::CONFLICT) => Setback::Conflict(error),
        // Of a page that stands before the server nobody knows what it did.
        Fate::Unknown | Fate::Strange => Setback::Unknown(error),
        Fate::NotSent | Fate::Throttled | Fate::Refused(_) => Setback::Refused(error),
    }
}

/// Makes an error of it, with a hint where Connect has causes that others have not.
fn explained(trouble: Trouble) -> TargetError {
    let (fate, forbidden) = (trouble.fate, trouble.is_forbidden());
    let error = TargetError::from(trouble);
    match fate {
        Fate::NotSent => error.with_hint("check OP_CONNECT_HOST, and whether the Connect server runs"),
        _ if forbidden => error.with_hint(
            "the token may not do this in that vault; `op connect token create NAME --server SERVER --vault VAULT,rw` \
             makes one that may read and write there",
        ),
        _ => error,
    }
}
