//! Which principals there are to try, given who is named.

use crate::request::Principal;
use crate::rule::Grantee;

/// Kinds of principals that differ in nothing that policies ask.
pub(super) enum Kind {
    /// This very one.
    Just(Principal),
    /// A session that is named, of a role that is not: roles of one name may have any path.
    SessionOf {
        /// The session's ARN.
        arn: String,
        /// Its account.
        account: String,
        /// The role's name.
        role: String,
    },
    /// The sessions that are not named, of a user who is.
    FederatedBy {
        /// The user's ARN.
        user_arn: String,
        /// The account.
        account: String,
    },
    /// All of one shape in an account but those that are named.
    Others {
        /// The account; nothing for those that are not named, nor anybody of them.
        account: Option<String>,
        /// How their ARNs go on behind the partition, with `#` for the account.
        shape: &'static str,
    },
}

/// The kinds of principals that accounts have: a policy may mean one and not the other of those that it does not name.
const SHAPES: [&str; 4] = [
    "iam::#:user/?*",
    "iam::#:role/?*",
    "iam::#:root",
    "sts::#:federated-user/?*",
];

/// Returns the kinds of principals that policies tell apart in which these are named.
pub(super) fn kinds(named: &[Grantee]) -> Vec<Kind> {
    let mut kinds = Vec::new();
    let mut accounts = vec![None];
    for grantee in named {
        match grantee {
            Grantee::Arn(arn) => {
                if let Some(principal) = behind(arn, named) {
                    accounts.push(principal.account().map(str::to_owned));
                    kinds.extend(with_relations(principal, named));
                }
            }
            Grantee::Account(account) => {
                accounts.push(Some(account.clone()));
                kinds.push(Kind::Just(Principal::Root {
                    partition: "aws".to_owned(),
                    account: account.clone(),
                }));
            }
            Grantee::Service(name) if name != "*" => kinds.push(Kind::Just(Principal::Service(name.clone()))),
            Grantee::Federated(name) if name != "*" => kinds.push(Kind::Just(Principal::Federated(name.clone()))),
            Grantee::Service(_) | Grantee::Federated(_) | Grantee::Everyone | Grantee::NotUnderstood(_) => {}
        }
    }
    accounts.sort_unstable();
    accounts.dedup();
    for account in accounts {
        kinds.extend(SHAPES.map(|shape| Kind::Others {
            account: account.clone(),
            shape,
        }));
    }
    kinds.push(Kind::Just(Principal::Service(unnamed(named, "service.amazonaws.com"))));
    kinds.push(Kind::Just(Principal::Federated(unnamed(named, "provider"))));
    kinds.push(Kind::Just(Principal::Anonymous));
    kinds
}

/// Returns somebody who is named, and those who have to do with him by one more name: the sessions of a user, and what role
/// or user a session may be of.
fn with_relations(principal: Principal, named: &[Grantee]) -> Vec<Kind> {
    let arns = || {
        named.iter().filter_map(|grantee| match grantee {
            Grantee::Arn(arn) => behind(arn, named),
            _ => None,
        })
    };
    let mut kinds = vec![Kind::Just(principal.clone())];
    match &principal {
        Principal::User { arn, account } => kinds.push(Kind::FederatedBy {
            user_arn: arn.clone(),
            account: account.clone(),
        }),
        Principal::RoleSession { arn, role_arn, account } if named.contains(&Grantee::Arn(arn.clone())) => {
            let name = |arn: &str| arn.rsplit('/').next().map(str::to_owned);
            let role = name(role_arn);
            for other in arns() {
                if let Principal::RoleSession {
                    role_arn, account: of, ..
                } = other
                    && (of == *account && name(&role_arn) == role)
                {
                    kinds.push(Kind::Just(Principal::RoleSession {
                        arn: arn.clone(),
                        role_arn,
                        account: account.clone(),
                    }));
                }
            }
            kinds.extend(role.map(|role| Kind::SessionOf {
                arn: arn.clone(),
                account: account.clone(),
                role,
            }));
        }
        Principal::FederatedUser { arn, account, .. } => {
            let users = arns().filter_map(|other| match other {
                Principal::User { arn, account: of } if of == *account => Some(arn),
                _ => None,
            });
            kinds.extend(users.map(|user_arn| {
                Kind::Just(Principal::FederatedUser {
                    arn: arn.clone(),
                    user_arn: Some(user_arn),
                    account: account.clone(),
                })
            }));
        }
        _ => {}
    }
    kinds
}

/// Returns who is meant by an ARN: of a role, a session that is not named; a federated user's session is one of a user who is
/// not named.
pub(super) fn behind(arn: &str, named: &[Grantee]) -> Option<Principal> {
    match Principal::from_arn(arn) {
        Ok(Principal::FederatedUser { arn, account, .. }) => Some(Principal::FederatedUser {
            user_arn: Some(format!(
                "arn:{}:iam::{account}:user/{}",
                partition_of(&arn),
                unnamed(named, "user")
            )),
            arn,
            account,
        }),
        Ok(principal) => Some(principal),
        Err(_) => Principal::session_of(arn, &unnamed(named, "session")),
    }
}

/// Returns a name that nobody has who is named.
fn unnamed(named: &[Grantee], name: &str) -> String {
    let is_named = |name: &str| {
        named.iter().any(|grantee| match grantee {
            Grantee::Arn(arn) => arn.rsplit('/').next() == Some(name),
            Grantee::Service(other) | Grantee::Federated(other) => other == name,
            _ => false,
        })
    };
    let mut name = format!("another-{name}");
    while is_named(&name) {
        name.insert_str(0, "another-");
    }
    name
}

/// Returns the partition in an ARN.
pub(super) fn partition_of(arn: &str) -> &str {
    arn.split(':').nth(1).unwrap_or_default()
}
