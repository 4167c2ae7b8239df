//! Reads one user and its targets.

use std::collections::BTreeMap;

use super::gather::{Doing as _, GatherError, Reader};
use super::{OtherCredential, UserFacts};
use crate::name::UserName;
use crate::port::{IamError, KeyOwner, PlaceState, TargetError, UserSummary};
use crate::target::Target;

impl Reader<'_> {
    pub(super) async fn facts_if_listed(
        &self,
        name: &UserName,
        listed: &[UserSummary],
    ) -> Result<Option<UserFacts>, GatherError> {
        match listed.iter().find(|there| there.name.same_as(name)) {
            Some(there) => self.facts(&there.name).await.map(Some),
            None => Ok(None),
        }
    }

    async fn facts(&self, name: &UserName) -> Result<UserFacts, GatherError> {
        let doing = || format!("reading user `{name}`");
        let user = self.iam.get_user(name).await.doing(doing)?;
        let mut inline = BTreeMap::new();
        for policy in self.iam.list_user_policies(name).await.doing(doing)? {
            let document = self.iam.get_user_policy(name, &policy).await.doing(doing)?;
            inline.insert(policy, document);
        }
        let mut facts = UserFacts {
            attached: self.iam.list_attached_user_policies(name).await.doing(doing)?,
            groups: self.iam.list_groups_for_user(name).await.doing(doing)?,
            keys: self.iam.list_access_keys(name).await.doing(doing)?.keys,
            other_credentials: self.other_credentials(name).await,
            inline,
            name: user.name,
            arn: user.arn,
            path: user.path,
            created: user.created,
            tags: user.tags,
            boundary: user.boundary,
        };
        facts.sort();
        Ok(facts)
    }

    /// Looks for what a CI user should not have. A kind that cannot be looked at is reported, not fatal:
    /// the caller may lack the permission, and emulators lack some of the calls.
    async fn other_credentials(&self, name: &UserName) -> Vec<OtherCredential> {
        let mut found = Vec::new();
        match self.iam.has_login_profile(name).await {
            Ok(true) => found.push(OtherCredential::ConsolePassword),
            Ok(false) => {}
            Err(error) => found.push(OtherCredential::Unchecked(
                "console password".to_owned(),
                error.to_string(),
            )),
        }
        type Found = Result<Option<OtherCredential>, IamError>;
        let listed: [(&str, Found); 4] = [
            (
                "MFA devices",
                self.iam
                    .list_mfa_devices(name)
                    .await
                    .map(|ids| some(ids, OtherCredential::MfaDevices)),
            ),
            (
                "SSH public keys",
                self.iam
                    .list_ssh_public_keys(name)
                    .await
                    .map(|ids| some(ids, OtherCredential::SshPublicKeys)),
            ),
            (
                "signing certificates",
                self.iam
                    .list_signing_certificates(name)
                    .await
                    .map(|ids| some(ids, OtherCredential::SigningCertificates)),
            ),
            (
                "service-specific credentials",
                self.iam
                    .list_service_specific_credentials(name)
                    .await
                    .map(|ids| some(ids, OtherCredential::ServiceSpecificCredentials)),
            ),
        ];
        for (what, listed) in listed {
            match listed {
                Ok(credentials) => found.extend(credentials),
                Err(error) => found.push(OtherCredential::Unchecked(what.to_owned(), error.to_string())),
            }
        }
        found
    }

    pub(super) async fn places(
        &self,
        targets: Vec<Target>,
        owner: &KeyOwner,
    ) -> Result<Vec<(Target, PlaceState)>, GatherError> {
        let mut places = Vec::new();
        for target in targets {
            let looked = self.look_at(&target, owner).await;
            let state = looked.map_err(|source| GatherError::Target {
                target: target.to_string(),
                source,
            })?;
            places.push((target, state));
        }
        Ok(places)
    }

    pub(crate) async fn look_at(&self, target: &Target, owner: &KeyOwner) -> Result<PlaceState, TargetError> {
        match target {
            Target::Store(spec) => self.targets.store(spec)?.check(owner, self.unlock).await,
            Target::Provider(spec) => self.targets.provider(spec)?.check(owner).await,
        }
    }
}

fn some<T>(ids: Vec<T>, kind: fn(Vec<T>) -> OtherCredential) -> Option<OtherCredential> {
    (!ids.is_empty()).then(|| kind(ids))
}
