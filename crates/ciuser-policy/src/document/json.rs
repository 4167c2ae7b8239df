//! JSON with the place of every part: what documents are read from.
//!
//! `serde_json` does the reading; a part's place is where its text lies in the whole. What it refuses is refused here:
//! what lies too deep, half a surrogate pair, a number out of range. A key that an object repeats is noted: most
//! parsers keep the last of the two, some the first, and a document that two readers understand differently must not
//! reach IAM.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::Span;

/// As deep as `serde_json` itself goes.
const DEEPEST: usize = 127;

/// A JSON value.
#[derive(Debug)]
pub(super) struct Node<'a> {
    pub(super) json: Json<'a>,
    pub(super) span: Span,
}

#[derive(Debug)]
pub(super) enum Json<'a> {
    Null,
    Bool(bool),
    /// In the digits that were written.
    Number(&'a str),
    String(Cow<'a, str>),
    Array(Vec<Node<'a>>),
    Object(Vec<Member<'a>>),
}

/// A member of an object.
#[derive(Debug)]
pub(super) struct Member<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) name_span: Span,
    pub(super) value: Node<'a>,
}

/// A whole text.
#[derive(Debug)]
pub(super) struct Parsed<'a> {
    pub(super) root: Node<'a>,
    /// The keys that an object has already, where they are there again.
    pub(super) repeated: Vec<(String, Span)>,
}

/// Why a text is not JSON.
#[derive(Debug)]
pub(super) struct Broken {
    /// In the words of `serde_json`, without the place.
    pub(super) message: String,
    pub(super) span: Span,
}

/// Parses a text.
pub(super) fn parse(text: &str) -> Result<Parsed<'_>, Broken> {
    let mut parser = Parser {
        text,
        repeated: Vec::new(),
    };
    let root: &RawValue = parser.typed(text)?;
    let root = parser.node(root, 0)?;
    Ok(Parsed {
        root,
        repeated: parser.repeated,
    })
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

struct Parser<'a> {
    text: &'a str,
    repeated: Vec<(String, Span)>,
}

