//! A secret of HashiCorp Vault or OpenBao, in a KV engine of version 2.
//!
//! Invariants: every write names the version that it goes on top of (check-and-set), so that nobody's is lost, whoever
//! else writes; the versions before stay; what is cleared is the one version that was seen, and can be undeleted. Whose
//! a key is stands in the data; the custom metadata repeats it for people.

mod api;

use async_trait::async_trait;
use ciuser_core::name::AccessKeyId;
use ciuser_core::port::{Holdings, KeyOwner, PlaceState, Store, TargetError};
use ciuser_core::secret::{AccessKey, SecretAccessKey};
use ciuser_core::target::StoreSpec;
use http::StatusCode;

use self::api::{SERVICE, There, Vault, explained};
use super::UNTIL_SEEN;
use super::record::{Record, holdings};
use crate::rest::{Address, Client, Fate};
use crate::store::Session;
use crate::store::seen::{Seen, changed};
use crate::targets::Reach;

/// A token that ends within this many seconds may not last for the run.
const SHORT: i64 = 600;
/// A run that creates and proves takes about a dozen calls.
const FEW_USES: i64 = 30;

/// A secret of Vault.
pub(in crate::store) struct VaultStore<'s> {
    vault: Vault<'s>,
    /// What a command line needs to reach the same place.
    flags: String,
    seen: Seen<'s>,
}

/// Where a secret is, as the spec has it.
pub(in crate::store) struct VaultPlace<'a> {
    pub(in crate::store) mount: &'a str,
    pub(in crate::store) path: &'a str,
    pub(in crate::store) url: Option<&'a str>,
    pub(in crate::store) namespace: Option<&'a str>,
}

impl<'s> VaultStore<'s> {
    /// Names the secret. Sends nothing yet.
    pub(in crate::store) fn new(
        place: &VaultPlace<'_>,
        spec: &StoreSpec,
        reach: &'s Reach<'_>,
        session: &'s Session<'_>,
    ) -> Result<VaultStore<'s>, TargetError> {
        let access = reach.tokens.vault()?;
        let [mount, path] = [place.mount, place.path].map(segments);
        let (Some(mount), Some(path)) = (mount, path) else {
            return Err(TargetError::new(format!("`{}` is not a path in Vault", spec.place()))
                .with_hint("a place as `secret/ci/storefront` is one: the engine's mount, and a path in it"));
        };
        let url = place.url.or(access.address.as_deref()).ok_or_else(|| {
            TargetError::new("no address of Vault is known").with_hint("set VAULT_ADDR, or `url` of the store")
        })?;
        let namespace = place.namespace.or(access.namespace.as_deref());
        let namespace = namespace.and_then(segments).unwrap_or_default();
        let mut flags = String::new();
        if let Some(url) = place.url {
            flags += &format!(" -address={url}");
        }
        if !namespace.is_empty() {
            flags += &format!(" -namespace={}", namespace.join("/"));
        }
        let transport = reach.transport_trusting(access.ca_bundle.as_deref())?;
        let client = Client::new(&SERVICE, Address::of(url, "/v1"), access.token, transport, reach.clock);
        Ok(VaultStore {
            vault: Vault {
                client,
                namespace,
                mount,
                path,
            },
            flags,
            seen: Seen::new(session, spec),
        })
    }

    /// Refuses an engine that keeps no versions. One that Vault does not show is judged by what it answers.
    async fn refuse_other_engines(&self) -> Result<bool, TargetError> {
        let Some(mount) = self.vault.mount().await? else {
            return Ok(false);
        };
        let at = self.vault.mount.join("/");
        match mount.kind.as_str() {
            "kv" | "generic" if mount.keeps_versions() => Ok(true),
            "kv" | "generic" => Err(TargetError::new(format!(
                "the engine at `{at}` is KV of version 1, which keeps no versions"
            ))
            .with_hint(format!(
                "`vault kv enable-versioning {at}` makes it version 2; or name an engine that is"
            ))),
            other => Err(TargetError::new(format!("the engine at `{at}` is `{other}`, not KV"))
                .with_hint("`vault secrets list` shows the engines")),
        }
    }

    /// Refuses a token that may not read and write the secret, and returns what it may not do beside.
    async fn refuse_missing_rights(&self, there: &There) -> Result<Option<String>, TargetError> {
        let Some([data, metadata]) = self.vault.capabilities().await? else {
            return Ok(None);
        };
        let place = self.vault.shown();
        let may = |rights: &[String], right: &str| rights.iter().any(|one| one == right || one == "root");
        // Only the first version of all is a creation.
        let write = if there.version == 0 { "create" } else { "update" };
        for right in [write, "read"] {
            if !may(&data, right) {
                let message = format!("the Vault token may not {right} `{place}`");
                return Err(TargetError::new(message).with_hint(
                    "its policy needs `create`, `read` and `update` on the engine's `data/` path, and `update` on `delete/` \
                     for clearing",
                ));
            }
        }
        let warning =
            || format!("the Vault token may not write metadata: Vault will not show whose key is in `{place}`");
        Ok((!may(&metadata, "update") && !may(&metadata, "create")).then(warning))
    }

    async fn token_warning(&self) -> Result<Option<String>, TargetError> {
        let token = self.vault.token().await?;
        Ok(match token {
            token if token.ttl > 0 && token.ttl < SHORT => Some(format!(
                "the Vault token expires in {} s: `vault token renew`",
                token.ttl
            )),
            token if token.num_uses > 0 && token.num_uses < FEW_USES => Some(format!(
                "the Vault token can be used {} more times only",
                token.num_uses
            )),
            _ => None,
        })
    }

    /// Writes on top of what is there. A refusal because somebody was faster is settled by the next look.
    async fn write(&self, owner: &KeyOwner, key: &AccessKey, there: &There) -> Result<(), TargetError> {
        let Err(trouble) = self.vault.write(owner, key, there.version).await else {
            return Ok(());
        };
        let may_be_outrun = trouble.fate == Fate::Refused(StatusCode::BAD_REQUEST);
        if may_be_outrun {
            let now = self.vault.read().await?;
            if now.holds(owner, key) {
                return Ok(());
            }
            if now.version != there.version {
                return Err(changed().with_hint("see who else writes it, then run the command again"));
            }
        }
        Err(explained(trouble))
    }

    /// Says in the custom metadata whose key it is, and leaves what others say there.
    async fn say_whose(&self, owner: &KeyOwner, key: &AccessKey, there: There) -> Result<(), TargetError> {
        let ours = [
            ("ciuser-account", owner.account.as_str()),
            ("ciuser-user", owner.user.as_str()),
            ("ciuser-key", key.id.as_str()),
        ];
        let mut custom = there.custom.clone();
        custom.extend(ours.map(|(name, value)| (name.to_owned(), value.to_owned())));
        if custom == there.custom {
            return Ok(());
        }
        match self.vault.write_custom(&custom).await {
            // The review has said so.
            Err(trouble) if trouble.is_hidden() => Ok(()),
            written => written.map_err(explained),
        }
    }
}

