//! What an item is made of, and what Connect refuses to take.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::Refusal;
use super::state::{is_id, new_id};
use crate::entropy::Entropy;
use crate::object::Object;

const CATEGORIES: [&str; 21] = [
    "LOGIN",
    "PASSWORD",
    "API_CREDENTIAL",
    "SERVER",
    "DATABASE",
    "CREDIT_CARD",
    "MEMBERSHIP",
    "PASSPORT",
    "SOFTWARE_LICENSE",
    "OUTDOOR_LICENSE",
    "SECURE_NOTE",
    "WIRELESS_ROUTER",
    "BANK_ACCOUNT",
    "DRIVER_LICENSE",
    "IDENTITY",
    "REWARD_PROGRAM",
    "DOCUMENT",
    "EMAIL_ACCOUNT",
    "SOCIAL_SECURITY_NUMBER",
    "MEDICAL_RECORD",
    "SSH_KEY",
];

const TYPES: [&str; 9] = [
    "STRING",
    "EMAIL",
    "CONCEALED",
    "URL",
    "OTP",
    "DATE",
    "MONTH_YEAR",
    "MENU",
    "SSHKEY",
];

const PURPOSES: [&str; 4] = ["", "USERNAME", "PASSWORD", "NOTES"];

/// What an item holds.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Content {
    pub(super) title: String,
    category: String,
    favorite: bool,
    pub(super) tags: Vec<String>,
    urls: Vec<Url>,
    sections: Vec<Section>,
    fields: Vec<Field>,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Url {
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(default)]
    primary: bool,
    href: String,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Section {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Field {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    section: Option<SectionRef>,
    #[serde(rename = "type")]
    kind: String,
    #[serde(skip_serializing_if = "String::is_empty", default)]
    purpose: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct SectionRef {
    id: String,
}

/// An item as it is sent. Clients write what they leave open as null, or not at all.
#[derive(Deserialize)]
pub(super) struct Sent {
    pub(super) id: Option<String>,
    pub(super) vault: Option<Object<VaultRef>>,
    title: Option<String>,
    category: Option<String>,
    favorite: Option<bool>,
    tags: Option<Vec<String>>,
    urls: Option<Vec<Object<Url>>>,
    sections: Option<Vec<Object<SentSection>>>,
    fields: Option<Vec<Object<SentField>>>,
}

#[derive(Deserialize)]
pub(super) struct VaultRef {
    pub(super) id: String,
}

#[derive(Deserialize)]
struct SentSection {
    id: Option<String>,
    label: Option<String>,
}

#[derive(Deserialize)]
struct SentField {
    id: Option<String>,
    section: Option<Object<SectionRef>>,
    #[serde(rename = "type")]
    kind: Option<String>,
    purpose: Option<String>,
    label: Option<String>,
    value: Option<String>,
    generate: Option<bool>,
}

impl Sent {
    /// Reads an item that is sent to a vault.
    pub(super) fn to(vault: &str, body: Value) -> Result<Sent, Refusal> {
        let Object(sent): Object<Sent> = serde_json::from_value(body).map_err(|_| Refusal::invalid("Invalid item"))?;
        match &sent.vault {
            Some(Object(named)) if named.id == vault => Ok(sent),
            _ => Err(Refusal::invalid("Invalid Vault UUID")),
        }
    }

    /// Checks it, and gives ids to what has none.
    pub(super) fn into_content(self, entropy: Entropy<'_>) -> Result<Content, Refusal> {
        let category = self.category.unwrap_or_default();
        if !CATEGORIES.contains(&category.as_str()) {
            return Err(Refusal::invalid("Invalid item category"));
        }
        let mut fields = Vec::new();
        for Object(field) in self.fields.unwrap_or_default() {
            fields.push(field.checked(entropy)?);
        }
        let sections = self.sections.unwrap_or_default().into_iter();
        let sections = sections.map(|Object(section)| Section {
            id: section.id.unwrap_or_else(|| new_id(entropy)),
            label: section.label,
        });
        let content = Content {
            title: self.title.unwrap_or_default(),
            category,
            favorite: self.favorite.unwrap_or_default(),
            tags: self.tags.unwrap_or_default(),
            urls: self
                .urls
                .unwrap_or_default()
                .into_iter()
                .map(|Object(url)| url)
                .collect(),
            sections: sections.collect(),
            fields,
        };
        content.check()?;
        Ok(content)
    }
}

impl SentField {
    fn checked(self, entropy: Entropy<'_>) -> Result<Field, Refusal> {
        let kind = self.kind.unwrap_or_else(|| "STRING".to_owned()).to_ascii_uppercase();
        let purpose = self.purpose.unwrap_or_default();
        if !TYPES.contains(&kind.as_str()) {
            return Err(Refusal::invalid("Invalid field type"));
        }
        if !PURPOSES.contains(&purpose.as_str()) {
            return Err(Refusal::invalid("Invalid field purpose"));
        }
        if self.generate == Some(true) && self.value.is_none() {
            return Err(Refusal::invalid("the sandbox generates no values"));
        }
        Ok(Field {
            id: self.id.filter(|id| !id.is_empty()).unwrap_or_else(|| new_id(entropy)),
            section: self.section.map(|Object(section)| section),
            kind,
            purpose,
            label: self.label,
            value: self.value,
        })
    }
}

impl Content {
    fn check(&self) -> Result<(), Refusal> {
        for (place, section) in self.sections.iter().enumerate() {
            let mut earlier = self.sections.iter().take(place);
            let named =
                |other: &Section| other.id == section.id || (other.label.is_some() && other.label == section.label);
            if earlier.any(named) {
                return Err(Refusal::invalid(format!(
                    "details.sections[{place}] has non-unique name"
                )));
            }
        }
        for (place, field) in self.fields.iter().enumerate() {
            if self.fields.iter().take(place).any(|other| other.id == field.id) {
                return Err(Refusal::invalid(format!("details.fields[{place}] has non-unique id")));
            }
        }
        if self.category == "PASSWORD" && !self.fields.iter().any(|field| field.purpose == "PASSWORD") {
            return Err(Refusal::invalid("Password item requires ps value"));
        }
        Ok(())
    }

    /// Returns what a listing shows.
    pub(super) fn summary(&self) -> Value {
        json!({
            "title": self.title,
            "category": self.category,
            "favorite": self.favorite,
            "tags": self.tags,
            "urls": self.urls,
        })
    }

    /// Returns all of it.
    pub(super) fn whole(&self) -> Value {
        let mut whole = self.summary();
        if let Value::Object(attributes) = &mut whole {
            attributes.insert("sections".to_owned(), json!(self.sections));
            attributes.insert("fields".to_owned(), json!(self.fields));
        }
        whole
    }
}

/// Refuses what cannot be the id of a vault or an item.
pub(super) fn check_id(id: &str, what: &str) -> Result<(), Refusal> {
    match is_id(id) {
        true => Ok(()),
        false => Err(Refusal::invalid(format!("Invalid {what} UUID"))),
    }
}
