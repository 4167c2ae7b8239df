//! What is wrong with a document: in our words, with the place; and in IAM's words, which name none.

/// What is wrong with a policy document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// It is not JSON, or repeats a key.
    #[error("the document is not valid JSON: {0}")]
    Json(String),
    /// It is JSON, but not an object.
    #[error("the document is not a JSON object")]
    NotAnObject,
    /// It has an element that policies do not have.
    #[error("unknown element `{0}` in the document")]
    UnknownElement(String),
    /// Its version is not one of the policy language.
    #[error("`Version` is {0}, not `2012-10-17` (or the old `2008-10-17`)")]
    Version(String),
    /// It has no statement.
    #[error("the document has no `Statement`")]
    NoStatement,
    /// A statement is wrong.
    #[error("statement {statement}: {fault}")]
    Statement {
        /// Which one: its `Sid`, in backticks, or its number.
        statement: String,
        /// What is wrong with it.
        fault: StatementFault,
    },
}

/// What is wrong with a statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementFault {
    /// It is not a JSON object.
    #[error("it is not a JSON object")]
    NotAnObject,
    /// It has an element that statements do not have.
    #[error("unknown element `{0}`")]
    UnknownElement(String),
    /// It names a principal; an identity-based policy speaks of whoever has it.
    #[error("`{0}` is not allowed in a policy of a user or group")]
    Principal(String),
    /// It neither allows nor denies.
    #[error("`Effect` must be `Allow` or `Deny`")]
    Effect,
    /// It says nothing of actions.
    #[error("neither `Action` nor `NotAction` names an action")]
    NoActions,
    /// It says nothing of resources.
    #[error("neither `Resource` nor `NotResource` names a resource")]
    NoResources,
    /// It has two elements of which there can be one.
    #[error("`{0}` and `{1}` exclude each other")]
    Both(&'static str, &'static str),
    /// An element is neither a string nor a list of strings.
    #[error("`{0}` must be a string or a list of strings")]
    NotStrings(&'static str),
    /// The condition is not made of operators with keys.
    #[error("`Condition` must be an object of operators, each with an object of condition keys")]
    Condition,
}

impl DocumentError {
    /// Returns the message of IAM's answer `MalformedPolicyDocument`.
    ///
    /// The one about JSON was recorded; the others are as users report them. That a repeated key counts as invalid
    /// JSON is our reading.
    pub fn iam_message(&self) -> &'static str {
        match self {
            Self::Json(_) => "This policy contains invalid Json",
            Self::NotAnObject | Self::UnknownElement(_) | Self::Version(_) | Self::NoStatement => SYNTAX,
            Self::Statement { fault, .. } => fault.iam_message(),
        }
    }
}

const SYNTAX: &str = "Syntax errors in policy.";

impl StatementFault {
    fn iam_message(&self) -> &'static str {
        match self {
            Self::Principal(_) => "Policy document should not specify a principal.",
            Self::NoActions => "Policy statement must contain actions.",
            Self::NoResources => "Policy statement must contain resources.",
            Self::NotAnObject
            | Self::UnknownElement(_)
            | Self::Effect
            | Self::Both(..)
            | Self::NotStrings(_)
            | Self::Condition => SYNTAX,
        }
    }
}
