//! Finds policies by words: in the name first, then in the path, then in the actions they allow.
//!
//! Case never counts; of several words each must be found. How well a policy is found is how well its worst word is.
//! Works on anything that has a name, a path and actions, so that an account's own policies are searched together
//! with AWS's.

mod action;
mod name;

use std::borrow::Cow;

use crate::catalogue::ManagedPolicy;

/// Where policies lie that users are hardly ever given: those of roles that AWS services use.
const HIDDEN: [&str; 3] = ["/aws-service-role/", "/service-role/", "/root-task/"];

/// What can be searched.
pub trait Searchable {
    /// Returns the policy's name.
    fn name(&self) -> &str;
    /// Returns the policy's path.
    fn path(&self) -> &str;
    /// Returns the actions that the policy allows, as written.
    fn actions(&self) -> Vec<String>;
}

impl Searchable for ManagedPolicy {
    fn name(&self) -> &str {
        self.name
    }

    fn path(&self) -> &str {
        self.path
    }

    fn actions(&self) -> Vec<String> {
        self.actions()
    }
}

/// Which policies are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scope {
    /// Whether those of services' roles are, too (`/aws-service-role/`, `/service-role/`, `/root-task/`).
    pub all: bool,
}

/// A policy that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit<'a, P> {
    /// The policy.
    pub policy: &'a P,
    /// Where the worst word was found.
    pub matched: Matched,
}

/// Where a word was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matched {
    /// In the name.
    Name,
    /// In the path.
    Path,
    /// In this action, as the policy writes it.
    Action(String),
}

/// How well a word was found, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    IsName,
    StartsName,
    WordOfName,
    InName,
    InPath,
    IsService,
    InAction,
}

/// Returns the policies in which every word of `query` is found, best first; without words, all in scope.
///
/// Of those found equally well the shorter name comes first, then the alphabet decides.
pub fn search<'a, P: Searchable>(
    query: &str,
    policies: impl IntoIterator<Item = &'a P>,
    scope: Scope,
) -> Vec<Hit<'a, P>> {
    let query = query.to_lowercase();
    let words: Vec<&str> = query.split_whitespace().collect();
    let in_scope = |policy: &&P| scope.all || !HIDDEN.iter().any(|path| policy.path().starts_with(path));
    let mut hits: Vec<(Rank, Hit<'a, P>)> = policies
        .into_iter()
        .filter(in_scope)
        .filter_map(|policy| find(&words, policy).map(|(rank, matched)| (rank, Hit { policy, matched })))
        .collect();
    hits.sort_by(|(rank, hit), (other_rank, other)| {
        let (name, other) = (hit.policy.name(), other.policy.name());
        rank.cmp(other_rank)
            .then(name.len().cmp(&other.len()))
            .then_with(|| name.cmp(other))
    });
    hits.into_iter().map(|(_, hit)| hit).collect()
}

/// Returns how and where the worst of the words was found, or `None` if one was not found at all.
fn find(words: &[&str], policy: &impl Searchable) -> Option<(Rank, Matched)> {
    let (mut worst, mut matched) = (Rank::IsName, Matched::Name);
    let mut actions: Cow<'_, [String]> = Cow::Borrowed(&[]);
    for word in words {
        let found = in_name_or_path(word, policy).or_else(|| {
            if actions.is_empty() {
                actions = Cow::Owned(policy.actions());
            }
            action::find(word, &actions).map(|(rank, action)| (rank, Matched::Action(action.to_owned())))
        });
        let (rank, place) = found?;
        if rank > worst {
            (worst, matched) = (rank, place);
        }
    }
    Some((worst, matched))
}

fn in_name_or_path(word: &str, policy: &impl Searchable) -> Option<(Rank, Matched)> {
    if let Some(rank) = name::rank(word, policy.name()) {
        return Some((rank, Matched::Name));
    }
    policy
        .path()
        .to_lowercase()
        .contains(word)
        .then_some((Rank::InPath, Matched::Path))
}
