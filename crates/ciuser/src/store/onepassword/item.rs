//! The item of one user: how it is found, what it holds, and how a key gets into it.
//!
//! A tag finds it; whose it is stands in its fields, which are written in one piece with the key.

use ciuser_core::name::{AccessKeyId, UserArn};
use ciuser_core::port::{Holdings, KeyOwner, KeyReferences};
use ciuser_core::secret::{AccessKey, SecretAccessKey};

use super::document::{Document, FieldName};

/// The names of the first three are those by which 1Password's own shell plugin for the AWS CLI finds them.
const KEY_ID: FieldName = field("access_key_id", "access key id", "STRING");
const SECRET: FieldName = field("secret_access_key", "secret access key", "CONCEALED");
const REGION: FieldName = field("default_region", "default region", "STRING");
const ARN: FieldName = field("user_arn", "user arn", "STRING");
const ACCOUNT: FieldName = field("account", "account", "STRING");
const RUN: FieldName = field("run_id", "run id", "STRING");

/// What every item of ours is tagged with.
pub(super) const OURS: &str = "ciuser";
/// What the tag begins with that names the key.
pub(super) const OF_KEY: &str = "aws-key-";

const fn field(id: &'static str, label: &'static str, kind: &'static str) -> FieldName {
    FieldName { id, label, kind }
}

/// An item that was read.
pub(super) struct Item {
    pub(super) id: String,
    document: Document,
}

impl Item {
    /// Takes a document over that was read; nothing for one that does not say which item it is.
    pub(super) fn of(document: Document) -> Option<Item> {
        let id = document.text("id")?.to_owned();
        Some(Item { id, document })
    }

    /// Tells whether its fields say that it is this user's. A user may have moved to another path since.
    pub(super) fn is_of(&self, owner: &KeyOwner) -> bool {
        let (account, arn) = (self.document.value(&ACCOUNT), self.document.value(&ARN));
        let arn = arn.and_then(|arn| UserArn::new(arn).ok());
        let named = account.zip(arn.as_ref().map(UserArn::user_name));
        named.is_some_and(|(account, user)| owner.is(account, user))
    }

    /// Says what it holds, being the user's.
    pub(super) fn holdings(&self) -> Holdings {
        match (self.key_id(), self.secret()) {
            (Some(id), Some(_)) => Holdings::Key(id),
            (Some(id), None) => Holdings::Half { suffix: id.to_string() },
            (None, _) => Holdings::Foreign {
                what: "an item of this user without an access key id".to_owned(),
            },
        }
    }

    /// Tells whether it holds this very key.
    pub(super) fn holds(&self, key: &AccessKey) -> bool {
        self.secret_of(&key.id)
            .is_some_and(|secret| secret.same_as(&key.secret))
    }

    /// Returns the secret, if it is that of this key.
    pub(super) fn secret_of(&self, id: &AccessKeyId) -> Option<SecretAccessKey> {
        self.secret().filter(|_| self.key_id().as_ref() == Some(id))
    }

    /// Names its present version among all.
    pub(super) fn mark(&self) -> String {
        format!("{}@{}", self.id, self.document.version().unwrap_or_default())
    }

    /// Returns the references of the key id and of the secret, made of ids: the names of vaults, items and users hold
    /// characters that 1Password refuses in a reference.
    pub(super) fn references(&self, vault: &str) -> Option<KeyReferences> {
        let reference = |name: &FieldName| {
            let field = self.document.field_id(name)?;
            let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
            (!field.is_empty() && field.bytes().all(fits)).then(|| format!("op://{vault}/{}/{field}", self.id))
        };
        Some(KeyReferences {
            access_key_id: reference(&KEY_ID)?,
            secret_access_key: reference(&SECRET)?,
        })
    }

    /// Puts a key in the place of the one that it holds, and returns the document.
    pub(super) fn with_key(mut self, owner: &KeyOwner, key: &AccessKey) -> Document {
        fill(&mut self.document, owner, key);
        self.document
    }

    fn key_id(&self) -> Option<AccessKeyId> {
        AccessKeyId::new(self.document.value(&KEY_ID)?).ok()
    }

    fn secret(&self) -> Option<SecretAccessKey> {
        SecretAccessKey::new(self.document.value(&SECRET)?.to_owned()).ok()
    }
}

/// Makes the document of a new item.
pub(super) fn new(vault: &str, owner: &KeyOwner, key: &AccessKey) -> Document {
    let mut document = Document::new(vault, &title_start(owner));
    fill(&mut document, owner, key);
    document
}

/// Returns the tag that finds the item of a user. IAM ignores case in the names of users, and `op` takes tags in a list
/// with commas; two users with one tag are told apart by the fields.
pub(super) fn user_tag(owner: &KeyOwner) -> String {
    let user = owner.user.as_str().to_lowercase().replace(',', "_");
    format!("aws-user-{}-{user}", owner.account)
}

fn fill(document: &mut Document, owner: &KeyOwner, key: &AccessKey) {
    let start = title_start(owner);
    // A person may have given it another name.
    if document.text("title").is_none_or(|title| title.starts_with(&start)) {
        document.set_text("title", &format!("{start}{}", key.id));
    }
    let ours = [
        "aws".to_owned(),
        OURS.to_owned(),
        user_tag(owner),
        format!("{OF_KEY}{}", key.id),
    ];
    let mut tags = document.tags();
    tags.retain(|tag| !tag.starts_with(OF_KEY) && !ours.contains(tag));
    tags.extend(ours);
    document.set_tags(tags);
    document.set(&KEY_ID, key.id.as_str());
    document.set(&SECRET, key.secret.expose());
    match &owner.region {
        Some(region) => document.set(&REGION, region.as_str()),
        None => document.remove(&REGION),
    }
    document.set(&ARN, owner.arn.as_str());
    document.set(&ACCOUNT, owner.account.as_str());
    document.set(&RUN, owner.run.as_str());
}

