//! AWS managed policies that old instructions name and that can no longer be attached.
//!
//! For messages only: a successor may allow more or less than the policy it followed, so it is offered and never put
//! in place of what was asked for. Not complete; each entry names the page that says so.

/// A policy that is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vanished {
    /// The name it had.
    pub name: &'static str,
    /// The policy that AWS documents as its successor, if any.
    pub successor: Option<&'static str>,
    /// The page that says so.
    pub source: &'static str,
}

const BEANSTALK: &str = "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/security-iam-awsmanpol.html";
const CLOUDTRAIL: &str = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/security-iam-awsmanpol.html";
const CODEPIPELINE: &str = "https://docs.aws.amazon.com/codepipeline/latest/userguide/managed-policies.html";
const ECS: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-awsmanpol-deprecated-policies.html";
const GONE: &str = "https://github.com/zoph-io/MAMIP/blob/14d53f353cef634db78849c03ff2898b021aa2ed/DEPRECATED.json";
const LAMBDA: &str = "https://docs.aws.amazon.com/lambda/latest/dg/access-control-identity-based.html";

const VANISHED: [Vanished; 9] = [
    vanished("AWSCloudTrailFullAccess", None, GONE),
    vanished(
        "AWSCloudTrailReadOnlyAccess",
        Some("AWSCloudTrail_ReadOnlyAccess"),
        CLOUDTRAIL,
    ),
    vanished(
        "AWSCodePipelineFullAccess",
        Some("AWSCodePipeline_FullAccess"),
        CODEPIPELINE,
    ),
    vanished(
        "AWSCodePipelineReadOnlyAccess",
        Some("AWSCodePipeline_ReadOnlyAccess"),
        CODEPIPELINE,
    ),
    vanished(
        "AWSElasticBeanstalkFullAccess",
        Some("AdministratorAccess-AWSElasticBeanstalk"),
        BEANSTALK,
    ),
    vanished(
        "AWSElasticBeanstalkReadOnlyAccess",
        Some("AWSElasticBeanstalkReadOnly"),
        BEANSTALK,
    ),
    vanished("AWSLambdaFullAccess", Some("AWSLambda_FullAccess"), LAMBDA),
    vanished("AWSLambdaReadOnlyAccess", Some("AWSLambda_ReadOnlyAccess"), LAMBDA),
    vanished("AmazonEC2ContainerServiceFullAccess", Some("AmazonECS_FullAccess"), ECS),
];

const fn vanished(name: &'static str, successor: Option<&'static str>, source: &'static str) -> Vanished {
    Vanished {
        name,
        successor,
        source,
    }
}

/// Returns what is known of a vanished policy. Case does not count: the name was typed from memory.
pub fn successor(name: &str) -> Option<&'static Vanished> {
    VANISHED
        .iter()
        .find(|vanished| vanished.name.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;

    #[test]
    fn the_beanstalk_policy_of_old_tutorials_names_its_successor() {
        let vanished = successor("AWSElasticBeanstalkFullAccess").unwrap();
        assert_eq!(vanished.successor, Some("AdministratorAccess-AWSElasticBeanstalk"));
    }

    #[test]
    fn what_vanished_is_not_in_the_catalogue_and_its_successor_is() {
        let catalogue = Catalogue::embedded();
        for vanished in VANISHED {
            assert!(catalogue.by_name(vanished.name).is_none(), "{}", vanished.name);
            assert!(
                vanished.successor.is_none_or(|name| catalogue.by_name(name).is_some()),
                "{}",
                vanished.name
            );
        }
    }

    #[test]
    fn a_policy_that_exists_has_not_vanished() {
        assert_eq!(successor("AmazonS3FullAccess"), None);
    }
}
