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
    /// All of an account but those that are named; all of accounts that are not named, for none.
    Others { account: Option<String> },
}

/// An account that is named nowhere.
const SOME_ACCOUNT: &str = "999999999999";

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
        for reach in [Reach::Account, Reach::Role, Reach::Principal] {
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
                    kinds.push(Kind::Just(principal));
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
    kinds.extend(accounts.into_iter().map(|account| Kind::Others { account }));
    kinds.push(Kind::Just(Principal::Service(
        "another-service.amazonaws.com".to_owned(),
    )));
    kinds.push(Kind::Just(Principal::Federated("another-provider".to_owned())));
    kinds.push(Kind::Just(Principal::Anonymous));
    kinds
}

/// Returns who is meant by an ARN: of a role, any of its sessions.
fn behind(arn: &str) -> Option<Principal> {
    let principal = Principal::from_arn(arn).ok();
    principal.or_else(|| Principal::session_of(arn, "another-session"))
}

/// Returns a principal of the kind whose ARN the conditions on `aws:PrincipalArn` answer as wanted.
fn with_good_arn(kind: Kind, named: &[Grantee], conditions: &[Wanted<'_>]) -> Result<Option<Principal>, Undecided> {
    let account = match kind {
        Kind::Just(principal) => {
            let arn = principal.principal_arn();
            let given = arn
                .as_ref()
                .map_or(Given::Absent, |arn| Given::Values(std::slice::from_ref(arn)));
            return Ok(key::may_all_be(conditions, given).then_some(principal));
        }
        Kind::Others { account } => account,
    };
    let excluded = excluded(named, account.as_deref());
    // An account that nobody names reads better than one made up letter by letter; which one it is may matter, though.
    let accounts = match &account {
        Some(account) => vec![account.as_str()],
        None => vec![SOME_ACCOUNT, "????????????"],
    };
    for account in accounts {
        let shapes: Vec<Pattern> = [
            "iam::#:user/?*",
            "iam::#:role/?*",
            "iam::#:root",
            "sts::#:federated-user/?*",
        ]
        .iter()
        .filter_map(|shape| Pattern::arn(&format!("arn:?*:{}", shape.replace('#', account)), Version::V2008))
        .collect();
        let demands = [
            Demand {
                patterns: &shapes,
                matches: true,
            },
            Demand {
                patterns: &excluded,
                matches: false,
            },
        ];
        if let Some(found) = key::find(conditions, Cases { several: false }, &demands)? {
            return Ok(found.values.first().and_then(|arn| behind(&spelt(arn, &Nothing))));
        }
    }
    Ok(None)
}

/// Returns what the ARN of somebody who is not named does not match: those that are, and their accounts if another one is
/// looked for.
fn excluded(named: &[Grantee], account: Option<&str>) -> Vec<Pattern> {
    let of_account = |other: &str| Pattern::arn(&format!("arn:*:*:*:{other}:*"), Version::V2008);
    let mut excluded = Vec::new();
    for grantee in named {
        match grantee {
            Grantee::Arn(arn) => {
                excluded.push(Pattern::equal(arn, Version::V2008, false));
                let behind = behind(arn);
                if let (None, Some(other)) = (account, behind.as_ref().and_then(Principal::account)) {
                    excluded.extend(of_account(other));
                }
            }
            Grantee::Account(other) if account.is_none() => excluded.extend(of_account(other)),
            _ => {}
        }
    }
    excluded
}
