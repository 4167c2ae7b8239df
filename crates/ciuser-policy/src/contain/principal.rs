//! Is there a principal for whom the answers are as wanted?
//!
//! There are endlessly many, but policies name few. Each that is named is tried, and one of each account and kind that is
//! not: the rest are like it, but for their ARNs, which are texts that conditions on `aws:PrincipalArn` may ask about.

use super::Undecided;
use super::atom::{Atom, Atoms, Literal};
use super::key::{self, Cases, Nothing, Wanted};
use super::text::{Demand, spelt};
use crate::condition::Given;
use crate::document::Version;
use crate::pattern::Pattern;
use crate::request::Principal;
use crate::rule::{Grantee, Grantees, Reach};
use crate::truth::Truth;

/// A principal, and how far an allowance must reach for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Someone {
    pub(super) principal: Principal,
    pub(super) reach: Reach,
}

/// Kinds of principals that differ in nothing that policies ask.
enum Kind {
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

/// Finds a principal for whom the answers are as wanted.
pub(super) fn find(atoms: &Atoms, wanted: &[Literal]) -> Result<Option<Someone>, Undecided> {
    let named = named(atoms);
    let conditions: Vec<Wanted<'_>> = wanted
        .iter()
        .filter_map(|literal| match atoms.atom(*literal)? {
            Atom::Condition(condition) => Some(Wanted {
                condition,
                holds: literal.yes,
            }),
            _ => None,
        })
        .collect();
    for kind in kinds(&named) {
        let Some(principal) = with_good_arn(kind, &named, &conditions)? else {
            continue;
        };
        for &reach in reaches(&principal) {
            if wanted
                .iter()
                .all(|literal| is_as_wanted(atoms, *literal, &principal, reach))
            {
                return Ok(Some(Someone { principal, reach }));
            }
        }
    }
    Ok(None)
}

/// Returns how far it may matter that an allowance reaches: beyond an account only where the principal's own policies could
/// withhold something. Those of services and the like do not exist, and none withholds anything from an account's root.
fn reaches(principal: &Principal) -> &'static [Reach] {
    match principal {
        Principal::Root { .. } => &[Reach::Account],
        _ if principal.account().is_none() => &[Reach::Account],
        _ => &[Reach::Account, Reach::Role, Reach::Principal],
    }
}

fn is_as_wanted(atoms: &Atoms, literal: Literal, principal: &Principal, reach: Reach) -> bool {
    let truth = match atoms.atom(literal) {
        Some(Atom::Allowed(grantees)) => match grantees.allow(principal) {
            (truth, up_to) if up_to >= reach => truth,
            _ => Truth::No,
        },
        Some(Atom::Denied(grantees)) => grantees.deny(principal),
        _ => return true,
    };
    truth == Truth::Unknown || (truth == Truth::Yes) == literal.yes
}

/// Returns everybody who is named anywhere.
fn named(atoms: &Atoms) -> Vec<Grantee> {
    let mut named: Vec<Grantee> = atoms
        .iter()
        .filter_map(|atom| match atom {
            Atom::Allowed(Grantees { named, .. }) | Atom::Denied(Grantees { named, .. }) => Some(named.clone()),
            _ => None,
        })
        .flatten()
        .collect();
    named.sort_unstable();
    named.dedup();
    named
}

