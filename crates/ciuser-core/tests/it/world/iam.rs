//! The IAM port: what each call does to the account.

use std::collections::BTreeMap;

use async_trait::async_trait;
use ciuser_core::name::{
    AccessKeyId, CertificateId, GroupName, MfaSerialNumber, Path, PolicyArn, PolicyName, ServiceSpecificCredentialId,
    SshPublicKeyId, Tag, TagKey, UserName,
};
use ciuser_core::port::{
    AccessKeyStatus, Iam, IamError, IamErrorKind, KeyLastUsed, ListedKey, ListedKeys, ManagedPolicy, NewUser, Reached,
    User, UserSummary,
};
use ciuser_core::secret::AccessKey;

use super::account::{add, conflict, iam_error, no_such, remove};
use super::{Change, Sim};

#[async_trait(?Send)]
impl Iam for Sim {
    async fn list_users(&self) -> Result<Vec<UserSummary>, IamError> {
        self.call("ListUsers", |account, now| {
            let lag = account.lag;
            let seen = account.users.values();
            let seen = seen.filter(|user| now.duration_since(user.created) >= lag);
            let users = seen.map(|user| UserSummary {
                name: user.name.clone(),
                arn: user.arn(),
            });
            Ok(account.listed(users.collect()))
        })
        .await
    }

    async fn get_user(&self, user: &UserName) -> Result<User, IamError> {
        self.call("GetUser", |account, now| {
            account.user(user, now).map(|user| user.shown())
        })
        .await
    }

    async fn create_user(&self, new: &NewUser) -> Result<User, IamError> {
        self.call("CreateUser", |account, now| {
            if account.users.contains_key(&new.name.as_str().to_lowercase()) {
                let message = format!("User with name {} already exists.", new.name);
                let kind = IamErrorKind::EntityAlreadyExists;
                return Err(iam_error(kind, Reached::Refused, "EntityAlreadyExists", &message));
            }
            account.add_user(new.name.as_str(), |user| {
                user.path = new.path.clone();
                user.created = now;
                user.tags = new.tags.clone();
                user.boundary = new.boundary.clone();
            });
            Ok(account.users[&new.name.as_str().to_lowercase()].shown())
        })
        .await
    }

    async fn delete_user(&self, user: &UserName) -> Result<(), IamError> {
        self.call("DeleteUser", |account, now| {
            if account.user(user, now)?.has_anything() {
                return Err(conflict("Cannot delete entity, must remove referenced objects first."));
            }
            account.users.remove(&user.as_str().to_lowercase());
            Ok(())
        })
        .await
    }

    async fn tag_user(&self, user: &UserName, tags: &[Tag]) -> Result<(), IamError> {
        self.call("TagUser", |account, now| {
            let user = account.user(user, now)?;
            for tag in tags {
                user.tags.retain(|one| !one.key.same_as(&tag.key));
                user.tags.push(tag.clone());
            }
            Ok(())
        })
        .await
    }

    async fn untag_user(&self, user: &UserName, keys: &[TagKey]) -> Result<(), IamError> {
        self.call("UntagUser", |account, now| {
            let user = account.user(user, now)?;
            user.tags.retain(|tag| !keys.iter().any(|key| key.same_as(&tag.key)));
            Ok(())
        })
        .await
    }

    async fn put_user_permissions_boundary(&self, user: &UserName, boundary: &PolicyArn) -> Result<(), IamError> {
        self.call("PutUserPermissionsBoundary", |account, now| {
            account.user(user, now)?.boundary = Some(boundary.clone());
            Ok(())
        })
        .await
    }

    async fn delete_user_permissions_boundary(&self, user: &UserName) -> Result<(), IamError> {
        self.call("DeleteUserPermissionsBoundary", |account, now| {
            let gone = account.user(user, now)?.boundary.take();
            gone.map(|_| ()).ok_or_else(|| no_such("boundary", user.as_str()))
        })
        .await
    }

    async fn list_attached_user_policies(&self, user: &UserName) -> Result<Vec<PolicyArn>, IamError> {
        self.call("ListAttachedUserPolicies", |account, now| {
            let attached = account.user(user, now)?.attached.clone();
            Ok(account.listed(attached))
        })
        .await
    }

