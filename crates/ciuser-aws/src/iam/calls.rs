//! The calls of the `Iam` port, in its order: one list, for Rust wants a trait's methods together, and each of them is one
//! call and nothing else. The listings of what a user may have beside access keys are in [`super::credentials`].

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_iam::types::{EntityType, PolicyScopeType, StatusType};
use ciuser_core::name::{
    AccessKeyId, CertificateId, GroupName, MfaSerialNumber, Path, PolicyArn, PolicyName, ServiceSpecificCredentialId,
    SshPublicKeyId, Tag, TagKey, UserName,
};
use ciuser_core::port::{
    AccessKeyStatus, Iam, IamError, KeyLastUsed, ListedKeys, ManagedPolicy, NewUser, User, UserSummary,
};
use ciuser_core::secret::AccessKey;

use super::{AwsIam, answer};
use crate::attempt::{on_fresh_connection, once, single};
use crate::date::DateHeader;
use crate::pages::{self, LARGEST, Page};

#[async_trait(?Send)]
impl Iam for AwsIam {
    async fn list_users(&self) -> Result<Vec<UserSummary>, IamError> {
        let users = pages::all(async |marker| {
            let call = self.sdk.list_users().set_marker(marker).max_items(LARGEST);
            let page = call.send().await.map_err(|e| self.error(e))?;
            Page::new(page.users, page.is_truncated, page.marker)
        });
        users.await?.iter().map(answer::user_summary).collect()
    }

    async fn get_user(&self, user: &UserName) -> Result<User, IamError> {
        let output = self
            .sdk
            .get_user()
            .user_name(user.as_str())
            .send()
            .await
            .map_err(|e| self.error(e))?;
        answer::user(output.user)
    }

    async fn create_user(&self, user: &NewUser) -> Result<User, IamError> {
        let tags = answer::sdk_tags(&user.tags)?;
        let output = once(&*self.clock, async || {
            let call = self
                .sdk
                .create_user()
                .user_name(user.name.as_str())
                .path(user.path.as_str());
            let call = call.set_permissions_boundary(user.boundary.as_ref().map(ToString::to_string));
            let call = call.set_tags((!tags.is_empty()).then(|| tags.clone())).customize();
            let sent = call
                .config_override(single())
                .mutate_request(on_fresh_connection)
                .send();
            sent.await.map_err(|e| self.error(e))
        });
        answer::user(output.await?.user)
    }

    async fn delete_user(&self, user: &UserName) -> Result<(), IamError> {
        let call = self.sdk.delete_user().user_name(user.as_str());
        call.send().await.map(drop).map_err(|e| self.error(e))
    }

    async fn tag_user(&self, user: &UserName, tags: &[Tag]) -> Result<(), IamError> {
        let call = self
            .sdk
            .tag_user()
            .user_name(user.as_str())
            .set_tags(Some(answer::sdk_tags(tags)?));
        call.send().await.map(drop).map_err(|e| self.error(e))
    }

    async fn untag_user(&self, user: &UserName, keys: &[TagKey]) -> Result<(), IamError> {
        let keys = keys.iter().map(ToString::to_string).collect();
        let call = self.sdk.untag_user().user_name(user.as_str()).set_tag_keys(Some(keys));
        call.send().await.map(drop).map_err(|e| self.error(e))
    }

    async fn put_user_permissions_boundary(&self, user: &UserName, boundary: &PolicyArn) -> Result<(), IamError> {
        let call = self.sdk.put_user_permissions_boundary().user_name(user.as_str());
        call.permissions_boundary(boundary.as_str())
            .send()
            .await
            .map(drop)
            .map_err(|e| self.error(e))
    }

    async fn delete_user_permissions_boundary(&self, user: &UserName) -> Result<(), IamError> {
        let call = self.sdk.delete_user_permissions_boundary().user_name(user.as_str());
        call.send().await.map(drop).map_err(|e| self.error(e))
    }

    async fn list_attached_user_policies(&self, user: &UserName) -> Result<Vec<PolicyArn>, IamError> {
        let attached = pages::all(async |marker| {
            let call = self.sdk.list_attached_user_policies().user_name(user.as_str());
            let sent = call.set_marker(marker).max_items(LARGEST).send();
            let page = sent.await.map_err(|e| self.error(e))?;
            Page::new(
                page.attached_policies.unwrap_or_default(),
                page.is_truncated,
                page.marker,
            )
        });
        attached.await?.iter().map(answer::attached).collect()
    }

    async fn attach_user_policy(&self, user: &UserName, policy: &PolicyArn) -> Result<(), IamError> {
        let call = self
            .sdk
            .attach_user_policy()
            .user_name(user.as_str())
            .policy_arn(policy.as_str());
        call.send().await.map(drop).map_err(|e| self.error(e))
    }

