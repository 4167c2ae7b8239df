//! How actions are written: a service, a colon, a name or pattern; or `*` alone.

use super::Faults;
use crate::document::PolicyKind;
use crate::document::draft::{Draft, Part};
use crate::document::fault::{ActionFault, Fault};

/// Checks the actions of a statement.
pub(super) fn check(draft: &Draft, kind: PolicyKind, faults: &mut Faults) {
    let Part::Read(actions) = &draft.actions else { return };
    let element = if actions.negated { "NotAction" } else { "Action" };
    for action in actions.value.iter() {
        if let Some(wrong) = wrong(&action.value, kind) {
            let text = action.value.clone();
            faults.push((
                Fault::Action {
                    element,
                    action: text,
                    wrong,
                },
                action.span,
            ));
        }
    }
}

/// Returns what is wrong with an action in a policy of some kind. The name behind the colon may be anything.
fn wrong(action: &str, kind: PolicyKind) -> Option<ActionFault> {
    let written_wrong = as_written(action);
    match kind {
        // "AssumeRole policy may only specify STS AssumeRole actions": neither `*` is one, nor any other service's.
        PolicyKind::Trust => written_wrong.or_else(|| (!is_of_sts(action)).then_some(ActionFault::NotSts)),
        _ => written_wrong,
    }
}

fn as_written(action: &str) -> Option<ActionFault> {
    if action == "*" {
        return None;
    }
    let Some((service, name)) = action.split_once(':') else {
        return Some(ActionFault::NoService);
    };
    if name.contains(':') {
        return Some(ActionFault::Colons);
    }
    if service.contains(['*', '?']) {
        return Some(ActionFault::ServicePattern);
    }
    let is_service = !service.is_empty()
        && service
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'));
    (!is_service).then_some(ActionFault::Service)
}

fn is_of_sts(action: &str) -> bool {
    let service = action.split(':').next().unwrap_or_default();
    service.eq_ignore_ascii_case("sts")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_has_a_service_without_wildcards_and_one_colon() {
        for (action, fault) in [
            ("*", None),
            ("s3:*", None),
            ("iam: anything at all ", None),
            ("service-prefix:x", None),
            ("s3.s:x", None),
            ("", Some(ActionFault::NoService)),
            ("GetObject", Some(ActionFault::NoService)),
            ("s:3:x", Some(ActionFault::Colons)),
            ("*:Create*", Some(ActionFault::ServicePattern)),
            ("s?:Get", Some(ActionFault::ServicePattern)),
            (":Get", Some(ActionFault::Service)),
            ("a a:Get", Some(ActionFault::Service)),
        ] {
            assert_eq!(wrong(action, PolicyKind::Identity), fault, "{action}");
        }
    }

    #[test]
    fn a_trust_policy_has_actions_of_sts_only() {
        for (action, fault) in [
            ("sts:AssumeRole", None),
            ("STS:assumerole", None),
            ("sts:*", None),
            ("*", Some(ActionFault::NotSts)),
            ("s3:GetObject", Some(ActionFault::NotSts)),
            ("AssumeRole", Some(ActionFault::NoService)),
        ] {
            assert_eq!(wrong(action, PolicyKind::Trust), fault, "{action}");
        }
    }
}
