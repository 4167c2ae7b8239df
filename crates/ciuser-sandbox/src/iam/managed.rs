//! Managed policies, the account's own and AWS's, seen as one kind.
//!
//! AWS's come from the catalogue that is built into the program, which knows their default versions only.

use std::borrow::Cow;
use std::collections::HashMap;

use ciuser_policy::catalogue::{Catalogue, ManagedPolicy};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::entropy;
use crate::iam::refusal;
use crate::iam::state::{Policy, State, Tag};
use crate::wire::{AwsError, Xml};

/// The part of an ARN before the path, for policies that AWS manages.
const AWS_PREFIX: &str = "arn:aws:iam::aws:policy";

/// A managed policy, whoever manages it.
pub(super) struct Managed<'a> {
    pub(super) arn: String,
    origin: Origin<'a>,
}

enum Origin<'a> {
    Aws(&'static ManagedPolicy),
    Customer(&'a Policy),
}

/// A version of a managed policy.
pub(super) struct Version<'a> {
    pub(super) id: String,
    pub(super) created: Timestamp,
    pub(super) is_default: bool,
    pub(super) document: &'a str,
}

impl<'a> Managed<'a> {
    fn of_aws(policy: &'static ManagedPolicy) -> Managed<'a> {
        Managed {
            arn: policy.arn("aws"),
            origin: Origin::Aws(policy),
        }
    }

    fn of_customer(policy: &'a Policy, account_id: &str) -> Managed<'a> {
        Managed {
            arn: policy.arn(account_id),
            origin: Origin::Customer(policy),
        }
    }

    pub(super) fn name(&self) -> &'a str {
        match self.origin {
            Origin::Aws(policy) => policy.name,
            Origin::Customer(policy) => &policy.name,
        }
    }

    pub(super) fn path(&self) -> &'a str {
        match self.origin {
            Origin::Aws(policy) => policy.path,
            Origin::Customer(policy) => &policy.path,
        }
    }

    pub(super) fn description(&self) -> Option<&'a str> {
        match self.origin {
            Origin::Aws(_) => None,
            Origin::Customer(policy) => policy.description.as_deref(),
        }
    }

    pub(super) fn tags(&self) -> &'a [Tag] {
        match self.origin {
            Origin::Aws(_) => &[],
            Origin::Customer(policy) => &policy.tags,
        }
    }

    /// Returns whether the policy can be attached to users and groups.
    pub(super) fn is_attachable(&self) -> bool {
        match self.origin {
            Origin::Aws(policy) => policy.is_attachable_to_users(),
            Origin::Customer(_) => true,
        }
    }

    /// Returns the policy's versions, the newest first.
    pub(super) fn versions(&self) -> Vec<Version<'a>> {
        match self.origin {
            Origin::Aws(policy) => vec![Version {
                id: policy.default_version_id.to_owned(),
                created: time_in_catalogue(policy.updated),
                is_default: true,
                document: policy.document(),
            }],
            Origin::Customer(policy) => versions_of_customer(policy),
        }
    }

    /// Returns the document of the version that counts.
    pub(super) fn default_document(&self) -> Option<&'a str> {
        match self.origin {
            Origin::Aws(policy) => Some(policy.document()),
            Origin::Customer(policy) => {
                let version = policy.versions.get(&policy.default_version)?;
                Some(&version.document)
            }
        }
    }

    fn id(&self) -> Cow<'a, str> {
        match self.origin {
            Origin::Aws(policy) => Cow::Owned(id_of_aws_policy(policy.name)),
            Origin::Customer(policy) => Cow::Borrowed(&policy.id),
        }
    }

    fn default_version_id(&self) -> Cow<'a, str> {
        match self.origin {
            Origin::Aws(policy) => Cow::Borrowed(policy.default_version_id),
            Origin::Customer(policy) => Cow::Owned(format!("v{}", policy.default_version)),
        }
    }

    /// Returns when the policy was created and when its default version last changed.
    fn dates(&self) -> (Timestamp, Timestamp) {
        match self.origin {
            Origin::Aws(policy) => (time_in_catalogue(policy.created), time_in_catalogue(policy.updated)),
            Origin::Customer(policy) => (policy.created, policy.updated),
        }
    }
}

impl Policy {
    pub(super) fn arn(&self, account_id: &str) -> String {
        format!("arn:aws:iam::{account_id}:policy{}{}", self.path, self.name)
    }
}

