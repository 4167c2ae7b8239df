//! The plan file: a plan under a version and a kind, as JSON.

use serde::{Deserialize, Serialize};

use super::Plan;

/// The version that this program writes and reads.
const FORMAT_VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct PlanFile {
    format_version: u32,
    kind: String,
    plan: Plan,
}

/// A text that is not a plan file of this version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanFileError {
    /// Not JSON, or not of this shape.
    #[error("not a plan file: {0}")]
    Unreadable(String),
    /// Made by a newer ciuser.
    #[error("plan file of format version {0}, and this ciuser reads version {FORMAT_VERSION}")]
    Version(u32),
    /// Some other document of ciuser.
    #[error("this is a `{0}`, not a plan")]
    Kind(String),
}

/// Writes a plan as a plan file.
///
/// # Errors
/// Never for a plan that was made by the planner.
pub fn write_plan(plan: &Plan) -> Result<String, PlanFileError> {
    let file = PlanFile {
        format_version: FORMAT_VERSION,
        kind: "plan".to_owned(),
        plan: plan.clone(),
    };
    serde_json::to_string_pretty(&file).map_err(|error| PlanFileError::Unreadable(error.to_string()))
}

/// Reads a plan file.
///
/// # Errors
/// When it is of another kind or version, or damaged.
pub fn read_plan(text: &str) -> Result<Plan, PlanFileError> {
    #[derive(Deserialize)]
    struct Head {
        format_version: u32,
        kind: String,
    }
    let unreadable = |error: serde_json::Error| PlanFileError::Unreadable(error.to_string());
    let head: Head = serde_json::from_str(text).map_err(unreadable)?;
    if head.kind != "plan" {
        return Err(PlanFileError::Kind(head.kind));
    }
    if head.format_version != FORMAT_VERSION {
        return Err(PlanFileError::Version(head.format_version));
    }
    Ok(serde_json::from_str::<PlanFile>(text).map_err(unreadable)?.plan)
}
