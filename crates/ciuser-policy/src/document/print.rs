//! A document as JSON: the elements in the order of IAM's pages, everything in them as it was written.
//!
//! Invariant: what is printed reads as the same document, but for the places in it.

use std::fmt::{self, Write as _};

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::ser::PrettyFormatter;
use serde_json::value::RawValue;

use super::model::{
    Document, Effect, Element, OneOrList, OperatorBlock, Principals, Scalar, Statement, Version, Written,
};

/// Without white space; with `{:#}` on many lines, indented by four spaces as in AWS's console.
impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = Vec::new();
        let written = if f.alternate() {
            let pretty = PrettyFormatter::with_indent(b"    ");
            self.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, pretty))
        } else {
            self.serialize(&mut serde_json::Serializer::new(&mut bytes))
        };
        // Names are strings and nothing is refused, so that there is no error; if there were, nobody may see half of it.
        written.map_err(|_| fmt::Error)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| fmt::Error)?;
        // Beyond Latin-1 IAM takes escapes only. Such characters stand in strings, where an escape may stand.
        text.chars().try_for_each(|c| {
            if c > '\u{ff}' {
                f.write_str(&escape(c))
            } else {
                f.write_char(c)
            }
        })
    }
}

/// Returns a character as JSON writes it in ASCII.
pub(super) fn escape(character: char) -> String {
    let mut units = [0; 2];
    let units = character.encode_utf16(&mut units);
    units.iter().map(|unit| format!("\\u{unit:04x}")).collect()
}

impl Document {
    /// Returns the document as a JSON value, in which a number may have lost digits that do not count.
    #[expect(
        clippy::expect_used,
        reason = "names are strings, and what is no number is written as a string"
    )]
    pub fn to_value(&self) -> serde_json::Value {
        serde_json::to_value(self).expect("a document is JSON")
    }

    /// Returns the size that counts against IAM's quotas: the characters of the document without white space.
    pub fn size(&self) -> usize {
        self.to_string().chars().count()
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut document = serializer.serialize_map(None)?;
        if let Some(version) = &self.version {
            document.serialize_entry("Version", version)?;
        }
        if let Some(id) = &self.id {
            document.serialize_entry("Id", id)?;
        }
        document.serialize_entry("Statement", &self.statements)?;
        document.end()
    }
}

impl Serialize for Statement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut statement = serializer.serialize_map(None)?;
        if let Some(sid) = &self.sid {
            statement.serialize_entry("Sid", sid)?;
        }
        statement.serialize_entry("Effect", &self.effect)?;
        if let Some(principals) = &self.principals {
            statement.serialize_entry(name(principals, ["Principal", "NotPrincipal"]), &principals.value)?;
        }
        statement.serialize_entry(name(&self.actions, ["Action", "NotAction"]), &self.actions.value)?;
        if let Some(resources) = &self.resources {
            statement.serialize_entry(name(resources, ["Resource", "NotResource"]), &resources.value)?;
        }
        if let Some(conditions) = &self.conditions {
            statement.serialize_entry("Condition", &Blocks(&conditions.value))?;
        }
        statement.end()
    }
}

fn name<T>(element: &Element<T>, [plain, not]: [&'static str; 2]) -> &'static str {
    if element.negated { not } else { plain }
}

struct Blocks<'a>(&'a [OperatorBlock]);

impl Serialize for Blocks<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|block| (&block.operator, Keys(block))))
    }
}

struct Keys<'a>(&'a OperatorBlock);

impl Serialize for Keys<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.keys.iter().map(|(key, values)| (key, values)))
    }
}

impl Serialize for Principals {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Everyone(_) => serializer.serialize_str("*"),
            Self::Of(kinds) => serializer.collect_map(kinds.iter().map(|(kind, principals)| (kind, principals))),
        }
    }
}

impl Serialize for Scalar {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::String(text) => serializer.serialize_str(text),
            Self::Bool(value) => serializer.serialize_bool(*value),
            // What is no number in JSON is a text: IAM takes one for the other.
            Self::Number(digits) => match serde_json::from_str::<&RawValue>(digits) {
                Ok(number) if serde_json::from_str::<serde_json::Number>(digits).is_ok() => {
                    number.serialize(serializer)
                }
                _ => serializer.serialize_str(digits),
            },
        }
    }
}

impl<T: Serialize> Serialize for Written<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

impl<T: Serialize> Serialize for OneOrList<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::One(one) => one.serialize(serializer),
            Self::List(list) => serializer.collect_seq(list),
        }
    }
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Serialize for Effect {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use crate::document::{Document, Effect, Element, OperatorBlock, Scalar, Statement};

    fn made_in_memory() -> Document {
        let mut write = Statement::new(
            Effect::Allow,
            Element::only(["s3:PutObject", "s3:DeleteObject"].into_iter().collect()),
            Element::all_but(["arn:aws:s3:::web/\"quoted\"/*"].into_iter().collect()),
        );
        write.sid = Some("Write".to_owned().into());
        let values = vec![Scalar::Bool(true).into(), Scalar::Number("1.50".to_owned()).into()];
        write.conditions = Some(
            vec![OperatorBlock {
                operator: "StringEquals".to_owned().into(),
                keys: vec![("aws:PrincipalTag/x".to_owned().into(), values.into())],
            }]
            .into(),
        );
        Document::new(vec![write])
    }

    #[test]
    fn a_document_made_in_memory_prints_without_white_space() {
        let text = concat!(
            r#"{"Version":"2012-10-17","Statement":{"Sid":"Write","Effect":"Allow","#,
            r#""Action":["s3:PutObject","s3:DeleteObject"],"NotResource":"arn:aws:s3:::web/\"quoted\"/*","#,
            r#""Condition":{"StringEquals":{"aws:PrincipalTag/x":[true,1.50]}}}}"#
        );
        assert_eq!(made_in_memory().to_string(), text);
        assert_eq!(made_in_memory().size(), text.len());
    }

    #[test]
    fn it_prints_on_many_lines_as_in_the_console() {
        let statement = Statement::new(
            Effect::Deny,
            Element::only(["*"].into_iter().collect()),
            Element::only(["*"].into_iter().collect()),
        );
        let lines = [
            "{",
            "    \"Version\": \"2012-10-17\",",
            "    \"Statement\": {",
            "        \"Effect\": \"Deny\",",
            "        \"Action\": \"*\",",
            "        \"Resource\": \"*\"",
            "    }",
            "}",
        ];
        assert_eq!(format!("{:#}", Document::new(vec![statement])), lines.join("\n"));
    }

    #[test]
    fn what_is_no_number_prints_as_a_text() {
        let text = |digits: &str| serde_json::to_string(&Scalar::Number(digits.to_owned())).unwrap();
        assert_eq!(text("01"), r#""01""#);
        assert_eq!(text("{}"), r#""{}""#);
        assert_eq!(text("1e400"), r#""1e400""#);
        assert_eq!(text("-1.0e2"), "-1.0e2");
    }
}
