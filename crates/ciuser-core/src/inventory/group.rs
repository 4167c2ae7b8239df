//! Reads groups: the one that ciuser makes for a user, and others that carry just what it shall get.

use super::GroupContents;
use super::gather::{Doing as _, GatherError, Reader};
use crate::name::{GroupName, Path, PolicyArn};

impl Reader<'_> {
    pub(super) async fn own_group(
        &self,
        own: Option<&GroupName>,
        groups: &[(GroupName, Path)],
    ) -> Result<Option<Vec<PolicyArn>>, GatherError> {
        let Some(own) = own else { return Ok(None) };
        if !groups
            .iter()
            .any(|(name, path)| name.same_as(own) && *path == Path::own())
        {
            return Ok(None);
        }
        let attached = self.iam.list_attached_group_policies(own).await;
        let mut attached = attached.doing(|| format!("reading group `{own}`"))?;
        attached.sort();
        Ok(Some(attached))
    }

    pub(super) async fn group_contents(&self, group: &GroupName) -> Result<GroupContents, GatherError> {
        let doing = || format!("reading group `{group}`");
        let mut members = self.iam.list_users_in_group(group).await.doing(doing)?;
        let mut inline = self.iam.list_group_policies(group).await.doing(doing)?;
        members.sort();
        inline.sort();
        Ok(GroupContents { members, inline })
    }

    /// Finds groups that already carry just the wanted policies: one listing for the first policy, then each
    /// group that has it is looked at.
    pub(super) async fn equal_groups(&self, wanted: &[PolicyArn]) -> Result<Vec<GroupName>, GatherError> {
        let Some(first) = wanted.first() else {
            return Ok(Vec::new());
        };
        let doing = || format!("looking for groups that have `{}`", first.policy_name());
        let mut equal = Vec::new();
        for group in self.iam.list_groups_for_policy(first).await.doing(doing)? {
            let attached = self.iam.list_attached_group_policies(&group).await.doing(doing)?;
            let same = attached.len() == wanted.len() && wanted.iter().all(|arn| attached.contains(arn));
            if same && self.iam.list_group_policies(&group).await.doing(doing)?.is_empty() {
                equal.push(group);
            }
        }
        equal.sort();
        Ok(equal)
    }
}
