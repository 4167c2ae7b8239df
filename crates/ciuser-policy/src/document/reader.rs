//! From JSON to the parts of a document, as far as they can be read; what cannot is noted.
//!
//! The structure is that of the IAM User Guide's "Grammar of the IAM JSON policy language", which is the same for every
//! kind of policy. Whether IAM accepts what is in it, and whether a kind wants an element at all: `accept`.

use super::draft::{Draft, Notes, Part, get, opening, statement, string};
use super::error::Found;
use super::fault::Fault;
use super::json::{self, Json, Member, Node};
use super::model::{Document, OneOrList, Version, Written};
use super::place::Span;

/// The elements of a document.
pub(super) const DOCUMENT_ELEMENTS: [&str; 3] = ["Version", "Id", "Statement"];

/// A document as far as it could be read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) version: Part<Written<Version>>,
    id: Option<Written<String>>,
    statements: Option<OneOrList<Draft>>,
    /// The brace of the document.
    pub(super) opening: Span,
    /// Where `Version` is, if it comes after a single statement.
    pub(super) late_version: Option<Span>,
    pub(super) faults: Vec<Found>,
}

/// Reads a text.
pub(super) fn read(text: &str) -> Reading {
    let parsed = match json::parse(text) {
        Ok(parsed) => parsed,
        Err(broken) => {
            let fault = Fault::Json(broken.message);
            return Reading {
                faults: vec![Found {
                    fault,
                    span: broken.span,
                    statement: None,
                }],
                ..Reading::default()
            };
        }
    };
    let mut notes = Notes::default();
    for (name, span) in parsed.repeated {
        notes.add(Fault::RepeatedKey(name), span);
    }
    let mut reading = match &parsed.root.json {
        Json::Object(members) => document(members, parsed.root.span, &mut notes),
        _ => {
            notes.add(Fault::NotAnObject, parsed.root.span);
            Reading::default()
        }
    };
    reading.faults = notes.faults;
    reading
}

impl Reading {
    /// Returns the document, if every part of it could be read.
    pub(super) fn document(self) -> Option<Document> {
        if !self.faults.is_empty() {
            return None;
        }
        let statements = match self.statements? {
            OneOrList::One(one) => OneOrList::One(one.statement()?),
            OneOrList::List(list) => OneOrList::List(list.into_iter().map(Draft::statement).collect::<Option<_>>()?),
        };
        Some(Document {
            version: self.version.read(),
            id: self.id,
            statements,
        })
    }

    /// Returns the statements, as far as they could be read.
    pub(super) fn drafts(&self) -> &[Draft] {
        self.statements.as_ref().map(OneOrList::as_slice).unwrap_or_default()
    }
}

fn document(members: &[Member<'_>], span: Span, notes: &mut Notes) -> Reading {
    for member in members {
        if !DOCUMENT_ELEMENTS.contains(&&*member.name) {
            notes.add(
                Fault::DocumentElement(member.name.clone().into_owned()),
                member.name_span,
            );
        }
    }
    let version = match get(members, "Version").map(|member| version(&member.value, notes)) {
        Some(Some(version)) => Part::Read(version),
        Some(None) => Part::Unreadable,
        None => Part::Missing,
    };
    let id = get(members, "Id").and_then(|member| string("Id", &member.value, notes));
    let statements = match get(members, "Statement") {
        Some(member) => statements(&member.value, notes),
        None => {
            notes.add(Fault::NoStatement, opening(span));
            None
        }
    };
    let single = get(members, "Statement").filter(|member| matches!(member.value.json, Json::Object(_)));
    let late_version = single.and_then(|single| {
        let version = get(members, "Version")?;
        (version.name_span > single.name_span).then_some(version.name_span)
    });
    Reading {
        version,
        id,
        statements,
        opening: opening(span),
        late_version,
        faults: Vec::new(),
    }
}

fn version(value: &Node<'_>, notes: &mut Notes) -> Option<Written<Version>> {
    let written = string("Version", value, notes)?;
    let known = [Version::V2012, Version::V2008];
    let version = known.into_iter().find(|version| version.as_str() == written.value);
    if version.is_none() {
        notes.add(Fault::Version(written.value), written.span);
    }
    version.map(|value| Written {
        value,
        span: written.span,
    })
}

fn statements(value: &Node<'_>, notes: &mut Notes) -> Option<OneOrList<Draft>> {
    match &value.json {
        Json::Object(_) => statement(value, 0, notes).map(OneOrList::One),
        Json::Array(list) if list.is_empty() => {
            notes.add(Fault::NoStatement, value.span);
            None
        }
        Json::Array(list) => {
            let read = list.iter().enumerate();
            let read = read.filter_map(|(index, one)| statement(one, index, notes));
            Some(OneOrList::List(read.collect()))
        }
        _ => {
            notes.form("Statement", "an object or a list of objects", value.span);
            None
        }
    }
}
