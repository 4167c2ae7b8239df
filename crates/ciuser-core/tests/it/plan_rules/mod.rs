//! The rules of planning, each with the whole plan that it leads to.

mod key;
mod ownership;
mod permissions;
mod refusal;

use ciuser_core::plan::{Choices, PlanError};
use ciuser_core::spec::Spec;

use crate::world::Sim;

/// Takes over what is not managed yet.
fn adopt() -> Choices {
    Choices {
        adopt: true,
        ..Choices::default()
    }
}

/// May overwrite these places.
fn overwrite(places: &[&str]) -> Choices {
    Choices {
        overwrite: places.iter().map(|place| (*place).to_owned()).collect(),
        ..Choices::default()
    }
}

/// What a refused person reads.
fn refused(sim: &Sim, spec: &Spec, choices: &Choices) -> Vec<String> {
    match sim.plan_with(spec, choices) {
        Err(PlanError::Refused(refusals)) => refusals
            .iter()
            .map(|refusal| match refusal.hint() {
                Some(hint) => format!("{refusal}\nhint: {hint}"),
                None => refusal.to_string(),
            })
            .collect(),
        other => panic!("refused: {other:?}"),
    }
}

/// The texts of the notes of a plan.
fn notes(plan: &ciuser_core::plan::Plan) -> Vec<&str> {
    plan.users
        .iter()
        .flat_map(|user| &user.notes)
        .map(|note| note.text.as_str())
        .collect()
}
