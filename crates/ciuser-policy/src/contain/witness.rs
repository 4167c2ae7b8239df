//! A request that shows the difference.

use super::Undecided;
use super::action::Class;
use super::cover::{Cover, Cube, Part};
use super::grants::Grants;
use super::known;
use super::text::{spelt, stand_in};
use super::walk::Letter;
use crate::evaluate::{Bounded, Decision, Layer, StatementAt};
use crate::request::{Context, Principal, Request};
use crate::rule::Reach;

/// A request that the new policies allow and the old ones do not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// The request.
    pub request: Request,
    /// Whether the evaluator says so, too. Otherwise it depends on something that is not understood, or on keys that have
    /// to do with each other.
    pub confirmed: bool,
    /// Whether the principal has a permissions boundary. One that allows the request all the same makes a difference where
    /// `NotPrincipal` denies.
    pub has_boundary: bool,
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
    let contradicts = someone
        .as_ref()
        .is_some_and(|someone| !add_principal(&mut context, &someone.principal));
    let request = |action: &str, resource: &str| {
        let request = Request::new(action, resource).with_context(context.clone());
        match &someone {
            Some(someone) => request.by(someone.principal.clone()),
            None => request,
        }
    };
    let (reach, bounded) = someone.as_ref().map_or((Reach::Account, Bounded::No), |someone| {
        (someone.reach, someone.bounded)
    });
    let has_boundary = bounded == Bounded::Yes;
    let is_confirmed = |request: &Request| {
        !contradicts
            && new.decide(request, reach, bounded) == Decision::Allowed
            && old.decide(request, reach, bounded) != Decision::Allowed
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
            has_boundary,
        });
    }
    let action = known.first().map_or_else(|| class.action.clone(), ToString::to_string);
    let request = request(&action, &resource);
    let confirmed = is_confirmed(&request);
    Ok(Witness {
        allowed_by: new.allowing(&request),
        request,
        confirmed,
        has_boundary,
    })
}

/// Adds the keys that AWS sets from the principal, where nothing else is said of them. Returns whether what is said agrees.
fn add_principal(context: &mut Context, principal: &Principal) -> bool {
    let mut agrees = true;
    for (key, values) in principal.context().iter() {
        match context.values(key) {
            [] => values.iter().for_each(|value| context.add(key, value.clone())),
            said => agrees &= said == values,
        }
    }
    agrees
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
        let is_plain = |value: &&Vec<Letter>| !value.iter().any(|letter| letter.variable().is_some());
        for value in values.iter().filter(is_plain) {
            context.add(key, spelt(value, &context));
        }
    }
    let resources = parts.iter().filter_map(|part| match part {
        Part::Resource(letters) => Some(letters),
        _ => None,
    });
    for letter in resources.chain(keys().flat_map(|(_, values)| values)).flatten() {
        if let Some(variable) = letter.variable()
            && variable.default.is_none()
            && context.values(&variable.key).is_empty()
        {
            context.add(&variable.key, stand_in(variable));
        }
    }
    for (key, values) in keys() {
        let is_made = |value: &&Vec<Letter>| value.iter().any(|letter| letter.variable().is_some());
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

    /// Decides a request as far as these policies go; `reach` is how far an allowance must reach, and `bounded` whether the
    /// principal has a permissions boundary.
    fn decide(&self, request: &Request, reach: Reach, bounded: Bounded) -> Decision {
        let limits = self.limit_sets.iter().map(|limit| limit.decide(request));
        let decisions = limits.chain([self.set.decide_as_far_as(request, reach, bounded)]);
        // What keeps the request from being allowed, be it a deny, a missing allow or something not understood.
        let stands_against = decisions.into_iter().find(|decision| *decision != Decision::Allowed);
        stands_against.unwrap_or(Decision::Allowed)
    }
}
