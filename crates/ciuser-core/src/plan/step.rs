//! One change to a user: a call with everything that it needs.

use serde::{Deserialize, Serialize};

use super::retirement::Retirement;
use crate::name::{
    AccessKeyId, CertificateId, GroupName, MfaSerialNumber, Path, PolicyArn, PolicyName, ServiceSpecificCredentialId,
    SshPublicKeyId, Tag, TagKey, UserName,
};
use crate::port::{AccessKeyStatus, NewUser};
use crate::target::{StoreSpec, Target};

/// One IAM call that changes something. Its name is the API's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "call", rename_all_fields = "kebab-case")]
pub enum Step {
    /// Makes the user, tags and boundary included.
    CreateUser(NewUser),
    /// Sets tags.
    TagUser {
        /// The tags.
        tags: Vec<Tag>,
    },
    /// Removes tags.
    UntagUser {
        /// Their keys.
        keys: Vec<TagKey>,
    },
    /// Sets the permissions boundary.
    PutUserPermissionsBoundary {
        /// The policy.
        boundary: PolicyArn,
    },
    /// Removes the permissions boundary.
    DeleteUserPermissionsBoundary,
    /// Makes the user's own group.
    CreateGroup {
        /// The group.
        group: GroupName,
        /// Always `/ciuser/`.
        path: Path,
    },
    /// Attaches a policy to the user's own group.
    AttachGroupPolicy {
        /// The group.
        group: GroupName,
        /// The policy.
        policy: PolicyArn,
    },
    /// Detaches a policy from the user's own group.
    DetachGroupPolicy {
        /// The group.
        group: GroupName,
        /// The policy.
        policy: PolicyArn,
    },
    /// Adds the user to a group.
    AddUserToGroup {
        /// The group.
        group: GroupName,
    },
    /// Removes the user from a group.
    RemoveUserFromGroup {
        /// The group.
        group: GroupName,
    },
    /// Attaches a managed policy.
    AttachUserPolicy {
        /// The policy.
        policy: PolicyArn,
    },
    /// Detaches a managed policy.
    DetachUserPolicy {
        /// The policy.
        policy: PolicyArn,
    },
    /// Writes an inline policy.
    PutUserPolicy {
        /// Its name.
        name: PolicyName,
        /// Its document, as it will be sent.
        document: String,
    },
    /// Deletes an inline policy.
    DeleteUserPolicy {
        /// Its name.
        name: PolicyName,
    },
    /// Makes an access key usable or not.
    UpdateAccessKey {
        /// The key.
        key: AccessKeyId,
        /// Usable or not.
        status: AccessKeyStatus,
    },
    /// Deletes an access key.
    DeleteAccessKey {
        /// The key.
        key: AccessKeyId,
    },
    /// Deletes the console password.
    DeleteLoginProfile,
    /// Takes an MFA device from the user.
    DeactivateMFADevice {
        /// Its serial number.
        device: MfaSerialNumber,
    },
    /// Deletes a virtual MFA device that was the user's.
    DeleteVirtualMFADevice {
        /// Its serial number.
        device: MfaSerialNumber,
    },
    /// Deletes an SSH public key.
    DeleteSSHPublicKey {
        /// Its id.
        key: SshPublicKeyId,
    },
    /// Deletes a signing certificate.
    DeleteSigningCertificate {
        /// Its id.
        certificate: CertificateId,
    },
    /// Deletes a service-specific credential.
    DeleteServiceSpecificCredential {
        /// Its id.
        credential: ServiceSpecificCredentialId,
    },
    /// Deletes the user's own group.
    DeleteGroup {
        /// The group.
        group: GroupName,
    },
    /// Deletes the user, tags and boundary with it.
    DeleteUser,
}

/// What happens to the user's access key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "key", rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum KeyPlan {
    /// Every target holds this live key.
    Keep {
        /// The key.
        id: AccessKeyId,
    },
    /// A new key is issued and handed over.
    Issue(IssueKey),
    /// A live key is read from a store and delivered to targets that lack it.
    Deliver(DeliverKey),
    /// The spec names no target: no key is issued, and those that exist are left alone.
    LeaveAlone,
    /// Targets lack the key, and no store can give its secret back.
    Unavailable {
        /// The targets without the key.
        missing: Vec<Target>,
        /// Why nothing is issued.
        why: Unavailable,
    },
    /// All keys are deleted, and taken away from targets.
    Retire(Retirement),
}

/// Why a key that targets lack is not delivered to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Unavailable {
    /// The user has keys, but none of the stores holds the secret of a live one.
    NoSecret,
    /// The user is being adopted, and adoption mints nothing.
    Adopting,
}

