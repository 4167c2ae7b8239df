//! Tags of users and of customer policies.
//!
//! Keys of users' tags are the same ignoring case; those of policies are not. A call with one wrong tag changes none.

use crate::iam::action::Call;
use crate::iam::constraint::check_length;
use crate::iam::page::Page;
use crate::iam::state::Tag;
use crate::iam::{quota, refusal};
use crate::wire::{AwsError, Params, Xml};

const SYMBOLS: &str = "_.:/=+-@";
const KEY_PATTERN: &str = r"satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+";
const VALUE_PATTERN: &str = r"satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]*";

/// Decides whether two keys name the same tag.
type SameKey = fn(&str, &str) -> bool;

fn ignoring_case(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

fn exactly(one: &str, other: &str) -> bool {
    one == other
}

pub(super) fn tag_user(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let name = call.params.name("UserName", 128)?;
    call.params.required_members("Tags")?;
    let tags = tags_of_a_user(call.params)?;
    put(&mut call.state.user_mut(name, call.now)?.tags, tags, ignoring_case)
}

pub(super) fn untag_user(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let name = call.params.name("UserName", 128)?;
    let keys = tag_keys(call.params)?;
    let user = call.state.user_mut(name, call.now)?;
    user.tags
        .retain(|tag| !keys.iter().any(|key| ignoring_case(key, &tag.key)));
    Ok(())
}

pub(super) fn list_user_tags(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let user = call.state.user(call.params.name("UserName", 128)?, call.now)?;
    write_page(call.params, xml, &user.tags)
}

pub(super) fn tag_policy(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let arn = call.params.policy_arn("PolicyArn")?;
    call.params.required_members("Tags")?;
    let tags = tags_of_a_policy(call.params)?;
    put(
        &mut call.state.customer_policy_mut(call.account_id, arn)?.tags,
        tags,
        exactly,
    )
}

pub(super) fn untag_policy(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let arn = call.params.policy_arn("PolicyArn")?;
    let keys = tag_keys(call.params)?;
    let policy = call.state.customer_policy_mut(call.account_id, arn)?;
    policy.tags.retain(|tag| !keys.contains(&tag.key.as_str()));
    Ok(())
}

pub(super) fn list_policy_tags(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let arn = call.params.policy_arn("PolicyArn")?;
    let policy = call
        .state
        .managed(call.account_id, arn)
        .ok_or_else(|| refusal::no_such_policy(arn))?;
    write_page(call.params, xml, policy.tags())
}

/// Returns the tags that a request gives a user.
pub(super) fn tags_of_a_user(params: &Params) -> Result<Vec<Tag>, AwsError> {
    requested(params, ignoring_case)
}

/// Returns the tags that a request gives a policy or an MFA device.
pub(super) fn tags_of_a_policy(params: &Params) -> Result<Vec<Tag>, AwsError> {
    requested(params, exactly)
}

/// Writes tags in the order in which they were made.
pub(super) fn write(xml: &mut Xml, tags: &[Tag]) {
    xml.members("Tags", tags, write_tag);
}

fn write_tag(xml: &mut Xml, tag: &Tag) {
    xml.text("Key", &tag.key);
    xml.text("Value", &tag.value);
}

fn write_page(params: &Params, xml: &mut Xml, tags: &[Tag]) -> Result<(), AwsError> {
    let page = Page::of(tags.iter().collect(), params, |tag: &&Tag| tag.key.clone())?;
    xml.members("Tags", page.items.iter().copied(), write_tag);
    page.end(xml);
    Ok(())
}

fn requested(params: &Params, same: SameKey) -> Result<Vec<Tag>, AwsError> {
    let numbers = params.member_numbers("Tags");
    if numbers.len() > quota::TAGS {
        return Err(refusal::constraint("tags", "have length less than or equal to 50"));
    }
    let mut tags: Vec<Tag> = Vec::new();
    for number in numbers {
        let part = |field: &str| {
            let name = format!("Tags.member.{number}.{field}");
            params.get(&name).ok_or_else(|| refusal::missing_member(&name))
        };
        let (key, value) = (part("Key")?, part("Value")?);
        check(&format!("tags.{number}.member.key"), key, 1, 128, KEY_PATTERN)?;
        check(&format!("tags.{number}.member.value"), value, 0, 256, VALUE_PATTERN)?;
        tags.push(Tag {
            key: key.to_owned(),
            value: value.to_owned(),
        });
    }
    if tags.iter().any(|tag| is_reserved(&tag.key) || is_reserved(&tag.value)) {
        return Err(refusal::reserved_tag());
    }
    let repeated = |(at, tag): (usize, &Tag)| tags.iter().take(at).any(|earlier| same(&earlier.key, &tag.key));
    if tags.iter().enumerate().any(repeated) {
        return Err(refusal::duplicate_tag_keys());
    }
    Ok(tags)
}

fn tag_keys(params: &Params) -> Result<Vec<&str>, AwsError> {
    params.required_members("TagKeys")?;
    let keys = params.members("TagKeys");
    for (number, key) in &keys {
        check(&format!("tagKeys.{number}.member"), key, 1, 128, KEY_PATTERN)?;
    }
    Ok(keys.into_iter().map(|(_, key)| key).collect())
}

fn check(field: &str, text: &str, least: usize, most: usize, pattern: &str) -> Result<(), AwsError> {
    check_length(field, text, least, most)?;
    let allowed = |c: char| c.is_alphanumeric() || SYMBOLS.contains(c) || is_separator(c);
    if text.chars().all(allowed) {
        Ok(())
    } else {
        Err(refusal::constraint(field, pattern))
    }
}

/// Returns whether a character is in Unicode's category Z, which is white space without the control characters.
fn is_separator(character: char) -> bool {
    character.is_whitespace() && !character.is_control()
}

fn is_reserved(text: &str) -> bool {
    text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"))
}

/// Sets tags: one that is there gets the new key's case and the new value, in its place.
fn put(tags: &mut Vec<Tag>, new: Vec<Tag>, same: SameKey) -> Result<(), AwsError> {
    let mut result = tags.clone();
    for tag in new {
        match result.iter_mut().find(|old| same(&old.key, &tag.key)) {
            Some(old) => *old = tag,
            None => result.push(tag),
        }
    }
    if result.len() > quota::TAGS {
        return Err(refusal::too_many_tags());
    }
    *tags = result;
    Ok(())
}
