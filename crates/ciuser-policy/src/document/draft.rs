//! One statement, as far as it can be read; what cannot is noted.

use super::error::Found;
use super::fault::{Fault, PrincipalFault};
use super::json::{Json, Member, Node};
use super::model::{Effect, Element, OneOrList, OperatorBlock, Principals, Scalar, Statement, Strings, Written};
use super::place::Span;

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
    pub(super) fn read(self) -> Option<T> {
        match self {
            Self::Read(part) => Some(part),
            Self::Missing | Self::Unreadable => None,
        }
    }
}

impl Draft {
    /// Returns the place of its brace: where what is missing would be.
    pub(super) fn opening(&self) -> Span {
        opening(self.span)
    }

    /// Returns the statement, if all that it must have could be read.
    pub(super) fn statement(self) -> Option<Statement> {
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
pub(super) struct Notes {
    pub(super) faults: Vec<Found>,
    /// The index of the statement that is being read.
    statement: Option<usize>,
}

impl Notes {
    /// Notes a fault of the statement that is being read, or of the document.
    pub(super) fn add(&mut self, fault: Fault, span: Span) {
        self.faults.push(Found {
            fault,
            span,
            statement: self.statement,
        });
    }

    /// Notes that an element is of another form than it must be.
    pub(super) fn form(&mut self, element: &'static str, wanted: &'static str, span: Span) {
        self.add(Fault::Form { element, wanted }, span);
    }
}

/// Reads a statement; nothing if it is no object.
pub(super) fn statement(value: &Node<'_>, index: usize, notes: &mut Notes) -> Option<Draft> {
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

/// Reads an element that is a string.
pub(super) fn string(name: &'static str, value: &Node<'_>, notes: &mut Notes) -> Option<Written<String>> {
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
pub(super) fn get<'m, 'a>(members: &'m [Member<'a>], name: &str) -> Option<&'m Member<'a>> {
    members.iter().find(|member| member.name == name)
}

/// Returns the place of the brace that opens an object.
pub(super) fn opening(object: Span) -> Span {
    Span {
        start: object.start,
        end: object.start + 1,
    }
}
