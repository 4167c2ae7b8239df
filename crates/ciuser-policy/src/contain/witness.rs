//! A request that shows the difference.

use super::Undecided;
use super::action::Class;
use super::cover::{Cover, Cube, Part};
use super::grants::Grants;
use super::known;
use super::principal::Someone;
use super::text::{spelt, stand_in};
use super::walk::Letter;
use crate::evaluate::{Decision, Layer, StatementAt};
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
    /// The statements of the new policies that allow it, those of a boundary left aside; or those that may, where it is not
    /// understood.
    pub allowed_by: Vec<StatementAt>,
}

/// Makes a request of a set, and tries it out. Actions and resources are such that AWS has, where any will do.
pub(super) fn make(
    cover: &mut Cover,
    cube: &Cube,
    class: &Class,
    old: &Grants,
    new: &Grants,
) -> Result<Witness, Undecided> {
    let parts = cover.example(cube)?;
    let mut context = context(&parts);
    let resource = parts.iter().find_map(|part| match part {
        Part::Resource(letters) => Some(spelt(letters, &context)),
        _ => None,
    });
    let resource = resource.unwrap_or_else(|| "*".to_owned());
    let someone = parts.iter().find_map(|part| match part {
        Part::Principal(found) => Some(found.clone()),
        _ => None,
    });
    if let Some(someone) = &someone {
        add_principal(&mut context, someone);
    }
    let request = |action: &str, resource: &str| {
        let request = Request::new(action, resource).with_context(context.clone());
        match &someone {
            Some(someone) => request.by(someone.principal.clone()),
            None => request,
        }
    };
    let reach = someone.as_ref().map_or(Reach::Account, |someone| someone.reach);
    let is_confirmed = |request: &Request| {
        new.decide(request, reach) == Decision::Allowed && old.decide(request, reach) != Decision::Allowed
    };
    let elements: Vec<_> = old.actions().chain(new.actions()).collect();
    let known = known::actions(class, &elements);
    let fitting = known.iter().flat_map(|action| {
        let resources = known::resources(*action);
        resources
            .into_iter()
            .map(|resource| request(&action.to_string(), &resource))
    });
    if let Some(request) = fitting.into_iter().find(is_confirmed) {
        return Ok(Witness {
            allowed_by: new.allowing(&request),
            request,
            confirmed: true,
        });
    }
    let action = known.first().map_or_else(|| class.action.clone(), ToString::to_string);
    let request = request(&action, &resource);
    let confirmed = is_confirmed(&request);
    Ok(Witness {
        allowed_by: new.allowing(&request),
        request,
        confirmed,
    })
}

/// Adds the keys that AWS sets from the principal, where nothing else is said of them.
fn add_principal(context: &mut Context, someone: &Someone) {
    for (key, values) in someone.principal.context().iter() {
        if context.values(key).is_empty() {
            for value in values {
                context.add(key, value.clone());
            }
        }
    }
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
    /// Returns the statements that allow a request, or else those that may; limits left aside.
    fn allowing(&self, request: &Request) -> Vec<StatementAt> {
        let layer = if self.names_principals() {
            Layer::Resource
        } else {
            Layer::Identity
        };
        let [allow, may_allow] = self.set.allowing(request, layer);
        if allow.is_empty() { may_allow } else { allow }
    }

    /// Decides a request as far as these policies go; `reach` is how far an allowance must reach.
    fn decide(&self, request: &Request, reach: Reach) -> Decision {
        let limits = self.limit_sets.iter().map(|limit| limit.decide(request));
        let decisions = limits.chain([self.set.decide_as_far_as(request, reach)]);
        // What keeps the request from being allowed, be it a deny, a missing allow or something not understood.
        let stands_against = decisions.into_iter().find(|decision| *decision != Decision::Allowed);
        stands_against.unwrap_or(Decision::Allowed)
    }
}
