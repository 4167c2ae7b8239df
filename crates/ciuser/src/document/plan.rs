//! `plan`: a plan file, with its lines for readers.

use ciuser_core::plan::Plan;
use serde::Serialize;

/// A plan. `ciuser apply FILE` takes this document as it takes what `ciuser plan --out FILE` writes, which has
/// `format_version`, `kind` and `plan` only.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct PlanAndLines<'a> {
    /// The plan, with nothing left to decide.
    plan: &'a Plan,
    /// Whether there is anything to do.
    changes: bool,
    /// What a person reviews: one line for each call, in order.
    lines: Vec<String>,
}

impl PlanAndLines<'_> {
    /// Describes a plan.
    pub(crate) fn of(plan: &Plan) -> PlanAndLines<'_> {
        PlanAndLines {
            plan,
            changes: plan.has_changes(),
            lines: plan.lines(),
        }
    }
}
