//! IAM's account: users, groups, policies and keys, with its case rules, quotas and slow consistency.

use std::collections::BTreeMap;

use async_trait::async_trait;
use ciuser_core::name::{AccessKeyId, GroupName, Path, PolicyArn, PolicyName, Tag, TagKey, UserArn, UserName};
use ciuser_core::port::{
    AccessKeyStatus, Iam, IamError, IamErrorKind, KeyLastUsed, ListedKey, ListedKeys, ManagedPolicy, NewUser, Reached,
    User, UserSummary,
};
use ciuser_core::secret::{AccessKey, SecretAccessKey};
use jiff::{SignedDuration, Timestamp};

use super::{CANARY, Fault, Sim};

/// The number of the simulated account.
pub(super) const ACCOUNT: &str = "111122223333";

/// Everything that IAM holds.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    /// By name in lower case.
    pub(crate) users: BTreeMap<String, SimUser>,
    pub(crate) groups: Vec<SimGroup>,
    pub(crate) policies: Vec<ManagedPolicy>,
    pub(crate) quotas: BTreeMap<String, i32>,
    /// How long a new user or key is not seen everywhere.
    pub(crate) lag: SignedDuration,
    /// Lists come in reverse order.
    pub(crate) reversed: bool,
    keys_made: u32,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SimUser {
    pub(crate) name: UserName,
    pub(crate) path: Path,
    pub(crate) created: Timestamp,
    pub(crate) tags: Vec<Tag>,
    pub(crate) boundary: Option<PolicyArn>,
    pub(crate) attached: Vec<PolicyArn>,
    pub(crate) inline: BTreeMap<PolicyName, String>,
    pub(crate) groups: Vec<GroupName>,
    pub(crate) keys: Vec<SimKey>,
    pub(crate) password: bool,
}

/// A key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SimKey {
    pub(crate) id: AccessKeyId,
    pub(crate) secret: String,
    pub(crate) status: AccessKeyStatus,
    pub(crate) created: Timestamp,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SimGroup {
    pub(crate) name: GroupName,
    pub(crate) path: Path,
    pub(crate) attached: Vec<PolicyArn>,
}

impl SimUser {
    pub(super) fn arn(&self) -> UserArn {
        UserArn::new(format!("arn:aws:iam::{ACCOUNT}:user{}{}", self.path, self.name)).unwrap()
    }

    fn shown(&self) -> User {
        User {
            name: self.name.clone(),
            arn: self.arn(),
            path: self.path.clone(),
            created: self.created,
            tags: self.tags.clone(),
            boundary: self.boundary.clone(),
        }
    }
}

/// Makes an error as IAM answers it.
pub(super) fn iam_error(kind: IamErrorKind, reached: Reached, code: &str, message: &str) -> IamError {
    IamError {
        kind,
        reached,
        code: (!code.is_empty()).then(|| code.to_owned()),
        message: message.to_owned(),
        request_id: None,
    }
}

fn no_such(what: &str, name: &str) -> IamError {
    let message = format!("The {what} with name {name} cannot be found.");
    iam_error(IamErrorKind::NoSuchEntity, Reached::Refused, "NoSuchEntity", &message)
}

fn limit(message: &str) -> IamError {
    iam_error(IamErrorKind::LimitExceeded, Reached::Refused, "LimitExceeded", message)
}

impl Account {
    pub(super) fn new() -> Account {
        let aws = |name: &str| ManagedPolicy {
            arn: PolicyArn::new(format!("arn:aws:iam::aws:policy/{name}")).unwrap(),
            path: Path::root(),
            default_version: "v1".to_owned(),
            attachable: true,
            description: None,
            updated: None,
        };
        let names = [
            "AmazonS3FullAccess",
            "CloudFrontFullAccess",
            "AdministratorAccess-AWSElasticBeanstalk",
        ];
        let more = [
            "AmazonEC2FullAccess",
            "ReadOnlyAccess",
            "AmazonSQSFullAccess",
            "PowerUserAccess",
        ];
        Account {
            users: BTreeMap::new(),
            groups: Vec::new(),
            policies: names.into_iter().chain(more).map(aws).collect(),
            quotas: BTreeMap::new(),
            lag: SignedDuration::ZERO,
            reversed: false,
            keys_made: 0,
        }
    }