/// Takes a path apart; nothing for one that has empty or dotted parts.
fn segments(path: &str) -> Option<Vec<String>> {
    let parts: Vec<_> = path.trim_matches('/').split('/').map(str::to_owned).collect();
    let good = |part: &String| !part.is_empty() && part != "." && part != ".." && !part.contains(char::is_control);
    parts.iter().all(good).then_some(parts)
}

impl There {
    fn holdings(&self, owner: &KeyOwner) -> Holdings {
        let content = self.content.as_ref();
        content.map_or(Holdings::Nothing, |record| holdings(owner, record.as_ref()))
    }

    fn holds(&self, owner: &KeyOwner, key: &AccessKey) -> bool {
        matches!(&self.content, Some(Some(record)) if record.is(owner, key))
    }

    /// Names the version, for [`Seen`].
    fn mark(&self) -> Option<String> {
        (self.version > 0).then(|| self.version.to_string())
    }
}

#[async_trait(?Send)]
impl Store for VaultStore<'_> {
    async fn check(&self, owner: &KeyOwner, _unlock: bool) -> Result<PlaceState, TargetError> {
        let token = self.token_warning().await?;
        let known = self.refuse_other_engines().await?;
        let there = self.vault.read().await?;
        if !known && there.version == 0 {
            return Err(self.vault.no_engine());
        }
        let rights = self.refuse_missing_rights(&there).await?;
        self.seen.note(there.mark().as_deref());
        let create = match (there.version, &there.content) {
            (0, _) => Some("new secret".to_owned()),
            (version, None) => Some(format!("new version; version {version} was deleted")),
            _ => None,
        };
        Ok(PlaceState {
            holdings: there.holdings(owner),
            create,
            warnings: [self.vault.client.exposure(), token, rights]
                .into_iter()
                .flatten()
                .collect(),
        })
    }

    async fn put(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(), TargetError> {
        let there = self.vault.read().await?;
        if !there.holds(owner, key) {
            self.seen
                .refuse_unseen(there.mark().as_deref(), &there.holdings(owner))?;
            self.write(owner, key, &there).await?;
        }
        for seconds in UNTIL_SEEN {
            if seconds > 0 {
                self.vault.client.wait(seconds).await;
            }
            let there = self.vault.read().await?;
            if there.holds(owner, key) {
                self.seen.note(there.mark().as_deref());
                return self.say_whose(owner, key, there).await;
            }
        }
        Err(TargetError::new("the secret was written, and does not show it")
            .with_hint("somebody else may be writing it; look at its versions"))
    }

    async fn get_back(&self, _owner: &KeyOwner, id: &AccessKeyId) -> Result<Option<SecretAccessKey>, TargetError> {
        Ok(match self.vault.read().await?.content {
            Some(Some(Record { key, .. })) if key.id == *id => Some(key.secret),
            _ => None,
        })
    }

    async fn clear(&self, owner: &KeyOwner, seen: &Holdings) -> Result<(), TargetError> {
        let there = self.vault.read().await?;
        match there.holdings(owner) {
            Holdings::Nothing => Ok(()),
            now if now == *seen => self.vault.delete_version(there.version).await,
            _ => Err(changed()),
        }
    }

    fn describe(&self) -> String {
        let (mount, path) = (self.vault.mount.join("/"), self.vault.path.join("/"));
        format!("vault kv get{} -mount={mount} {path}", self.flags)
    }
}

#[cfg(test)]
mod tests;
