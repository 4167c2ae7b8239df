//! What the log keeps of a request to AWS.

use ciuser_policy::evaluate::{self, StatementAt};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One request to AWS, as the log keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// When the request came.
    pub time: Timestamp,
    /// The ARN of who made it, if the signature held.
    pub principal: Option<String>,
    /// What was asked for, as policies write it: `iam:CreateUser`.
    pub action: String,
    /// What the gate said.
    pub decision: Decision,
    /// What policies were asked, in order. The last one is what was denied, if anything was; none was asked about a
    /// request that was not authenticated or is invalid.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
}

/// What the gate says to a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Decision {
    /// The request may be applied.
    Allowed,
    /// Policies do not let the caller do it.
    Denied(Denial),
    /// The request could not be authenticated; holds AWS's error code.
    NotAuthenticated(String),
    /// The request does not say what it is about; holds AWS's error code.
    Invalid(String),
}

/// How policies deny.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Denial {
    /// A statement denies it.
    ExplicitDeny,
    /// No statement denies it, and one that must allow it is missing.
    ImplicitDeny,
    /// The policy engine cannot tell; that is as good as denied.
    Undetermined,
}

impl Denial {
    /// Returns how a decision denies; nothing if it allows.
    pub(super) fn of(decision: evaluate::Decision) -> Option<Denial> {
        match decision {
            evaluate::Decision::Allowed => None,
            evaluate::Decision::ExplicitDeny => Some(Denial::ExplicitDeny),
            evaluate::Decision::ImplicitDeny => Some(Denial::ImplicitDeny),
            evaluate::Decision::Undetermined => Some(Denial::Undetermined),
        }
    }
}

/// One question that was put to the caller's policies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// The action: `iam:CreateUser`.
    pub action: String,
    /// The resource's ARN, or `*`.
    pub resource: String,
    /// The first statement that decided. None for an implicit deny, for root, and for what nobody can be denied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<Statement>,
}

/// A statement of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The ARN of a managed policy; of an inline one, whose it is and its name: `user ada: read`.
    pub policy: String,
    /// Its `Sid`, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// Which statement of the policy it is, counted from 1.
    pub number: usize,
}

impl From<&StatementAt> for Statement {
    fn from(at: &StatementAt) -> Statement {
        Statement {
            policy: at.policy.clone(),
            sid: at.sid.clone(),
            number: at.index + 1,
        }
    }
}