/// How often policies are used, by ARN.
pub(super) struct Usage<'a> {
    attached: HashMap<&'a str, usize>,
    boundaries: HashMap<&'a str, usize>,
}

impl Usage<'_> {
    pub(super) fn attached(&self, arn: &str) -> usize {
        self.attached.get(arn).copied().unwrap_or_default()
    }

    pub(super) fn boundaries(&self, arn: &str) -> usize {
        self.boundaries.get(arn).copied().unwrap_or_default()
    }
}

impl State {
    /// Returns the managed policy of this ARN.
    pub(super) fn managed<'s>(&'s self, account_id: &str, arn: &str) -> Option<Managed<'s>> {
        let name = arn.rsplit('/').next()?;
        let found = if arn.starts_with(AWS_PREFIX) {
            Catalogue::embedded().by_name(name).map(Managed::of_aws)
        } else {
            self.policies
                .get(&name.to_ascii_lowercase())
                .map(|policy| Managed::of_customer(policy, account_id))
        };
        found.filter(|managed| managed.arn == arn)
    }

    /// Returns the customer policy of this ARN, to be changed; AWS's cannot be.
    pub(super) fn customer_policy_mut(&mut self, account_id: &str, arn: &str) -> Result<&mut Policy, AwsError> {
        if arn.starts_with(AWS_PREFIX) {
            return Err(refusal::aws_managed(arn));
        }
        let name = arn.rsplit('/').next().unwrap_or_default();
        let policy = self.policies.get_mut(&name.to_ascii_lowercase());
        policy
            .filter(|policy| policy.arn(account_id) == arn)
            .ok_or_else(|| refusal::no_such_policy(arn))
    }

    /// Returns the account's own policies.
    pub(super) fn customer_policies<'s>(&'s self, account_id: &str) -> impl Iterator<Item = Managed<'s>> {
        self.policies
            .values()
            .map(move |policy| Managed::of_customer(policy, account_id))
    }

    /// Counts how often each policy is attached and is a boundary.
    pub(super) fn usage(&self) -> Usage<'_> {
        let mut usage = Usage {
            attached: HashMap::new(),
            boundaries: HashMap::new(),
        };
        let of_users = self.users.values().map(|user| &user.permissions);
        let of_groups = self.groups.values().map(|group| &group.permissions);
        for arn in of_users.chain(of_groups).flat_map(|permissions| &permissions.attached) {
            *usage.attached.entry(arn).or_default() += 1;
        }
        for arn in self.users.values().filter_map(|user| user.boundary.as_deref()) {
            *usage.boundaries.entry(arn).or_default() += 1;
        }
        usage
    }
}

/// Returns the policies that AWS manages.
pub(super) fn aws_policies<'a>() -> impl Iterator<Item = Managed<'a>> {
    Catalogue::embedded().policies().iter().map(Managed::of_aws)
}

/// Writes a policy as listings give it: without description and tags.
pub(super) fn write(xml: &mut Xml, policy: &Managed<'_>, usage: &Usage<'_>) {
    let (created, updated) = policy.dates();
    xml.text("PolicyName", policy.name());
    xml.text("PolicyId", &policy.id());
    xml.text("Arn", &policy.arn);
    xml.text("Path", policy.path());
    xml.text("DefaultVersionId", &policy.default_version_id());
    xml.number("AttachmentCount", usage.attached(&policy.arn));
    xml.number("PermissionsBoundaryUsageCount", usage.boundaries(&policy.arn));
    xml.flag("IsAttachable", true);
    xml.time("CreateDate", created);
    xml.time("UpdateDate", updated);
}

fn versions_of_customer(policy: &Policy) -> Vec<Version<'_>> {
    let newest_first = policy.versions.iter().rev();
    let version = newest_first.map(|(number, version)| Version {
        id: format!("v{number}"),
        created: version.created,
        is_default: *number == policy.default_version,
        document: &version.document,
    });
    version.collect()
}

/// The catalogue's times are written as RFC 3339; one that cannot be read is better shown as 1970 than not at all.
fn time_in_catalogue(text: &str) -> Timestamp {
    text.parse().unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Makes up the id of a policy that AWS manages, always the same one; the catalogue has none.
fn id_of_aws_policy(name: &str) -> String {
    let digest = Sha256::digest(name);
    entropy::id("ANPA", 17, &mut |bytes| {
        bytes.iter_mut().zip(digest).for_each(|(byte, random)| *byte = random)
    })
}
