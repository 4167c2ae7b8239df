//! What comes in, and what is wanted.

use ciuser_core::name::{GroupName, PolicyArn, UserName};
use ciuser_core::plan::Plan;
use ciuser_core::spec::{Attach, PolicyRef};

use super::machine::Planned;
use super::{Account, Asked, Field, Form, Verdict};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    /// The wizard was opened.
    Opened,
    /// A text is now this.
    Typed(Field, String),
    /// A text was left: what it names may be looked at.
    Left(Field),
    /// A policy was chosen, or chosen no longer.
    Policy(PolicyRef),
    /// A group was chosen, or chosen no longer.
    Group(GroupName),
    /// The boundary is this now.
    Boundary(Option<PolicyArn>),
    /// Policies reach the user in this way now.
    Attach(Attach),
    /// The document of one of the account's own policies is wanted.
    Document(PolicyArn),
    /// The next page is wanted.
    Next,
    /// The page before is wanted; from the first one, the way out.
    Back,
    /// The plan shall be carried out.
    Apply,
    /// The spec shall be written to this file.
    Save(String),
    /// The person is done without applying.
    Quit,
    /// An effect was carried out.
    Answered(Answer),
}

/// Something that is wanted of the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Read what the account has: users, groups, its own policies, quotas.
    ReadAccount,
    /// Find out whose this user is.
    ReadUser(UserName),
    /// Read the document of one of the account's own policies.
    ReadDocument(PolicyArn),
    /// Look at a target, changing nothing.
    Check(Asked),
    /// Make the plan for this form.
    MakePlan(Box<Form>),
    /// Write the spec of this form to a new file.
    Save(Box<Form>, String),
}

/// What an effect came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Of [`Effect::ReadAccount`].
    Account(Result<Account, String>),
    /// Of [`Effect::ReadUser`]: the project whose it is, if it is anybody's.
    User(UserName, Result<Option<String>, String>),
    /// Of [`Effect::ReadDocument`].
    Document(PolicyArn, Result<String, String>),
    /// Of [`Effect::Check`].
    Checked(Asked, Verdict),
    /// Of [`Effect::MakePlan`]: the plan, or why there is none.
    Planned(Box<Form>, Planned),
    /// Of [`Effect::Save`].
    Saved(Verdict),
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The plan shall be carried out.
    Apply(Box<Plan>),
    /// The person left; after the review there is a spec worth showing.
    Left {
        /// Whether the review was reached with a plan.
        reviewed: bool,
    },
}