/// A handover: IssueKey, then a Deliver for every target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct IssueKey {
    /// The targets, stores first.
    pub deliveries: Vec<Delivery>,
    /// The active keys that were there when it was planned: another one means that somebody else issued it.
    #[serde(default)]
    pub beside: Vec<AccessKeyId>,
    /// The key that the new one takes the place of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Replaces>,
}

impl IssueKey {
    /// Returns the deliveries to stores.
    pub(crate) fn stores(&self) -> impl Iterator<Item = &Delivery> {
        self.deliveries
            .iter()
            .filter(|one| matches!(one.target, Target::Store(_)))
    }

    /// Returns the deliveries to CI systems.
    pub(crate) fn providers(&self) -> impl Iterator<Item = &Delivery> {
        self.deliveries
            .iter()
            .filter(|one| matches!(one.target, Target::Provider(_)))
    }
}

/// The old key of a rotation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct Replaces {
    /// The old key.
    pub id: AccessKeyId,
    /// Whether it is made inactive once the new one is proven everywhere.
    pub deactivate: bool,
}

/// A delivery of a key that exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct DeliverKey {
    /// The key.
    pub id: AccessKeyId,
    /// The store that gives the secret back.
    pub source: StoreSpec,
    /// The targets that lack it, stores first.
    pub deliveries: Vec<Delivery>,
}

/// One target of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct Delivery {
    /// The target.
    pub target: Target,
    /// What must be made first, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create: Option<String>,
    /// Whether the person said that this place may be overwritten whatever it holds.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_overwrite: bool,
    /// What is overwritten, in words: old mask and date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overwrites: Option<String>,
}

/// What a plan line does, for the sign in front of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Makes or adds something.
    Adds,
    /// Changes something that is there.
    Changes,
    /// Takes something away.
    Removes,
}

/// One line of a plan: what a person reviews.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Adds, changes or removes.
    pub effect: Effect,
    /// The call, `AttachUserPolicy`.
    pub call: &'static str,
    /// What it is done to, or with.
    pub subject: String,
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.call, self.subject)
    }
}

impl Step {
    /// Returns the line that a person reviews.
    pub fn line(&self, user: &UserName) -> Line {
        use Effect::{Adds, Changes, Removes};
        let (effect, call, subject) = match self {
            Step::CreateUser(new) => (Adds, "CreateUser", created(new)),
            Step::TagUser { tags } => (Changes, "TagUser", list(tags)),
            Step::UntagUser { keys } => (Removes, "UntagUser", list(keys)),
            Step::PutUserPermissionsBoundary { boundary } => {
                (Changes, "PutUserPermissionsBoundary", boundary.to_string())
            }
            Step::DeleteUserPermissionsBoundary => (Removes, "DeleteUserPermissionsBoundary", user.to_string()),
            Step::CreateGroup { group, path } => (Adds, "CreateGroup", format!("{path}{group}")),
            Step::AttachGroupPolicy { group, policy } => (Adds, "AttachGroupPolicy", format!("{group} {policy}")),
            Step::DetachGroupPolicy { group, policy } => (Removes, "DetachGroupPolicy", format!("{group} {policy}")),
            Step::AddUserToGroup { group } => (Adds, "AddUserToGroup", group.to_string()),
            Step::RemoveUserFromGroup { group } => (Removes, "RemoveUserFromGroup", group.to_string()),
            Step::AttachUserPolicy { policy } => (Adds, "AttachUserPolicy", policy.to_string()),
            Step::DetachUserPolicy { policy } => (Removes, "DetachUserPolicy", policy.to_string()),
            Step::PutUserPolicy { name, document } => (
                Changes,
                "PutUserPolicy",
                format!("{name} ({} characters)", document.chars().count()),
            ),
            Step::DeleteUserPolicy { name } => (Removes, "DeleteUserPolicy", name.to_string()),
            Step::UpdateAccessKey { key, status } => (Changes, "UpdateAccessKey", format!("{key} {status:?}")),
            Step::DeleteAccessKey { key } => (Removes, "DeleteAccessKey", key.to_string()),
            Step::DeleteLoginProfile => (Removes, "DeleteLoginProfile", user.to_string()),
            Step::DeactivateMFADevice { device } => (Removes, "DeactivateMFADevice", device.to_string()),
            Step::DeleteVirtualMFADevice { device } => (Removes, "DeleteVirtualMFADevice", device.to_string()),
            Step::DeleteSSHPublicKey { key } => (Removes, "DeleteSSHPublicKey", key.to_string()),
            Step::DeleteSigningCertificate { certificate } => {
                (Removes, "DeleteSigningCertificate", certificate.to_string())
            }
            Step::DeleteServiceSpecificCredential { credential } => {
                (Removes, "DeleteServiceSpecificCredential", credential.to_string())
            }
            Step::DeleteGroup { group } => (Removes, "DeleteGroup", group.to_string()),
            Step::DeleteUser => (Removes, "DeleteUser", user.to_string()),
        };
        Line { effect, call, subject }
    }