    async fn detach_user_policy(&self, user: &UserName, policy: &PolicyArn) -> Result<(), IamError> {
        let call = self
            .sdk
            .detach_user_policy()
            .user_name(user.as_str())
            .policy_arn(policy.as_str());
        call.send().await.map(drop).map_err(|e| self.error(e))
    }

    async fn list_user_policies(&self, user: &UserName) -> Result<Vec<PolicyName>, IamError> {
        let names = pages::all(async |marker| {
            let call = self
                .sdk
                .list_user_policies()
                .user_name(user.as_str())
                .set_marker(marker)
                .max_items(LARGEST);
            let page = call.send().await.map_err(|e| self.error(e))?;
            Page::new(page.policy_names, page.is_truncated, page.marker)
        });
        names.await?.iter().map(|name| answer::name(name)).collect()
    }

    async fn get_user_policy(&self, user: &UserName, policy: &PolicyName) -> Result<String, IamError> {
        let call = self
            .sdk
            .get_user_policy()
            .user_name(user.as_str())
            .policy_name(policy.as_str());
        let output = call.send().await.map_err(|e| self.error(e))?;
        answer::document(&output.policy_document)
    }

    async fn put_user_policy(&self, user: &UserName, policy: &PolicyName, document: &str) -> Result<(), IamError> {
        let call = self
            .sdk
            .put_user_policy()
            .user_name(user.as_str())
            .policy_name(policy.as_str());
        call.policy_document(document)
            .send()
            .await
            .map(drop)
            .map_err(|e| self.error(e))
    }

    async fn delete_user_policy(&self, user: &UserName, policy: &PolicyName) -> Result<(), IamError> {
        let call = self
            .sdk
            .delete_user_policy()
            .user_name(user.as_str())
            .policy_name(policy.as_str());
        call.send().await.map(drop).map_err(|e| self.error(e))
    }

    async fn list_groups(&self) -> Result<Vec<(GroupName, Path)>, IamError> {
        let groups = pages::all(async |marker| {
            let call = self.sdk.list_groups().set_marker(marker).max_items(LARGEST);
            let page = call.send().await.map_err(|e| self.error(e))?;
            Page::new(page.groups, page.is_truncated, page.marker)
        });
        groups
            .await?
            .iter()
            .map(|g| Ok((answer::name(&g.group_name)?, answer::name(&g.path)?)))
            .collect()
    }

    async fn create_group(&self, group: &GroupName, path: &Path) -> Result<(), IamError> {
        let created = once(&*self.clock, async || {
            let call = self
                .sdk
                .create_group()
                .group_name(group.as_str())
                .path(path.as_str())
                .customize();
            let sent = call
                .config_override(single())
                .mutate_request(on_fresh_connection)
                .send();
            sent.await.map_err(|e| self.error(e))
        });
        created.await.map(drop)
    }

    async fn delete_group(&self, group: &GroupName) -> Result<(), IamError> {
        let call = self.sdk.delete_group().group_name(group.as_str());
        call.send().await.map(drop).map_err(|e| self.error(e))
    }

    async fn list_users_in_group(&self, group: &GroupName) -> Result<Vec<UserName>, IamError> {
        let users = pages::all(async |marker| {
            let call = self.sdk.get_group().group_name(group.as_str());
            let sent = call.set_marker(marker).max_items(LARGEST).send();
            let page = sent.await.map_err(|e| self.error(e))?;
            Page::new(page.users, page.is_truncated, page.marker)
        });
        users.await?.iter().map(|user| answer::name(&user.user_name)).collect()
    }

    async fn list_groups_for_user(&self, user: &UserName) -> Result<Vec<GroupName>, IamError> {
        let groups = pages::all(async |marker| {
            let call = self
                .sdk
                .list_groups_for_user()
                .user_name(user.as_str())
                .set_marker(marker)
                .max_items(LARGEST);
            let page = call.send().await.map_err(|e| self.error(e))?;
            Page::new(page.groups, page.is_truncated, page.marker)
        });
        groups
            .await?
            .iter()
            .map(|group| answer::name(&group.group_name))
            .collect()
    }

    async fn add_user_to_group(&self, user: &UserName, group: &GroupName) -> Result<(), IamError> {
        let call = self
            .sdk
            .add_user_to_group()
            .user_name(user.as_str())
            .group_name(group.as_str());
        call.send().await.map(drop).map_err(|e| self.error(e))
    }

    async fn remove_user_from_group(&self, user: &UserName, group: &GroupName) -> Result<(), IamError> {
        let call = self
            .sdk
            .remove_user_from_group()
            .user_name(user.as_str())
            .group_name(group.as_str());
        call.send().await.map(drop).map_err(|e| self.error(e))
    }

