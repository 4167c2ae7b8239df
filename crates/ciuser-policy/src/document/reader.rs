//! From JSON to the parts of a document, as far as they can be read; what cannot is noted.
//!
//! The structure is that of the IAM User Guide's "Grammar of the IAM JSON policy language", which is the same for every
//! kind of policy. Whether IAM accepts what is in it, and whether a kind wants an element at all: `accept`.

use super::error::Found;
use super::fault::{Fault, PrincipalFault};
use super::json::{self, Json, Member, Node};
use super::model::{
    Document, Effect, Element, OneOrList, OperatorBlock, Principals, Scalar, Statement, Strings, Version, Written,
};
use super::place::Span;

/// The elements of a document.
pub(super) const DOCUMENT_ELEMENTS: [&str; 3] = ["Version", "Id", "Statement"];

/// The elements of a statement.
pub(super) const STATEMENT_ELEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

const STRINGS: &str = "a string or a list of strings";

/// A document as far as it could be read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) version: Part<Written<Version>>,
    id: Option<Written<String>>,
    pub(super) statements: Option<OneOrList<Draft>>,
    /// The brace of the document.
    pub(super) opening: Span,
    /// Where `Version` is, if it comes after a single statement.
    pub(super) late_version: Option<Span>,
    pub(super) faults: Vec<Found>,
}

/// A statement as far as it could be read.
#[derive(Debug)]
pub(super) struct Draft {
    /// Which one it is.
    pub(super) index: usize,
    pub(super) span: Span,
    pub(super) sid: Option<Written<String>>,
    pub(super) effect: Option<Written<Effect>>,
    pub(super) principals: Part<Element<Principals>>,
    pub(super) actions: Part<Element<Strings>>,
    pub(super) resources: Part<Element<Strings>>,
    pub(super) conditions: Option<Written<Vec<OperatorBlock>>>,
}

/// An element that need not be there.
#[derive(Debug, Default)]
pub(super) enum Part<T> {
    Missing,
    /// It is not as it must be: that is noted already.
    #[default]
    Unreadable,
    Read(T),
}

impl<T> Part<T> {
    fn read(self) -> Option<T> {
        match self {
            Self::Read(part) => Some(part),
            Self::Missing | Self::Unreadable => None,
        }
    }
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

impl Draft {
    /// Returns the place of its brace: where what is missing would be.
    pub(super) fn opening(&self) -> Span {
        opening(self.span)
    }

    fn statement(self) -> Option<Statement> {
        Some(Statement {
            span: self.span,
            sid: self.sid,
            effect: self.effect?,
            principals: self.principals.read(),
            actions: self.actions.read()?,
            resources: self.resources.read(),
            conditions: self.conditions,
        })
    }
}

/// What is noted while reading.
#[derive(Default)]
struct Notes {
    faults: Vec<Found>,
    /// The index of the statement that is being read.
    statement: Option<usize>,
}

impl Notes {
    fn add(&mut self, fault: Fault, span: Span) {
        self.faults.push(Found {
            fault,
            span,
            statement: self.statement,
        });
    }

