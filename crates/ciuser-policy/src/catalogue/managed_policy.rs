//! One AWS managed policy, in its default version.

use crate::catalogue::{PolicyVersion, older_versions};
use crate::document::allowed_actions;

/// The paths of policies that only roles of AWS's own making can have.
const NOT_FOR_USERS: [&str; 2] = ["/aws-service-role/", "/root-task/"];

/// One AWS managed policy, in its default version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ManagedPolicy {
    /// Its name.
    pub name: &'static str,
    /// Its path: `/`, `/job-function/`, `/service-role/` and others.
    pub path: &'static str,
    /// The id of its default version, as `v15`.
    pub default_version_id: &'static str,
    /// When AWS made the policy, in RFC 3339, as `2015-02-06T18:39:50Z`.
    pub created: &'static str,
    /// When AWS last changed it, which is when its default version was made; in RFC 3339.
    pub updated: &'static str,
    document: &'static str,
}

impl ManagedPolicy {
    /// Reads a line of the catalogue.
    pub(super) fn from_row([name, path, default_version_id, created, updated, document]: [&'static str; 6]) -> Self {
        Self {
            name,
            path,
            default_version_id,
            created,
            updated,
            document,
        }
    }

    /// Returns the document of the default version, minified.
    pub fn document(&self) -> &'static str {
        self.document
    }

    /// Returns its versions, oldest first; the last one is the default version.
    ///
    /// The first question costs some milliseconds and a megabyte or so that stays; for `ReadOnlyAccess` it is eight.
    pub fn versions(&self) -> Vec<PolicyVersion> {
        let default = PolicyVersion::new(self.default_version_id, Some(self.updated), self.document);
        older_versions::of(self.name).chain([default]).collect()
    }

    /// Returns the policy's ARN in a partition: `aws`, `aws-cn`, `aws-us-gov` and others.
    ///
    /// Whether the partition has the policy is not known here.
    pub fn arn(&self, partition: &str) -> String {
        format!("arn:{partition}:iam::aws:policy{}{}", self.path, self.name)
    }

    /// Returns the actions that the policy allows, as its document writes them (`s3:*`), sorted, each once.
    ///
    /// Statements with `NotAction` name no allowed action and add nothing.
    pub fn actions(&self) -> Vec<String> {
        allowed_actions(self.document)
    }

    /// Returns whether IAM lets a user or group have the policy.
    ///
    /// It answers `PolicyNotAttachable` for the policies of service-linked roles, and so for those of root sessions
    /// (IAM API Reference, `AttachUserPolicy`; IAM User Guide, "Perform a privileged task on a member account").
    pub fn is_attachable_to_users(&self) -> bool {
        !NOT_FOR_USERS.iter().any(|path| self.path.starts_with(path))
    }
}

#[cfg(test)]
mod tests {
    use crate::catalogue::Catalogue;

    #[test]
    fn the_policies_of_the_console_procedure_are_there() {
        let catalogue = Catalogue::embedded();
        for name in [
            "AmazonS3FullAccess",
            "CloudFrontFullAccess",
            "AdministratorAccess-AWSElasticBeanstalk",
        ] {
            let policy = catalogue.by_name(name).unwrap();
            assert_eq!(policy.arn("aws"), format!("arn:aws:iam::aws:policy/{name}"));
            assert!(policy.is_attachable_to_users());
        }
    }

    #[test]
    fn an_arn_has_the_partition_and_the_path() {
        let policy = Catalogue::embedded().by_name("ViewOnlyAccess").unwrap();
        assert_eq!(
            policy.arn("aws-cn"),
            "arn:aws-cn:iam::aws:policy/job-function/ViewOnlyAccess"
        );
    }

    #[test]
    fn a_service_linked_roles_policy_is_not_for_users() {
        let policy = Catalogue::embedded().by_name("AmazonECSServiceRolePolicy").unwrap();
        assert_eq!(policy.path, "/aws-service-role/");
        assert!(!policy.is_attachable_to_users());
    }

    #[test]
    fn actions_are_as_the_document_writes_them() {
        let policy = Catalogue::embedded().by_name("AmazonS3FullAccess").unwrap();
        assert_eq!(policy.actions(), ["s3-object-lambda:*", "s3:*"]);
    }
}
