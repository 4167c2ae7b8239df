//! How resources are written: as an ARN, or `*`.

use super::Faults;
use crate::arn;
use crate::document::PolicyKind;
use crate::document::draft::{Draft, Part};
use crate::document::fault::{Fault, ResourceFault};
use crate::document::iam::IAM_PATHS;

/// The partitions of AWS.
pub(crate) const PARTITIONS: [&str; 8] = [
    "aws",
    "aws-cn",
    "aws-eusc",
    "aws-iso",
    "aws-iso-b",
    "aws-iso-e",
    "aws-iso-f",
    "aws-us-gov",
];

/// What S3 has in a region ("Service Authorization Reference: Amazon S3"). Buckets and objects are in none.
const S3_REGIONAL: [&str; 6] = [
    "accesspoint/",
    "access-grants/",
    "async-request/",
    "job/",
    "storage-lens/",
    "storage-lens-group/",
];

/// Resources of IAM that its message does not list: AWS's own IAMAuditRootUserCredentials, IAMCreateRootUserPassword and
/// IAMDeleteRootUserCredentials name the first, and the Service Authorization Reference the second.
const MORE_IAM_PATHS: [&str; 2] = ["root", "assumed-role/"];

/// Checks the resources of a statement.
pub(super) fn check(draft: &Draft, kind: PolicyKind, faults: &mut Faults) {
    let resources = match &draft.resources {
        Part::Read(resources) => resources,
        Part::Unreadable => return,
        Part::Missing => {
            // A policy of a resource may leave out which resource: the one that has it.
            if kind != PolicyKind::Trust && kind != PolicyKind::Resource {
                faults.push((Fault::NoResources, draft.opening()));
            }
            return;
        }
    };
    let element = if resources.negated { "NotResource" } else { "Resource" };
    if kind == PolicyKind::Trust {
        faults.push((Fault::ResourceElement(element), resources.name));
        return;
    }
    if resources.value.as_slice().is_empty() {
        faults.push((Fault::NoResources, resources.name));
    }
    // The services that keep policies of resources have forms of their own, such as API Gateway's `execute-api:/stage/*`.
    let resources = resources.value.iter().filter(|_| kind != PolicyKind::Resource);
    for resource in resources {
        if let Some(wrong) = wrong(&resource.value) {
            let text = resource.value.clone();
            faults.push((
                Fault::Resource {
                    element,
                    resource: text,
                    wrong,
                },
                resource.span,
            ));
        }
    }
}

/// Returns what is wrong with a resource.
///
/// An ARN may be short: its last part then stands for all that could follow, and if it ends with `*` it may even be the
/// service ("IAM JSON policy elements: Resource").
fn wrong(resource: &str) -> Option<ResourceFault> {
    if resource == "*" {
        return None;
    }
    let parts = arn::parts(resource);
    let [first, partition, rest @ ..] = parts.as_slice() else {
        return Some(ResourceFault::NotAnArn);
    };
    if *partition != "*" && !PARTITIONS.contains(partition) {
        let partition = (*partition).to_owned();
        return Some(ResourceFault::Partition { partition });
    }
    if *first != "arn" {
        return Some(ResourceFault::NotAnArn);
    }
    let [service, rest @ ..] = rest else {
        return Some(ResourceFault::Service);
    };
    // Several users report this answer, all for `arn:aws:*:...`.
    if service.contains(['*', '?']) && !rest.is_empty() {
        return Some(ResourceFault::Service);
    }
    if let Some(why) = unparsed(service, rest) {
        return Some(ResourceFault::Arn(why));
    }
    match *service {
        "iam" => of_iam(rest),
        "s3" => of_s3(rest),
        _ => None,
    }
}

/// Returns why IAM's legacy parser does not take an ARN, if it does not. AWS publishes no rule; these are what is common
/// to the reports: a missing service or part (getmoto/moto's cases; Graylog2/graylog-plugin-aws#172), and placeholders such
/// as `<ACCOUNT_ID>` or `#{AWS::AccountId}` that nobody filled in (serverless/serverless#8512).
fn unparsed(service: &str, rest: &[&str]) -> Option<&'static str> {
    if service.is_empty() {
        return Some("it has no service");
    }
    match rest {
        [region, account, _] => {
            let is_filled = is_filled_in(region) && is_filled_in(account);
            (!is_filled).then_some("its region or account is none")
        }
        ["", _] => Some("a part is missing"),
        [_, last] if service == "iam" && !last.ends_with('*') => Some("a part is missing"),
        _ => None,
    }
}