    async fn list_attached_group_policies(&self, group: &GroupName) -> Result<Vec<PolicyArn>, IamError> {
        let attached = pages::all(async |marker| {
            let call = self.sdk.list_attached_group_policies().group_name(group.as_str());
            let sent = call.set_marker(marker).max_items(LARGEST).send();
            let page = sent.await.map_err(|e| self.error(e))?;
            Page::new(
                page.attached_policies.unwrap_or_default(),
                page.is_truncated,
                page.marker,
            )
        });
        attached.await?.iter().map(answer::attached).collect()
    }

    async fn attach_group_policy(&self, group: &GroupName, policy: &PolicyArn) -> Result<(), IamError> {
        let call = self
            .sdk
            .attach_group_policy()
            .group_name(group.as_str())
            .policy_arn(policy.as_str());
        call.send().await.map(drop).map_err(|e| self.error(e))
    }

    async fn detach_group_policy(&self, group: &GroupName, policy: &PolicyArn) -> Result<(), IamError> {
        let call = self
            .sdk
            .detach_group_policy()
            .group_name(group.as_str())
            .policy_arn(policy.as_str());
        call.send().await.map(drop).map_err(|e| self.error(e))
    }

    async fn list_group_policies(&self, group: &GroupName) -> Result<Vec<PolicyName>, IamError> {
        let names = pages::all(async |marker| {
            let call = self
                .sdk
                .list_group_policies()
                .group_name(group.as_str())
                .set_marker(marker)
                .max_items(LARGEST);
            let page = call.send().await.map_err(|e| self.error(e))?;
            Page::new(page.policy_names, page.is_truncated, page.marker)
        });
        names.await?.iter().map(|name| answer::name(name)).collect()
    }

    async fn get_policy(&self, policy: &PolicyArn) -> Result<ManagedPolicy, IamError> {
        let output = self
            .sdk
            .get_policy()
            .policy_arn(policy.as_str())
            .send()
            .await
            .map_err(|e| self.error(e))?;
        answer::managed_policy(answer::given(output.policy, "the policy")?)
    }

    async fn get_policy_version(&self, policy: &PolicyArn, version: &str) -> Result<String, IamError> {
        let call = self
            .sdk
            .get_policy_version()
            .policy_arn(policy.as_str())
            .version_id(version);
        let output = call.send().await.map_err(|e| self.error(e))?;
        let document = output.policy_version.and_then(|version| version.document);
        answer::document(&answer::given(document, "the document")?)
    }

    async fn list_policies(&self, aws: bool) -> Result<Vec<ManagedPolicy>, IamError> {
        let scope = if aws {
            PolicyScopeType::Aws
        } else {
            PolicyScopeType::Local
        };
        let policies = pages::all(async |marker| {
            let call = self
                .sdk
                .list_policies()
                .scope(scope.clone())
                .set_marker(marker)
                .max_items(LARGEST);
            let page = call.send().await.map_err(|e| self.error(e))?;
            Page::new(page.policies.unwrap_or_default(), page.is_truncated, page.marker)
        });
        policies.await?.into_iter().map(answer::managed_policy).collect()
    }

    async fn list_groups_for_policy(&self, policy: &PolicyArn) -> Result<Vec<GroupName>, IamError> {
        let groups = pages::all(async |marker| {
            let call = self.sdk.list_entities_for_policy().policy_arn(policy.as_str());
            let call = call.entity_filter(EntityType::Group);
            let sent = call.set_marker(marker).max_items(LARGEST).send();
            let page = sent.await.map_err(|e| self.error(e))?;
            Page::new(page.policy_groups.unwrap_or_default(), page.is_truncated, page.marker)
        });
        let names = groups
            .await?
            .into_iter()
            .map(|group| answer::given(group.group_name, "the name of a group"));
        names.map(|name| answer::name(&name?)).collect()
    }

    async fn list_access_keys(&self, user: &UserName) -> Result<ListedKeys, IamError> {
        let date = DateHeader::default();
        let keys = pages::all(async |marker| {
            let call = self
                .sdk
                .list_access_keys()
                .user_name(user.as_str())
                .set_marker(marker)
                .max_items(LARGEST);
            let sent = call.customize().interceptor(date.clone()).send();
            let page = sent.await.map_err(|e| self.error(e))?;
            Page::new(page.access_key_metadata, page.is_truncated, page.marker)
        });
        let keys = keys
            .await?
            .into_iter()
            .map(answer::listed_key)
            .collect::<Result<_, _>>()?;
        Ok(ListedKeys { keys, date: date.get() })
    }

