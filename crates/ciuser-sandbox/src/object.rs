//! What must come as a JSON object.

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error};
use serde_json::{Map, Value};

/// A structure that is read from a JSON object only. By itself serde takes a list of its values in order, too, which
/// none of the services does.
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Object<T>, D::Error> {
        let members = Map::deserialize(from)?;
        T::deserialize(Value::Object(members))
            .map(Object)
            .map_err(Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Named {
        name: Option<String>,
    }

    #[test]
    fn a_list_of_the_values_is_no_object() {
        let read = |text| serde_json::from_str::<Object<Named>>(text).map(|Object(named)| named.name);
        assert_eq!(read(r#"{"name": "a"}"#).expect("an object"), Some("a".to_owned()));
        assert_eq!(read("{}").expect("an object"), None);
        for wrong in [r#"["a"]"#, "[null]", "[]", "null", r#""a""#, r#"{"name": 1}"#] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
