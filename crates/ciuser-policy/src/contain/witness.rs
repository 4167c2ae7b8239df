//! A request that shows the difference.

use super::Undecided;
use super::cover::{Cover, Cube, Part};
use super::grants::Grants;
use super::principal::Someone;
use super::text::{spelt, stand_in};
use super::walk::Letter;
use crate::document::Effect;
use crate::evaluate::{Decision, Layer, PolicySet, StatementAt};
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

/// Makes a request of a set, and tries it out.
pub(super) fn make(
    cover: &mut Cover,
    cube: &Cube,
    action: &str,
    old: &Grants,
    new: &Grants,
) -> Result<Witness, Undecided> {
    let parts = cover.example(cube)?;
    let mut context = Context::default();
    let mut resource = "*".to_owned();
    let mut someone = None;
    for part in &parts {
        match part {
            Part::Key(key, found) => {
                for value in &found.values {
                    context.add(key, spelt(value));
                }
            }
            Part::Resource(letters) => resource = spelt(letters),
            Part::Principal(found) => someone = Some(found.clone()),
            Part::NotUnderstood => {}
        }
    }
    add_variables(&parts, &mut context);
    let mut request = Request::new(action, &resource);
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
    Ok(Witness {
        allowed_by: new.allowing(&request),
        request,
        confirmed,
    })
}

/// Gives the variables that texts were made with the values that they were made with.
fn add_variables(parts: &[Part], context: &mut Context) {
    for part in parts {
        let texts = match part {
            Part::Resource(letters) => std::slice::from_ref(letters),
            Part::Key(_, found) => found.values.as_slice(),
            Part::Principal(_) | Part::NotUnderstood => &[],
        };
        for letter in texts.iter().flatten() {
            if let Letter::Variable(variable) = letter
                && context.values(&variable.key).is_empty()
            {
                context.add(&variable.key, stand_in(variable));
            }
        }
    }
}

impl Grants {
    /// Returns the statements that allow a request, or else those that may; limits left aside.
    fn allowing(&self, request: &Request) -> Vec<StatementAt> {
        let layer = if self.names_principals() {
            Layer::Resource
        } else {
            Layer::Identity
        };
        let [allow, may_allow] = self.set.matching(request, Effect::Allow, layer);
        if allow.is_empty() { may_allow } else { allow }
    }

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
