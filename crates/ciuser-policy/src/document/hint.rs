//! What to do about a fault, and what to write where it is.

use super::PolicyKind;
use super::accept::{OPERATORS, PARTITIONS};
use super::draft::STATEMENT_ELEMENTS;
use super::fault::{ActionFault, Fault, PrincipalFault, ResourceFault};
use super::print::escape;
use super::reader::DOCUMENT_ELEMENTS;
use crate::nearest::nearest;

/// Returns what to do, where the fault does not say it.
pub(super) fn hint(fault: &Fault, kind: PolicyKind) -> Option<String> {
    let hint = match fault {
        Fault::Character(character) => format!("write it as `{}`", escape(*character)),
        Fault::LeadingSpace => "remove what comes before the first `{`".to_owned(),
        Fault::DocumentElement(name) => return did_you_mean(name, &DOCUMENT_ELEMENTS),
        Fault::Element(name) => return did_you_mean(name, &STATEMENT_ELEMENTS),
        Fault::Version(_) => "write `\"Version\": \"2012-10-17\"`".to_owned(),
        Fault::OldVersion => "write `\"Version\": \"2012-10-17\"`; then `${...}` is a variable".to_owned(),
        Fault::LateVersion => "write `Version` first, or put the statement into a list".to_owned(),
        Fault::Effect(effect) => return did_you_mean(effect, &["Allow", "Deny"]),
        Fault::SidCharacters(sid) => return shortened(sid).map(|sid| format!("write it as `{sid}`")),
        Fault::NoActions | Fault::NoResources => "`*` means all of them".to_owned(),
        Fault::Action { action, wrong, .. } => return action_hint(action, *wrong),
        Fault::Resource { wrong, .. } => return resource_hint(wrong),
        Fault::Principal(principal) => return principal_hint(principal, kind),
        Fault::Operator(operator) => return operator_hint(operator),
        Fault::Date(_) => "write it as `2026-11-29T12:00:00Z`".to_owned(),
        _ => return None,
    };
    Some(hint)
}

/// Returns what to write at the place: what is there, or what is missing.
pub(super) fn label(fault: &Fault) -> &'static str {
    match fault {
        Fault::Character(_) => "this character",
        Fault::Json(_) => "here",
        Fault::RepeatedKey(_) => "again here",
        Fault::LeadingSpace => "this white space",
        Fault::NotAnObject | Fault::NotAStatement => "not an object",
        Fault::DocumentElement(_) | Fault::Element(_) => "unknown",
        Fault::Version(_) => "no version",
        Fault::OldVersion => "the old language",
        Fault::LateVersion => "too late",
        Fault::NoStatement => "no statement",
        Fault::Form { .. } => "of another form",
        Fault::Both(..) => "the second of the two",
        Fault::NoEffect => "no effect",
        Fault::Effect(_) => "no effect of this name",
        Fault::SidCharacters(_) => "letters and digits only",
        Fault::RepeatedSid(_) => "the second time",
        Fault::NoActions => "no action",
        Fault::Action { .. } => "no action of this form",
        Fault::NoResources => "no resource",
        Fault::Resource { .. } => "no resource of this form",
        Fault::Principal(PrincipalFault::Missing | PrincipalFault::Nobody(_)) => "nobody",
        Fault::Principal(PrincipalFault::Kind(_) | PrincipalFault::Unknown { .. }) => "no such principal",
        Fault::Operator(_) => "no operator of this name",
        Fault::Date(_) => "no date",
        Fault::ResourceElement(_)
        | Fault::Principal(_)
        | Fault::AllowInResourceControl
        | Fault::NotInResourceControl(_) => "not allowed here",
    }
}

fn did_you_mean(name: &str, known: &[&'static str]) -> Option<String> {
    let nearest = nearest(name, known.iter().copied());
    nearest.first().map(|nearest| format!("did you mean `{nearest}`?"))
}

fn shortened(sid: &str) -> Option<String> {
    let kept: String = sid.chars().filter(char::is_ascii_alphanumeric).collect();
    (!kept.is_empty()).then_some(kept)
}

fn action_hint(action: &str, wrong: ActionFault) -> Option<String> {
    match wrong {
        ActionFault::NoService if action.is_empty() => Some("write one as `s3:GetObject`, or `*`".to_owned()),
        ActionFault::NoService => Some(format!("put the service in front, as in `s3:{action}`")),
        ActionFault::ServicePattern => Some("name each service, or write `*` alone".to_owned()),
        ActionFault::Colons | ActionFault::Service | ActionFault::NotSts => None,
    }
}

fn resource_hint(wrong: &ResourceFault) -> Option<String> {
    match wrong {
        ResourceFault::NotAnArn => Some("write an ARN, as in `arn:aws:s3:::bucket/*`, or `*`".to_owned()),
        ResourceFault::Partition { partition } => did_you_mean(partition, &PARTITIONS),
        ResourceFault::Service => Some("name each service, or write `*` alone".to_owned()),
        ResourceFault::Region(_) => Some("leave the region out: `::`".to_owned()),
        ResourceFault::IamPath => Some("begin with the kind, as in `user/` or `role/`, or write `*`".to_owned()),
        ResourceFault::Arn(_) => {
            Some("write all six parts: `arn:partition:service:region:account:resource`".to_owned())
        }
    }
}

fn principal_hint(fault: &PrincipalFault, kind: PolicyKind) -> Option<String> {
    match fault {
        PrincipalFault::NotAllowed(name) if !kind.has_principals() => {
            Some(format!("leave `{name}` out: such a policy is about those who have it"))
        }
        PrincipalFault::NotAllowed(_) | PrincipalFault::AllowAllBut => {
            Some("use `Principal` with a condition".to_owned())
        }
        PrincipalFault::Missing | PrincipalFault::Nobody(_) | PrincipalFault::Everyone => {
            Some("write it as `\"Principal\": {\"AWS\": \"...\"}`".to_owned())
        }
        PrincipalFault::Kind(name) => did_you_mean(name, &super::accept::PRINCIPAL_KINDS),
        PrincipalFault::Unknown { principal, .. } if principal.contains(['*', '?']) => {
            Some("a principal has no wildcards: name it whole, or match `aws:PrincipalArn` in a condition".to_owned())
        }
        PrincipalFault::Unknown { .. } | PrincipalFault::NotEveryone => None,
    }
}

/// Returns the nearest operator, with the quantifier and the suffix of the wrong one.
fn operator_hint(written: &str) -> Option<String> {
    let (quantifier, rest) = match written.split_once(':') {
        Some((quantifier, rest)) => {
            let known = nearest(quantifier, ["ForAllValues", "ForAnyValue"]);
            (format!("{}:", known.first()?), rest)
        }
        None => (String::new(), written),
    };
    let (name, suffix) = match rest.strip_suffix("IfExists") {
        Some(name) => (name, "IfExists"),
        None => (rest, ""),
    };
    let near = nearest(name, OPERATORS);
    near.first()
        .map(|name| format!("did you mean `{quantifier}{name}{suffix}`?"))
}
