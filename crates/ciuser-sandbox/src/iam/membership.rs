//! Which user is in which group. Both adding and removing are idempotent.

use crate::iam::action::Call;
use crate::iam::{group, quota, refusal};
use crate::wire::{AwsError, Xml};

pub(super) fn add_user_to_group(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let group_name = call.params.name("GroupName", 128)?;
    let user_name = call.params.name("UserName", 128)?;
    let user_id = call.state.user(user_name, call.now)?.id.clone();
    if call.state.group(group_name)?.members.contains(&user_id) {
        return Ok(());
    }
    if call.state.groups_of(&user_id).count() >= quota::GROUPS_PER_USER {
        return Err(refusal::quota("GroupsPerUser", quota::GROUPS_PER_USER));
    }
    call.state.group_mut(group_name)?.members.insert(user_id);
    Ok(())
}

pub(super) fn remove_user_from_group(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let group_name = call.params.name("GroupName", 128)?;
    let user_name = call.params.name("UserName", 128)?;
    let user_id = call.state.user(user_name, call.now)?.id.clone();
    call.state.group_mut(group_name)?.members.remove(&user_id);
    Ok(())
}

pub(super) fn list_groups_for_user(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let user = call.state.user(call.params.name("UserName", 128)?, call.now)?;
    let groups = call.state.groups_of(&user.id).collect();
    group::write_page(call, xml, groups)
}
