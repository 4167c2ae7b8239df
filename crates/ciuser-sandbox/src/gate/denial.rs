//! How AWS words it that policies do not allow a request.
//!
//! Sources: IAM User Guide, "Troubleshoot access denied error messages", which says that one kind of policy is named
//! when several deny. That a managed policy with an explicit deny is named by its ARN, and how resources are named, is
//! taken from public reports of IAM's answers.

use ciuser_policy::evaluate::{Decision, Layer, Verdict};

use crate::need::Need;
use crate::wire::AwsError;

/// Returns the refusal of what a request needs.
pub(super) fn access_denied(caller: &str, need: &Need, verdict: &Verdict) -> AwsError {
    let Need { action, named, .. } = need;
    let why = match verdict.decision {
        Decision::ExplicitDeny => explicit(verdict),
        _ => format!("because no {} allows the {action} action", silent_kind(verdict)),
    };
    let message = format!("User: {caller} is not authorized to perform: {action} on resource: {named} {why}");
    AwsError::forbidden("AccessDenied", message)
}

fn explicit(verdict: &Verdict) -> String {
    let Some(statement) = verdict.deciding.first() else {
        return "with an explicit deny".to_owned();
    };
    let kind = match statement.layer {
        Layer::Boundary => "a permissions boundary",
        _ => "an identity-based policy",
    };
    if statement.policy.starts_with("arn:") {
        format!("with an explicit deny in {kind}: {}", statement.policy)
    } else {
        format!("with an explicit deny in {kind}")
    }
}

/// Returns the kind of policy that does not allow it; of an undetermined request, the kind that cannot be understood.
fn silent_kind(verdict: &Verdict) -> &'static str {
    let layer = verdict.missing.first().copied();
    match layer.or_else(|| verdict.deciding.first().map(|statement| statement.layer)) {
        Some(Layer::Boundary) => "permissions boundary",
        _ => "identity-based policy",
    }
}
