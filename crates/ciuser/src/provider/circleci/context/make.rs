//! Makes a missing context, in the order that keeps a secret from other projects: create, restrict, read back.
//!
//! INVARIANT: restrictions are added only to a context that has no variable yet. Nothing is created twice: after a
//! lost answer it is looked for first.

use std::collections::BTreeSet;

use ciuser_core::port::TargetError;

use super::{ContextPlace, PAUSES};
use crate::provider::circleci::api::Context;
use crate::provider::circleci::restriction::{Rule, rules};
use crate::rest::{Fate, Trouble};

impl ContextPlace<'_> {
    /// Says how a missing context is made.
    pub(super) fn creation(&self) -> Result<String, TargetError> {
        let restricted = !self.spec.restrict_to.is_empty() || self.spec.expression.is_some();
        match (restricted, self.spec.open) {
            (true, _) => Ok(format!("creates the context, restricted to {}", self.asked_in_words())),
            (false, true) => Ok("creates the context, open to every project as asked".to_owned()),
            (false, false) => {
                let what = format!(
                    "context `{}` does not exist, and nothing says which projects may use it",
                    self.spec.name
                );
                Err(TargetError::new(what).needing_person().with_hint(
                    "name them with `--restrict-to SLUG`, or leave it open to all of them with `--open-context`",
                ))
            }
        }
    }

    /// Makes the context, or finishes one that was begun.
    pub(super) async fn make(&self) -> Result<(), TargetError> {
        self.creation()?;
        let wanted = self.wanted_rules().await?;
        let context = self.found_or_made(&wanted).await?;
        if wanted.is_empty() {
            return Ok(());
        }
        self.restrict(&context, &wanted).await
    }

    /// Makes the context. Its name is unique, so after a lost answer it can be looked for.
    async fn create(&self) -> Result<Context, TargetError> {
        let owner = self.organization().await?;
        let mut unclear = None;
        for pause in PAUSES {
            match self.client.create_context(owner, &self.spec.name).await {
                Ok(Some(context)) => return Ok(context),
                Err(trouble) if !may_exist(&trouble) => return Err(trouble.into()),
                answer => unclear = answer.err(),
            }
            self.client.wait(pause).await;
            if let Some(context) = self.find().await? {
                return Ok(context);
            }
        }
        let unseen = || TargetError::new(format!("context `{}` was made, but is not to be seen", self.spec.name));
        Err(unclear.map_or_else(unseen, TargetError::from).with_hint(
            "the context may exist out of sight of this token: look into CircleCI's organisation settings, then run the \
             same again",
        ))
    }

    /// Restricts the context, and reads the restrictions back until they are what was asked.
    async fn restrict(&self, context: &Context, wanted: &BTreeSet<Rule>) -> Result<(), TargetError> {
        let mut pauses = [0].into_iter().chain(PAUSES);
        loop {
            let there = self.client.restrictions(context).await;
            let there = there.map_err(|trouble| self.unrestricted(&TargetError::from(trouble).message))?;
            let there = rules(&there);
            if there == *wanted {
                return Ok(());
            }
            if !there.is_subset(wanted) {
                return Err(self.unrestricted("it has other restrictions"));
            }
            let Some(pause) = pauses.next() else {
                return Err(self.unrestricted("what was read back is not what was asked"));
            };
            self.client.wait(pause).await;
            for rule in wanted.difference(&there) {
                match self.client.restrict(context, rule).await {
                    Err(trouble) if !may_exist(&trouble) => {
                        return Err(self.unrestricted(&TargetError::from(trouble).message));
                    }
                    Ok(()) | Err(_) => {}
                }
            }
        }
    }

    /// Finds or makes the context. One that is there was half made by an earlier attempt, or by somebody else.
    async fn found_or_made(&self, wanted: &BTreeSet<Rule>) -> Result<Context, TargetError> {
        let Some(context) = self.find().await? else {
            let made = self.create().await?;
            self.context.replace(Some(made.clone()));
            return Ok(made);
        };
        if !self.client.context_variables(&context).await?.is_empty() {
            let there = self.client.restrictions(&context).await?;
            if !wanted.is_empty() && rules(&there) != *wanted {
                let why = "others have come to use it since the plan was made";
                return Err(self.unrestricted(why).with_hint("plan again, and look at who uses it"));
            }
        }
        Ok(context)
    }

    fn unrestricted(&self, why: &str) -> TargetError {
        let (name, asked) = (&self.spec.name, self.asked_in_words());
        let message =
            format!("context `{name}` exists, but is not restricted as asked, so nothing was written to it: {why}");
        TargetError::new(message).with_hint(format!(
            "only admins of the organisation may restrict: let one restrict it to {asked}, or use an admin's token, and \
             run `ciuser resume`"
        ))
    }
}

/// Tells whether what was to be made may be there in spite of the error.
fn may_exist(trouble: &Trouble) -> bool {
    trouble.fate == Fate::Unknown || trouble.is_conflict()
}
