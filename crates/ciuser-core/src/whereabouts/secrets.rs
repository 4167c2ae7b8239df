//! The secrets that stores give back, and what STS says of them.

use super::Looker;
use crate::name::AccessKeyId;
use crate::port::{IamErrorKind, KeyOwner};
use crate::secret::{AccessKey, SecretAccessKey};

/// What STS says of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    /// It is this user's key, and works.
    Works,
    /// It is not the secret of this key.
    Wrong,
    /// The key does not work, whatever its secret is.
    Refused(String),
    /// STS did not say.
    Silent(String),
}

/// Secrets, each with what STS says of it: asked once for each.
#[derive(Default)]
pub(super) struct Secrets(Vec<(AccessKey, Word)>);

impl Secrets {
    /// Adds a secret that a store gave back, and returns what STS says of it.
    pub(super) async fn add(
        &mut self,
        looker: &Looker<'_>,
        owner: &KeyOwner,
        id: &AccessKeyId,
        secret: SecretAccessKey,
    ) -> Word {
        let same = |(key, _): &&(AccessKey, Word)| key.id == *id && key.secret.same_as(&secret);
        if let Some((_, word)) = self.0.iter().find(same) {
            return word.clone();
        }
        let key = AccessKey { id: id.clone(), secret };
        let word = ask(looker, owner, &key).await;
        self.0.push((key, word.clone()));
        word
    }

    /// Returns the secret of a key that works.
    pub(super) fn working(&self, id: &AccessKeyId) -> Option<&AccessKey> {
        let found = self.0.iter().find(|(key, word)| key.id == *id && *word == Word::Works);
        found.map(|(key, _)| key)
    }

    /// Returns the first secret of a key that STS does not call wrong: one of a key that is inactive can be compared,
    /// too.
    pub(super) fn credible(&self, id: &AccessKeyId) -> Option<&AccessKey> {
        let found = self.0.iter().find(|(key, word)| key.id == *id && *word != Word::Wrong);
        found.map(|(key, _)| key)
    }
}

async fn ask(looker: &Looker<'_>, owner: &KeyOwner, key: &AccessKey) -> Word {
    match looker.sts.get_caller_identity_with(key, looker.region).await {
        Ok(caller) if caller.arn == owner.arn.as_str() => Word::Works,
        Ok(caller) => Word::Refused(format!("STS knows the key as `{}`", caller.arn)),
        Err(error) if error.code.as_deref() == Some("SignatureDoesNotMatch") => Word::Wrong,
        Err(error) if error.kind == IamErrorKind::InvalidClientTokenId => {
            Word::Refused("STS does not take the key".to_owned())
        }
        Err(error) => Word::Silent(format!("STS did not say whether it works: {error}")),
    }
}
