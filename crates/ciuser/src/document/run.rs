//! `create`, `key-rotate`, `apply` and `resume`: what a run came to. `delete` has its own.

use ciuser_core::apply::{Outcome, TargetOutcome, UserOutcome};
use ciuser_core::name::{AccessKeyId, AccountId, RunId, UserArn, UserName};
use ciuser_core::port::{KeyReferences, Known, Proof};
use ciuser_core::target::Target;
use jiff::Timestamp;
use serde::Serialize;

use super::delete::Deletion;
use super::{Document, Kind, RunSummary, Trouble};

/// What a run for one user came to. `user`, `key` and `targets` are missing when it failed before it began.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct OneUser {
    #[serde(flatten)]
    run: Run,
    #[serde(flatten)]
    user: Option<UserResult>,
}

/// What a run came to.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct AllUsers {
    #[serde(flatten)]
    run: Run,
    /// One entry for each user that the run reached, in the order of the spec.
    users: Vec<UserResult>,
}

/// What became of runs that had not ended.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Resume {
    /// The account.
    pub(crate) account: AccountId,
    /// The runs that were found, oldest first.
    pub(crate) runs: Vec<Resumed>,
    /// Runs of other accounts or endpoints that wait to be carried on, newest first.
    pub(crate) unfinished_elsewhere: Vec<RunSummary>,
}

/// What became of one run.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub(crate) enum Resumed {
    /// Another process is working on it.
    Busy {
        /// The run.
        run: RunId,
        /// Always true.
        busy: bool,
    },
    /// It was carried on.
    Went(Box<Document<AllUsers>>),
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Run {
    /// The run's id, as the user's tag `ciuser:run` and CloudTrail's user agent have it.
    run: RunId,
    /// Whether anything was changed.
    changed: bool,
    /// The account.
    account: AccountId,
    /// What remains to be done, in words; empty when everything is as asked.
    unfinished: Vec<String>,
    /// Why the run ended early.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Trouble>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct UserResult {
    /// The user.
    user: User,
    /// The key that the targets hold, or were to get.
    key: Option<Key>,
    /// The targets that were written, then those that held the key already.
    targets: Vec<TargetResult>,
    /// What was deleted, in a run that deletes; missing in every other.
    #[serde(skip_serializing_if = "Option::is_none")]
    deletion: Option<Deletion>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct User {
    /// Its name, as IAM has it.
    name: UserName,
    /// Its ARN.
    arn: UserArn,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Key {
    /// Its id.
    id: AccessKeyId,
    /// Whether this run made it.
    issued: bool,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
enum TargetResult {
    /// A target that this run was to write.
    Written {
        #[serde(flatten)]
        target: Place,
        /// How well it is known to hold the key; null when it does not.
        proof: Option<Proof>,
        /// Whether the proof is more than that the API took the value.
        proven: bool,
        /// By what the programs of the store read the key: `op read` of 1Password; missing where there is no such thing.
        #[serde(skip_serializing_if = "Option::is_none")]
        references: Option<KeyReferences>,
        /// Why it does not hold the key.
        error: Option<String>,
    },
    /// A target that held the key already.
    Held {
        #[serde(flatten)]
        target: Place,
        /// How well it was known to hold the key when it was written.
        proof: Proof,
        /// Whether the proof is more than that the API took the value.
        proven: bool,
        /// When that was.
        #[cfg_attr(test, schemars(with = "String", extend("format" = "date-time")))]
        proven_at: Timestamp,
    },
}

/// A target's kind and place, and where that is.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Place {
    /// The kind, as `--store` and `--deliver` spell it.
    kind: &'static str,
    /// The place, as `--store` and `--deliver` spell it.
    place: String,
    /// Where it is, as they spell it, `region=eu-west-1` or `url=ci.example.com`; missing where the place says it all, or
    /// the service is the one for everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
}

impl OneUser {
    /// Describes a run for one user, with what the journal knows of its targets.
    pub(crate) fn of(account: &AccountId, outcome: &Outcome, known: &[Known]) -> OneUser {
        OneUser {
            run: Run::of(account, outcome),
            user: outcome.users.first().map(|user| UserResult::of(user, known)),
        }
    }
}

impl AllUsers {
    /// Describes a run for any number of users, with what the journal knows of the targets of each.
    pub(crate) fn of(account: &AccountId, outcome: &Outcome, known: &[Vec<Known>]) -> AllUsers {
        let users = outcome.users.iter().enumerate();
        AllUsers {
            run: Run::of(account, outcome),
            users: users
                .map(|(place, user)| UserResult::of(user, known.get(place).map(Vec::as_slice).unwrap_or_default()))
                .collect(),
        }
    }
}

impl Resumed {
    /// Describes a run that another process is working on.
    pub(crate) fn busy(run: &RunId) -> Resumed {
        Resumed::Busy {
            run: run.clone(),
            busy: true,
        }
    }

    /// Describes a run that was carried on.
    pub(crate) fn went(run: AllUsers) -> Resumed {
        Resumed::Went(Box::new(Document::new(Kind::Resume, run)))
    }
}

impl Run {
    pub(super) fn of(account: &AccountId, outcome: &Outcome) -> Run {
        Run {
            run: outcome.run.clone(),
            changed: outcome.changed(),
            account: account.clone(),
            unfinished: outcome.unfinished(),
            error: outcome.failure.as_ref().map(Trouble::of),
        }
    }
}

impl UserResult {
    fn of(user: &UserOutcome, known: &[Known]) -> UserResult {
        let written = user.targets.iter().map(written);
        // Targets that were right already are listed with the proof that was noted when they were written.
        let same = known.iter().filter(|known| {
            Some(&known.key) == user.key.as_ref()
                && !user.targets.iter().any(|one| one.target.same_place(&known.target))
        });
        UserResult {
            user: User::of(user),
            key: user.key.clone().map(|id| Key {
                id,
                issued: user.issued,
            }),
            targets: written.chain(same.filter_map(held)).collect(),
            deletion: user.retired.as_ref().map(Deletion::of),
        }
    }
}

impl User {
    pub(super) fn of(user: &UserOutcome) -> User {
        User {
            name: user.user.clone(),
            arn: user.arn.clone(),
        }
    }
}

fn written(outcome: &TargetOutcome) -> TargetResult {
    TargetResult::Written {
        target: Place::of(&outcome.target),
        proof: outcome.proof,
        proven: outcome.is_proven(),
        references: outcome.references.clone(),
        error: outcome.error.clone(),
    }
}

fn held(known: &Known) -> Option<TargetResult> {
    let proof = known.proof?;
    Some(TargetResult::Held {
        target: Place::of(&known.target),
        proof,
        proven: proof.is_proven(),
        proven_at: known.at,
    })
}

impl Place {
    pub(super) fn of(target: &Target) -> Place {
        Place {
            kind: target.kind(),
            place: target.place(),
            at: target.at(),
        }
    }
}
