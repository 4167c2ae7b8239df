//! Secrets: `.../secrets`, `.../secrets/public-key` and `.../secrets/{name}` of a place.

use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::locker::Locker;
use super::state::{no_such_method, not_found, unprocessable};
use super::variable::check_name;
use crate::hub::{Call, Outcome, Refusal, json as answer, no_content, ok, page, time};

const USUAL_PAGE: usize = 30;
const MOST: usize = 100;
const VALUE_BYTES: usize = 48 * 1024;

/// The value of a secret, its dates, and who may use it where that is asked.
#[derive(Serialize, Deserialize)]
pub(super) struct Secret {
    pub(super) value: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    #[serde(flatten)]
    pub(super) audience: Audience,
}

/// Which repositories of the organisation may use a secret or a variable; nothing is said outside of organisations.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Audience {
    visibility: Option<String>,
    #[serde(default)]
    selected_repository_ids: Vec<u64>,
}

impl Audience {
    /// Insists on a visibility in an organisation, and drops it elsewhere.
    pub(super) fn checked(self, in_organization: bool) -> Result<Audience, Refusal> {
        if !in_organization {
            return Ok(Audience::default());
        }
        match self.visibility.as_deref() {
            Some("all" | "private" | "selected") => Ok(self),
            _ => Err(unprocessable("Invalid request.\n\n\"visibility\" wasn't supplied.")),
        }
    }

    /// Tells whether jobs of a repository get what it is said of. All repositories here are private.
    pub(super) fn has(&self, repository: u64) -> bool {
        self.visibility.as_deref() != Some("selected") || self.selected_repository_ids.contains(&repository)
    }

    pub(super) fn add_to(&self, shown: &mut Value) {
        if let Some(visibility) = &self.visibility {
            shown["visibility"] = visibility.as_str().into();
        }
    }

    pub(super) fn selected(&self) -> &[u64] {
        &self.selected_repository_ids
    }
}

impl Secret {
    pub(super) fn to_json(&self, name: &str) -> Value {
        let mut shown = json!({
            "name": name,
            "created_at": time(self.created_at),
            "updated_at": time(self.updated_at),
        });
        self.audience.add_to(&mut shown);
        shown
    }
}

/// Answers with a listing of secrets.
pub(super) fn listing(call: &Call<'_>, all: &[Value]) -> Outcome {
    Ok(page(call, USUAL_PAGE, all, |items, count| {
        ok(&json!({ "total_count": count, "secrets": items }))
    }))
}

pub(super) fn collection(locker: &Locker, call: &Call<'_>) -> Outcome {
    match call.method() {
        "GET" => listing(
            call,
            &locker
                .secrets
                .iter()
                .map(|(name, one)| one.to_json(name))
                .collect::<Vec<_>>(),
        ),
        _ => Err(no_such_method()),
    }
}

pub(super) fn public_key(locker: &Locker, call: &Call<'_>) -> Outcome {
    match call.method() {
        "GET" => Ok(ok(&locker.public_key())),
        _ => Err(no_such_method()),
    }
}

pub(super) fn item(locker: &mut Locker, call: &Call<'_>, name: &str, in_organization: bool) -> Outcome {
    let name = name.to_ascii_uppercase();
    match call.method() {
        "GET" => {
            let secret = locker.secrets.get(&name).ok_or_else(not_found)?;
            Ok(ok(&secret.to_json(&name)))
        }
        "PUT" => put(locker, call, &name, in_organization),
        "DELETE" => locker.secrets.remove(&name).map(|_| no_content()).ok_or_else(not_found),
        _ => Err(no_such_method()),
    }
}

#[derive(Deserialize)]
struct NewSecret {
    encrypted_value: String,
    key_id: String,
    #[serde(flatten)]
    audience: Audience,
}

fn put(locker: &mut Locker, call: &Call<'_>, name: &str, in_organization: bool) -> Outcome {
    check_name(name)?;
    let new: NewSecret = call.object().ok_or_else(|| unprocessable("Invalid request."))?;
    let audience = new.audience.checked(in_organization)?;
    let value = locker
        .open(&new.key_id, &new.encrypted_value)
        .filter(|value| value.len() <= VALUE_BYTES)
        .ok_or_else(|| unprocessable("Bad request - seal the value with the public key of `key_id`"))?;
    let old = locker.secrets.get(name).map(|old| old.created_at);
    if old.is_none() && locker.secrets.len() >= MOST {
        return Err(unprocessable("You have exceeded the number of secrets."));
    }
    let secret = Secret {
        value,
        created_at: old.unwrap_or(call.now),
        updated_at: call.now,
        audience,
    };
    locker.secrets.insert(name.to_owned(), secret);
    Ok(match old {
        Some(_) => no_content(),
        None => answer(StatusCode::CREATED, &json!({})),
    })
}
