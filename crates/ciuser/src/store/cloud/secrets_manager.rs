//! A secret of AWS Secrets Manager.
//!
//! Invariants: a version is made once, however often it is asked for, because its token follows from the key and from
//! the version that it replaces; the one before keeps the label `AWSPREVIOUS`; nothing is deleted but with the longest
//! time to take it back.

use async_trait::async_trait;
use ciuser_aws::{AwsSecretsManager, NewSecret, Secret};
use ciuser_core::name::AccessKeyId;
use ciuser_core::port::{Holdings, IamErrorKind, KeyOwner, PlaceState, Store, TargetError};
use ciuser_core::secret::{AccessKey, SecretAccessKey};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::record::{self, Record, holdings};
use super::{ATTEMPTS, InAws, UNTIL_SEEN, description, failed, tags};
use crate::store::seen::changed;

/// A secret of Secrets Manager.
pub(in crate::store) struct SecretsManagerStore<'s> {
    place: InAws<'s>,
    name: String,
    kms_key: Option<String>,
}

/// What is in the place.
struct There {
    /// The current version, also of a secret that waits for its deletion.
    version: Option<String>,
    rotates: bool,
    what: What,
}

enum What {
    /// No secret.
    Nothing,
    /// A secret that waits for its deletion; `ours` if it was made for this user.
    Waiting { since: Timestamp, ours: bool },
    /// A secret without a value.
    Empty,
    /// A secret with a value, which may be no record.
    Value(Option<Record>),
}

impl<'s> SecretsManagerStore<'s> {
    /// Names the secret. Sends nothing yet.
    pub(in crate::store) fn new(
        place: InAws<'s>,
        name: &str,
        kms_key: Option<&str>,
    ) -> Result<SecretsManagerStore<'s>, TargetError> {
        let fits = name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"/_+=.@-".contains(&b));
        if name.is_empty() || name.len() > 512 || !fits {
            return Err(TargetError::new(format!("`{name}` cannot be the name of a secret"))
                .with_hint("Secrets Manager takes letters, digits and `/_+=.@-`, 512 at most; not an ARN"));
        }
        Ok(SecretsManagerStore {
            place,
            name: name.to_owned(),
            kms_key: kms_key.map(str::to_owned),
        })
    }

    fn service(&self, owner: &KeyOwner) -> Result<AwsSecretsManager<'s>, TargetError> {
        let region = self.place.region(owner)?;
        let service = self.place.aws.secrets_manager(region, self.place.clock);
        service.map_err(|error| failed("reaching Secrets Manager", error, None))
    }

    async fn look(&self, service: &AwsSecretsManager<'_>, owner: &KeyOwner) -> Result<There, TargetError> {
        let described = service.describe_secret(&self.name).await;
        let Some(secret) = described.map_err(|error| self.failed("looking for", error, None))? else {
            return Ok(There {
                version: None,
                rotates: false,
                what: What::Nothing,
            });
        };
        self.refuse_what_others_keep(&secret, owner)?;
        let what = match secret.deleted {
            Some(since) => What::Waiting {
                since,
                ours: ["ciuser:account", "ciuser:user"]
                    .iter()
                    .all(|tag| secret.tags.get(*tag) == tags(owner).get(*tag)),
            },
            None => {
                let value = service.get_secret_value(&self.name).await;
                match value.map_err(|error| self.failed("reading", error, None))? {
                    None => What::Empty,
                    Some(value) => What::Value(value.text.as_deref().and_then(|text| Record::of_json(text))),
                }
            }
        };
        Ok(There {
            version: secret.current,
            rotates: secret.rotates,
            what,
        })
    }

    fn refuse_what_others_keep(&self, secret: &Secret, owner: &KeyOwner) -> Result<(), TargetError> {
        let name = &self.name;
        if let Some(service) = &secret.owning_service {
            return Err(TargetError::new(format!("`{service}` looks after secret `{name}`")).with_hint(ANOTHER));
        }
        let here = self.place.region(owner)?;
        match &secret.primary_region {
            Some(primary) if primary != here.as_str() => Err(TargetError::new(format!(
                "secret `{name}` is a copy of the one in `{primary}`"
            ))
            .with_hint(format!("write there, with `region={primary}`, or choose another name"))),
            _ => Ok(()),
        }
    }

    fn failed(&self, doing: &str, error: ciuser_core::port::IamError, sent: Option<&AccessKey>) -> TargetError {
        failed(&format!("{doing} secret `{}`", self.name), error, sent)
    }

    /// Makes the secret. False when somebody, or a request whose answer was lost, was faster.
    async fn create(
        &self,
        service: &AwsSecretsManager<'_>,
        owner: &KeyOwner,
        key: &AccessKey,
    ) -> Result<bool, TargetError> {
        let new = NewSecret {
            name: &self.name,
            description: &description(owner),
            kms_key: self.kms_key.as_deref(),
            tags: &tags(owner),
            token: &token(owner, key, None),
            value: &record::json(owner, key),
        };
        match service.create_secret(&new).await {
            Ok(()) => Ok(true),
            Err(error) if error.kind == IamErrorKind::EntityAlreadyExists => Ok(false),
            Err(error) => Err(self.failed("creating", error, Some(key))),
        }
    }

    /// Waits until the key is what the secret says: right after a write Secrets Manager may show what was before.
    async fn wait_for(
        &self,
        service: &AwsSecretsManager<'_>,
        owner: &KeyOwner,
        key: &AccessKey,
    ) -> Result<(), TargetError> {
        for seconds in UNTIL_SEEN {
            self.place.pause(seconds).await;
            let there = self.look(service, owner).await?;
            if there.holds(owner, key) {
                self.place.seen.note(there.version.as_deref());
                return Ok(());
            }
        }
        Err(TargetError::new("the secret was written, and does not show it")
            .with_hint("somebody else may be writing it; look at its versions"))
    }
}