    /// Makes a user that is there already.
    pub(crate) fn add_user(&mut self, name: &str, change: impl FnOnce(&mut SimUser)) {
        let mut user = SimUser {
            name: UserName::new(name).unwrap(),
            path: Path::root(),
            created: Timestamp::UNIX_EPOCH,
            tags: Vec::new(),
            boundary: None,
            attached: Vec::new(),
            inline: BTreeMap::new(),
            groups: Vec::new(),
            keys: Vec::new(),
            password: false,
        };
        change(&mut user);
        self.users.insert(name.to_lowercase(), user);
    }

    /// Makes a group that is there already.
    pub(crate) fn add_group(&mut self, name: &str, path: &str, attached: &[&str]) {
        self.groups.push(SimGroup {
            name: GroupName::new(name).unwrap(),
            path: Path::new(path).unwrap(),
            attached: attached.iter().map(|name| self.policy_arn(name)).collect(),
        });
    }

    /// The ARN of a policy that is there.
    pub(crate) fn policy_arn(&self, name: &str) -> PolicyArn {
        self.policies
            .iter()
            .find(|one| one.arn.policy_name() == name)
            .unwrap()
            .arn
            .clone()
    }

    /// A key that nobody has seen before.
    pub(crate) fn new_key(&mut self, created: Timestamp) -> SimKey {
        self.keys_made += 1;
        SimKey {
            id: AccessKeyId::new(format!("AKIASIMULATED{:07}", self.keys_made)).unwrap(),
            secret: format!("{CANARY}{:07}", self.keys_made),
            status: AccessKeyStatus::Active,
            created,
        }
    }

    fn quota(&self, name: &str, default: i32) -> usize {
        usize::try_from(*self.quotas.get(name).unwrap_or(&default)).unwrap()
    }

    /// The user, if the server that answers knows it already.
    fn user(&mut self, name: &UserName, now: Timestamp) -> Result<&mut SimUser, IamError> {
        let lag = self.lag;
        self.users
            .get_mut(&name.as_str().to_lowercase())
            .filter(|user| user.created == Timestamp::UNIX_EPOCH || now.duration_since(user.created) >= lag)
            .ok_or_else(|| no_such("user", name.as_str()))
    }

    fn group(&mut self, name: &GroupName) -> Result<&mut SimGroup, IamError> {
        self.groups
            .iter_mut()
            .find(|group| group.name.same_as(name))
            .ok_or_else(|| no_such("group", name.as_str()))
    }

    fn known_policy(&self, arn: &PolicyArn) -> Result<&ManagedPolicy, IamError> {
        let message = format!("Policy {arn} was not found.");
        let found = self.policies.iter().find(|one| one.arn == *arn);
        found.ok_or_else(|| iam_error(IamErrorKind::NoSuchEntity, Reached::Refused, "NoSuchEntity", &message))
    }

    fn listed<T>(&self, mut items: Vec<T>) -> Vec<T> {
        if self.reversed {
            items.reverse();
        }
        items
    }
}

fn add<T: PartialEq>(to: &mut Vec<T>, item: T, quota: usize, what: &str) -> Result<(), IamError> {
    if !to.contains(&item) {
        if to.len() >= quota {
            return Err(limit(&format!("Cannot exceed quota for {what}: {quota}")));
        }
        to.push(item);
    }
    Ok(())
}

fn remove<T: PartialEq>(from: &mut Vec<T>, item: &T) -> Result<(), IamError> {
    let place = from.iter().position(|one| one == item);
    from.remove(place.ok_or_else(|| no_such("policy", "it"))?);
    Ok(())
}

