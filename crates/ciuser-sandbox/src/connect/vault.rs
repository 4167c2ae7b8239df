//! Vaults: `/vaults` and `/vaults/{vault}`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::{Outcome, Refusal, ok};
use super::filter::Filter;
use super::item::{Item, no_such_method};
use super::state::State;
use crate::hub::{Call, time};

/// A vault, with its items.
#[derive(Serialize, Deserialize)]
pub(super) struct Vault {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) items: Vec<Item>,
    /// Whether the token may change anything in it.
    pub(super) writable: bool,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) content_version: u32,
}

impl Vault {
    fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "attributeVersion": 1,
            "contentVersion": self.content_version,
            "items": self.items.len(),
            "type": "USER_CREATED",
            "createdAt": time(self.created_at),
            "updatedAt": time(self.updated_at),
        })
    }

    pub(super) fn item(&mut self, id: &str) -> Result<&mut Item, Refusal> {
        let found = self.items.iter_mut().find(|item| item.id == id);
        found.ok_or_else(|| Refusal::no_item(id))
    }

    pub(super) fn check_writable(&self) -> Result<(), Refusal> {
        match self.writable {
            true => Ok(()),
            false => Err(Refusal::not_in_scope(&self.id)),
        }
    }

    /// Notes that something in it has changed.
    pub(super) fn touch(&mut self, now: Timestamp) {
        self.content_version += 1;
        self.updated_at = now;
    }
}

/// Lists the vaults. Clients ask for one by `name`, or by `title`.
pub(super) fn collection(state: &State, call: &Call<'_>) -> Outcome {
    if call.method() != "GET" {
        return Err(no_such_method());
    }
    let filter = Filter::of(call, &["name", "title"])?;
    let taken = |vault: &&Vault| {
        let named = |filter: &Filter| {
            ["name", "title"]
                .iter()
                .any(|by| filter.takes(by, [vault.name.as_str()].into_iter()))
        };
        filter.as_ref().is_none_or(named)
    };
    let shown: Vec<Value> = state.vaults.iter().filter(taken).map(Vault::to_json).collect();
    Ok(ok(&shown.into()))
}

pub(super) fn one(vault: &Vault, call: &Call<'_>) -> Outcome {
    match call.method() {
        "GET" => Ok(ok(&vault.to_json())),
        _ => Err(no_such_method()),
    }
}