    /// Tells whether the step comes after all that adds: it takes something away.
    pub fn removes(&self) -> bool {
        matches!(
            self,
            Step::UntagUser { .. }
                | Step::DeleteUserPermissionsBoundary
                | Step::DetachGroupPolicy { .. }
                | Step::RemoveUserFromGroup { .. }
                | Step::DetachUserPolicy { .. }
                | Step::DeleteUserPolicy { .. }
                | Step::DeleteAccessKey { .. }
                | Step::DeleteLoginProfile
                | Step::DeactivateMFADevice { .. }
                | Step::DeleteVirtualMFADevice { .. }
                | Step::DeleteSSHPublicKey { .. }
                | Step::DeleteSigningCertificate { .. }
                | Step::DeleteServiceSpecificCredential { .. }
                | Step::DeleteGroup { .. }
                | Step::DeleteUser
        )
    }
}

impl KeyPlan {
    /// Tells whether a key is issued or delivered, or taken away from a target.
    pub fn changes(&self) -> bool {
        match self {
            KeyPlan::Issue(_) | KeyPlan::Deliver(_) => true,
            KeyPlan::Retire(retirement) => !retirement.clear.is_empty(),
            KeyPlan::Keep { .. } | KeyPlan::LeaveAlone | KeyPlan::Unavailable { .. } => false,
        }
    }

    /// Returns the deliveries, stores first.
    pub fn deliveries(&self) -> &[Delivery] {
        match self {
            KeyPlan::Issue(issue) => &issue.deliveries,
            KeyPlan::Deliver(deliver) => &deliver.deliveries,
            KeyPlan::Keep { .. } | KeyPlan::LeaveAlone | KeyPlan::Unavailable { .. } | KeyPlan::Retire(_) => &[],
        }
    }

    /// Returns every target that is written or cleared, and the store that is read.
    pub fn touched(&self) -> Vec<Target> {
        let mut targets: Vec<Target> = self
            .deliveries()
            .iter()
            .map(|delivery| delivery.target.clone())
            .collect();
        if let KeyPlan::Deliver(deliver) = self {
            targets.push(Target::Store(deliver.source.clone()));
        }
        if let KeyPlan::Retire(retirement) = self {
            targets.extend(retirement.clear.iter().map(|holder| holder.target.clone()));
        }
        targets
    }

    /// Returns the lines that a person reviews.
    pub fn lines(&self, user: &UserName) -> Vec<Line> {
        let mut lines = Vec::new();
        if let KeyPlan::Issue(issue) = self {
            let subject = match &issue.replaces {
                Some(old) => format!("{user}, taking the place of {}", old.id),
                None => user.to_string(),
            };
            lines.push(Line {
                effect: Effect::Adds,
                call: "IssueKey",
                subject,
            });
        }
        lines.extend(self.deliveries().iter().map(|delivery| delivery.line(self)));
        if let KeyPlan::Retire(retirement) = self {
            lines.extend(retirement.lines());
        }
        if let KeyPlan::Issue(IssueKey {
            replaces: Some(Replaces { id, deactivate: true }),
            ..
        }) = self
        {
            let subject = format!("{id} Inactive, once the new key is proven at every target");
            lines.push(Line {
                effect: Effect::Changes,
                call: "UpdateAccessKey",
                subject,
            });
        }
        lines
    }
}

impl Delivery {
    fn line(&self, plan: &KeyPlan) -> Line {
        let mut subject = self.target.told_from(&plan.touched());
        if let KeyPlan::Deliver(DeliverKey { id, source, .. }) = plan {
            subject.push_str(&format!(", {id} from {}", Target::Store(source.clone())));
        }
        for remark in [&self.create, &self.overwrites].into_iter().flatten() {
            subject.push_str(&format!(" ({remark})"));
        }
        let effect = if self.overwrites.is_some() {
            Effect::Changes
        } else {
            Effect::Adds
        };
        Line {
            effect,
            call: "Deliver",
            subject,
        }
    }
}

fn created(new: &NewUser) -> String {
    let mut text = format!("{}{}", new.path, new.name);
    if !new.tags.is_empty() {
        text.push_str(&format!(" tags {}", list(&new.tags)));
    }
    if let Some(boundary) = &new.boundary {
        text.push_str(&format!(" boundary {boundary}"));
    }
    text
}

fn list<T: ToString>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
