//! Proves that policies grant nothing that others do not, or shows a request that they do.
//!
//! "New is within old" holds when of every request that an `Allow` of new matches and no `Deny` of new does, the same is
//! true in old. Statements are sets of requests, each given by a few questions about separate things: action, resource,
//! principal, condition keys. Actions are sorted first by which statements name them; the rest is cut into pieces until
//! each is inside of some statement, or one is found outside ([`cover`]).
//!
//! A proof is sound: what is not understood is taken to be anything, though always the same; and what separate keys have
//! to do with each other (`aws:username` with `aws:PrincipalArn`) is not used. So a request that is found may be one that
//! no AWS would ever see: it is tried out with the evaluator, and said to be confirmed only then. One thing is taken for
//! granted: a key of which all policies ask without `ForAllValues` and `ForAnyValue` has no more than one value.

mod action;
mod atom;
mod cover;
mod grants;
mod key;
mod kind;
mod known;
mod principal;
mod text;
mod walk;
mod witness;

pub use grants::Grants;
pub(crate) use text::{matches_no_more, may_match_alike};
pub use witness::Witness;

use std::collections::HashMap;
use std::ops::ControlFlow;

use self::action::Class;
use self::atom::Atoms;
use self::cover::{Cover, Cube, Outside};
use self::grants::Cubes;
use crate::rule::Rule;

/// What a comparison came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Containment {
    /// The new policies grant nothing that the old ones do not.
    Proven,
    /// They may grant more: this request, for example.
    NotProven(Box<Witness>),
    /// The policies are too intricate to tell within bounds. No such policies are known.
    Undecided,
}

/// The bounds were reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Undecided;

/// Proves that `new` grants nothing that `old` does not, or shows a request that it does.
///
/// Both must be policies of the same kind: of identities, or of resources.
pub fn contains(old: &Grants, new: &Grants) -> Containment {
    match witness(old, new) {
        Ok(None) => Containment::Proven,
        Ok(Some(witness)) => Containment::NotProven(Box::new(witness)),
        Err(Undecided) => Containment::Undecided,
    }
}

/// Proves that policies grant nothing at all, or shows a request that they do.
///
/// With a question as a limit ([`Grants::within`]) this answers whether they grant anything of it.
pub fn grants_nothing(grants: &Grants) -> Containment {
    contains(&Grants::default(), grants)
}

/// Returns whether policies may grant anything at all: whether it is not proven that they do not.
pub(crate) fn may_grant(grants: &Grants) -> bool {
    !is_proven(&Grants::default(), grants)
}

/// Returns whether rules are proven to grant nothing that others do not.
pub(crate) fn is_within(new: &[Rule], old: &[Rule]) -> bool {
    let [old, new] = [old, new].map(Grants::of_rules);
    is_proven(&old, &new)
}

fn is_proven(old: &Grants, new: &Grants) -> bool {
    let mut is_within = true;
    let compared = compare(old, new, |_, _, _| {
        is_within = false;
        Ok(ControlFlow::Break(()))
    });
    compared.is_ok() && is_within
}

fn witness(old: &Grants, new: &Grants) -> Result<Option<Witness>, Undecided> {
    let mut found: Option<Witness> = None;
    compare(old, new, |cover, cube, class| {
        let witness = witness::make(cover, cube, class, old, new)?;
        let is_confirmed = witness.confirmed;
        if is_confirmed || found.is_none() {
            found = Some(witness);
        }
        Ok(if is_confirmed {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        })
    })?;
    Ok(found)
}

/// Tells of requests that new allows and old does not, until that is enough.
fn compare(
    old: &Grants,
    new: &Grants,
    mut found: impl FnMut(&mut Cover, &Cube, &Class) -> Result<ControlFlow<()>, Undecided>,
) -> Result<(), Undecided> {
    let mut atoms = Atoms::new(old.names_principals() || new.names_principals());
    let old_cubes = old.cubes(&mut atoms);
    let new_cubes = new.cubes(&mut atoms);
    let mut cover = Cover::new(atoms);
    let old_cubes = old_cubes.not_empty(&mut cover)?;
    let new_cubes = new_cubes.not_empty(&mut cover)?;
    let elements: Vec<_> = old.actions().chain(new.actions()).collect();
    let of_old = old.actions().count();
    let mut known = Known::default();
    for class in action::classes(&elements)? {
        let (named_by_old, named_by_new) = class.named_by.split_at_checked(of_old).unwrap_or_default();
        let old_part = old_cubes.naming(named_by_old);
        let new_part = new_cubes.naming(named_by_new);
        if let Some(cube) = escaping(&mut cover, &mut known, &old_part, &new_part)?
            && found(&mut cover, &cube, &class)?.is_break()
        {
            break;
        }
    }
    Ok(())
}

/// Which sets are made up by which others together: what holds for the actions of one class holds for all others for which
/// the same statements are there.
#[derive(Default)]
struct Known<'c> {
    together: HashMap<Cube, Vec<Vec<&'c Cube>>>,
}

impl<'c> Known<'c> {
    /// Finds requests of a set that are in none of the others. Those must be sorted.
    fn outside(&mut self, cover: &mut Cover, cube: &Cube, others: &[&'c Cube]) -> Result<Option<Cube>, Undecided> {
        let known = self.together.get(cube).into_iter().flatten();
        let mut are_there = known.map(|sets| sets.iter().all(|set| others.binary_search(set).is_ok()));
        if are_there.any(|all| all) {
            return Ok(None);
        }
        match cover.outside(cube, others)? {
            Outside::Found(found) => Ok(Some(found)),
            Outside::Nothing(sets) => {
                self.together.entry(cube.clone()).or_default().push(sets);
                Ok(None)
            }
        }
    }
}

/// Finds requests, all of actions that the same statements name, that new allows and old does not.
fn escaping<'c>(
    cover: &mut Cover,
    known: &mut Known<'c>,
    old: &Cubes<&'c Cube>,
    new: &Cubes<&'c Cube>,
) -> Result<Option<Cube>, Undecided> {
    let sorted = |mut cubes: Vec<&'c Cube>| {
        cubes.sort_unstable();
        cubes
    };
    let harmless = sorted(old.allow.iter().chain(&new.deny).copied().collect());
    let denied_by_new = sorted(new.deny.clone());
    for allowed in &new.allow {
        if let Some(found) = known.outside(cover, allowed, &harmless)? {
            return Ok(Some(found));
        }
        for denied in &old.deny {
            if let Some(both) = cover.both(allowed, denied)?
                && let Some(found) = known.outside(cover, &both, &denied_by_new)?
            {
                return Ok(Some(found));
            }
        }
    }
    Ok(None)
}
