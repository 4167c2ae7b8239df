//! Stores of AWS, Vault and OpenBao: one small record for each user, in a service that keeps versions.
//!
//! Invariants: whose a record is stands in the record itself, which is written in one piece, not in tags beside it; what
//! nobody has seen in a review is not replaced; a write whose answer was lost is looked for before anything is said.

mod record;
pub(in crate::store) mod secrets_manager;
pub(in crate::store) mod ssm;
pub(in crate::store) mod vault;

use std::cell::OnceCell;
use std::collections::BTreeMap;

use ciuser_core::name::Region;
use ciuser_core::port::{Clock, IamError, KeyOwner, TargetError};
use ciuser_core::secret::AccessKey;
use ciuser_core::target::StoreSpec;
use jiff::SignedDuration;

use super::Session;
use super::seen::Seen;
use crate::rest::repeats;
use crate::targets::Reach;
use crate::token::NOT_IN_SANDBOX;

/// How often a write begins anew because somebody was faster.
const ATTEMPTS: usize = 4;

/// Pauses before looks, in seconds: a write may take its time to be seen.
const UNTIL_SEEN: [i64; 5] = [0, 1, 2, 4, 8];

/// A place in AWS: where it is, and how it is reached.
pub(in crate::store) struct InAws<'s> {
    kind: &'static str,
    place: String,
    region: Option<Region>,
    aws: &'s ciuser_aws::Session,
    clock: &'s dyn Clock,
    seen: Seen<'s>,
    /// The region that was used, for the closing lines.
    used: OnceCell<Region>,
}

impl<'s> InAws<'s> {
    /// Names the place. Sends nothing yet.
    pub(in crate::store) fn new(
        spec: &StoreSpec,
        region: Option<&Region>,
        reach: &'s Reach<'_>,
        session: &'s Session<'_>,
    ) -> Result<InAws<'s>, TargetError> {
        let kind = spec.kind();
        let aws = reach.aws.as_ref().ok_or_else(|| not_in_the_sandbox(kind))?;
        Ok(InAws {
            kind,
            place: spec.place(),
            region: region.cloned(),
            aws,
            clock: reach.clock,
            seen: Seen::new(session, spec),
            used: OnceCell::new(),
        })
    }

    /// Returns the region: the store's own, else the pipeline's, else the session's. None is made up.
    fn region(&self, owner: &KeyOwner) -> Result<&Region, TargetError> {
        let known = [self.region.as_ref(), owner.region.as_ref(), self.aws.region()];
        let region = known.into_iter().flatten().next().ok_or_else(|| {
            let missing = TargetError::new(format!("no region is known in which `{}` is", self.place));
            missing.with_hint(format!(
                "say it behind the place, as `{}:{},region=eu-west-1`, or with `--region`",
                self.kind, self.place
            ))
        })?;
        Ok(self.used.get_or_init(|| region.clone()))
    }

    /// Returns the end of a command line that says the region, if one is known.
    fn region_flag(&self) -> String {
        let known = self.used.get().or(self.region.as_ref()).or(self.aws.region());
        known.map(|region| format!(" --region {region}")).unwrap_or_default()
    }

    async fn pause(&self, seconds: i64) {
        if seconds > 0 {
            self.clock.sleep(SignedDuration::from_secs(seconds)).await;
        }
    }
}

/// Refuses a service that the sandbox has not, and names what it has.
fn not_in_the_sandbox(kind: &str) -> TargetError {
    TargetError::new(format!("the sandbox has no `{kind}`")).with_hint(NOT_IN_SANDBOX)
}

/// Returns what AWS shows beside a place that is made: whose key it holds.
fn tags(owner: &KeyOwner) -> BTreeMap<String, String> {
    // No tag of AWS takes a comma, and no name of IAM has a colon.
    let user = owner.user.as_str().replace(',', ":");
    BTreeMap::from([
        ("ciuser:account".to_owned(), owner.account.to_string()),
        ("ciuser:user".to_owned(), user),
        ("ciuser:run".to_owned(), owner.run.to_string()),
    ])
}

fn description(owner: &KeyOwner) -> String {
    format!(
        "Access key of IAM user {} in account {}, kept by ciuser",
        owner.user, owner.account
    )
}

/// Makes an error of AWS one of the target. What a server says is shown only when nothing of the secret is in it.
fn failed(doing: &str, mut error: IamError, sent: Option<&AccessKey>) -> TargetError {
    if sent.is_some_and(|key| repeats(&error.message, key.secret.expose())) {
        error.message = "the message of AWS is not shown, for it repeats what was sent".to_owned();
    }
    let failed = TargetError::new(format!("{doing}: {error}"));
    match error.hint() {
        Some(hint) => failed.with_hint(hint),
        None => failed,
    }
}

#[cfg(test)]
mod tests;
