//! The message with which IAM refuses a document. (Which of several faults it names: `order`.)
//!
//! IAM has two parsers. What the one for policies of users, groups and roles says is what moto's authors and many users
//! got from it. The one for trust policies is shared with services that keep policies of resources: "This policy contains
//! invalid Json" was recorded, the others are as users report them. Organizations says the same of everything. Where no
//! answer is known, the nearest that is known stands here.

use std::borrow::Cow;

use super::PolicyKind;
use super::fault::{ActionFault, Fault, PrincipalFault, ResourceFault};

const SYNTAX: &str = "Syntax errors in policy.";
const LEGACY: &str = "The policy failed legacy parsing";
const ORGANIZATIONS: &str = "The provided policy document does not meet the requirements of the specified policy type.";

/// What a resource of IAM can be, as IAM lists it.
pub(super) const IAM_PATHS: [&str; 13] = [
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
];

/// Returns the message with which a policy of some kind is refused.
pub(super) fn message(fault: &Fault, kind: PolicyKind) -> Cow<'static, str> {
    match kind {
        PolicyKind::Identity | PolicyKind::Managed => identity(fault),
        PolicyKind::Trust => resource_based(fault).unwrap_or_else(|| trust(fault)),
        PolicyKind::Resource => resource_based(fault).unwrap_or_else(|| service(fault)),
        PolicyKind::ServiceControl | PolicyKind::ResourceControl => ORGANIZATIONS.into(),
    }
}

fn identity(fault: &Fault) -> Cow<'static, str> {
    match fault {
        Fault::Character(_) => character("policyDocument"),
        Fault::OldVersion => "Policy document must be version 2012-10-17 or greater.".into(),
        Fault::LeadingSpace | Fault::LateVersion | Fault::Date(_) => LEGACY.into(),
        Fault::Effect(effect) if is_known_but_for_case(effect) => LEGACY.into(),
        Fault::Principal(_) => "Policy document should not specify a principal.".into(),
        Fault::SidCharacters(_) => "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*".into(),
        Fault::RepeatedSid(_) => "Statement IDs (SID) in a single policy must be unique.".into(),
        Fault::NoActions => "Policy statement must contain actions.".into(),
        Fault::NoResources => "Policy statement must contain resources.".into(),
        Fault::Action { action, wrong, .. } => action_message(action, *wrong),
        Fault::Resource { resource, wrong, .. } => resource_message(resource, wrong),
        _ => SYNTAX.into(),
    }
}

fn action_message(action: &str, wrong: ActionFault) -> Cow<'static, str> {
    match wrong {
        ActionFault::NoService => "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.".into(),
        ActionFault::Colons => "Actions/Condition can contain only one colon.".into(),
        ActionFault::ServicePattern => "Action vendors (e.g., aws, ec2, etc.) must not contain wildcards.".into(),
        ActionFault::Service | ActionFault::NotSts => {
            let service = action.split(':').next().unwrap_or_default();
            format!("Vendor {service} is not valid").into()
        }
    }
}

fn resource_message(resource: &str, wrong: &ResourceFault) -> Cow<'static, str> {
    match wrong {
        ResourceFault::NotAnArn => format!("Resource {resource} must be in ARN format or \"*\".").into(),
        ResourceFault::Partition { partition } => {
            let arn = completed_arn(resource);
            format!("Partition \"{partition}\" is not valid for resource \"{arn}\".").into()
        }
        ResourceFault::Service => "Resource vendor must be fully qualified and cannot contain regexes.".into(),
        ResourceFault::Region("iam") => format!("IAM resource {resource} cannot contain region information.").into(),
        ResourceFault::Region(_) => format!("Resource {resource} can not contain region information.").into(),
        ResourceFault::IamPath => {
            let paths = IAM_PATHS.join(", ");
            format!("IAM resource path must either be \"*\" or start with {paths}.").into()
        }
        ResourceFault::Arn(_) => LEGACY.into(),
    }
}

