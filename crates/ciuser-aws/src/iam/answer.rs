//! IAM's answers as core's types, and core's tags as IAM's.
//!
//! What IAM answers is checked like everything else: a name that IAM itself would refuse is an error, not a panic.

use std::fmt::Display;
use std::str::FromStr;

use aws_sdk_iam::types;
use aws_smithy_types::DateTime;
use ciuser_core::name::{PolicyArn, Tag, UserName};
use ciuser_core::port::{AccessKeyStatus, IamError, KeyLastUsed, ListedKey, ManagedPolicy, User, UserSummary};
use ciuser_core::secret::{AccessKey, SecretAccessKey};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;

use crate::error::{unaskable, unusable};

/// Reads a checked name.
pub(super) fn name<N>(text: &str) -> Result<N, IamError>
where
    N: FromStr<Err: Display>,
{
    text.parse().map_err(unusable)
}

/// Insists on a part of the answer that the operation always gives.
pub(super) fn given<T>(part: Option<T>, what: &str) -> Result<T, IamError> {
    part.ok_or_else(|| unusable(format_args!("{what} is missing")))
}

/// Returns the SDK's time as ours, if it is one.
pub(crate) fn timestamp(time: &DateTime) -> Option<Timestamp> {
    Timestamp::new(time.secs(), i32::try_from(time.subsec_nanos()).ok()?).ok()
}

fn moment(time: Option<&DateTime>, what: &str) -> Result<Timestamp, IamError> {
    given(time.and_then(timestamp), what)
}

pub(super) fn user_summary(user: &types::User) -> Result<UserSummary, IamError> {
    Ok(UserSummary {
        name: name(&user.user_name)?,
        arn: name(&user.arn)?,
    })
}

pub(super) fn user(user: Option<types::User>) -> Result<User, IamError> {
    let user = given(user, "the user")?;
    let boundary = user
        .permissions_boundary
        .as_ref()
        .and_then(|boundary| boundary.permissions_boundary_arn.as_deref());
    Ok(User {
        name: name(&user.user_name)?,
        arn: name(&user.arn)?,
        path: name(&user.path)?,
        created: moment(Some(&user.create_date), "the creation date of the user")?,
        // `aws:` tags, which CloudFormation sets, can be neither asked for nor changed: nobody compares them.
        tags: user
            .tags()
            .iter()
            .filter_map(|tag| Tag::new(tag.key(), tag.value()).ok())
            .collect(),
        boundary: boundary.map(name).transpose()?,
    })
}

/// Puts tags into the SDK's form.
pub(super) fn sdk_tags(tags: &[Tag]) -> Result<Vec<types::Tag>, IamError> {
    let built = tags.iter().map(|tag| {
        types::Tag::builder()
            .key(tag.key.as_str())
            .value(tag.value.as_str())
            .build()
    });
    built.collect::<Result<_, _>>().map_err(unaskable)
}

pub(super) fn attached(policy: &types::AttachedPolicy) -> Result<PolicyArn, IamError> {
    name(given(policy.policy_arn(), "the ARN of an attached policy")?)
}

pub(super) fn managed_policy(policy: types::Policy) -> Result<ManagedPolicy, IamError> {
    Ok(ManagedPolicy {
        arn: name(&given(policy.arn, "the ARN of a policy")?)?,
        path: name(policy.path.as_deref().unwrap_or("/"))?,
        default_version: given(policy.default_version_id, "the default version of a policy")?,
        attachable: policy.is_attachable,
        description: policy.description.filter(|description| !description.is_empty()),
        updated: policy.update_date.as_ref().and_then(timestamp),
    })
}

/// Decodes a policy document: IAM answers it percent-encoded (RFC 3986, so that `+` stands for itself).
pub(super) fn document(encoded: &str) -> Result<String, IamError> {
    let decoded = percent_decode_str(encoded).decode_utf8();
    decoded
        .map(Into::into)
        .map_err(|_| unusable("the document is not UTF-8"))
}

pub(super) fn listed_key(key: types::AccessKeyMetadata) -> Result<ListedKey, IamError> {
    let status = match given(key.status, "the status of an access key")? {
        types::StatusType::Active => AccessKeyStatus::Active,
        // `Expired`, and whatever may come: it cannot be used, and takes up a slot.
        _ => AccessKeyStatus::Inactive,
    };
    let created = moment(key.create_date.as_ref(), "the creation date of an access key")?;
    Ok(ListedKey {
        id: name(&given(key.access_key_id, "the id of an access key")?)?,
        status,
        created,
    })
}

/// Takes the secret out of the answer; it is wiped from there on, but not in the buffers it came through.
pub(super) fn new_key(key: Option<types::AccessKey>) -> Result<AccessKey, IamError> {
    let key = given(key, "the access key")?;
    let secret = SecretAccessKey::new(key.secret_access_key).map_err(unusable)?;
    Ok(AccessKey {
        id: name(&key.access_key_id)?,
        secret,
    })
}

pub(super) fn last_used(user: Option<String>, used: Option<types::AccessKeyLastUsed>) -> Result<KeyLastUsed, IamError> {
    let used = given(used, "the last use")?;
    // A key that was never used has no date, and `N/A` for the rest.
    let known = |text: String| (text != "N/A" && !text.is_empty()).then_some(text);
    Ok(KeyLastUsed {
        at: used.last_used_date.as_ref().and_then(timestamp),
        service: known(used.service_name),
        region: known(used.region),
        user: user.and_then(|name| UserName::new(name).ok()),
    })
}
