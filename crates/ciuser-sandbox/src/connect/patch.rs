//! Patches: `add`, `remove` and `replace`, by paths that name fields by their ids.

use serde::Deserialize;
use serde_json::Value;

use super::answer::Refusal;

/// One change.
#[derive(Deserialize)]
pub(super) struct Change {
    op: Operation,
    path: String,
    /// What every change but a removal brings.
    value: Option<Value>,
}

/// What of an item can be changed.
const ATTRIBUTES: [&str; 7] = ["title", "category", "favorite", "tags", "urls", "sections", "fields"];

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Operation {
    Add,
    Remove,
    Replace,
}

impl Change {
    /// Makes the change to an item.
    pub(super) fn apply(self, item: &mut Value) -> Result<(), Refusal> {
        let invalid = || Refusal::invalid(format!("Invalid patch path {}", self.path));
        let keys = self.path.strip_prefix('/').ok_or_else(invalid)?;
        let mut keys: Vec<String> = keys
            .split('/')
            .map(|key| key.replace("~1", "/").replace("~0", "~"))
            .collect();
        let value = match (self.op, self.value) {
            (Operation::Remove, _) => Value::Null,
            (_, Some(value)) => value,
            (_, None) => return Err(Refusal::invalid("Invalid patch")),
        };
        let known = keys.first().is_some_and(|first| ATTRIBUTES.contains(&first.as_str()));
        let last = keys.pop().ok_or_else(invalid)?;
        if keys.is_empty() && last.is_empty() {
            return replace_all(item, self.op, value).ok_or_else(invalid);
        }
        if !known {
            return Err(invalid());
        }
        let mut parent = item;
        for key in &keys {
            parent = step(parent, key).ok_or_else(invalid)?;
        }
        change(parent, &last, self.op, value).ok_or_else(invalid)
    }
}

/// Replaces every attribute but those that say which item it is.
fn replace_all(item: &mut Value, op: Operation, value: Value) -> Option<()> {
    let kept = ["id", "vault"].map(|key| (key.to_owned(), item.get(key).cloned().unwrap_or_default()));
    let Value::Object(mut new) = value else { return None };
    new.extend(kept);
    *item = Value::Object(new);
    (op == Operation::Replace).then_some(())
}

fn change(parent: &mut Value, key: &str, op: Operation, value: Value) -> Option<()> {
    let place = place_of(parent, key);
    match (parent, op) {
        (Value::Object(attributes), Operation::Remove) => attributes.remove(key).map(drop),
        (Value::Object(attributes), _) => {
            match attributes.get_mut(key) {
                // What is added to a list goes to its end.
                Some(Value::Array(list)) if op == Operation::Add && !value.is_array() => list.push(value),
                _ => drop(attributes.insert(key.to_owned(), value)),
            }
            Some(())
        }
        (Value::Array(list), Operation::Remove) => {
            list.remove(place?);
            Some(())
        }
        (Value::Array(list), Operation::Add) if key == "-" => {
            list.push(value);
            Some(())
        }
        (Value::Array(list), _) => {
            let there = list.get_mut(place?)?;
            let id = there.get("id").cloned();
            *there = value;
            if let (Some(id), Value::Object(attributes)) = (id, there) {
                attributes.insert("id".to_owned(), id);
            }
            Some(())
        }
        _ => None,
    }
}

fn step<'v>(value: &'v mut Value, key: &str) -> Option<&'v mut Value> {
    match place_of(value, key) {
        Some(place) => value.get_mut(place),
        None => value.get_mut(key),
    }
}

/// Finds an element of a list by its id or its number.
fn place_of(value: &Value, key: &str) -> Option<usize> {
    let list = value.as_array()?;
    let named = |one: &Value| one.get("id").and_then(Value::as_str) == Some(key);
    let numbered = || key.parse().ok().filter(|place| *place < list.len());
    list.iter().position(named).or_else(numbered)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn patched(changes: &Value) -> Result<Value, ()> {
        let mut item = json!({
            "id": "i", "vault": { "id": "v" }, "title": "old", "tags": ["a", "b"],
            "fields": [{ "id": "f", "label": "one", "value": "1" }, { "id": "g", "value": "2" }],
        });
        let changes: Vec<Change> = serde_json::from_value(changes.clone()).map_err(drop)?;
        for change in changes {
            change.apply(&mut item).map_err(drop)?;
        }
        Ok(item)
    }

    #[test]
    fn attributes_fields_and_their_attributes_are_changed() {
        let changed = patched(&json!([
            { "op": "replace", "path": "/title", "value": "new" },
            { "op": "remove", "path": "/tags/1" },
            { "op": "add", "path": "/tags/-", "value": "c" },
            { "op": "add", "path": "/fields", "value": { "label": "more" } },
            { "op": "replace", "path": "/fields/f", "value": { "label": "two" } },
            { "op": "add", "path": "/fields/f/value", "value": "3" },
            { "op": "remove", "path": "/fields/g" },
        ]));
        let expected = json!({
            "id": "i", "vault": { "id": "v" }, "title": "new", "tags": ["a", "c"],
            "fields": [{ "id": "f", "label": "two", "value": "3" }, { "label": "more" }],
        });
        assert_eq!(changed, Ok(expected));
    }

    #[test]
    fn all_of_an_item_can_be_replaced_but_for_which_one_it_is() {
        let whole = json!([{ "op": "replace", "path": "/", "value": { "id": "x", "title": "t" } }]);
        assert_eq!(
            patched(&whole),
            Ok(json!({ "id": "i", "vault": { "id": "v" }, "title": "t" }))
        );
    }

    #[test]
    fn what_is_not_there_is_not_changed() {
        for path in [
            "title",
            "/fields/nobody",
            "/fields/nobody/value",
            "/tags/7",
            "/urls",
            "/id",
            "",
        ] {
            assert_eq!(patched(&json!([{ "op": "remove", "path": path }])), Err(()), "{path}");
        }
        assert_eq!(patched(&json!([{ "op": "replace", "path": "/title" }])), Err(()));
        assert_eq!(patched(&json!([{ "op": "add", "path": "/id", "value": "x" }])), Err(()));
        assert_eq!(
            patched(&json!([{ "op": "move", "path": "/title", "from": "/id" }])),
            Err(())
        );
    }
}