fn kinds(named: &[Grantee]) -> Vec<Kind> {
    let mut kinds = Vec::new();
    let mut accounts = vec![None];
    for grantee in named {
        match grantee {
            Grantee::Arn(arn) => {
                if let Some(principal) = behind(arn) {
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
    kinds.push(Kind::Just(Principal::Service(
        "another-service.amazonaws.com".to_owned(),
    )));
    kinds.push(Kind::Just(Principal::Federated("another-provider".to_owned())));
    kinds.push(Kind::Just(Principal::Anonymous));
    kinds
}

/// Returns somebody who is named, and those who have to do with him by one more name: the sessions of a user, and what role
/// or user a session may be of.
fn with_relations(principal: Principal, named: &[Grantee]) -> Vec<Kind> {
    let arns = || {
        named.iter().filter_map(|grantee| match grantee {
            Grantee::Arn(arn) => behind(arn),
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

/// Returns who is meant by an ARN: of a role, any of its sessions; a federated user's session is one of a user who is not named.
fn behind(arn: &str) -> Option<Principal> {
    match Principal::from_arn(arn) {
        Ok(Principal::FederatedUser { arn, account, .. }) => Some(Principal::FederatedUser {
            user_arn: Some(format!("arn:{}:iam::{account}:user/", partition_of(&arn))),
            arn,
            account,
        }),
        Ok(principal) => Some(principal),
        Err(_) => Principal::session_of(arn, "another-session"),
    }
}

/// Returns the partition in an ARN.
fn partition_of(arn: &str) -> &str {
    arn.split(':').nth(1).unwrap_or_default()
}

/// Returns a principal of the kind whose ARN the conditions on `aws:PrincipalArn` answer as wanted.
fn with_good_arn(kind: Kind, named: &[Grantee], conditions: &[Wanted<'_>]) -> Result<Option<Principal>, Undecided> {
    let arn_like = |account: Option<&str>, shapes: &[Pattern]| arn_like(account, shapes, named, conditions);
    match kind {
        Kind::Just(principal) => {
            let arn = principal.principal_arn();
            let given = arn
                .as_ref()
                .map_or(Given::Absent, |arn| Given::Values(std::slice::from_ref(arn)));
            Ok(key::may_all_be(conditions, given).then_some(principal))
        }
        Kind::SessionOf { arn, account, role } => {
            let partition = partition_of(&arn);
            let shapes = ["", "?*/"].map(|path| format!("arn:{partition}:iam::{account}:role/{path}{role}"));
            let found = arn_like(Some(&account), &patterns(&shapes))?;
            Ok(found.map(|role_arn| Principal::RoleSession { arn, role_arn, account }))
        }
        Kind::FederatedBy { user_arn, account } => {
            let partition = partition_of(&user_arn);
            let shape = format!("arn:{partition}:sts::{account}:federated-user/?*");
            let found = arn_like(Some(&account), &patterns(&[shape]))?;
            Ok(found.map(|arn| Principal::FederatedUser {
                arn,
                user_arn: Some(user_arn),
                account,
            }))
        }
        Kind::Others { account, shape } => {
            let of = account.as_deref().unwrap_or("############");
            let shape = shape.replace('#', of);
            // The partition that most are in reads better than one made up letter by letter; which one it is may matter, though.
            for partition in ["aws", "?*"] {
                let shapes = patterns(&[format!("arn:{partition}:{shape}")]);
                let shapes: Vec<Pattern> = shapes.iter().map(|shape| shape.with_digits('#')).collect();
                if let Some(arn) = arn_like(account.as_deref(), &shapes)? {
                    return Ok(behind(&arn));
                }
            }
            Ok(None)
        }
    }
}

fn patterns(arns: &[String]) -> Vec<Pattern> {
    arns.iter()
        .filter_map(|arn| Pattern::arn(arn, Version::V2008))
        .collect()
}

/// Finds the ARN of somebody who is not named, of an account or else one that is not named, of one of some shapes, that
/// answers the conditions as wanted.
fn arn_like(
    account: Option<&str>,
    shapes: &[Pattern],
    named: &[Grantee],
    conditions: &[Wanted<'_>],
) -> Result<Option<String>, Undecided> {
    let excluded = excluded(named, account);
    let demands = [
        Demand {
            patterns: shapes,
            matches: true,
        },
        Demand {
            patterns: &excluded,
            matches: false,
        },
    ];
    let found = key::find(conditions, Cases { several: false }, &demands)?;
    Ok(found.and_then(|found| Some(spelt(found.values.first()?, &Nothing))))
}

/// Returns what the ARN of somebody who is not named does not match: those that are, and all accounts that are, but for one.
fn excluded(named: &[Grantee], but_for: Option<&str>) -> Vec<Pattern> {
    // Everybody has a name behind the path.
    let mut excluded = Vec::from_iter(Pattern::arn("arn:*:*:*:*:*/", Version::V2008));
    for grantee in named {
        let of = match grantee {
            Grantee::Arn(arn) => {
                excluded.push(Pattern::equal(arn, Version::V2008, false));
                behind(arn).and_then(|principal| principal.account().map(str::to_owned))
            }
            Grantee::Account(of) => Some(of.clone()),
            _ => None,
        };
        if let Some(of) = of.filter(|of| Some(of.as_str()) != but_for) {
            excluded.extend(Pattern::arn(&format!("arn:*:*:*:{of}:*"), Version::V2008));
        }
    }
    excluded
}