/// Returns what the titles of a user's items begin with.
fn title_start(owner: &KeyOwner) -> String {
    format!("AWS {} {} ", owner.account, owner.user)
}

#[cfg(test)]
mod tests {
    use ciuser_core::name::UserName;
    use serde_json::{Value, json};

    use super::*;
    use crate::rig::{ID, SECRET as VALUE, key, owner};
    use crate::store::contract::new_key;

    const VAULT: &str = "ftz4pm2xxwmwrsd7rjqn7grzfz";

    fn item(document: &Document) -> Item {
        let mut value = serde_json::to_value(document).unwrap();
        value["id"] = "iiiiiiiiiiiiiiiiiiiiiiiiii".into();
        Item::of(serde_json::from_value(value).unwrap()).unwrap()
    }

    #[test]
    fn a_new_item_is_an_api_credential_with_the_names_of_the_shell_plugin() {
        let field = |id: &str, kind: &str, label: &str, value: &str| json!({ "id": id, "type": kind, "label": label, "value": value });
        let expected = json!({
            "vault": { "id": VAULT },
            "category": "API_CREDENTIAL",
            "title": format!("AWS 111122223333 CI_USER {ID}"),
            "tags": ["aws", "ciuser", "aws-user-111122223333-ci_user", format!("aws-key-{ID}")],
            "fields": [
                field("access_key_id", "STRING", "access key id", ID),
                field("secret_access_key", "CONCEALED", "secret access key", VALUE),
                field("default_region", "STRING", "default region", "eu-central-1"),
                field("user_arn", "STRING", "user arn", owner().arn.as_str()),
                field("account", "STRING", "account", "111122223333"),
                field("run_id", "STRING", "run id", owner().run.as_str()),
            ],
        });
        assert_eq!(serde_json::to_value(new(VAULT, &owner(), &key())).unwrap(), expected);
    }

    #[test]
    fn a_rotation_changes_the_key_and_what_names_it_and_nothing_of_a_person() {
        let before = item(&new(VAULT, &owner(), &key()));
        let mut value = serde_json::to_value(&before.document).unwrap();
        value["tags"].as_array_mut().unwrap().push("mine".into());
        value["fields"]
            .as_array_mut()
            .unwrap()
            .push(json!({ "id": "notesPlain", "value": "ask Ann" }));
        let after = |value: &Value| {
            let read = Item::of(serde_json::from_value(value.clone()).unwrap()).unwrap();
            serde_json::to_value(read.with_key(&owner(), &new_key())).unwrap()
        };
        let changed = after(&value);
        let id = new_key().id;
        assert_eq!(changed["title"], format!("AWS 111122223333 CI_USER {id}"));
        assert_eq!(
            changed["tags"],
            json!([
                "mine",
                "aws",
                "ciuser",
                "aws-user-111122223333-ci_user",
                format!("aws-key-{id}")
            ])
        );
        assert_eq!(changed["fields"][0]["value"], id.as_str());
        assert_eq!(changed["fields"][6], value["fields"][6]);
        value["title"] = "Deployments".into();
        assert_eq!(after(&value)["title"], "Deployments");
    }

    #[test]
    fn whose_it_is_stands_in_its_fields() {
        let ours = item(&new(VAULT, &owner(), &key()));
        assert!(ours.is_of(&owner()) && ours.holds(&key()) && !ours.holds(&new_key()));
        let other = KeyOwner {
            user: UserName::new("CI_USER2").unwrap(),
            ..owner()
        };
        assert!(!ours.is_of(&other));
        assert!(!item(&Document::new(VAULT, "AWS 111122223333 CI_USER")).is_of(&owner()));
    }

    #[test]
    fn half_a_key_is_told_from_a_whole_one() {
        let without = |name: &FieldName| {
            let mut document = new(VAULT, &owner(), &key());
            document.remove(name);
            item(&document).holdings()
        };
        assert_eq!(without(&RUN), Holdings::Key(key().id));
        assert_eq!(without(&SECRET), Holdings::Half { suffix: ID.to_owned() });
        let what = "an item of this user without an access key id".to_owned();
        assert_eq!(without(&KEY_ID), Holdings::Foreign { what });
    }

    #[test]
    fn references_are_made_of_ids() {
        let start = format!("op://{VAULT}/iiiiiiiiiiiiiiiiiiiiiiiiii");
        let ours = item(&new(VAULT, &owner(), &key()));
        let expected = KeyReferences {
            access_key_id: format!("{start}/access_key_id"),
            secret_access_key: format!("{start}/secret_access_key"),
        };
        assert_eq!(ours.references(VAULT), Some(expected));
        let mut value = serde_json::to_value(&ours.document).unwrap();
        value["fields"][1]["id"] = "a/b".into();
        let odd = Item::of(serde_json::from_value(value).unwrap()).unwrap();
        assert_eq!(odd.references(VAULT), None);
    }

    #[test]
    fn a_tag_of_a_user_has_no_comma_and_no_capitals() {
        let comma = KeyOwner {
            user: UserName::new("Ci,User@x").unwrap(),
            ..owner()
        };
        assert_eq!(user_tag(&comma), "aws-user-111122223333-ci_user@x");
    }
}
