//! A YAML file as a tree with positions: just enough to know where a line can be put in, and whether two files mean the
//! same.
//!
//! Anchors are not followed: an alias equals an alias of the same anchor.

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

/// A node and where it stands. Two nodes are equal when they mean the same, wherever they stand.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) value: Value,
    /// The line on which it begins, counted from 0.
    pub(super) line: usize,
    /// How far it is indented.
    pub(super) column: usize,
    /// Whether it is a list or mapping in lines of its own, and not one in brackets.
    pub(super) is_block: bool,
}

/// What a node means.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// A scalar, and whether it was in quotes or a block: `"2"` is text, `2` is a number.
    Scalar(String, bool),
    Alias(usize),
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

impl PartialEq for Node {
    fn eq(&self, other: &Node) -> bool {
        self.value == other.value
    }
}

impl Node {
    /// Returns key and value of an entry of a mapping.
    pub(super) fn entry(&self, name: &str) -> Option<(&Node, &Node)> {
        let Value::Map(entries) = &self.value else {
            return None;
        };
        let found = entries.iter().find(|(key, _)| key.text() == Some(name));
        found.map(|(key, value)| (key, value))
    }

    /// Returns the text of a scalar.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(text, _) => Some(text),
            _ => None,
        }
    }

    /// Tells whether nothing stands there.
    pub(super) fn is_empty(&self) -> bool {
        matches!(&self.value, Value::Scalar(text, false) if matches!(text.as_str(), "" | "~" | "null"))
    }
}

/// Reads a file of one document; `Err` says what is wrong and where. An empty file is `None`.
pub(super) fn read(text: &str) -> Result<Option<Node>, String> {
    let mut open: Vec<(Node, Vec<Node>)> = Vec::new();
    let mut root = None;
    let mut documents = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let at = error.marker();
            format!("line {}, column {}: {}", at.line(), at.col() + 1, error.info())
        })?;
        let done = match event {
            Event::DocumentStart(_) => {
                documents += 1;
                None
            }
            Event::Scalar(text, style, ..) => {
                let value = Value::Scalar(text.into_owned(), style != ScalarStyle::Plain);
                Some(node(value, &span))
            }
            Event::Alias(anchor) => Some(node(Value::Alias(anchor), &span)),
            Event::SequenceStart(..) => {
                open.push((node(Value::List(Vec::new()), &span), Vec::new()));
                None
            }
            Event::MappingStart(..) => {
                open.push((node(Value::Map(Vec::new()), &span), Vec::new()));
                None
            }
            Event::SequenceEnd | Event::MappingEnd => open.pop().map(|(parent, children)| closed(parent, children)),
            _ => None,
        };
        match (done, open.last_mut()) {
            (Some(done), Some((_, siblings))) => siblings.push(done),
            (Some(done), None) => root = Some(done),
            (None, _) => {}
        }
    }
    if documents > 1 {
        return Err("it has more than one document".to_owned());
    }
    Ok(root.filter(|root| !root.is_empty()))
}

fn node(value: Value, span: &Span) -> Node {
    Node {
        value,
        line: span.start.line().saturating_sub(1),
        column: span.start.col(),
        // A bracket takes a column, the beginning of a block none.
        is_block: span.start == span.end,
    }
}

fn closed(parent: Node, children: Vec<Node>) -> Node {
    let value = match parent.value {
        Value::Map(_) => {
            let mut children = children.into_iter();
            let mut entries = Vec::new();
            while let (Some(key), Some(value)) = (children.next(), children.next()) {
                entries.push((key, value));
            }
            Value::Map(entries)
        }
        _ => Value::List(children),
    };
    Node { value, ..parent }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(text: &str) -> Node {
        read(text).unwrap().unwrap()
    }

    #[test]
    fn nodes_know_where_they_stand() {
        let root = root("# head\njobs:\n  # about\n  build: {docker: []}\n");
        let (key, jobs) = root.entry("jobs").unwrap();
        assert_eq!((key.line, jobs.line, jobs.column, jobs.is_block), (1, 3, 2, true));
        assert!(!jobs.entry("build").unwrap().1.is_block);
    }

    #[test]
    fn files_that_mean_the_same_are_equal_however_they_are_laid_out() {
        assert_eq!(root("a: [1, x]\nb: 'y'"), root("# c\na:\n- 1\n-  x\nb: \"y\""));
        for other in [
            "a: [1, x]\nb: y",
            "a: [x, 1]\nb: 'y'",
            "b: 'y'\na: [1, x]",
            "a: ['1', x]\nb: 'y'",
        ] {
            assert_ne!(root("a: [1, x]\nb: 'y'"), root(other), "{other}");
        }
    }

    #[test]
    fn what_is_no_single_document_is_an_error() {
        assert_eq!(read("# nothing\n"), Ok(None));
        assert_eq!(
            read("a: 1\n---\nb: 2\n"),
            Err("it has more than one document".to_owned())
        );
        assert!(read("a: [1\nb: 2").unwrap_err().starts_with("line "));
        assert!(read("a:\n\t- b").is_err());
    }
}
