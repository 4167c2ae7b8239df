//! An item of 1Password as JSON, in the form that a Connect server and the program `op` share.
//!
//! Invariants: what a person has added to an item goes back as it came; the values are wiped when it is dropped.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use zeroize::Zeroize as _;

/// An item, whole. It holds secrets: no `Debug`.
#[derive(Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Document(Value);

/// What identifies a field of ours: its id if it was made by us, else its label, in any case.
pub(super) struct FieldName {
    pub(super) id: &'static str,
    pub(super) label: &'static str,
    /// The type that a new one gets.
    pub(super) kind: &'static str,
}

impl Document {
    /// Begins a new item.
    pub(super) fn new(vault: &str, title: &str) -> Document {
        Document(json!({
            "vault": { "id": vault },
            "category": "API_CREDENTIAL",
            "title": title,
            "tags": [],
            "fields": [],
        }))
    }

    /// Returns a text at the top: the id, the title.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    /// Sets a text at the top.
    pub(super) fn set_text(&mut self, name: &str, text: &str) {
        if let Value::Object(attributes) = &mut self.0 {
            attributes.insert(name.to_owned(), text.into());
        }
    }

    /// Returns the version.
    pub(super) fn version(&self) -> Option<u64> {
        self.0.get("version")?.as_u64()
    }

    /// Returns the tags.
    pub(super) fn tags(&self) -> Vec<String> {
        let tags = self.0.get("tags").and_then(Value::as_array).into_iter().flatten();
        tags.filter_map(|tag| Some(tag.as_str()?.to_owned())).collect()
    }

    /// Replaces the tags.
    pub(super) fn set_tags(&mut self, tags: Vec<String>) {
        if let Value::Object(attributes) = &mut self.0 {
            attributes.insert("tags".to_owned(), tags.into());
        }
    }

    /// Returns the value of a field that has one.
    pub(super) fn value(&self, name: &FieldName) -> Option<&str> {
        let value = self.field(name)?.get("value")?.as_str()?;
        Some(value).filter(|value| !value.is_empty())
    }

    /// Returns the id by which a field is known.
    pub(super) fn field_id(&self, name: &FieldName) -> Option<&str> {
        self.field(name)?.get("id")?.as_str()
    }

    /// Sets a field, and makes it if it is missing.
    pub(super) fn set(&mut self, name: &FieldName, value: &str) {
        let place = self.place_of(name);
        let Value::Object(attributes) = &mut self.0 else { return };
        let fields = attributes.entry("fields").or_insert_with(|| json!([]));
        let Value::Array(fields) = fields else { return };
        match place.and_then(|place| fields.get_mut(place)) {
            Some(Value::Object(field)) => {
                if let Some(mut before) = field.insert("value".to_owned(), value.into()) {
                    wipe(&mut before);
                }
            }
            _ => fields.push(json!({ "id": name.id, "type": name.kind, "label": name.label, "value": value })),
        }
    }

    /// Takes a field away.
    pub(super) fn remove(&mut self, name: &FieldName) {
        let place = self.place_of(name);
        if let (Some(place), Some(Value::Array(fields))) = (place, self.0.get_mut("fields")) {
            fields.remove(place);
        }
    }

    fn fields(&self) -> &[Value] {
        let fields = self.0.get("fields").and_then(Value::as_array);
        fields.map(Vec::as_slice).unwrap_or_default()
    }

    fn field(&self, name: &FieldName) -> Option<&Value> {
        self.fields().get(self.place_of(name)?)
    }

    fn place_of(&self, name: &FieldName) -> Option<usize> {
        let text = |field: &Value, key: &str| field.get(key).and_then(Value::as_str).map(str::to_lowercase);
        let by = |key: &str, wanted: &str| {
            self.fields()
                .iter()
                .position(|field| text(field, key).as_deref() == Some(wanted))
        };
        by("id", name.id).or_else(|| by("label", name.label))
    }
}

impl Drop for Document {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(attributes) => attributes.values_mut().for_each(wipe),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: FieldName = FieldName {
        id: "access_key_id",
        label: "access key id",
        kind: "STRING",
    };

    fn read(text: &str) -> Document {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_field_is_found_by_its_id_else_by_its_label_in_any_case() {
        let both = r#"{"fields":[{"id":"a","label":"Access Key ID","value":"1"},{"id":"access_key_id","value":"2"}]}"#;
        assert_eq!(read(both).value(&NAME), Some("2"));
        let of_a_person = read(r#"{"fields":[{"id":"a","label":"Access Key ID","value":"1"}]}"#);
        assert_eq!(
            (of_a_person.value(&NAME), of_a_person.field_id(&NAME)),
            (Some("1"), Some("a"))
        );
        for without in [
            "{}",
            "[]",
            r#"{"fields":[]}"#,
            r#"{"fields":[{"id":"access_key_id","value":""}]}"#,
        ] {
            assert_eq!(read(without).value(&NAME), None, "{without}");
        }
    }

    #[test]
    fn what_is_not_ours_goes_back_as_it_came() {
        let text = r#"{"fields":[{"id":"x","label":"note","more":[1,{"a":null}]},{"id":"access_key_id","value":"1"}],"urls":[]}"#;
        let mut document = read(text);
        document.set(&NAME, "2");
        assert_eq!(
            serde_json::to_string(&document).unwrap(),
            text.replace(r#""value":"1""#, r#""value":"2""#)
        );
        document.remove(&NAME);
        assert_eq!(document.value(&NAME), None);
        document.set(&NAME, "3");
        assert_eq!(document.value(&NAME), Some("3"));
    }
}
