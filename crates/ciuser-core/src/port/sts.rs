//! STS: who is calling, and whether a key works.

use async_trait::async_trait;

use super::IamError;
use crate::name::{AccountId, Region};
use crate::secret::AccessKey;

/// The answer of `GetCallerIdentity`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The account.
    pub account: AccountId,
    /// The ARN of user, role session or root.
    pub arn: String,
}

impl Caller {
    /// Tells whether this is the account's root user.
    pub fn is_root(&self) -> bool {
        self.arn.ends_with(":root")
    }
}

/// The STS calls.
#[async_trait(?Send)]
pub trait Sts {
    /// Who the program itself is.
    async fn get_caller_identity(&self) -> Result<Caller, IamError>;
    /// Who a key is, in the region where the pipeline will use it. One attempt: the caller counts.
    async fn get_caller_identity_with(&self, key: &AccessKey, region: Option<&Region>) -> Result<Caller, IamError>;
}
