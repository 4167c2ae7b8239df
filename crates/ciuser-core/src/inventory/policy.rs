//! Finds out what each policy of a spec is.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use ciuser_policy::nearest::nearest;

use super::PolicyFound;
use super::gather::{Doing as _, GatherError, Reader};
use crate::name::{Partition, PolicyArn};
use crate::port::ManagedPolicy;
use crate::spec::{PolicyRef, Spec, UserSpec};

impl Reader<'_> {
    pub(super) async fn policies(
        &self,
        spec: &Spec,
        partition: &Partition,
    ) -> Result<BTreeMap<PolicyRef, PolicyFound>, GatherError> {
        let mut found = BTreeMap::new();
        let mut listed: Option<Vec<ManagedPolicy>> = None;
        let asked = spec.users.iter().flat_map(|user| {
            user.policies
                .iter()
                .cloned()
                .chain(user.boundary.iter().cloned().map(PolicyRef::Arn))
        });
        for policy in asked {
            if let Entry::Vacant(place) = found.entry(policy) {
                let one = self.policy(place.key(), partition, &mut listed).await?;
                place.insert(one);
            }
        }
        Ok(found)
    }

    /// Resolves one policy. For an AWS managed policy the catalogue guesses the ARN, so that one `GetPolicy`
    /// confirms it; only when that fails are the policies listed, which takes pages.
    async fn policy(
        &self,
        policy: &PolicyRef,
        partition: &Partition,
        listed: &mut Option<Vec<ManagedPolicy>>,
    ) -> Result<PolicyFound, GatherError> {
        let doing = || format!("reading policy `{policy}`");
        let guess = match policy {
            PolicyRef::Arn(arn) => Some(arn.clone()),
            PolicyRef::Name(name) => catalogued_arn(name.as_str(), partition),
        };
        if let Some(arn) = guess {
            match self.iam.get_policy(&arn).await {
                Ok(there) => return Ok(exists(there)),
                Err(error) if error.is_no_such_entity() => {}
                Err(error) => return Err(error).doing(doing),
            }
        }
        if listed.is_none() {
            let mut all = self.iam.list_policies(false).await.doing(doing)?;
            all.extend(self.iam.list_policies(true).await.doing(doing)?);
            *listed = Some(all);
        }
        let all = listed.as_deref().unwrap_or_default();
        let wanted = match policy {
            PolicyRef::Arn(arn) => arn.policy_name(),
            PolicyRef::Name(name) => name.as_str(),
        };
        let named = matches!(policy, PolicyRef::Name(_));
        match all
            .iter()
            .find(|one| named && one.arn.policy_name().eq_ignore_ascii_case(wanted))
        {
            Some(there) => Ok(exists(self.iam.get_policy(&there.arn).await.doing(doing)?)),
            None => Ok(PolicyFound::Missing {
                nearest: nearest(wanted, all.iter().map(|policy| policy.arn.policy_name()))
                    .into_iter()
                    .map(str::to_owned)
                    .collect(),
            }),
        }
    }
}

/// Returns the ARNs of the managed policies that the user shall have, as far as they exist.
pub(crate) fn wanted(user: &UserSpec, policies: &BTreeMap<PolicyRef, PolicyFound>) -> Vec<PolicyArn> {
    let mut arns: Vec<PolicyArn> = Vec::new();
    for policy in &user.policies {
        if let Some(PolicyFound::Exists { arn, .. }) = policies.get(policy)
            && !arns.contains(arn)
        {
            arns.push(arn.clone());
        }
    }
    arns
}

fn exists(policy: ManagedPolicy) -> PolicyFound {
    // AWS announces the end of a managed policy in its description, and nowhere else in the API.
    let deprecated = policy
        .description
        .filter(|text| text.to_lowercase().contains("deprecat"));
    let reserved = ["/aws-service-role/", "/root-task/"]
        .iter()
        .any(|path| policy.path.as_str().starts_with(path));
    PolicyFound::Exists {
        attachable: policy.attachable && !(policy.arn.is_aws_managed() && reserved),
        arn: policy.arn,
        default_version: policy.default_version,
        deprecated,
    }
}

/// Returns the ARN of the policy of AWS that has this name.
pub(super) fn catalogued_arn(name: &str, partition: &Partition) -> Option<PolicyArn> {
    let policy = ciuser_policy::catalogue::Catalogue::embedded().by_name(name)?;
    PolicyArn::new(policy.arn(partition.as_str())).ok()
}
