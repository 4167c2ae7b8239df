//! The plan: the ordered steps from inventory to spec, leaving nothing to decide.

mod deletion;
mod file;
mod fingerprint;
mod key;
mod permissions;
mod planner;
mod refusal;
mod retirement;
mod step;

pub use deletion::plan_delete;
pub use file::{PlanFileError, read_plan, write_plan};
pub(crate) use fingerprint::fingerprint;
pub(crate) use key::{Held, Past, occupied, see};
pub use planner::{Choices, Heading, PlanError, plan, plan_rotation};
pub use refusal::Refusal;
pub use retirement::{Holder, Retirement};
pub use step::{DeliverKey, Delivery, Effect, IssueKey, KeyPlan, Line, Replaces, Step, Unavailable};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::name::{GroupName, ProjectName, Region, RunId, UserArn, UserName};
use crate::port::{KeyOwner, Scope};
use crate::spec::SealSpec;

/// A reviewed, or reviewable, plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct Plan {
    /// When it was made.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("format" = "date-time")))]
    pub made: Timestamp,
    /// Endpoint and account.
    pub scope: Scope,
    /// The caller it was made for.
    pub caller: String,
    /// How the account is reached: the sources of credentials, never credentials.
    #[serde(default)]
    pub session: Session,
    /// Who owns the users.
    pub project: ProjectName,
    /// What the pipeline gets as its region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// Where secrets are sealed to.
    #[serde(default)]
    pub seal: SealSpec,
    /// One part for each user, in the order of the spec.
    pub users: Vec<UserPlan>,
}

/// How the account is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct Session {
    /// The AWS profile, if one was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// The region that requests are signed for, if one was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The endpoint, if it is not AWS's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint_url: Option<String>,
}

/// What happens to one user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct UserPlan {
    /// The user.
    pub user: UserName,
    /// Its ARN, also of one that is still to be made.
    pub arn: UserArn,
    /// The facts that the steps depend on, as a digest: apply refuses when they no longer hold.
    pub fingerprint: String,
    /// The group that ciuser makes for this user, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_group: Option<GroupName>,
    /// The calls, in order.
    pub steps: Vec<Step>,
    /// What happens to the access key.
    pub key: KeyPlan,
    /// All targets of the user, held or not, stores first.
    pub targets: Vec<crate::target::Target>,
    /// What a reviewer must know.
    pub notes: Vec<Note>,
}

/// Something that a reviewer must know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct Note {
    /// How grave it is.
    pub level: NoteLevel,
    /// The text, in the form of an error message.
    pub text: String,
}

/// How grave a note is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum NoteLevel {
    /// Good to know.
    Info,
    /// Should be looked at.
    Warning,
}

impl Note {
    /// Makes a note that is good to know.
    pub fn info(text: impl Into<String>) -> Note {
        Note {
            level: NoteLevel::Info,
            text: text.into(),
        }
    }

    /// Makes a note that should be looked at.
    pub fn warning(text: impl Into<String>) -> Note {
        Note {
            level: NoteLevel::Warning,
            text: text.into(),
        }
    }
}

impl Plan {
    /// Tells whether there is anything to do.
    pub fn has_changes(&self) -> bool {
        self.users.iter().any(UserPlan::has_changes)
    }

    /// Returns whose key a target gets when a run works on this user.
    pub fn owner(&self, user: &UserPlan, run: &RunId) -> KeyOwner {
        KeyOwner {
            account: self.scope.account.clone(),
            user: user.user.clone(),
            arn: user.arn.clone(),
            region: self.region.clone(),
            run: run.clone(),
        }
    }

    /// Returns all lines, as a person reviews them.
    pub fn lines(&self) -> Vec<String> {
        self.users
            .iter()
            .flat_map(UserPlan::lines)
            .map(|line| line.to_string())
            .collect()
    }
}

impl UserPlan {
    /// Tells whether there is anything to do for this user.
    pub fn has_changes(&self) -> bool {
        !self.steps.is_empty() || self.key.changes()
    }

    /// Tells whether this plan makes the user.
    pub fn creates_user(&self) -> bool {
        matches!(self.steps.first(), Some(Step::CreateUser(_)))
    }

    /// Tells whether this plan deletes the user.
    pub fn deletes_user(&self) -> bool {
        self.steps.contains(&Step::DeleteUser)
    }

    /// Returns what becomes of the keys, if they are deleted.
    pub fn retirement(&self) -> Option<&Retirement> {
        match &self.key {
            KeyPlan::Retire(retirement) => Some(retirement),
            _ => None,
        }
    }

    /// Returns all lines, as a person reviews them.
    pub fn lines(&self) -> Vec<Line> {
        let steps = self.steps.iter().map(|step| step.line(&self.user));
        steps.chain(self.key.lines(&self.user)).collect()
    }
}
