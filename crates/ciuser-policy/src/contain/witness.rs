//! A request that shows the difference.

use super::Undecided;
use super::cover::{Cover, Cube, Part};
use super::grants::Grants;
use super::principal::Someone;
use super::text::{spelt, stand_in};
use super::walk::Letter;
use crate::evaluate::{Decision, PolicySet};
use crate::request::{Context, Request};
use crate::rule::Reach;

/// A request that the new policies allow and the old ones do not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// The request.
    pub request: Request,
    /// Whether the evaluator says so, too. Otherwise it depends on something that is not understood, or on keys that have
    /// to do with each other.
    pub confirmed: bool,
}

/// Makes a request of a set, and tries it out.
pub(super) fn make(
    cover: &mut Cover,
    cube: &Cube,
    action: &str,
    old: &Grants,
    new: &Grants,
) -> Result<Witness, Undecided> {
    let parts = cover.example(cube)?;
    let context = context(&parts);
    let resource = parts.iter().find_map(|part| match part {
        Part::Resource(letters) => Some(spelt(letters, &context)),
        _ => None,
    });
    let someone = parts.iter().find_map(|part| match part {
        Part::Principal(found) => Some(found.clone()),
        _ => None,
    });
    let resource = resource.unwrap_or_else(|| "*".to_owned());
    let mut request = Request::new(action, &resource);
    let mut context = context;
    if let Some(Someone { principal, .. }) = &someone {
        for (key, values) in principal.context().iter() {
            for value in values {
                if context.values(key).is_empty() {
                    context.add(key, value.clone());
                }
            }
        }
        request = request.by(principal.clone());
    }
    let request = request.with_context(context);
    let reach = someone.map_or(Reach::Account, |someone| someone.reach);
    let confirmed =
        new.decide(&request, reach) == Decision::Allowed && old.decide(&request, reach) != Decision::Allowed;
    Ok(Witness { request, confirmed })
}

/// Returns what the request has for every key, variables included.
fn context(parts: &[Part]) -> Context {
    let keys = || {
        parts.iter().filter_map(|part| match part {
            Part::Key(key, found) => Some((key, &found.values)),
            _ => None,
        })
    };
    let mut context = Context::default();
    // Values that are known first: others may be made of them.
    for (key, values) in keys() {
        let is_plain = |value: &&Vec<Letter>| !value.iter().any(|letter| matches!(letter, Letter::Variable(_)));
        for value in values.iter().filter(is_plain) {
            context.add(key, spelt(value, &context));
        }
    }
    let resources = parts.iter().filter_map(|part| match part {
        Part::Resource(letters) => Some(letters),
        _ => None,
    });
    for letter in resources.chain(keys().flat_map(|(_, values)| values)).flatten() {
        if let Letter::Variable(variable) = letter
            && variable.default.is_none()
            && context.values(&variable.key).is_empty()
        {
            context.add(&variable.key, stand_in(variable));
        }
    }
    for (key, values) in keys() {
        let is_made = |value: &&Vec<Letter>| value.iter().any(|letter| matches!(letter, Letter::Variable(_)));
        for value in values.iter().filter(is_made) {
            context.add(key, spelt(value, &context));
        }
    }
    context
}

impl Grants {
    /// Decides a request as far as these policies go; `reach` is how far an allowance must reach.
    fn decide(&self, request: &Request, reach: Reach) -> Decision {
        let within = self.boundary_set.as_ref().map(|set: &PolicySet| set.decide(request));
        match (self.set.decide_as_far_as(request, reach), within) {
            (_, Some(Decision::ExplicitDeny)) => Decision::ExplicitDeny,
            (Decision::Allowed, Some(within)) => within,
            (decision, _) => decision,
        }
    }
}
