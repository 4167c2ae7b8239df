//! What a run came to.

use super::Failure;
use crate::name::{AccessKeyId, RunId, UserArn, UserName};
use crate::plan::{KeyPlan, Plan};
use crate::port::{KeyReferences, Proof};
use crate::target::Target;

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The run.
    pub run: RunId,
    /// One entry for each user of the plan that was reached.
    pub users: Vec<UserOutcome>,
    /// Why it ended early, if it did.
    pub failure: Option<Failure>,
}

/// What a run came to for one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserOutcome {
    /// The user.
    pub user: UserName,
    /// Its ARN.
    pub arn: UserArn,
    /// Whether anything was changed.
    pub changed: bool,
    /// The key that the targets hold, or were to get.
    pub key: Option<AccessKeyId>,
    /// Whether the key is new.
    pub issued: bool,
    /// The targets that were to be written.
    pub targets: Vec<TargetOutcome>,
    /// What was deleted, if that was the plan and its steps are done.
    pub retired: Option<Retired>,
    /// What remains to be done, in words.
    pub unfinished: Vec<String>,
    /// What remains to be done and no run can do, in words.
    pub for_person: Vec<String>,
}

/// What a deletion came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retired {
    /// Whether the user is deleted too, or only its keys.
    pub user_deleted: bool,
    /// The keys that are deleted.
    pub keys: Vec<AccessKeyId>,
    /// The targets that held one of them.
    pub targets: Vec<RetiredTarget>,
}

/// What a deletion came to for one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetiredTarget {
    /// The target.
    pub target: Target,
    /// The key that it held.
    pub key: AccessKeyId,
    /// Whether it holds it still.
    pub still: Still,
    /// How a person gets there.
    pub describe: String,
}

/// Whether a target still holds a key that is deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Still {
    /// It does not: it was cleared.
    Cleared,
    /// It does, as was reviewed.
    Holds,
    /// It could not be cleared.
    Failed(String),
}

/// What a run came to for one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetOutcome {
    /// The target.
    pub target: Target,
    /// How well it is known to hold the key; `None` when it does not.
    pub proof: Option<Proof>,
    /// How a person gets there.
    pub describe: String,
    /// By what the programs of the store read the key, where they have such.
    pub references: Option<KeyReferences>,
    /// Why it does not hold the key.
    pub error: Option<String>,
}

impl Outcome {
    /// Tells whether anything was changed.
    pub fn changed(&self) -> bool {
        self.users.iter().any(|user| user.changed)
    }

    /// Tells whether `resume` has something to carry on: a plan that stopped halfway, or a handover that is not at its
    /// end. Everything else shows in the next plan.
    pub(crate) fn leaves_work(&self, plan: &Plan) -> bool {
        let mut parts = plan.users.iter().zip(&self.users);
        self.failure.is_some()
            || parts.any(|(user, part)| matches!(user.key, KeyPlan::Issue(_)) && !part.unfinished.is_empty())
    }

    /// Returns what remains to be done, in words, be it by a run or by a person.
    pub fn unfinished(&self) -> Vec<String> {
        let left = self.users.iter().flat_map(UserOutcome::left);
        left.cloned().collect()
    }
}

impl UserOutcome {
    pub(crate) fn new(user: &crate::plan::UserPlan) -> UserOutcome {
        UserOutcome {
            user: user.user.clone(),
            arn: user.arn.clone(),
            changed: false,
            key: None,
            issued: false,
            targets: Vec::new(),
            retired: None,
            unfinished: Vec::new(),
            for_person: Vec::new(),
        }
    }

    /// Returns what remains to be done for the user, be it by a run or by a person.
    pub fn left(&self) -> impl Iterator<Item = &String> {
        self.unfinished.iter().chain(&self.for_person)
    }

    /// Notes that the plan was not carried out to its end, so that nobody takes the user for ready.
    pub(crate) fn leave_the_rest(&mut self) {
        self.unfinished
            .push(format!("user `{}`: the rest of the plan", self.user));
    }
}

impl TargetOutcome {
    /// Tells whether the target is proven to hold the key.
    pub fn is_proven(&self) -> bool {
        self.proof.is_some_and(Proof::is_proven)
    }
}
