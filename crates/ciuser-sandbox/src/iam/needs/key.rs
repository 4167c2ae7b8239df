//! The condition keys that depend on the operation, and what a request has for them.

use ciuser_policy::request::Context;

use super::Asked;

/// A condition key that depends on the operation.
#[derive(Clone, Copy)]
pub(in crate::iam) enum Key {
    /// `iam:PermissionsBoundary`: the boundary that the request sets, else the one that the user has.
    Boundary,
    /// `iam:PolicyARN`: the policy that is attached or detached.
    PolicyArn,
    /// `aws:RequestTag/...` and `aws:TagKeys`: the tags that are set.
    RequestTags,
    /// `aws:TagKeys`: the tags that are removed.
    TagKeys,
    /// `iam:ServiceSpecificCredentialServiceName`: the service that the credential is for.
    ServiceName,
}

impl Asked<'_> {
    /// Adds what the request has for a key.
    pub(super) fn add(&self, key: Key, context: &mut Context) {
        match key {
            Key::Boundary => {
                if let Some(arn) = self.boundary() {
                    context.add("iam:PermissionsBoundary", arn);
                }
            }
            Key::PolicyArn => {
                if let Some(arn) = self.params.get("PolicyArn") {
                    context.add("iam:PolicyARN", arn);
                }
            }
            Key::RequestTags => self.add_request_tags(context),
            Key::TagKeys => {
                for (_, key) in self.params.members("TagKeys") {
                    context.add("aws:TagKeys", key);
                }
            }
            Key::ServiceName => {
                if let Some(service) = self.service_name() {
                    context.add("iam:ServiceSpecificCredentialServiceName", service);
                }
            }
        }
    }

    fn boundary(&self) -> Option<&str> {
        let of_user = || self.find_user(self.params.get("UserName")?)?.boundary.as_deref();
        self.params.get("PermissionsBoundary").or_else(of_user)
    }

    fn add_request_tags(&self, context: &mut Context) {
        for number in self.params.member_numbers("Tags") {
            let part = |field: &str| self.params.get(&format!("Tags.member.{number}.{field}"));
            if let (Some(key), Some(value)) = (part("Key"), part("Value")) {
                context.add(&format!("aws:RequestTag/{key}"), value);
                context.add("aws:TagKeys", key);
            }
        }
    }

    fn service_name(&self) -> Option<&str> {
        let of_credential = || {
            let id = self.params.get("ServiceSpecificCredentialId")?;
            let mut credentials = self.state.users.values().flat_map(|user| &user.service_credentials);
            credentials
                .find(|credential| credential.id == id)
                .map(|found| found.service.as_str())
        };
        self.params.get("ServiceName").or_else(of_credential)
    }
}
