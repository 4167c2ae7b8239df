//! Reads the actions out of a document and skips the rest: searching does this for every policy there is.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Returns the actions that the document's `Allow` statements name, as they are written, sorted, each once.
///
/// The document need not be one that [`PolicyDocument`](crate::document::PolicyDocument) accepts; one that cannot be
/// read at all names none.
pub fn allowed_actions(document: &str) -> Vec<String> {
    let Ok(document) = serde_json::from_str::<Document>(document) else {
        return Vec::new();
    };
    let allowing = document
        .statement
        .0
        .into_iter()
        .filter(|statement| statement.effect == "Allow");
    let mut actions: Vec<String> = allowing.flat_map(|statement| statement.action.0).collect();
    actions.sort_unstable();
    actions.dedup();
    actions
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    statement: OneOrMany<Statement>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    effect: String,
    #[serde(default)]
    action: OneOrMany<String>,
}

/// What may be written as one string or object, or as a list of them.
struct OneOrMany<T>(Vec<T>);

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrManyVisitor(PhantomData)).map(Self)
    }
}

struct OneOrManyVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrManyVisitor<T> {
    type Value = Vec<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("one or a list")
    }

    fn visit_str<E: Error>(self, one: &str) -> Result<Vec<T>, E> {
        T::deserialize(StrDeserializer::new(one)).map(|one| vec![one])
    }

    fn visit_map<A: MapAccess<'de>>(self, one: A) -> Result<Vec<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(one)).map(|one| vec![one])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::with_capacity(items.size_hint().unwrap_or_default());
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(list)
    }
}

#[cfg(test)]
mod tests {
    use super::allowed_actions;

    #[test]
    fn denied_actions_and_exceptions_are_not_allowed_ones() {
        let document = r#"{"Statement":[
            {"Effect":"Allow","Action":["s3:Put*","s3:Get*","s3:Put*"],"Resource":"*"},
            {"Effect":"Allow","Action":"ec2:Describe*","Resource":"*","Condition":{"Bool":{"x":["true"]}}},
            {"Effect":"Allow","NotAction":"iam:*","Resource":"*"},
            {"Effect":"Deny","Action":"sns:*","Resource":"*"}]}"#;
        assert_eq!(allowed_actions(document), ["ec2:Describe*", "s3:Get*", "s3:Put*"]);
    }

    #[test]
    fn a_single_statement_needs_no_list() {
        let document = r#"{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#;
        assert_eq!(allowed_actions(document), ["s3:*"]);
    }

    #[test]
    fn what_cannot_be_read_names_none() {
        assert_eq!(allowed_actions("{"), Vec::<String>::new());
    }
}
