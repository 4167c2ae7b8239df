//! Which AWS managed policy lets a pipeline deploy to a service: the console procedure's step "search for policies".
//!
//! These are AWS's own broad policies, chosen for convenience; a service with no such policy for users is not listed.

/// Service prefix as in IAM actions (or the name everybody uses), and the policy. Sorted by service.
const POLICIES: [(&str, &str); 24] = [
    ("acm", "AWSCertificateManagerFullAccess"),
    ("amplify", "AdministratorAccess-Amplify"),
    ("apigateway", "AmazonAPIGatewayAdministrator"),
    ("apprunner", "AWSAppRunnerFullAccess"),
    ("batch", "AWSBatchFullAccess"),
    ("cloudformation", "AWSCloudFormationFullAccess"),
    ("cloudfront", "CloudFrontFullAccess"),
    ("codeartifact", "AWSCodeArtifactAdminAccess"),
    ("codebuild", "AWSCodeBuildAdminAccess"),
    ("codedeploy", "AWSCodeDeployFullAccess"),
    ("codepipeline", "AWSCodePipeline_FullAccess"),
    ("dynamodb", "AmazonDynamoDBFullAccess_v2"),
    ("ec2", "AmazonEC2FullAccess"),
    ("ecr", "AmazonEC2ContainerRegistryPowerUser"),
    ("ecs", "AmazonECS_FullAccess"),
    ("elasticbeanstalk", "AdministratorAccess-AWSElasticBeanstalk"),
    ("lambda", "AWSLambda_FullAccess"),
    ("logs", "CloudWatchLogsFullAccess"),
    ("route53", "AmazonRoute53FullAccess"),
    ("s3", "AmazonS3FullAccess"),
    ("secretsmanager", "SecretsManagerReadWrite"),
    ("sns", "AmazonSNSFullAccess"),
    ("sqs", "AmazonSQSFullAccess"),
    ("states", "AWSStepFunctionsFullAccess"),
];

/// Returns the name of the AWS managed policy for a service, named as in IAM actions. Case does not count.
pub fn policies_for(service: &str) -> Option<&'static str> {
    POLICIES
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(service))
        .map(|(_, policy)| *policy)
}

/// Returns the services that have a policy here, sorted.
pub fn known_services() -> impl Iterator<Item = &'static str> {
    POLICIES.iter().map(|(service, _)| *service)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;

    #[test]
    fn the_console_procedures_services_have_its_policies() {
        assert_eq!(policies_for("s3"), Some("AmazonS3FullAccess"));
        assert_eq!(policies_for("CloudFront"), Some("CloudFrontFullAccess"));
        assert_eq!(
            policies_for("elasticbeanstalk"),
            Some("AdministratorAccess-AWSElasticBeanstalk")
        );
        assert_eq!(policies_for("glacier"), None);
    }

    #[test]
    fn every_policy_exists_can_be_attached_to_users_and_allows_something_of_its_service() {
        for (service, name) in POLICIES {
            let policy = Catalogue::embedded().by_name(name).unwrap();
            let prefix = format!("{service}:");
            assert!(policy.is_attachable_to_users(), "{name}");
            assert!(
                policy.actions().iter().any(|action| action.starts_with(&prefix)),
                "{name} allows no {prefix}"
            );
        }
    }

    #[test]
    fn services_are_sorted_and_unique() {
        assert!(known_services().is_sorted_by(|a, b| a < b));
    }
}
