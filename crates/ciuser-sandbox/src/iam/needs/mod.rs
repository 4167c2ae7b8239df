//! What each IAM operation needs to be allowed: on which resource, and with which condition keys.
//!
//! Something that is not there has no path, and so no ARN: policies are asked about everything of its kind
//! (`arn:aws:iam::111122223333:user/*`). A caller who may not look under every path learns that it is denied, and not
//! that nothing is there.
//!
//! Sources: Service Authorization Reference, "AWS Identity and Access Management (IAM)", for resource types and
//! condition keys; IAM API Reference, `UpdateUser` and `UpdateGroup`, for needing both names; how AWS names resources
//! when it refuses, and that it does not tell what is missing under a path, from public reports.

mod key;
mod thing;

pub(super) use key::Key;

use jiff::Timestamp;
use thing::Thing;

use crate::iam::action::Operation;
use crate::iam::state::State;
use crate::need::Need;
use crate::principal::Principal;
use crate::wire::{AwsError, Params, Query};

/// The resource that an operation is about.
#[derive(Clone, Copy)]
pub(super) enum On {
    /// None that policies could name.
    Account,
    AllUsers,
    AllGroups,
    AllPolicies,
    User,
    /// The user that is named; if none is, the caller.
    UserOrCaller,
    /// The same, or all users if that is asked.
    UserOrAll,
    /// The user whose access key is named.
    KeyOwner,
    NewUser,
    /// The user under its name of now and under the new one.
    RenamedUser,
    Group,
    NewGroup,
    RenamedGroup,
    Policy,
    NewPolicy,
    MfaDevice,
    NewMfaDevice,
}

impl On {
    /// Returns the permission that tags at creation need besides.
    fn tagging(self) -> Option<&'static str> {
        match self {
            On::NewUser => Some("TagUser"),
            On::NewPolicy => Some("TagPolicy"),
            On::NewMfaDevice => Some("TagMFADevice"),
            _ => None,
        }
    }
}

/// Returns what a request needs to be allowed.
pub(crate) fn needs(
    state: &crate::State,
    now: Timestamp,
    caller: &Principal,
    query: &Query,
) -> Result<Vec<Need>, AwsError> {
    let operation = Operation::of(query)?;
    let asked = Asked {
        state: &state.iam,
        account_id: &state.account_id,
        now,
        caller,
        params: &query.params,
    };
    let mut needs = asked.needs(operation.name, operation.on, operation.keys)?;
    let tags = !query.params.member_numbers("Tags").is_empty();
    if let Some(tagging) = operation.on.tagging().filter(|_| tags) {
        needs.extend(asked.needs(tagging, operation.on, &[Key::RequestTags])?);
    }
    Ok(needs)
}

/// A request, and the account that it is made in.
struct Asked<'a> {
    state: &'a State,
    account_id: &'a str,
    now: Timestamp,
    caller: &'a Principal,
    params: &'a Params,
}

impl Asked<'_> {
    fn needs(&self, operation: &str, on: On, keys: &[Key]) -> Result<Vec<Need>, AwsError> {
        let need = |thing: Thing| {
            let mut context = thing.context;
            keys.iter().for_each(|key| self.add(*key, &mut context));
            Need {
                action: format!("iam:{operation}"),
                resource: thing.resource,
                named: thing.named,
                context,
            }
        };
        Ok(self.things(on)?.into_iter().map(need).collect())
    }
}
