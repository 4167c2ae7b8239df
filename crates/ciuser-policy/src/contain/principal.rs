//! Is there a principal for whom the answers are as wanted?
//!
//! There are endlessly many, but policies name few. Each that is named is tried, and one of each account and kind that is
//! not: the rest are like it, but for their ARNs, which are texts that conditions on `aws:PrincipalArn` may ask about.

use super::Undecided;
use super::atom::{Atom, Atoms, Literal};
use super::key::{self, Cases, Nothing, Wanted};
use super::kind::{Kind, behind, kinds, partition_of};
use super::text::{Demand, spelt};
use crate::condition::{self, Condition, Given, Test};
use crate::document::Version;
use crate::evaluate::Bounded;
use crate::pattern::Pattern;
use crate::request::Principal;
use crate::rule::{Grantee, Grantees, Reach};
use crate::truth::Truth;

/// A principal, how far an allowance must reach for it, and whether it has a permissions boundary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Someone {
    pub(super) principal: Principal,
    pub(super) reach: Reach,
    pub(super) bounded: Bounded,
}

/// Finds a principal for whom the answers are as wanted.
pub(super) fn find(atoms: &Atoms, wanted: &[Literal]) -> Result<Option<Someone>, Undecided> {
    let named = named(atoms);
    let conditions: Vec<(Condition, bool)> = wanted
        .iter()
        .filter_map(|literal| match atoms.atom(*literal)? {
            Atom::Condition(condition) => Some((without_variables(condition, literal.yes), literal.yes)),
            _ => None,
        })
        .collect();
    let conditions: Vec<Wanted<'_>> = conditions
        .iter()
        .map(|(condition, holds)| Wanted {
            condition,
            holds: *holds,
        })
        .collect();
    for bounded in bounds(atoms) {
        for kind in kinds(&named) {
            let Some(principal) = with_good_arn(kind, &named, &conditions)? else {
                continue;
            };
            for &reach in reaches(&principal) {
                let someone = Someone {
                    principal: principal.clone(),
                    reach,
                    bounded: *bounded,
                };
                if wanted.iter().all(|literal| is_as_wanted(atoms, *literal, &someone)) {
                    return Ok(Some(someone));
                }
            }
        }
    }
    Ok(None)
}

/// Takes what its variables stand for as unknown, so that it is no matter whose ARN is made up.
fn without_variables(condition: &Condition, holds: bool) -> Condition {
    let mut condition = condition.clone();
    if let condition::Demand::Values {
        negated,
        test: Test::Text(patterns),
        ..
    } = &mut condition.demand
    {
        if holds == *negated {
            patterns.retain(|pattern| pattern.variables().next().is_none());
        } else {
            for pattern in patterns {
                *pattern = pattern.widest();
            }
        }
    }
    condition
}

/// Returns whether it may matter that somebody has a permissions boundary: where `NotPrincipal` denies.
fn bounds(atoms: &Atoms) -> &'static [Bounded] {
    let asks = |atom: &Atom| matches!(atom, Atom::Denied(grantees) if grantees.negated);
    if atoms.iter().any(asks) {
        &[Bounded::No, Bounded::Yes]
    } else {
        &[Bounded::No]
    }
}

/// Returns how far it may matter that an allowance reaches: beyond an account only where policies of the principal's own could
/// withhold something. Those of services and the like do not exist.
fn reaches(principal: &Principal) -> &'static [Reach] {
    if principal.account().is_some() {
        &Reach::ALL
    } else {
        &[Reach::Account]
    }
}

fn is_as_wanted(atoms: &Atoms, literal: Literal, someone: &Someone) -> bool {
    let principal = &someone.principal;
    let is_bounded = someone.bounded == Bounded::Yes && principal.may_have_boundary();
    let truth = match atoms.atom(literal) {
        Some(Atom::Allowed(grantees)) => grantees.allow(principal, someone.reach),
        Some(Atom::Denied(grantees)) if is_bounded && grantees.negated => Truth::Yes,
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
                    return Ok(behind(&arn, named));
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
                behind(arn, named).and_then(|principal| principal.account().map(str::to_owned))
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
