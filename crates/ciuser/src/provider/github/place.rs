//! Writes a key to a level, proves it there, and takes it away.
//!
//! INVARIANT: while secrets are being written, the variable with the id says so. It is the last to go when a key is
//! taken away.

use std::cell::RefCell;

use ciuser_core::port::{Holdings, KeyOwner, Mark, Proof, TargetError};
use ciuser_core::secret::AccessKey;
use ciuser_core::target::{Variable, VariableNames};

use super::api::{Audience, Github};
use super::held::{Held, UNFINISHED};
use super::level::Level;
use super::sealed_box::PublicKey;
use super::server::told;
use crate::provider::values::values;

/// Before what was written is looked at once more, in seconds.
const PAUSES: [i64; 2] = [1, 2];

/// A level, with the names that a key has there.
pub(super) struct Place<'a> {
    pub(super) github: Github<'a>,
    pub(super) level: Level,
    pub(super) names: VariableNames,
    /// What was held before the last write.
    before: RefCell<Option<Held>>,
}

impl<'a> Place<'a> {
    pub(super) fn new(github: Github<'a>, level: Level, names: VariableNames) -> Place<'a> {
        Place {
            github,
            level,
            names,
            before: RefCell::new(None),
        }
    }

    /// Reads what is held.
    pub(super) async fn held(&self) -> Result<Held, TargetError> {
        Ok(Held {
            secrets: self.github.secrets(&self.level).await.map_err(told)?,
            variables: self.github.variables(&self.level).await.map_err(told)?,
        })
    }

    /// Writes a key.
    pub(super) async fn write(&self, owner: &KeyOwner, key: &AccessKey, to: &Audience) -> Result<(), TargetError> {
        let before = self.held().await?;
        let id = self.names.name(Variable::AccessKeyId);
        let unfinished = format!("{}{UNFINISHED}", key.id);
        self.set(id, &unfinished, to, before.variable(id).is_some()).await?;
        self.write_secrets(owner, key, to).await?;
        let had_any = before.secret(id).is_some();
        if had_any && !self.held().await?.moved_since(&before, &self.names) {
            // Written in the second of the write before, which cannot be told from no write at all.
            self.github.wait(1).await;
            self.write_secrets(owner, key, to).await?;
        }
        for (variable, value) in values(owner, key) {
            if variable != Variable::SecretAccessKey {
                let name = self.names.name(variable);
                let exists = variable == Variable::AccessKeyId || before.variable(name).is_some();
                self.set(name, value, to, exists).await?;
            }
        }
        self.before.replace(Some(before));
        Ok(())
    }

    async fn set(&self, name: &str, value: &str, to: &Audience, exists: bool) -> Result<(), TargetError> {
        let set = self.github.set_variable(&self.level, name, value, to, exists).await;
        set.map_err(told)
    }

    /// Writes id and secret, back to back.
    async fn write_secrets(&self, owner: &KeyOwner, key: &AccessKey, to: &Audience) -> Result<(), TargetError> {
        let mut public = self.github.public_key(&self.level).await.map_err(told)?;
        for (variable, value) in values(owner, key) {
            if matches!(variable, Variable::AccessKeyId | Variable::SecretAccessKey) {
                self.put(self.names.name(variable), value, &mut public, to).await?;
            }
        }
        Ok(())
    }

    /// Writes a secret; once more, if the place has another key by now.
    async fn put(&self, name: &str, value: &str, key: &mut PublicKey, to: &Audience) -> Result<(), TargetError> {
        let refused = match self.github.put_secret(&self.level, name, value, key, to).await {
            Err(trouble) if trouble.is_invalid() => trouble,
            outcome => return outcome.map_err(told),
        };
        let now = self.github.public_key(&self.level).await.map_err(told)?;
        if now.id == key.id {
            return Err(told(refused));
        }
        *key = now;
        self.github
            .put_secret(&self.level, name, value, key, to)
            .await
            .map_err(told)
    }

    /// Reads back what can be read.
    pub(super) async fn proof(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(Proof, Option<Mark>), TargetError> {
        let mut pauses = PAUSES.into_iter();
        loop {
            let held = self.held().await?;
            let judged = held.judge(&self.names, &values(owner, key), self.before.borrow().as_ref());
            match (judged, pauses.next()) {
                (Err(_), Some(pause)) => self.github.wait(pause).await,
                (judged, _) => return judged,
            }
        }
    }

    /// Takes a key away, if it is just what was seen.
    pub(super) async fn clear(&self, seen: &Holdings) -> Result<(), TargetError> {
        let now = self.held().await?.holdings(&self.names);
        if now == Holdings::Nothing {
            return Ok(());
        }
        if now != *seen {
            return Err(TargetError::new("somebody else wrote there since it was looked at"));
        }
        let id = self.names.name(Variable::AccessKeyId);
        for name in [self.names.name(Variable::SecretAccessKey), id] {
            self.github.delete_secret(&self.level, name).await?;
        }
        self.github.delete_variable(&self.level, id).await?;
        match self.held().await?.holdings(&self.names) {
            Holdings::Nothing => Ok(()),
            _ => {
                Err(TargetError::new("the key was removed, but there is one again")
                    .with_hint("see who else writes there"))
            }
        }
    }
}