    async fn create_access_key(&self, user: &UserName) -> Result<AccessKey, IamError> {
        let output = once(&*self.clock, async || {
            let call = self.sdk.create_access_key().user_name(user.as_str()).customize();
            let sent = call
                .config_override(single())
                .mutate_request(on_fresh_connection)
                .send();
            sent.await.map_err(|e| self.error(e))
        });
        answer::new_key(output.await?.access_key)
    }

    async fn update_access_key(
        &self,
        user: &UserName,
        key: &AccessKeyId,
        status: AccessKeyStatus,
    ) -> Result<(), IamError> {
        let status = match status {
            AccessKeyStatus::Active => StatusType::Active,
            AccessKeyStatus::Inactive => StatusType::Inactive,
        };
        let call = self
            .sdk
            .update_access_key()
            .user_name(user.as_str())
            .access_key_id(key.as_str())
            .status(status);
        call.send().await.map(drop).map_err(|e| self.error(e))
    }

    async fn delete_access_key(&self, user: &UserName, key: &AccessKeyId) -> Result<(), IamError> {
        let call = self
            .sdk
            .delete_access_key()
            .user_name(user.as_str())
            .access_key_id(key.as_str());
        call.send().await.map(drop).map_err(|e| self.error(e))
    }

    async fn get_access_key_last_used(&self, key: &AccessKeyId) -> Result<KeyLastUsed, IamError> {
        let call = self.sdk.get_access_key_last_used().access_key_id(key.as_str());
        let output = call.send().await.map_err(|e| self.error(e))?;
        answer::last_used(output.user_name, output.access_key_last_used)
    }

    async fn get_account_summary(&self) -> Result<BTreeMap<String, i32>, IamError> {
        let output = self.sdk.get_account_summary().send().await.map_err(|e| self.error(e))?;
        let summary = output.summary_map.unwrap_or_default();
        Ok(summary
            .into_iter()
            .map(|(figure, value)| (figure.as_str().to_owned(), value))
            .collect())
    }

    async fn has_login_profile(&self, user: &UserName) -> Result<bool, IamError> {
        let answer = self.sdk.get_login_profile().user_name(user.as_str()).send().await;
        match answer.map_err(|e| self.error(e)) {
            Ok(_) => Ok(true),
            Err(error) if error.is_no_such_entity() => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn delete_login_profile(&self, user: &UserName) -> Result<(), IamError> {
        let call = self.sdk.delete_login_profile().user_name(user.as_str());
        call.send().await.map(drop).map_err(|e| self.error(e))
    }

    async fn list_mfa_devices(&self, user: &UserName) -> Result<Vec<MfaSerialNumber>, IamError> {
        self.mfa_devices(user).await
    }

    async fn deactivate_mfa_device(&self, user: &UserName, device: &MfaSerialNumber) -> Result<(), IamError> {
        let call = self.sdk.deactivate_mfa_device().user_name(user.as_str());
        let sent = call.serial_number(device.as_str()).send();
        sent.await.map(drop).map_err(|e| self.error(e))
    }

    async fn delete_virtual_mfa_device(&self, device: &MfaSerialNumber) -> Result<(), IamError> {
        let call = self.sdk.delete_virtual_mfa_device().serial_number(device.as_str());
        call.send().await.map(drop).map_err(|e| self.error(e))
    }

    async fn list_ssh_public_keys(&self, user: &UserName) -> Result<Vec<SshPublicKeyId>, IamError> {
        self.ssh_public_keys(user).await
    }

    async fn delete_ssh_public_key(&self, user: &UserName, key: &SshPublicKeyId) -> Result<(), IamError> {
        let call = self.sdk.delete_ssh_public_key().user_name(user.as_str());
        let sent = call.ssh_public_key_id(key.as_str()).send();
        sent.await.map(drop).map_err(|e| self.error(e))
    }

    async fn list_signing_certificates(&self, user: &UserName) -> Result<Vec<CertificateId>, IamError> {
        self.signing_certificates(user).await
    }

    async fn delete_signing_certificate(&self, user: &UserName, certificate: &CertificateId) -> Result<(), IamError> {
        let call = self.sdk.delete_signing_certificate().user_name(user.as_str());
        let sent = call.certificate_id(certificate.as_str()).send();
        sent.await.map(drop).map_err(|e| self.error(e))
    }

    async fn list_service_specific_credentials(
        &self,
        user: &UserName,
    ) -> Result<Vec<ServiceSpecificCredentialId>, IamError> {
        self.service_specific_credentials(user).await
    }

    async fn delete_service_specific_credential(
        &self,
        user: &UserName,
        credential: &ServiceSpecificCredentialId,
    ) -> Result<(), IamError> {
        let call = self.sdk.delete_service_specific_credential().user_name(user.as_str());
        let sent = call.service_specific_credential_id(credential.as_str()).send();
        sent.await.map(drop).map_err(|e| self.error(e))
    }
}
