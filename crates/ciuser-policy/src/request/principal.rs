//! Who makes a request.

use super::Context;

/// Who makes a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Principal {
    /// An account itself: its root user.
    Root {
        /// The partition: `aws`.
        partition: String,
        /// The account.
        account: String,
    },
    /// An IAM user.
    User {
        /// Its ARN.
        arn: String,
        /// Its account.
        account: String,
    },
    /// A session of a role.
    RoleSession {
        /// The session's ARN, `arn:aws:sts::111122223333:assumed-role/deploy/you`.
        arn: String,
        /// The role's ARN, which has the role's path.
        role_arn: String,
        /// Its account.
        account: String,
    },
    /// A session that a user got by `GetFederationToken`.
    FederatedUser {
        /// The session's ARN.
        arn: String,
        /// The ARN of the user who got it, if that is known: the session's does not say.
        user_arn: Option<String>,
        /// Its account.
        account: String,
    },
    /// An AWS service, `ec2.amazonaws.com`.
    Service(String),
    /// Somebody whom an identity provider vouches for, before a role is assumed: the provider.
    Federated(String),
    /// Nobody who is known.
    Anonymous,
}

/// Why a text names no principal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the ARN of a user, a role's session, a federated user or an account's root")]
pub struct PrincipalError(String);

impl Principal {
    /// Reads a principal from its ARN. A session's role is taken to have no path; who got a federated user's session is not
    /// known.
    ///
    /// # Errors
    /// When it is the ARN of something else.
    pub fn from_arn(arn: &str) -> Result<Self, PrincipalError> {
        let error = || PrincipalError(arn.to_owned());
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let &["arn", partition, service, "", account, resource] = parts.as_slice() else {
            return Err(error());
        };
        let account = account.to_owned();
        let arn = arn.to_owned();
        match (service, resource.split_once('/')) {
            ("iam", None) if resource == "root" => Ok(Self::Root {
                partition: partition.to_owned(),
                account,
            }),
            ("iam", Some(("user", _))) => Ok(Self::User { arn, account }),
            ("sts", Some(("federated-user", _))) => Ok(Self::FederatedUser {
                arn,
                user_arn: None,
                account,
            }),
            ("sts", Some(("assumed-role", session))) => {
                let (role, _) = session.split_once('/').ok_or_else(error)?;
                Ok(Self::RoleSession {
                    role_arn: format!("arn:{partition}:iam::{account}:role/{role}"),
                    arn,
                    account,
                })
            }
            _ => Err(error()),
        }
    }

    /// Returns the session of this name of a role, whose path is kept; nothing if it is not the ARN of a role.
    pub fn session_of(role_arn: &str, name: &str) -> Option<Self> {
        let parts: Vec<&str> = role_arn.splitn(6, ':').collect();
        let &["arn", partition, "iam", "", account, resource] = parts.as_slice() else {
            return None;
        };
        let role = resource.strip_prefix("role/")?.rsplit('/').next()?;
        Some(Self::RoleSession {
            arn: format!("arn:{partition}:sts::{account}:assumed-role/{role}/{name}"),
            role_arn: role_arn.to_owned(),
            account: account.to_owned(),
        })
    }

    /// Returns whether the principal may have a permissions boundary: whether it is a user or a role, or a session of one.
    pub(crate) fn may_have_boundary(&self) -> bool {
        matches!(
            self,
            Self::User { .. } | Self::RoleSession { .. } | Self::FederatedUser { .. }
        )
    }

    /// Returns the account that the principal belongs to.
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Root { account, .. }
            | Self::User { account, .. }
            | Self::RoleSession { account, .. }
            | Self::FederatedUser { account, .. } => Some(account),
            Self::Service(_) | Self::Federated(_) | Self::Anonymous => None,
        }
    }

    /// Returns the ARN that `aws:PrincipalArn` has: the role's, for a session.
    pub fn principal_arn(&self) -> Option<String> {
        match self {
            Self::Root { partition, account } => Some(format!("arn:{partition}:iam::{account}:root")),
            Self::User { arn, .. } | Self::FederatedUser { arn, .. } => Some(arn.clone()),
            Self::RoleSession { role_arn, .. } => Some(role_arn.clone()),
            Self::Service(_) | Self::Federated(_) | Self::Anonymous => None,
        }
    }

    /// Returns the condition keys that AWS sets from the principal alone: `aws:PrincipalArn`, `aws:PrincipalAccount`,
    /// `aws:PrincipalType` and, for a user, `aws:username` (IAM User Guide, "AWS global condition context keys").
    pub fn context(&self) -> Context {
        let mut context = Context::default();
        if let (Some(arn), Some(account)) = (self.principal_arn(), self.account()) {
            context.add("aws:PrincipalArn", arn);
            context.add("aws:PrincipalAccount", account);
        }
        let kind = match self {
            Self::Root { .. } => "Account",
            Self::User { arn, .. } => {
                context.add("aws:username", arn.rsplit('/').next().unwrap_or_default());
                "User"
            }
            Self::RoleSession { .. } => "AssumedRole",
            Self::FederatedUser { .. } => "FederatedUser",
            Self::Anonymous => "Anonymous",
            Self::Service(_) | Self::Federated(_) => return context,
        };
        context.add("aws:PrincipalType", kind);
        context
    }
}
