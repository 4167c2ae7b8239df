//! Requests: who wants to do what to which resource, in which circumstances.

mod context;
mod principal;

pub use context::Context;
pub use principal::{Principal, PrincipalError};

/// A request, as policies are evaluated for it.
///
/// One API call may need several of them to be allowed: `iam:PassRole` beside `ec2:RunInstances`, say, or each resource
/// that an action takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    action: String,
    /// The action in lower case.
    folded_action: String,
    resource: String,
    context: Context,
    principal: Option<Principal>,
    resource_account: Option<String>,
}

impl Request {
    /// Makes a request for an action (`s3:GetObject`; case makes no difference) on a resource: its ARN, or `*` for an
    /// action that takes no resource.
    pub fn new(action: &str, resource: &str) -> Self {
        Self {
            action: action.to_owned(),
            folded_action: action.to_ascii_lowercase(),
            resource: resource.to_owned(),
            context: Context::default(),
            principal: None,
            resource_account: None,
        }
    }

    /// Adds the circumstances.
    #[must_use]
    pub fn with_context(mut self, context: Context) -> Self {
        self.context = context;
        self
    }

    /// Adds who asks. Condition keys about it (`aws:PrincipalArn`) are not added by this: [`Principal::context`] has them.
    #[must_use]
    pub fn by(mut self, principal: Principal) -> Self {
        self.principal = Some(principal);
        self
    }

    /// Adds the account that the resource belongs to. Without it the account in the resource's ARN counts, and where there
    /// is none (`arn:aws:s3:::bucket`), the principal's.
    #[must_use]
    pub fn in_account(mut self, account: &str) -> Self {
        self.resource_account = Some(account.to_owned());
        self
    }

    /// Returns the action, as it was written.
    pub fn action(&self) -> &str {
        &self.action
    }

    /// Returns the action in lower case, as patterns are.
    pub(crate) fn folded_action(&self) -> &str {
        &self.folded_action
    }

    /// Returns the resource.
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// Returns the circumstances.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Returns who asks, if that is known.
    pub fn principal(&self) -> Option<&Principal> {
        self.principal.as_ref()
    }

    /// Returns whether principal and resource belong to different accounts. Unknown accounts are the same.
    pub fn is_cross_account(&self) -> bool {
        let of_resource = self.resource_account.as_deref().or_else(|| {
            let account = self.resource.split(':').nth(4);
            account.filter(|account| !account.is_empty())
        });
        match (self.principal.as_ref().and_then(Principal::account), of_resource) {
            (Some(principal), Some(resource)) => principal != resource,
            _ => false,
        }
    }
}