/// Returns an ARN as IAM repeats it when its partition is wrong: with `arn` in front, and `*` for what is missing.
fn completed_arn(resource: &str) -> String {
    let mut parts: Vec<&str> = resource.splitn(6, ':').skip(1).collect();
    if parts.len() == 2 && parts.last() == Some(&"") {
        parts.pop();
    }
    parts.resize(5, "*");
    format!("arn:{}", parts.join(":"))
}

/// Returns what trust policies and policies of resources have in common, if it is about this fault.
fn resource_based(fault: &Fault) -> Option<Cow<'static, str>> {
    let message = match fault {
        Fault::Json(_) | Fault::RepeatedKey(_) => "This policy contains invalid Json",
        Fault::LeadingSpace => "JSON strings must not have leading spaces",
        Fault::Version(_) => "The policy must contain a valid version string",
        Fault::NoStatement => "Could not parse the policy: Statement is empty!",
        Fault::RepeatedSid(_) => "The Statement Ids in the policy are not unique",
        Fault::NoEffect => "Missing required field Effect",
        Fault::Effect(effect) => return Some(format!("Invalid effect: {effect}").into()),
        Fault::Principal(PrincipalFault::Missing) => "Missing required field Principal",
        Fault::Principal(PrincipalFault::Nobody(_)) => "Missing required field Principal cannot be empty!",
        Fault::Principal(PrincipalFault::AllowAllBut) => "Allow with NotPrincipal is not allowed.",
        Fault::NoActions => "Missing required field Action",
        Fault::Date(_) => LEGACY,
        _ => return None,
    };
    Some(message.into())
}

fn trust(fault: &Fault) -> Cow<'static, str> {
    match fault {
        Fault::Character(_) => character("assumeRolePolicyDocument"),
        Fault::ResourceElement("Resource") => "Has prohibited field Resource".into(),
        Fault::ResourceElement(_) => "AssumeRole policy must not contain resources.".into(),
        Fault::Action { .. } => "AssumeRole policy may only specify STS AssumeRole actions.".into(),
        Fault::Principal(PrincipalFault::Everyone) => {
            "AssumeRolepolicy contained an invalid principal: \"STAR\":\"*\".".into()
        }
        Fault::Principal(PrincipalFault::NotAllowed(_)) => {
            "AssumeRole policy must not contain NotPrincipal field.".into()
        }
        Fault::Principal(PrincipalFault::Unknown { kind, .. }) if kind == "Federated" => {
            "Federated principals must be valid domain names or SAML metadata ARNs".into()
        }
        Fault::Principal(principal) => invalid_principal(principal),
        _ => SYNTAX.into(),
    }
}

fn service(fault: &Fault) -> Cow<'static, str> {
    match fault {
        Fault::Action { .. } => "Policy has invalid action".into(),
        Fault::NoResources => "Policy has invalid resource".into(),
        Fault::Principal(principal) => invalid_principal(principal),
        _ => SYNTAX.into(),
    }
}

fn invalid_principal(fault: &PrincipalFault) -> Cow<'static, str> {
    match fault {
        PrincipalFault::Unknown { kind, principal } => {
            let kind = kind.to_uppercase();
            format!("Invalid principal in policy: \"{kind}\":\"{principal}\"").into()
        }
        PrincipalFault::Kind(kind) => format!("Invalid principal in policy: \"{kind}\"").into(),
        _ => "Invalid principal in policy".into(),
    }
}

fn character(parameter: &str) -> Cow<'static, str> {
    format!(
        "1 validation error detected: Value at '{parameter}' failed to satisfy constraint: Member must satisfy regular \
         expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u00FF]+"
    )
    .into()
}

/// Returns whether an effect is one but for its case: that is left to IAM's legacy parser.
pub(super) fn is_known_but_for_case(effect: &str) -> bool {
    effect.eq_ignore_ascii_case("Allow") || effect.eq_ignore_ascii_case("Deny")
}