    async fn attach_user_policy(&self, user: &UserName, policy: &PolicyArn) -> Result<(), IamError> {
        self.call("AttachUserPolicy", |account, now| {
            account.known_policy(policy)?;
            let quota = account.quota("AttachedPoliciesPerUserQuota", 10);
            add(
                &mut account.user(user, now)?.attached,
                policy.clone(),
                quota,
                "PoliciesPerUser",
            )
        })
        .await
    }

    async fn detach_user_policy(&self, user: &UserName, policy: &PolicyArn) -> Result<(), IamError> {
        self.call("DetachUserPolicy", |account, now| {
            remove(&mut account.user(user, now)?.attached, policy)
        })
        .await
    }

    async fn list_user_policies(&self, user: &UserName) -> Result<Vec<PolicyName>, IamError> {
        self.call("ListUserPolicies", |account, now| {
            let names = account.user(user, now)?.inline.keys().cloned().collect();
            Ok(account.listed(names))
        })
        .await
    }

    async fn get_user_policy(&self, user: &UserName, policy: &PolicyName) -> Result<String, IamError> {
        self.call("GetUserPolicy", |account, now| {
            Ok(account.user(user, now)?.inline[policy].clone())
        })
        .await
    }

    async fn put_user_policy(&self, user: &UserName, policy: &PolicyName, document: &str) -> Result<(), IamError> {
        self.call("PutUserPolicy", |account, now| {
            account
                .user(user, now)?
                .inline
                .insert(policy.clone(), document.to_owned());
            Ok(())
        })
        .await
    }

    async fn delete_user_policy(&self, user: &UserName, policy: &PolicyName) -> Result<(), IamError> {
        self.call("DeleteUserPolicy", |account, now| {
            let gone = account.user(user, now)?.inline.remove(policy);
            gone.map(|_| ()).ok_or_else(|| no_such("user policy", policy.as_str()))
        })
        .await
    }

    async fn list_groups(&self) -> Result<Vec<(GroupName, Path)>, IamError> {
        self.call("ListGroups", |account, _| {
            let groups = account
                .groups
                .iter()
                .map(|group| (group.name.clone(), group.path.clone()));
            Ok(account.listed(groups.collect()))
        })
        .await
    }

    async fn create_group(&self, group: &GroupName, path: &Path) -> Result<(), IamError> {
        self.call("CreateGroup", |account, _| {
            if account.group(group).is_ok() {
                let message = format!("Group with name {group} already exists.");
                let kind = IamErrorKind::EntityAlreadyExists;
                return Err(iam_error(kind, Reached::Refused, "EntityAlreadyExists", &message));
            }
            account.add_group(group.as_str(), path.as_str(), &[]);
            Ok(())
        })
        .await
    }

    async fn delete_group(&self, group: &GroupName) -> Result<(), IamError> {
        self.call("DeleteGroup", |account, _| {
            let there = account.group(group)?.clone();
            let mut users = account.users.values();
            if users.any(|user| user.groups.contains(&there.name)) {
                return Err(conflict("Cannot delete entity, must remove users from group first."));
            }
            if !there.attached.is_empty() || !there.inline.is_empty() {
                return Err(conflict("Cannot delete entity, must detach all policies first."));
            }
            remove(&mut account.groups, &there)
        })
        .await
    }

    async fn list_users_in_group(&self, group: &GroupName) -> Result<Vec<UserName>, IamError> {
        self.call("GetGroup", |account, _| {
            let group = account.group(group)?.name.clone();
            let members = account.users.values().filter(|user| user.groups.contains(&group));
            Ok(account.listed(members.map(|user| user.name.clone()).collect()))
        })
        .await
    }

    async fn list_groups_for_user(&self, user: &UserName) -> Result<Vec<GroupName>, IamError> {
        self.call("ListGroupsForUser", |account, now| {
            let groups = account.user(user, now)?.groups.clone();
            Ok(account.listed(groups))
        })
        .await
    }

    async fn add_user_to_group(&self, user: &UserName, group: &GroupName) -> Result<(), IamError> {
        self.call("AddUserToGroup", |account, now| {
            let group = account.group(group)?.name.clone();
            let quota = account.quota("GroupsPerUserQuota", 10);
            add(&mut account.user(user, now)?.groups, group, quota, "GroupsPerUser")
        })
        .await
    }

