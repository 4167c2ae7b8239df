//! Items: `/vaults/{vault}/items` and `/vaults/{vault}/items/{item}`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::{Outcome, Refusal, no_content, ok};
use super::content::{Content, Sent, check_id};
use super::faults::Faults;
use super::filter::Filter;
use super::patch::Change;
use super::state::new_id;
use super::vault::Vault;
use crate::entropy::Entropy;
use crate::hub::{Call, time};
use crate::object::Object;

/// An item, and what it was before.
#[derive(Serialize, Deserialize)]
pub(super) struct Item {
    pub(super) id: String,
    pub(super) version: u32,
    pub(super) content: Content,
    /// The contents of the versions before, the oldest first: 1Password's applications show them.
    history: Vec<Content>,
    editor: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// How many looks do not see it yet.
    #[serde(default)]
    hidden_looks: u32,
}

impl Item {
    fn shown(&self, vault: &str, mut content: Value) -> Value {
        let about = json!({
            "id": self.id,
            "vault": { "id": vault },
            "version": self.version,
            "lastEditedBy": self.editor,
            "createdAt": time(self.created_at),
            "updatedAt": time(self.updated_at),
        });
        if let (Value::Object(content), Value::Object(about)) = (&mut content, about) {
            content.extend(about);
        }
        content
    }

    fn summary(&self, vault: &str) -> Value {
        self.shown(vault, self.content.summary())
    }

    pub(super) fn whole(&self, vault: &str) -> Value {
        self.shown(vault, self.content.whole())
    }

    /// Tells whether a look sees it, which may be one too early.
    fn is_seen(&mut self) -> bool {
        match self.hidden_looks.checked_sub(1) {
            Some(left) => {
                self.hidden_looks = left;
                false
            }
            None => true,
        }
    }

    /// Puts a content in the place of the present one, which is kept.
    fn replace(&mut self, content: Content, now: Timestamp) {
        self.history.push(std::mem::replace(&mut self.content, content));
        self.version += 1;
        self.updated_at = now;
    }
}

/// Who writes, when, and what goes wrong.
pub(super) struct Writing<'w> {
    pub(super) editor: &'w str,
    pub(super) faults: &'w mut Faults,
}

pub(super) fn collection(vault: &mut Vault, call: &Call<'_>, writing: Writing<'_>, entropy: Entropy<'_>) -> Outcome {
    match call.method() {
        "GET" => list(vault, call),
        "POST" => create(vault, call, writing, entropy),
        _ => Err(no_such_method()),
    }
}

pub(super) fn one(vault: &mut Vault, call: &Call<'_>, id: &str, writing: Writing<'_>, entropy: Entropy<'_>) -> Outcome {
    check_id(id, "Item")?;
    match call.method() {
        "GET" => {
            let vault_id = vault.id.clone();
            let item = vault.item(id)?;
            match item.is_seen() {
                true => Ok(ok(&item.whole(&vault_id))),
                false => Err(Refusal::no_item(id)),
            }
        }
        "PUT" => replace(vault, call, id, writing, entropy),
        "PATCH" => patch(vault, call, id, writing, entropy),
        "DELETE" => delete(vault, id, writing),
        _ => Err(no_such_method()),
    }
}

fn list(vault: &mut Vault, call: &Call<'_>) -> Outcome {
    let filter = Filter::of(call, &["title", "tag"])?;
    let mut shown = Vec::new();
    for item in &mut vault.items {
        let taken = filter.as_ref().is_none_or(|filter| {
            filter.takes("title", [item.content.title.as_str()].into_iter())
                || filter.takes("tag", item.content.tags.iter().map(String::as_str))
        });
        if taken && item.is_seen() {
            shown.push(item.summary(&vault.id));
        }
    }
    Ok(ok(&shown.into()))
}

fn create(vault: &mut Vault, call: &Call<'_>, writing: Writing<'_>, entropy: Entropy<'_>) -> Outcome {
    vault.check_writable()?;
    let sent = Sent::to(&vault.id, sent(call)?)?;
    let content = sent.into_content(entropy)?;
    writing.faults.on_write()?;
    let item = Item {
        id: new_id(entropy),
        version: 1,
        content,
        history: Vec::new(),
        editor: writing.editor.to_owned(),
        created_at: call.now,
        updated_at: call.now,
        hidden_looks: writing.faults.hidden_looks(),
    };
    let answer = ok(&item.whole(&vault.id));
    vault.items.push(item);
    vault.touch(call.now);
    Ok(answer)
}

fn replace(vault: &mut Vault, call: &Call<'_>, id: &str, writing: Writing<'_>, entropy: Entropy<'_>) -> Outcome {
    vault.check_writable()?;
    let body = sent(call)?;
    update(vault, call.now, id, writing, entropy, |_| Ok(body))
}

fn patch(vault: &mut Vault, call: &Call<'_>, id: &str, writing: Writing<'_>, entropy: Entropy<'_>) -> Outcome {
    vault.check_writable()?;
    let changes: Vec<Object<Change>> = call.body().ok_or_else(|| Refusal::invalid("Invalid patch"))?;
    update(vault, call.now, id, writing, entropy, |mut whole| {
        for Object(change) in changes {
            change.apply(&mut whole)?;
        }
        Ok(whole)
    })
}

/// Replaces an item by what `changed` makes of it.
fn update(
    vault: &mut Vault,
    now: Timestamp,
    id: &str,
    writing: Writing<'_>,
    entropy: Entropy<'_>,
    changed: impl FnOnce(Value) -> Result<Value, Refusal>,
) -> Outcome {
    let vault_id = vault.id.clone();
    let item = vault.item(id)?;
    let before = item.whole(&vault_id);
    let sent = Sent::to(&vault_id, changed(before.clone())?)?;
    if sent.id.as_ref().is_some_and(|named| named != id) {
        return Err(Refusal::invalid("Invalid Item UUID"));
    }
    let content = sent.into_content(entropy)?;
    writing.faults.on_write()?;
    item.replace(content, now);
    let after = item.whole(&vault_id);
    vault.touch(now);
    Ok(ok(if writing.faults.answers_old() { &before } else { &after }))
}

fn delete(vault: &mut Vault, id: &str, writing: Writing<'_>) -> Outcome {
    vault.check_writable()?;
    vault.item(id)?;
    writing.faults.on_write()?;
    writing.faults.on_deletion()?;
    vault.items.retain(|item| item.id != id);
    Ok(no_content())
}

fn sent(call: &Call<'_>) -> Result<Value, Refusal> {
    call.body().ok_or_else(|| Refusal::invalid("Invalid item"))
}

pub(super) fn no_such_method() -> Refusal {
    Refusal::new(http::StatusCode::METHOD_NOT_ALLOWED, "Method not allowed")
}