const ANOTHER: &str = "choose another name";

impl There {
    fn holdings(&self, owner: &KeyOwner) -> Holdings {
        match &self.what {
            What::Value(record) => holdings(owner, record.as_ref()),
            What::Nothing | What::Empty | What::Waiting { .. } => Holdings::Nothing,
        }
    }

    fn holds(&self, owner: &KeyOwner, key: &AccessKey) -> bool {
        matches!(&self.what, What::Value(Some(record)) if record.is(owner, key))
    }
}

fn waits(name: &str, since: Timestamp) -> TargetError {
    let day = since.strftime("%Y-%m-%d");
    TargetError::new(format!("secret `{name}` waits for its deletion since {day}")).with_hint(format!(
        "`aws secretsmanager restore-secret --secret-id {name}` brings it back; or choose another name"
    ))
}

/// Names a version: the same key on top of the same version is the same version.
fn token(owner: &KeyOwner, key: &AccessKey, before: Option<&str>) -> String {
    let before = before.unwrap_or("nothing");
    hex::encode(Sha256::digest(format!(
        "ciuser {} {} after {before}",
        owner.arn, key.id
    )))
}

#[async_trait(?Send)]
impl Store for SecretsManagerStore<'_> {
    async fn check(&self, owner: &KeyOwner, _unlock: bool) -> Result<PlaceState, TargetError> {
        let there = self.look(&self.service(owner)?, owner).await?;
        self.place.seen.note(there.version.as_deref());
        let create = match there.what {
            What::Nothing => Some("new secret".to_owned()),
            What::Waiting { since, ours: true } => Some(format!(
                "bring back the secret, which waits for its deletion since {}",
                since.strftime("%Y-%m-%d")
            )),
            What::Waiting { since, ours: false } => return Err(waits(&self.name, since)),
            What::Empty | What::Value(_) => None,
        };
        let rotates = || {
            format!(
                "Secrets Manager changes secret `{}` by itself: switch its rotation off, or it will hold another key",
                self.name
            )
        };
        Ok(PlaceState {
            holdings: there.holdings(owner),
            create,
            warnings: there.rotates.then(rotates).into_iter().collect(),
        })
    }

    async fn put(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(), TargetError> {
        let service = self.service(owner)?;
        for _ in 0..ATTEMPTS {
            let there = self.look(&service, owner).await?;
            if there.holds(owner, key) {
                self.place.seen.note(there.version.as_deref());
                return Ok(());
            }
            self.place
                .seen
                .refuse_unseen(there.version.as_deref(), &there.holdings(owner))?;
            match there.what {
                What::Nothing => {
                    if self.create(&service, owner, key).await? {
                        return self.wait_for(&service, owner, key).await;
                    }
                }
                What::Waiting { since, ours: false } => return Err(waits(&self.name, since)),
                What::Waiting { .. } => {
                    let restored = service.restore_secret(&self.name).await;
                    restored.map_err(|error| self.failed("bringing back", error, None))?;
                }
                What::Empty | What::Value(_) => {
                    let token = token(owner, key, there.version.as_deref());
                    let value = record::json(owner, key);
                    let put = service.put_secret_value(&self.name, &token, &value).await;
                    put.map_err(|error| self.failed("writing", error, Some(key)))?;
                    return self.wait_for(&service, owner, key).await;
                }
            }
        }
        Err(TargetError::new(format!("secret `{}` keeps changing", self.name))
            .with_hint("see who else writes it, then run the command again"))
    }

    async fn get_back(&self, owner: &KeyOwner, id: &AccessKeyId) -> Result<Option<SecretAccessKey>, TargetError> {
        let there = self.look(&self.service(owner)?, owner).await?;
        Ok(match there.what {
            What::Value(Some(Record { key, .. })) if key.id == *id => Some(key.secret),
            _ => None,
        })
    }

    async fn clear(&self, owner: &KeyOwner, seen: &Holdings) -> Result<(), TargetError> {
        let service = self.service(owner)?;
        match self.look(&service, owner).await?.holdings(owner) {
            Holdings::Nothing => return Ok(()),
            now if now == *seen => {}
            _ => return Err(changed()),
        }
        let Err(error) = service.delete_secret(&self.name).await else {
            return Ok(());
        };
        // It may have been done by a request whose answer was lost: once is all that AWS takes.
        match self.look(&service, owner).await?.what {
            What::Waiting { .. } | What::Nothing => Ok(()),
            What::Empty | What::Value(_) => Err(self.failed("deleting", error, None)),
        }
    }

    fn describe(&self) -> String {
        let region = self.place.region_flag();
        format!("aws secretsmanager get-secret-value --secret-id {}{region}", self.name)
    }
}
