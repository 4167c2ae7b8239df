//! A policy document as it is written: typed, nothing lost, each part with its place in the text.

use super::place::Span;

/// Something that was written, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written<T> {
    /// What was written.
    pub value: T,
    /// Where.
    pub span: Span,
}

/// Something that is written nowhere yet.
impl<T> From<T> for Written<T> {
    fn from(value: T) -> Self {
        Self {
            value,
            span: Span::default(),
        }
    }
}

/// What may be written as one value or as a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OneOrList<T> {
    /// One value, without a list around it.
    One(T),
    /// A list, perhaps of one value or of none.
    List(Vec<T>),
}

impl<T> OneOrList<T> {
    /// Returns the values.
    pub fn as_slice(&self) -> &[T] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::List(list) => list,
        }
    }

    /// Returns the values, in the order in which they are written.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.as_slice().iter()
    }
}

/// Of one value a single one, of several or none a list: the shortest writing.
impl<T> From<Vec<T>> for OneOrList<T> {
    fn from(mut values: Vec<T>) -> Self {
        match values.pop() {
            Some(only) if values.is_empty() => Self::One(only),
            last => {
                values.extend(last);
                Self::List(values)
            }
        }
    }
}

/// Strings, each with its place.
pub type Strings = OneOrList<Written<String>>;

impl<S: Into<String>> FromIterator<S> for Strings {
    fn from_iter<I: IntoIterator<Item = S>>(strings: I) -> Self {
        let strings: Vec<Written<String>> = strings.into_iter().map(|one| one.into().into()).collect();
        strings.into()
    }
}

/// The version of the policy language. It decides whether `${...}` is a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Version {
    /// `2008-10-17`, also what a document without `Version` is in.
    V2008,
    /// `2012-10-17`, the one with policy variables.
    V2012,
}

impl Version {
    /// Returns the version as documents write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V2008 => "2008-10-17",
            Self::V2012 => "2012-10-17",
        }
    }
}

/// What a statement does to the requests that it matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It allows them, unless another statement denies them.
    Allow,
    /// It denies them, whatever else allows them.
    Deny,
}

impl Effect {
    /// Returns the effect as documents write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}

/// A document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// `Version`, if it is written.
    pub version: Option<Written<Version>>,
    /// `Id`, if it is written.
    pub id: Option<Written<String>>,
    /// `Statement`: at least one.
    pub statements: OneOrList<Statement>,
}

impl Document {
    /// Makes a document that is written nowhere yet, in the language of 2012.
    pub fn new(statements: impl Into<OneOrList<Statement>>) -> Self {
        Self {
            version: Some(Version::V2012.into()),
            id: None,
            statements: statements.into(),
        }
    }

    /// Returns the version that the document is in.
    pub fn language(&self) -> Version {
        self.version.as_ref().map_or(Version::V2008, |version| version.value)
    }
}

/// An element of which a statement has either the plain or the `Not` form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element<T> {
    /// Whether it is the `Not` form: everything but what it names.
    pub negated: bool,
    /// Where the element's name is.
    pub name: Span,
    /// What it names.
    pub value: T,
}

impl<T> Element<T> {
    /// Makes the plain form, written nowhere yet.
    pub fn only(value: T) -> Self {
        Self {
            negated: false,
            name: Span::default(),
            value,
        }
    }

    /// Makes the `Not` form, written nowhere yet.
    pub fn all_but(value: T) -> Self {
        Self {
            negated: true,
            ..Self::only(value)
        }
    }
}

/// A statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Where it is.
    pub span: Span,
    /// `Sid`, if it is written.
    pub sid: Option<Written<String>>,
    /// `Effect`.
    pub effect: Written<Effect>,
    /// `Principal` or `NotPrincipal`: in policies of resources and in trust policies only.
    pub principals: Option<Element<Principals>>,
    /// `Action` or `NotAction`.
    pub actions: Element<Strings>,
    /// `Resource` or `NotResource`: not in trust policies.
    pub resources: Option<Element<Strings>>,
    /// `Condition`, if it is written: the operators, all of which must hold.
    pub conditions: Option<Written<Vec<OperatorBlock>>>,
}

impl Statement {
    /// Makes a statement that is written nowhere yet: without `Sid`, principals and conditions.
    pub fn new(effect: Effect, actions: Element<Strings>, resources: Element<Strings>) -> Self {
        Self {
            span: Span::default(),
            sid: None,
            effect: effect.into(),
            principals: None,
            actions,
            resources: Some(resources),
            conditions: None,
        }
    }
}

/// Whom a statement of a resource's policy is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principals {
    /// `"*"`.
    Everyone(Span),
    /// Principals by their kind: `AWS`, `Service`, `Federated`, `CanonicalUser`.
    Of(Vec<(Written<String>, Strings)>),
}

/// An operator of a condition with its keys, all of which must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorBlock {
    /// The operator as it is written: `StringEquals`, `ForAnyValue:StringLike`, `BoolIfExists`.
    pub operator: Written<String>,
    /// Each condition key with its values.
    pub keys: Vec<(Written<String>, OneOrList<Written<Scalar>>)>,
}

/// A value in a condition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scalar {
    /// `"true"`.
    String(String),
    /// `true`.
    Bool(bool),
    /// `1`, in the digits that were written.
    Number(String),
}

impl Scalar {
    /// Returns the value as the operators compare it: IAM takes numbers and booleans for their texts.
    pub fn as_str(&self) -> &str {
        match self {
            Self::String(text) | Self::Number(text) => text,
            Self::Bool(true) => "true",
            Self::Bool(false) => "false",
        }
    }
}