    fn form(&mut self, element: &'static str, wanted: &'static str, span: Span) {
        self.add(Fault::Form { element, wanted }, span);
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

fn statement(value: &Node<'_>, index: usize, notes: &mut Notes) -> Option<Draft> {
    notes.statement = Some(index);
    let draft = match &value.json {
        Json::Object(members) => Some(draft(members, value.span, index, notes)),
        _ => {
            notes.add(Fault::NotAStatement, value.span);
            None
        }
    };
    notes.statement = None;
    draft
}

fn draft(members: &[Member<'_>], span: Span, index: usize, notes: &mut Notes) -> Draft {
    for member in members {
        if !STATEMENT_ELEMENTS.contains(&&*member.name) {
            notes.add(Fault::Element(member.name.clone().into_owned()), member.name_span);
        }
    }
    let effect = match get(members, "Effect") {
        Some(member) => effect(&member.value, notes),
        None => {
            notes.add(Fault::NoEffect, opening(span));
            None
        }
    };
    let actions = element(members, ["Action", "NotAction"], notes, strings);
    let nowhere = match &actions {
        Part::Missing => Some(opening(span)),
        Part::Read(element) if element.value.as_slice().is_empty() => Some(element.name),
        _ => None,
    };
    if let Some(nowhere) = nowhere {
        notes.add(Fault::NoActions, nowhere);
    }
    Draft {
        index,
        span,
        sid: get(members, "Sid").and_then(|member| string("Sid", &member.value, notes)),
        effect,
        principals: element(members, ["Principal", "NotPrincipal"], notes, principals),
        actions,
        resources: element(members, ["Resource", "NotResource"], notes, strings),
        conditions: get(members, "Condition").and_then(|member| conditions(&member.value, notes)),
    }
}

fn effect(value: &Node<'_>, notes: &mut Notes) -> Option<Written<Effect>> {
    let written = string("Effect", value, notes)?;
    let known = [Effect::Allow, Effect::Deny];
    let effect = known.into_iter().find(|effect| effect.as_str() == written.value);
    if effect.is_none() {
        notes.add(Fault::Effect(written.value), written.span);
    }
    effect.map(|value| Written {
        value,
        span: written.span,
    })
}

/// Reads an element of which there is the plain or the `Not` form.
fn element<T>(
    members: &[Member<'_>],
    [plain, not]: [&'static str; 2],
    notes: &mut Notes,
    read: impl Fn(&'static str, &Node<'_>, &mut Notes) -> Option<T>,
) -> Part<Element<T>> {
    let (name, member, negated) = match (get(members, plain), get(members, not)) {
        (Some(one), Some(other)) => {
            notes.add(Fault::Both(plain, not), one.name_span.max(other.name_span));
            return Part::Unreadable;
        }
        (Some(member), None) => (plain, member, false),
        (None, Some(member)) => (not, member, true),
        (None, None) => return Part::Missing,
    };
    match read(name, &member.value, notes) {
        Some(value) => Part::Read(Element {
            negated,
            name: member.name_span,
            value,
        }),
        None => Part::Unreadable,
    }
}

fn principals(name: &'static str, value: &Node<'_>, notes: &mut Notes) -> Option<Principals> {
    match &value.json {
        Json::String(everyone) if everyone == "*" => Some(Principals::Everyone(value.span)),
        Json::Object(kinds) if kinds.is_empty() => {
            notes.add(PrincipalFault::Nobody(name).into(), value.span);
            None
        }
        Json::Object(kinds) => {
            let read = |kind: &Member<'_>| Some((written_name(kind), strings(name, &kind.value, notes)?));
            Some(Principals::Of(kinds.iter().map(read).collect::<Option<_>>()?))
        }
        _ => {
            notes.form(name, "`*` or an object of kinds of principals", value.span);
            None
        }
    }
}

fn conditions(value: &Node<'_>, notes: &mut Notes) -> Option<Written<Vec<OperatorBlock>>> {
    let Json::Object(operators) = &value.json else {
        notes.form("Condition", "an object of operators", value.span);
        return None;
    };
    // Each is read, so that each fault is found.
    let blocks: Vec<_> = operators
        .iter()
        .map(|operator| operator_block(operator, notes))
        .collect();
    Some(Written {
        value: blocks.into_iter().collect::<Option<_>>()?,
        span: value.span,
    })
}

fn operator_block(operator: &Member<'_>, notes: &mut Notes) -> Option<OperatorBlock> {
    let Json::Object(keys) = &operator.value.json else {
        let wanted = "an object of operators, each with an object of condition keys";
        notes.form("Condition", wanted, operator.value.span);
        return None;
    };
    let keys: Vec<_> = keys
        .iter()
        .map(|key| {
            Some((
                written_name(key),
                one_or_list(&key.value, |value| scalar(value, notes))?,
            ))
        })
        .collect();
    Some(OperatorBlock {
        operator: written_name(operator),
        keys: keys.into_iter().collect::<Option<_>>()?,
    })
}

fn scalar(value: &Node<'_>, notes: &mut Notes) -> Option<Written<Scalar>> {
    let scalar = match &value.json {
        Json::String(text) => Scalar::String(text.clone().into_owned()),
        Json::Number(digits) => Scalar::Number((*digits).to_owned()),
        Json::Bool(value) => Scalar::Bool(*value),
        Json::Null | Json::Array(_) | Json::Object(_) => {
            let wanted = "of strings, numbers and booleans, and lists of them";
            notes.form("Condition", wanted, value.span);
            return None;
        }
    };
    Some(Written {
        value: scalar,
        span: value.span,
    })
}

fn strings(name: &'static str, value: &Node<'_>, notes: &mut Notes) -> Option<Strings> {
    one_or_list(value, |value| {
        let string = text(value);
        if string.is_none() {
            notes.form(name, STRINGS, value.span);
        }
        string
    })
}

fn one_or_list<T>(value: &Node<'_>, mut read: impl FnMut(&Node<'_>) -> Option<T>) -> Option<OneOrList<T>> {
    match &value.json {
        Json::Array(list) => {
            let read: Vec<_> = list.iter().map(read).collect();
            read.into_iter().collect::<Option<_>>().map(OneOrList::List)
        }
        _ => read(value).map(OneOrList::One),
    }
}

fn string(name: &'static str, value: &Node<'_>, notes: &mut Notes) -> Option<Written<String>> {
    let string = text(value);
    if string.is_none() {
        notes.form(name, "a string", value.span);
    }
    string
}

fn text(value: &Node<'_>) -> Option<Written<String>> {
    match &value.json {
        Json::String(text) => Some(Written {
            value: text.clone().into_owned(),
            span: value.span,
        }),
        _ => None,
    }
}

fn written_name(member: &Member<'_>) -> Written<String> {
    Written {
        value: member.name.clone().into_owned(),
        span: member.name_span,
    }
}

/// Returns an element; the first of two of the same name.
fn get<'m, 'a>(members: &'m [Member<'a>], name: &str) -> Option<&'m Member<'a>> {
    members.iter().find(|member| member.name == name)
}

/// Returns the place of the brace that opens an object.
fn opening(object: Span) -> Span {
    Span {
        start: object.start,
        end: object.start + 1,
    }
}