impl Sim {
    /// Sends one request to IAM or STS.
    pub(super) fn call<T>(
        &self,
        call: &str,
        does: impl FnOnce(&mut Account, Timestamp) -> Result<T, IamError>,
    ) -> Result<T, IamError> {
        use IamErrorKind::{AccessDenied, NoAnswer, Other, Throttling};
        let now = self.now.get();
        self.effect(call, |fault| {
            let mut account = self.account.borrow_mut();
            let unavailable = || iam_error(Other, Reached::Unknown, "ServiceUnavailable", "try again later");
            match fault {
                None => does(&mut account, now),
                Some(Fault::NotSent) => Err(iam_error(NoAnswer, Reached::NotSent, "", "connection refused")),
                Some(Fault::RequestLost) => Err(iam_error(NoAnswer, Reached::Unknown, "", "connection reset")),
                Some(Fault::ServerError) => Err(unavailable()),
                Some(Fault::Throttled) => Err(iam_error(Throttling, Reached::Refused, "Throttling", "Rate exceeded")),
                Some(Fault::AnswerLost | Fault::FailsAfter) => {
                    does(&mut account, now).and(Err(iam_error(NoAnswer, Reached::Unknown, "", "connection reset")))
                }
                Some(Fault::ServerErrorAfter) => does(&mut account, now).and(Err(unavailable())),
                Some(Fault::Denied | Fault::Fails) => Err(iam_error(
                    AccessDenied,
                    Reached::Refused,
                    "AccessDenied",
                    "not authorized",
                )),
            }
        })
    }
}

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
    }

    async fn get_user(&self, user: &UserName) -> Result<User, IamError> {
        self.call("GetUser", |account, now| {
            account.user(user, now).map(|user| user.shown())
        })
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
    }

    async fn untag_user(&self, user: &UserName, keys: &[TagKey]) -> Result<(), IamError> {
        self.call("UntagUser", |account, now| {
            let user = account.user(user, now)?;
            user.tags.retain(|tag| !keys.iter().any(|key| key.same_as(&tag.key)));
            Ok(())
        })
    }

    async fn put_user_permissions_boundary(&self, user: &UserName, boundary: &PolicyArn) -> Result<(), IamError> {
        self.call("PutUserPermissionsBoundary", |account, now| {
            account.user(user, now)?.boundary = Some(boundary.clone());
            Ok(())
        })
    }

    async fn delete_user_permissions_boundary(&self, user: &UserName) -> Result<(), IamError> {
        self.call("DeleteUserPermissionsBoundary", |account, now| {
            let gone = account.user(user, now)?.boundary.take();
            gone.map(|_| ()).ok_or_else(|| no_such("boundary", user.as_str()))
        })
    }

    async fn list_attached_user_policies(&self, user: &UserName) -> Result<Vec<PolicyArn>, IamError> {
        self.call("ListAttachedUserPolicies", |account, now| {
            let attached = account.user(user, now)?.attached.clone();
            Ok(account.listed(attached))
        })
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
    }

    async fn detach_user_policy(&self, user: &UserName, policy: &PolicyArn) -> Result<(), IamError> {
        self.call("DetachUserPolicy", |account, now| {
            remove(&mut account.user(user, now)?.attached, policy)
        })
    }

    async fn list_user_policies(&self, user: &UserName) -> Result<Vec<PolicyName>, IamError> {
        self.call("ListUserPolicies", |account, now| {
            let names = account.user(user, now)?.inline.keys().cloned().collect();
            Ok(account.listed(names))
        })
    }

    async fn get_user_policy(&self, user: &UserName, policy: &PolicyName) -> Result<String, IamError> {
        self.call("GetUserPolicy", |account, now| {
            Ok(account.user(user, now)?.inline[policy].clone())
        })
    }

    async fn put_user_policy(&self, user: &UserName, policy: &PolicyName, document: &str) -> Result<(), IamError> {
        self.call("PutUserPolicy", |account, now| {
            account
                .user(user, now)?
                .inline
                .insert(policy.clone(), document.to_owned());
            Ok(())
        })
    }

    async fn delete_user_policy(&self, user: &UserName, policy: &PolicyName) -> Result<(), IamError> {
        self.call("DeleteUserPolicy", |account, now| {
            let gone = account.user(user, now)?.inline.remove(policy);
            gone.map(|_| ()).ok_or_else(|| no_such("user policy", policy.as_str()))
        })
    }

    async fn list_groups(&self) -> Result<Vec<(GroupName, Path)>, IamError> {
        self.call("ListGroups", |account, _| {
            let groups = account
                .groups
                .iter()
                .map(|group| (group.name.clone(), group.path.clone()));
            Ok(account.listed(groups.collect()))
        })
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
    }

    async fn list_groups_for_user(&self, user: &UserName) -> Result<Vec<GroupName>, IamError> {
        self.call("ListGroupsForUser", |account, now| {
            let groups = account.user(user, now)?.groups.clone();
            Ok(account.listed(groups))
        })
    }

    async fn add_user_to_group(&self, user: &UserName, group: &GroupName) -> Result<(), IamError> {
        self.call("AddUserToGroup", |account, now| {
            let group = account.group(group)?.name.clone();
            let quota = account.quota("GroupsPerUserQuota", 10);
            add(&mut account.user(user, now)?.groups, group, quota, "GroupsPerUser")
        })
    }

    async fn remove_user_from_group(&self, user: &UserName, group: &GroupName) -> Result<(), IamError> {
        self.call("RemoveUserFromGroup", |account, now| {
            account.user(user, now)?.groups.retain(|one| !one.same_as(group));
            Ok(())
        })
    }

    async fn list_attached_group_policies(&self, group: &GroupName) -> Result<Vec<PolicyArn>, IamError> {
        self.call("ListAttachedGroupPolicies", |account, _| {
            let attached = account.group(group)?.attached.clone();
            Ok(account.listed(attached))
        })
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
    }

    async fn detach_group_policy(&self, group: &GroupName, policy: &PolicyArn) -> Result<(), IamError> {
        self.call("DetachGroupPolicy", |account, _| {
            remove(&mut account.group(group)?.attached, policy)
        })
    }

    async fn list_group_policies(&self, group: &GroupName) -> Result<Vec<PolicyName>, IamError> {
        self.call("ListGroupPolicies", |account, _| {
            account.group(group).map(|_| Vec::new())
        })
    }

    async fn get_policy(&self, policy: &PolicyArn) -> Result<ManagedPolicy, IamError> {
        self.call("GetPolicy", |account, _| account.known_policy(policy).cloned())
    }

    async fn get_policy_version(&self, policy: &PolicyArn, _: &str) -> Result<String, IamError> {
        self.call("GetPolicyVersion", |account, _| {
            account.known_policy(policy).map(|_| "{}".to_owned())
        })
    }

    async fn list_policies(&self, aws: bool) -> Result<Vec<ManagedPolicy>, IamError> {
        self.call("ListPolicies", |account, _| {
            let wanted = account.policies.iter().filter(|one| one.arn.is_aws_managed() == aws);
            Ok(account.listed(wanted.cloned().collect()))
        })
    }

    async fn list_groups_for_policy(&self, policy: &PolicyArn) -> Result<Vec<GroupName>, IamError> {
        self.call("ListEntitiesForPolicy", |account, _| {
            let having = account.groups.iter().filter(|group| group.attached.contains(policy));
            Ok(account.listed(having.map(|group| group.name.clone()).collect()))
        })
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
                date: Some(now),
            })
        })
    }

    async fn create_access_key(&self, user: &UserName) -> Result<AccessKey, IamError> {
        self.call("CreateAccessKey", |account, now| {
            if account.user(user, now)?.keys.len() >= account.quota("AccessKeysPerUserQuota", 2) {
                return Err(limit("Cannot exceed quota for AccessKeysPerUser: 2"));
            }
            let key = account.new_key(now);
            account.user(user, now)?.keys.push(key.clone());
            Ok(AccessKey {
                id: key.id,
                secret: SecretAccessKey::new(key.secret).unwrap(),
            })
        })
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
            found.ok_or_else(|| no_such("Access Key", key.as_str()))?.status = status;
            Ok(())
        })
    }

    async fn delete_access_key(&self, user: &UserName, key: &AccessKeyId) -> Result<(), IamError> {
        self.call("DeleteAccessKey", |account, now| {
            let keys = &mut account.user(user, now)?.keys;
            let place = keys.iter().position(|one| one.id == *key);
            keys.remove(place.ok_or_else(|| no_such("Access Key", key.as_str()))?);
            Ok(())
        })
    }

    async fn get_access_key_last_used(&self, _: &AccessKeyId) -> Result<KeyLastUsed, IamError> {
        self.call("GetAccessKeyLastUsed", |_, _| {
            Ok(KeyLastUsed {
                at: None,
                service: None,
                region: None,
            })
        })
    }

    async fn get_account_summary(&self) -> Result<BTreeMap<String, i32>, IamError> {
        self.call("GetAccountSummary", |account, _| Ok(account.quotas.clone()))
    }

    async fn has_login_profile(&self, user: &UserName) -> Result<bool, IamError> {
        self.call("GetLoginProfile", |account, now| {
            account.user(user, now).map(|user| user.password)
        })
    }

    async fn count_mfa_devices(&self, user: &UserName) -> Result<usize, IamError> {
        self.call("ListMFADevices", |account, now| account.user(user, now).map(|_| 0))
    }

    async fn count_ssh_public_keys(&self, user: &UserName) -> Result<usize, IamError> {
        self.call("ListSSHPublicKeys", |account, now| account.user(user, now).map(|_| 0))
    }

    async fn count_signing_certificates(&self, user: &UserName) -> Result<usize, IamError> {
        self.call("ListSigningCertificates", |account, now| {
            account.user(user, now).map(|_| 0)
        })
    }

    async fn count_service_specific_credentials(&self, user: &UserName) -> Result<usize, IamError> {
        self.call("ListServiceSpecificCredentials", |account, now| {
            account.user(user, now).map(|_| 0)
        })
    }
}