impl<'a> Parser<'a> {
    /// Returns a value with its parts; `depth` is how many values it lies in.
    fn node(&mut self, raw: &'a RawValue, depth: usize) -> Result<Node<'a>, Broken> {
        let text = raw.get();
        let span = self.span(text);
        let json = match text.as_bytes().first() {
            Some(b'{' | b'[') if depth == DEEPEST => {
                return Err(Broken {
                    message: "recursion limit exceeded".to_owned(),
                    span,
                });
            }
            Some(b'{') => Json::Object(self.members(text, depth)?),
            Some(b'[') => {
                let items: Vec<&RawValue> = self.typed(text)?;
                Json::Array(
                    items
                        .into_iter()
                        .map(|item| self.node(item, depth + 1))
                        .collect::<Result<_, _>>()?,
                )
            }
            Some(b'"') => Json::String(self.typed::<Text<'a>>(text)?.0),
            Some(b't' | b'f') => Json::Bool(self.typed(text)?),
            Some(b'n') => Json::Null,
            _ => self.typed::<serde_json::Number>(text).map(|_| Json::Number(text))?,
        };
        Ok(Node { json, span })
    }

    fn members(&mut self, text: &'a str, depth: usize) -> Result<Vec<Member<'a>>, Broken> {
        let Members(raw) = self.typed(text)?;
        let mut members = Vec::with_capacity(raw.len());
        let mut seen = HashSet::with_capacity(raw.len());
        for (name, value) in raw {
            let name_span = self.span(name.get());
            let Text(name) = self.typed(name.get())?;
            if !seen.insert(name.clone()) {
                self.repeated.push((name.clone().into_owned(), name_span));
            }
            let value = self.node(value, depth + 1)?;
            members.push(Member { name, name_span, value });
        }
        Ok(members)
    }

    fn typed<T: Deserialize<'a>>(&self, part: &'a str) -> Result<T, Broken> {
        serde_json::from_str(part).map_err(|error| self.broken(part, &error))
    }

    /// Returns where a part of the text lies in it.
    fn span(&self, part: &str) -> Span {
        let start = part.as_ptr().addr().saturating_sub(self.text.as_ptr().addr());
        Span {
            start,
            end: start + part.len(),
        }
    }

    /// Returns what `serde_json` says of a part, with the place in the whole.
    fn broken(&self, part: &str, error: &serde_json::Error) -> Broken {
        let place = format!(" at line {} column {}", error.line(), error.column());
        let message = error.to_string();
        let message = message.strip_suffix(&place).unwrap_or(&message).to_owned();
        let end = self.text.len();
        if error.is_eof() {
            let span = Span { start: end, end };
            return Broken { message, span };
        }
        let lines = part.split_inclusive('\n').take(error.line().saturating_sub(1));
        let offset = lines.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
        let start = self.text.floor_char_boundary(self.span(part).start + offset);
        let end = self.text.ceil_char_boundary((start + 1).min(end));
        let span = Span { start, end };
        Broken { message, span }
    }
}

/// A string, copied only if it has escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// The members of an object, each name and value as it is written.
struct Members<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_at(text: &str, span: Span) -> &str {
        text.get(span.start..span.end).unwrap()
    }

    #[test]
    fn every_part_has_its_place() {
        let text = "\u{e9} {\"a\\u0062\" : [ 1.50, {\"c\":null} ] }"
            .strip_prefix("\u{e9} ")
            .unwrap();
        let parsed = parse(text).unwrap();
        let Json::Object(members) = &parsed.root.json else {
            panic!("{parsed:?}")
        };
        assert_eq!(text_at(text, parsed.root.span), text);
        assert_eq!(members[0].name, "ab");
        assert_eq!(text_at(text, members[0].name_span), r#""a\u0062""#);
        assert_eq!(text_at(text, members[0].value.span), r#"[ 1.50, {"c":null} ]"#);
        let Json::Array(items) = &members[0].value.json else {
            panic!("{members:?}")
        };
        assert!(matches!(items[0].json, Json::Number("1.50")));
        assert_eq!(text_at(text, items[1].span), r#"{"c":null}"#);
    }

    #[test]
    fn a_repeated_key_is_noted_at_any_depth_however_it_is_written() {
        let text = r#"{"a":[{"b":1,"\u0062":2}]}"#;
        let parsed = parse(text).unwrap();
        let (name, span) = &parsed.repeated[0];
        assert_eq!((name.as_str(), text_at(text, *span)), ("b", r#""\u0062""#));
        assert_eq!(parsed.repeated.len(), 1);
    }

    #[test]
    fn what_is_wrong_has_its_place_in_the_whole_text() {
        for (text, message, place) in [
            ("nonsense", "expected ident", "o"),
            ("{\"a\":\n[1,é]}", "expected value", "é"),
            (r#"{"a":["x","\ud800y"]}"#, "unexpected end of hex escape", "y"),
            (r#"{"a": 1e999}"#, "number out of range", "9"),
            ("[1", "EOF while parsing a list", ""),
            ("{} {}", "trailing characters", "{"),
        ] {
            let broken = parse(text).unwrap_err();
            assert_eq!(
                (broken.message.as_str(), text_at(text, broken.span)),
                (message, place),
                "{text}"
            );
        }
    }

    #[test]
    fn nesting_ends_where_serde_json_ends_it() {
        for depth in [127, 128, 4000] {
            let text = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            assert_eq!(parse(&text).is_ok(), theirs.is_ok(), "{depth}");
        }
    }

    #[test]
    fn minifying_leaves_strings_and_escapes_alone() {
        assert_eq!(
            minified("{ \"a b\" :\t\"\\\" \\\\\" ,\r\n\"c\": [ 1 ] }"),
            r#"{"a b":"\" \\","c":[1]}"#
        );
    }
}
