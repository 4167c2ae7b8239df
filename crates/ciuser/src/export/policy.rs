//! Which managed policy is meant, as far as it can be said without asking the account.

use ciuser_core::name::{AccountId, PolicyArn};
use ciuser_core::spec::PolicyRef;
use ciuser_policy::catalogue::Catalogue;

/// A managed policy, in any partition. The text is what follows `policy/` in its ARN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Managed {
    /// AWS's own.
    Aws(String),
    /// One of the account that the spec is for.
    Own(String),
    /// One whose path only the account knows.
    Named(String),
    /// One of some other account, or of an account that the spec does not name.
    Literal(String),
}

/// Finds out which policy is meant.
pub(super) fn managed(policy: &PolicyRef, account: Option<&AccountId>) -> Managed {
    match policy {
        PolicyRef::Arn(arn) => of_arn(arn, account),
        PolicyRef::Name(name) => match aws_managed(name.as_str()) {
            Some(rest) => Managed::Aws(rest),
            None => Managed::Named(name.to_string()),
        },
    }
}

/// Finds AWS's policy of this name, in whatever case, as the plan does.
fn aws_managed(name: &str) -> Option<String> {
    let mut policies = Catalogue::embedded().policies().iter();
    let known = policies.find(|policy| policy.name.eq_ignore_ascii_case(name))?;
    rest(&known.arn("aws"))
}

/// Says which policy an ARN means.
pub(super) fn of_arn(arn: &PolicyArn, account: Option<&AccountId>) -> Managed {
    let own = account.is_some_and(|account| account.as_str() == arn.account());
    match rest(arn.as_str()) {
        Some(rest) if arn.is_aws_managed() => Managed::Aws(rest),
        Some(rest) if own => Managed::Own(rest),
        _ => Managed::Literal(arn.to_string()),
    }
}

/// Takes the path and name out of `arn:PARTITION:iam::ACCOUNT:policy/PATH/NAME`.
fn rest(arn: &str) -> Option<String> {
    let resource = arn.splitn(6, ':').nth(5)?;
    resource.strip_prefix("policy/").map(str::to_owned)
}
