//! CloudTrail, as far as settling a lost answer needs it.

use async_trait::async_trait;
use jiff::Timestamp;

use super::IamError;
use crate::name::{AccessKeyId, RunId, UserName};

/// The CloudTrail calls.
#[async_trait(?Send)]
pub trait Trail {
    /// Returns the run that requests of this process carry in their user agent, by which CloudTrail finds them.
    fn run(&self) -> RunId;
    /// Returns the access keys of a user that, as CloudTrail knows by now, were created since then by a request
    /// with this run in its user agent (`LookupEvents`). Events appear there minutes late: an empty answer proves
    /// nothing.
    async fn lookup_created_access_keys(
        &self,
        user: &UserName,
        run: &RunId,
        since: Timestamp,
    ) -> Result<Vec<AccessKeyId>, IamError>;
}