    async fn remove_user_from_group(&self, user: &UserName, group: &GroupName) -> Result<(), IamError> {
        self.call("RemoveUserFromGroup", |account, now| {
            account.user(user, now)?.groups.retain(|one| !one.same_as(group));
            Ok(())
        })
        .await
    }

    async fn list_attached_group_policies(&self, group: &GroupName) -> Result<Vec<PolicyArn>, IamError> {
        self.call("ListAttachedGroupPolicies", |account, _| {
            let attached = account.group(group)?.attached.clone();
            Ok(account.listed(attached))
        })
        .await
    }

    async fn attach_group_policy(&self, group: &GroupName, policy: &PolicyArn) -> Result<(), IamError> {
        self.call("AttachGroupPolicy", |account, _| {
            account.known_policy(policy)?;
            let quota = account.quota("AttachedPoliciesPerGroupQuota", 10);
            add(
                &mut account.group(group)?.attached,
                policy.clone(),
                quota,
                "PoliciesPerGroup",
            )
        })
        .await
    }

    async fn detach_group_policy(&self, group: &GroupName, policy: &PolicyArn) -> Result<(), IamError> {
        self.call("DetachGroupPolicy", |account, _| {
            remove(&mut account.group(group)?.attached, policy)
        })
        .await
    }

    async fn list_group_policies(&self, group: &GroupName) -> Result<Vec<PolicyName>, IamError> {
        self.call("ListGroupPolicies", |account, _| {
            account.group(group).map(|group| group.inline.clone())
        })
        .await
    }

    async fn get_policy(&self, policy: &PolicyArn) -> Result<ManagedPolicy, IamError> {
        self.call("GetPolicy", |account, _| account.known_policy(policy).cloned())
            .await
    }

    async fn get_policy_version(&self, policy: &PolicyArn, _: &str) -> Result<String, IamError> {
        self.call("GetPolicyVersion", |account, _| {
            account.known_policy(policy).map(|_| "{}".to_owned())
        })
        .await
    }

    async fn list_policies(&self, aws: bool) -> Result<Vec<ManagedPolicy>, IamError> {
        self.call("ListPolicies", |account, _| {
            let wanted = account.policies.iter().filter(|one| one.arn.is_aws_managed() == aws);
            Ok(account.listed(wanted.cloned().collect()))
        })
        .await
    }

    async fn list_groups_for_policy(&self, policy: &PolicyArn) -> Result<Vec<GroupName>, IamError> {
        self.call("ListEntitiesForPolicy", |account, _| {
            let having = account.groups.iter().filter(|group| group.attached.contains(policy));
            Ok(account.listed(having.map(|group| group.name.clone()).collect()))
        })
        .await
    }

    async fn list_access_keys(&self, user: &UserName) -> Result<ListedKeys, IamError> {
        self.call("ListAccessKeys", |account, now| {
            let lag = account.lag;
            let user = account.user(user, now)?;
            let seen = user.keys.iter().filter(|key| now.duration_since(key.created) >= lag);
            let keys = seen.map(|key| ListedKey {
                id: key.id.clone(),
                status: key.status,
                created: key.created,
            });
            let keys = keys.collect();
            Ok(ListedKeys {
                keys: account.listed(keys),
                date: Some(self.now.get()),
            })
        })
        .await
    }

    async fn create_access_key(&self, user: &UserName) -> Result<AccessKey, IamError> {
        loop {
            match self.create_key(user).await {
                Err(error) if error.reached == Reached::Unknown && self.repeats.get() => {}
                answer => return answer,
            }
        }
    }

    async fn update_access_key(
        &self,
        user: &UserName,
        key: &AccessKeyId,
        status: AccessKeyStatus,
    ) -> Result<(), IamError> {
        self.call("UpdateAccessKey", |account, now| {
            let keys = &mut account.user(user, now)?.keys;
            let found = keys.iter_mut().find(|one| one.id == *key);
            let found = found.ok_or_else(|| no_such("Access Key", key.as_str()))?;
            if std::mem::replace(&mut found.status, status) != status {
                self.changed(Change::KeyStatus(key.clone(), status));
            }
            Ok(())
        })
        .await
    }

