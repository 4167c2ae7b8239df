//! The resource that a request is about, with the condition keys that it brings.

use ciuser_policy::request::Context;

use super::{Asked, On};
use crate::iam::refusal;
use crate::iam::state::{Group, Tag, User};
use crate::principal::Principal;
use crate::wire::AwsError;

/// Users and roles have their tags under both names, other resources under the first only.
const RESOURCE_TAG: &str = "aws:ResourceTag/";
const IDENTITY_TAGS: [&str; 2] = [RESOURCE_TAG, "iam:ResourceTag/"];

/// A resource: what policies are asked about, how AWS names it, and the condition keys that it brings.
pub(super) struct Thing {
    pub(super) resource: String,
    pub(super) named: String,
    pub(super) context: Context,
}

impl Thing {
    fn new(resource: impl Into<String>, named: impl Into<String>) -> Thing {
        Thing {
            resource: resource.into(),
            named: named.into(),
            context: Context::default(),
        }
    }

    /// Makes a resource that AWS names by its ARN.
    fn by_arn(arn: String) -> Thing {
        Thing::new(arn.clone(), arn)
    }

    /// Adds the tags that the resource has, under one prefix or several.
    fn tagged(mut self, prefixes: &[&str], tags: &[Tag]) -> Thing {
        for prefix in prefixes {
            for tag in tags {
                self.context.add(&format!("{prefix}{}", tag.key), tag.value.as_str());
            }
        }
        self
    }
}

impl<'a> Asked<'a> {
    /// Returns what a request is about: one resource, or two when one is renamed.
    pub(super) fn things(&self, on: On) -> Result<Vec<Thing>, AwsError> {
        let one = match on {
            On::Account => Thing::new("*", "*"),
            On::AllUsers => Thing::new("*", self.arn("user", self.path_prefix())),
            On::AllGroups => Thing::new("*", self.arn("group", self.path_prefix())),
            On::AllPolicies => Thing::new("*", format!("policy path {}", self.path_prefix())),
            On::User => self.user(self.name("UserName")?),
            On::UserOrAll if self.params.flag("AllUsers") => Thing::new("*", "*"),
            On::UserOrCaller | On::UserOrAll => self.user_or_caller()?,
            On::KeyOwner => self.key_owner()?,
            On::NewUser => Thing::by_arn(self.new_arn("user", "UserName")?),
            On::RenamedUser => return self.renamed_user(),
            On::Group => self.group(self.name("GroupName")?),
            On::NewGroup => Thing::by_arn(self.new_arn("group", "GroupName")?),
            On::RenamedGroup => return self.renamed_group(),
            On::Policy => self.policy()?,
            On::NewPolicy => {
                let named = format!("policy {}", self.name("PolicyName")?);
                Thing::new(self.new_arn("policy", "PolicyName")?, named)
            }
            On::MfaDevice => self.mfa_device()?,
            On::NewMfaDevice => Thing::by_arn(self.new_arn("mfa", "VirtualMFADeviceName")?),
        };
        Ok(vec![one])
    }

    fn arn(&self, kind: &str, path_and_name: &str) -> String {
        format!("arn:aws:iam::{}:{kind}{path_and_name}", self.account_id)
    }

    /// Returns the ARN that what is to be made will have.
    fn new_arn(&self, kind: &str, name: &str) -> Result<String, AwsError> {
        let path = self.params.get("Path").unwrap_or("/");
        Ok(self.arn(kind, &format!("{path}{}", self.name(name)?)))
    }

    /// Returns a name. How long it may be is for the operation to say.
    fn name(&self, parameter: &str) -> Result<&'a str, AwsError> {
        self.params.name(parameter, usize::MAX)
    }

    fn path_prefix(&self) -> &'a str {
        self.params.get("PathPrefix").unwrap_or("/")
    }

    pub(super) fn find_user(&self, name: &str) -> Option<&'a User> {
        self.state.user(name, self.now).ok()
    }

    fn user(&self, name: &str) -> Thing {
        let found = self.find_user(name);
        let resource = found.map_or_else(|| self.arn("user", "/*"), |user| user.arn(self.account_id));
        let tags = found.map(|user| user.tags.as_slice()).unwrap_or_default();
        Thing::new(resource, format!("user {name}")).tagged(&IDENTITY_TAGS, tags)
    }

    fn user_or_caller(&self) -> Result<Thing, AwsError> {
        match (self.params.optional_name("UserName", usize::MAX)?, self.caller) {
            (Some(name), _) => Ok(self.user(name)),
            (None, Principal::User { name, .. }) => Ok(self.user(name)),
            (None, Principal::Root) => Ok(Thing::by_arn(self.caller.arn(self.account_id))),
            (None, Principal::AdminSession { .. }) => Err(refusal::user_name_needed()),
        }
    }

    fn key_owner(&self) -> Result<Thing, AwsError> {
        let id = self.params.id("AccessKeyId", 16)?;
        let has_key = |user: &&User| user.access_keys.iter().any(|key| key.id == id);
        let owner = self.state.users.values().find(has_key);
        let thing = self.user(owner.map_or("", |user| user.name.as_str()));
        Ok(Thing {
            named: format!("access key {id}"),
            ..thing
        })
    }

    fn renamed_user(&self) -> Result<Vec<Thing>, AwsError> {
        let name = self.name("UserName")?;
        let mut things = vec![self.user(name)];
        if let Some(user) = self.find_user(name) {
            let renamed = self.renamed("user", &user.path, &user.name, "NewUserName");
            if renamed != user.arn(self.account_id) {
                things.push(Thing::by_arn(renamed).tagged(&IDENTITY_TAGS, &user.tags));
            }
        }
        Ok(things)
    }

    fn renamed_group(&self) -> Result<Vec<Thing>, AwsError> {
        let name = self.name("GroupName")?;
        let mut things = vec![self.group(name)];
        if let Ok(group) = self.state.group(name) {
            let renamed = self.renamed("group", &group.path, &group.name, "NewGroupName");
            if renamed != group.arn(self.account_id) {
                things.push(Thing::by_arn(renamed));
            }
        }
        Ok(things)
    }

    fn renamed(&self, kind: &str, path: &str, name: &str, parameter: &str) -> String {
        let path = self.params.get("NewPath").unwrap_or(path);
        let name = self.params.get(parameter).unwrap_or(name);
        self.arn(kind, &format!("{path}{name}"))
    }

    fn group(&self, name: &str) -> Thing {
        let found: Option<&Group> = self.state.group(name).ok();
        let resource = found.map_or_else(|| self.arn("group", "/*"), |group| group.arn(self.account_id));
        Thing::new(resource, format!("group {name}"))
    }

    fn policy(&self) -> Result<Thing, AwsError> {
        let arn = self.params.policy_arn("PolicyArn")?;
        let managed = self.state.managed(self.account_id, arn);
        let tags = managed.map(|policy| policy.tags()).unwrap_or_default();
        Ok(Thing::new(arn, format!("policy {arn}")).tagged(&[RESOURCE_TAG], tags))
    }

    fn mfa_device(&self) -> Result<Thing, AwsError> {
        let serial = self.params.required("SerialNumber")?;
        let device = self.state.mfa_devices.get(serial);
        let tags = device.map(|device| device.tags.as_slice()).unwrap_or_default();
        Ok(Thing::by_arn(serial.to_owned()).tagged(&[RESOURCE_TAG], tags))
    }
}
