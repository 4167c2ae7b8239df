//! JSON as policies need it: a repeated key is an error.
//!
//! Most parsers keep the last of two equal keys, some the first. A document that two readers understand differently
//! must not reach IAM.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Parses JSON without repeated keys.
pub(super) fn parse(text: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str(text).map(|Unrepeated(value)| value)
}

/// Returns the JSON without the white space between its tokens.
pub(super) fn minified(json: &str) -> String {
    let mut minified = String::with_capacity(json.len());
    let (mut in_string, mut escaped) = (false, false);
    for character in json.chars() {
        if in_string {
            in_string = escaped || character != '"';
            escaped = !escaped && character == '\\';
        } else if matches!(character, ' ' | '\t' | '\n' | '\r') {
            continue;
        } else {
            in_string = character == '"';
        }
        minified.push(character);
    }
    minified
}

/// A JSON value none of whose objects repeats a key.
struct Unrepeated(Value);

impl<'de> Deserialize<'de> for Unrepeated {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UnrepeatedVisitor).map(Self)
    }
}

struct UnrepeatedVisitor;

impl<'de> Visitor<'de> for UnrepeatedVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Unrepeated(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(A::Error::custom(format_args!("duplicate key `{key}`")));
            }
            let Unrepeated(value) = members.next_value()?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_repeated_key_is_an_error_at_any_depth() {
        let error = parse(r#"{"a":[{"b":1,"b":2}]}"#).unwrap_err();
        assert_eq!(error.to_string(), "duplicate key `b` at line 1 column 16");
    }

    #[test]
    fn all_kinds_of_values_are_read() {
        let text = r#"{"a":[null,true,-1,2,0.5,"x"],"b":{}}"#;
        assert_eq!(
            parse(text).unwrap(),
            json!({"a": [null, true, -1, 2, 0.5, "x"], "b": {}})
        );
    }

    #[test]
    fn minifying_leaves_strings_and_escapes_alone() {
        assert_eq!(
            minified("{ \"a b\" :\t\"\\\" \\\\\" ,\r\n\"c\": [ 1 ] }"),
            r#"{"a b":"\" \\","c":[1]}"#
        );
    }
}