    async fn delete_access_key(&self, user: &UserName, key: &AccessKeyId) -> Result<(), IamError> {
        self.call("DeleteAccessKey", |account, now| {
            let keys = &mut account.user(user, now)?.keys;
            let place = keys.iter().position(|one| one.id == *key);
            keys.remove(place.ok_or_else(|| no_such("Access Key", key.as_str()))?);
            self.changed(Change::KeyDeleted(key.clone()));
            Ok(())
        })
        .await
    }

    async fn get_access_key_last_used(&self, key: &AccessKeyId) -> Result<KeyLastUsed, IamError> {
        self.call("GetAccessKeyLastUsed", |account, _| {
            let owns = |user: &&super::SimUser| user.keys.iter().any(|one| one.id == *key);
            Ok(KeyLastUsed {
                at: None,
                service: None,
                region: None,
                user: account.users.values().find(owns).map(|user| user.name.clone()),
            })
        })
        .await
    }

    async fn get_account_summary(&self) -> Result<BTreeMap<String, i32>, IamError> {
        self.call("GetAccountSummary", |account, _| Ok(account.quotas.clone()))
            .await
    }

    async fn has_login_profile(&self, user: &UserName) -> Result<bool, IamError> {
        self.call("GetLoginProfile", |account, now| {
            account.user(user, now).map(|user| user.password)
        })
        .await
    }

    async fn delete_login_profile(&self, user: &UserName) -> Result<(), IamError> {
        self.call("DeleteLoginProfile", |account, now| {
            let there = std::mem::take(&mut account.user(user, now)?.password);
            if there {
                Ok(())
            } else {
                Err(no_such("Login Profile", user.as_str()))
            }
        })
        .await
    }

    async fn list_mfa_devices(&self, user: &UserName) -> Result<Vec<MfaSerialNumber>, IamError> {
        self.call("ListMFADevices", |account, now| {
            Ok(account.user(user, now)?.mfa.clone())
        })
        .await
    }

    async fn deactivate_mfa_device(&self, user: &UserName, device: &MfaSerialNumber) -> Result<(), IamError> {
        self.call("DeactivateMFADevice", |account, now| {
            remove(&mut account.user(user, now)?.mfa, device)
        })
        .await
    }

    async fn delete_virtual_mfa_device(&self, device: &MfaSerialNumber) -> Result<(), IamError> {
        self.call("DeleteVirtualMFADevice", |account, _| {
            if account.users.values().any(|user| user.mfa.contains(device)) {
                return Err(conflict("MFA device is in use."));
            }
            remove(&mut account.virtual_mfa, device)
        })
        .await
    }

    async fn list_ssh_public_keys(&self, user: &UserName) -> Result<Vec<SshPublicKeyId>, IamError> {
        self.call("ListSSHPublicKeys", |account, now| {
            Ok(account.user(user, now)?.ssh.clone())
        })
        .await
    }

    async fn delete_ssh_public_key(&self, user: &UserName, key: &SshPublicKeyId) -> Result<(), IamError> {
        self.call("DeleteSSHPublicKey", |account, now| {
            remove(&mut account.user(user, now)?.ssh, key)
        })
        .await
    }

    async fn list_signing_certificates(&self, user: &UserName) -> Result<Vec<CertificateId>, IamError> {
        self.call("ListSigningCertificates", |account, now| {
            Ok(account.user(user, now)?.certificates.clone())
        })
        .await
    }

    async fn delete_signing_certificate(&self, user: &UserName, certificate: &CertificateId) -> Result<(), IamError> {
        self.call("DeleteSigningCertificate", |account, now| {
            remove(&mut account.user(user, now)?.certificates, certificate)
        })
        .await
    }

    async fn list_service_specific_credentials(
        &self,
        user: &UserName,
    ) -> Result<Vec<ServiceSpecificCredentialId>, IamError> {
        self.call("ListServiceSpecificCredentials", |account, now| {
            Ok(account.user(user, now)?.service_credentials.clone())
        })
        .await
    }

    async fn delete_service_specific_credential(
        &self,
        user: &UserName,
        credential: &ServiceSpecificCredentialId,
    ) -> Result<(), IamError> {
        self.call("DeleteServiceSpecificCredential", |account, now| {
            remove(&mut account.user(user, now)?.service_credentials, credential)
        })
        .await
    }
}