fn is_filled_in(part: &str) -> bool {
    let is_plain = |text: &str| {
        text.chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '*' | '?'))
    };
    let mut pieces = part.split("${");
    let plain = pieces.next().is_none_or(is_plain);
    plain && pieces.all(|piece| piece.split_once('}').is_some_and(|(_, after)| is_plain(after)))
}

fn of_iam(rest: &[&str]) -> Option<ResourceFault> {
    if has_region(rest) {
        return Some(ResourceFault::Region("iam"));
    }
    let [_, _, resource] = rest else { return None };
    let is_known = *resource == "*"
        || IAM_PATHS
            .iter()
            .chain(&MORE_IAM_PATHS)
            .any(|path| resource.starts_with(path));
    (!is_known).then_some(ResourceFault::IamPath)
}

fn of_s3(rest: &[&str]) -> Option<ResourceFault> {
    // What begins with a wildcard may be one of them; AWS's examples for Access Analyzer have such a one.
    let mut regional = S3_REGIONAL.iter().chain(&["*"]);
    let is_regional = matches!(rest, [_, _, resource] if regional.any(|kind| resource.starts_with(kind)));
    (has_region(rest) && !is_regional).then_some(ResourceFault::Region("s3"))
}

/// Returns whether an ARN names a region. What stands for all that could follow names none.
fn has_region(rest: &[&str]) -> bool {
    match rest {
        [] => true,
        [last] => !last.ends_with('*'),
        [region, ..] => !region.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_iam_takes_for_a_resource_is_one() {
        for resource in [
            "*",
            "arn:aws:s3:::bucket/*",
            "arn:*:logs:*:*:log-group:/x:*",
            "arn:aws:fdsasf",
            "arn:aws:waf:*",
            "arn:aws:logs:us-east-1:*",
            "arn:aws:sqs:us-east-1:queue",
            "arn:aws:s3*",
            "arn:aws:s3:*",
            "arn:aws:iam::*:user/${aws:username}",
            "arn:aws:iam::aws:policy/*",
            "arn:aws:iam::*:*",
            "arn:aws:iam:::*",
            "arn:aws:iam::*:root",
            "arn:*:kms:*:${aws:PrincipalAccount}:key/*",
            "arn:aws:ec2:region:account-id:instance/*",
            "arn:aws:s3:us-west-2:123456789012:accesspoint/ap/object/*",
            "arn:aws:s3:*:*:access-grants/default",
            "arn:aws:s3:*:*:job/*",
            "arn:aws:s3:*:*:*x*",
        ] {
            assert_eq!(wrong(resource), None, "{resource}");
        }
    }

    #[test]
    fn what_iam_does_not_take_for_a_resource_is_none() {
        let partition = |partition: &str| ResourceFault::Partition {
            partition: partition.to_owned(),
        };
        let missing = ResourceFault::Arn("a part is missing");
        for (resource, fault) in [
            ("", ResourceFault::NotAnArn),
            ("bucket", ResourceFault::NotAnArn),
            ("urn:aws:s3:::bucket", ResourceFault::NotAnArn),
            ("a:b", partition("b")),
            ("aws:s3:::bucket", partition("s3")),
            ("arn:error:s3::bucket", partition("error")),
            ("arn:${AWS::Partition}:s3:::bucket", partition("${AWS::Partition}")),
            ("arn:aws", ResourceFault::Service),
            ("arn:aws:*:*:*:*x*", ResourceFault::Service),
            ("arn:aws::x", ResourceFault::Arn("it has no service")),
            ("arn:aws::::x", ResourceFault::Arn("it has no service")),
            ("arn:aws:s3::bucket", missing.clone()),
            ("arn:aws:iam:123456789012:user/x", missing.clone()),
            ("arn:aws:s3::*", missing),
            (
                "arn:aws:sqs:eu-west-1:<ACCOUNT_ID>:q",
                ResourceFault::Arn("its region or account is none"),
            ),
            (
                "arn:aws:sqs:eu-west-1:#{AWS::AccountId}:q",
                ResourceFault::Arn("its region or account is none"),
            ),
            ("arn:aws:iam:us-east-1::user/x", ResourceFault::Region("iam")),
            ("arn:aws:s3:us-east-1::bucket", ResourceFault::Region("s3")),
            ("arn:aws:s3", ResourceFault::Region("s3")),
            ("arn:aws:iam::123456789012:*/*", ResourceFault::IamPath),
            ("arn:aws:iam:::bucket", ResourceFault::IamPath),
        ] {
            assert_eq!(wrong(resource), Some(fault), "{resource}");
        }
    }
}
