//! What a file should mean once something is added to it.

use super::jobs::quoted;
use super::outline::{Node, Value};

/// What is added to a tree.
pub(super) enum Added<'n> {
    /// A key and its value, to a mapping.
    Entry(&'n Node, &'n Node),
    /// An item, to a list.
    Item(&'n Node),
}

/// Adds to the list or mapping at the end of a path, which is made where it is missing. False if something else is there.
pub(super) fn add(tree: &mut Node, path: &[&str], added: Added<'_>) -> bool {
    let Some((first, rest)) = path.split_first() else {
        if tree.is_empty() {
            tree.value = match added {
                Added::Entry(..) => Value::Map(Vec::new()),
                Added::Item(_) => Value::List(Vec::new()),
            };
        }
        return match (&mut tree.value, added) {
            (Value::Map(entries), Added::Entry(key, value)) => {
                entries.push((key.clone(), value.clone()));
                true
            }
            (Value::List(items), Added::Item(item)) => {
                items.push(item.clone());
                true
            }
            _ => false,
        };
    };
    if tree.is_empty() {
        tree.value = Value::Map(Vec::new());
    }
    let Value::Map(entries) = &mut tree.value else {
        return false;
    };
    if !entries.iter().any(|(key, _)| key.text() == Some(first)) {
        entries.push((key(first), bare(Value::Scalar(String::new(), false))));
    }
    let entry = entries.iter_mut().find(|(key, _)| key.text() == Some(first));
    entry.is_some_and(|(_, value)| add(value, rest, added))
}

/// Compares what a file means; in which order jobs and workflows stand means nothing.
pub(super) fn same_in_any_order(one: &Node, other: &Node) -> bool {
    match (&one.value, &other.value) {
        (Value::Map(a), Value::Map(b)) => {
            let has = |entries: &[(Node, Node)], (key, value): &(Node, Node)| {
                entries.iter().any(|(k, v)| k == key && same_in_any_order(v, value))
            };
            a.len() == b.len() && a.iter().all(|entry| has(b, entry)) && b.iter().all(|entry| has(a, entry))
        }
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().all(|item| b.contains(item)) && b.iter().all(|item| a.contains(item))
        }
        (a, b) => a == b,
    }
}

/// Returns a key as our lines have it.
fn key(text: &str) -> Node {
    bare(Value::Scalar(text.to_owned(), quoted(text) != text))
}

/// Returns a tree with nothing in it.
pub(super) fn empty() -> Node {
    bare(Value::Map(Vec::new()))
}

fn bare(value: Value) -> Node {
    Node {
        value,
        line: 0,
        column: 0,
        is_block: true,
    }
}
