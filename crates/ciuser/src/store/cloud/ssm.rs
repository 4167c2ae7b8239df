//! A parameter of AWS Systems Manager Parameter Store, a SecureString.
//!
//! Invariants: a parameter that is not there is made without `Overwrite`, so that nobody's is replaced; one that is there
//! keeps its KMS key and its tier, and its versions before; a lost write is looked for before it is made again, for it
//! takes no token. What is cleared is gone for good: Parameter Store keeps nothing of it.

use async_trait::async_trait;
use ciuser_aws::{AwsSsm, NewParameter};
use ciuser_core::name::AccessKeyId;
use ciuser_core::port::{Holdings, IamError, IamErrorKind, KeyOwner, PlaceState, Reached, Store, TargetError};
use ciuser_core::secret::{AccessKey, SecretAccessKey};

use super::record::{self, Record, holdings};
use super::{InAws, UNTIL_SEEN, description, failed, tags};
use crate::store::seen::changed;

/// Levels in a name, and characters, leaving room for the ARN that is counted too.
const LEVELS: usize = 15;
const LONGEST: usize = 900;

/// A parameter of Parameter Store.
pub(in crate::store) struct SsmStore<'s> {
    place: InAws<'s>,
    name: String,
    kms_key: Option<String>,
}

/// The parameter that is in the place.
struct There {
    version: String,
    record: Option<Record>,
}

impl<'s> SsmStore<'s> {
    /// Names the parameter. Sends nothing yet.
    pub(in crate::store) fn new(
        place: InAws<'s>,
        name: &str,
        kms_key: Option<&str>,
    ) -> Result<SsmStore<'s>, TargetError> {
        if let Some(why) = misnamed(name) {
            return Err(
                TargetError::new(format!("`{name}` cannot be the name of a parameter: {why}"))
                    .with_hint("a name as `/ci/storefront` is one, or one without any `/`"),
            );
        }
        Ok(SsmStore {
            place,
            name: name.to_owned(),
            kms_key: kms_key.map(str::to_owned),
        })
    }

    fn service(&self, owner: &KeyOwner) -> Result<AwsSsm<'s>, TargetError> {
        let region = self.place.region(owner)?;
        let service = self.place.aws.ssm(region, self.place.clock);
        service.map_err(|error| failed("reaching Parameter Store", error, None))
    }

    async fn look(&self, service: &AwsSsm<'_>) -> Result<Option<There>, TargetError> {
        let got = service.get_parameter(&self.name).await;
        let Some(parameter) = got.map_err(|error| self.failed("reading", error, None))? else {
            return Ok(None);
        };
        if parameter.kind != "SecureString" {
            let message = format!("parameter `{}` is a `{}`, not encrypted", self.name, parameter.kind);
            return Err(TargetError::new(message)
                .with_hint("Parameter Store does not change what a parameter is: choose another name"));
        }
        Ok(Some(There {
            version: parameter.version.to_string(),
            record: Record::of_json(&parameter.value),
        }))
    }

    /// Makes the parameter, or a new version of it. Returns what went wrong when only a look can say what became of it.
    async fn write(
        &self,
        service: &AwsSsm<'_>,
        owner: &KeyOwner,
        key: &AccessKey,
        there: bool,
    ) -> Result<Option<TargetError>, TargetError> {
        let value = record::json(owner, key);
        let outcome = if there {
            let settings = service.get_parameter_settings(&self.name).await;
            let mut settings = settings.map_err(|error| self.failed("reading the versions of", error, None))?;
            if let Some(kms_key) = &self.kms_key {
                settings.key_id = Some(kms_key.clone());
            }
            service.overwrite_parameter(&self.name, &settings, &value).await
        } else {
            let new = NewParameter {
                name: &self.name,
                description: &description(owner),
                kms_key: self.kms_key.as_deref(),
                tags: &tags(owner),
                value: &value,
            };
            service.create_parameter(&new).await
        };
        let Err(error) = outcome else { return Ok(None) };
        let unsettled = is_to_be_looked_for(&error);
        let failed = self.failed("writing", error, Some(key));
        if unsettled { Ok(Some(failed)) } else { Err(failed) }
    }

    /// Waits until the parameter shows the key: right after a write Parameter Store may show what was before.
    async fn wait_for(&self, service: &AwsSsm<'_>, owner: &KeyOwner, key: &AccessKey) -> Result<(), TargetError> {
        for seconds in UNTIL_SEEN {
            self.place.pause(seconds).await;
            if let Some(there) = self.look(service).await?.filter(|there| there.holds(owner, key)) {
                self.place.seen.note(Some(&there.version));
                return Ok(());
            }
        }
        Err(self.unseen())
    }

    fn unseen(&self) -> TargetError {
        TargetError::new(format!("parameter `{}` was written, and does not show it", self.name))
            .with_hint("run the command again; somebody else may be writing it")
    }

    fn failed(&self, doing: &str, error: IamError, sent: Option<&AccessKey>) -> TargetError {
        failed(&format!("{doing} parameter `{}`", self.name), error, sent)
    }
}

/// Tells whether only a look can say what became of a write: its answer was lost, or somebody was faster, which may
/// have been a request of ours.
fn is_to_be_looked_for(error: &IamError) -> bool {
    error.kind == IamErrorKind::EntityAlreadyExists || error.reached == Reached::Unknown
}

/// Says why a name cannot be one.
fn misnamed(name: &str) -> Option<&'static str> {
    let levels: Vec<_> = name.strip_prefix('/').unwrap_or(name).split('/').collect();
    let reserved = |start: &str| name.trim_start_matches('/').to_ascii_lowercase().starts_with(start);
    if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_.-".contains(&b)) {
        Some("it takes letters, digits and `/_.-`")
    } else if levels.iter().any(|level| level.is_empty()) {
        Some("a level of it is empty")
    } else if levels.len() > 1 && !name.starts_with('/') {
        Some("a name with levels begins with `/`")
    } else if levels.len() > LEVELS {
        Some("it has more than 15 levels")
    } else if reserved("aws") || reserved("ssm") {
        Some("names that begin with `aws` or `ssm` are AWS's own")
    } else if name.len() > LONGEST {
        Some("it is too long")
    } else {
        None
    }
}

impl There {
    fn holds(&self, owner: &KeyOwner, key: &AccessKey) -> bool {
        self.record.as_ref().is_some_and(|record| record.is(owner, key))
    }
}

fn there_to(owner: &KeyOwner, there: Option<&There>) -> Holdings {
    there.map_or(Holdings::Nothing, |there| holdings(owner, there.record.as_ref()))
}

#[async_trait(?Send)]
impl Store for SsmStore<'_> {
    async fn check(&self, owner: &KeyOwner, _unlock: bool) -> Result<PlaceState, TargetError> {
        let there = self.look(&self.service(owner)?).await?;
        self.place.seen.note(there.as_ref().map(|there| there.version.as_str()));
        Ok(PlaceState {
            holdings: there_to(owner, there.as_ref()),
            create: there.is_none().then(|| "new SecureString parameter".to_owned()),
            warnings: Vec::new(),
        })
    }

    async fn put(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(), TargetError> {
        let service = self.service(owner)?;
        let mut lost = None;
        for seconds in UNTIL_SEEN {
            self.place.pause(seconds).await;
            let there = self.look(&service).await?;
            let version = there.as_ref().map(|there| there.version.as_str());
            if there.as_ref().is_some_and(|there| there.holds(owner, key)) {
                self.place.seen.note(version);
                return Ok(());
            }
            let held = there_to(owner, there.as_ref());
            self.place.seen.refuse_unseen(version, &held)?;
            lost = self.write(&service, owner, key, there.is_some()).await?;
            if lost.is_none() {
                return self.wait_for(&service, owner, key).await;
            }
        }
        Err(lost.unwrap_or_else(|| self.unseen()))
    }

    async fn get_back(&self, owner: &KeyOwner, id: &AccessKeyId) -> Result<Option<SecretAccessKey>, TargetError> {
        let there = self.look(&self.service(owner)?).await?;
        let record = there.and_then(|there| there.record);
        Ok(record
            .filter(|record| record.key.id == *id)
            .map(|record| record.key.secret))
    }

    async fn clear(&self, owner: &KeyOwner, seen: &Holdings) -> Result<(), TargetError> {
        let service = self.service(owner)?;
        match there_to(owner, self.look(&service).await?.as_ref()) {
            Holdings::Nothing => return Ok(()),
            now if now == *seen => {}
            _ => return Err(changed()),
        }
        service
            .delete_parameter(&self.name)
            .await
            .map_err(|error| self.failed("deleting", error, None))?;
        self.place.seen.note(None);
        Ok(())
    }

    fn describe(&self) -> String {
        let region = self.place.region_flag();
        format!("aws ssm get-parameter --with-decryption --name {}{region}", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked_before_anything_is_sent() {
        let deep = "/a".repeat(LEVELS + 1);
        for (name, why) in [
            ("/ci/storefront", None),
            ("storefront.deploy-key_1", None),
            ("", Some("a level of it is empty")),
            ("/ci//storefront", Some("a level of it is empty")),
            ("/ci/", Some("a level of it is empty")),
            ("ci/storefront", Some("a name with levels begins with `/`")),
            ("/ci/store front", Some("it takes letters, digits and `/_.-`")),
            (
                "arn:aws:ssm:eu-west-1:1:parameter/x",
                Some("it takes letters, digits and `/_.-`"),
            ),
            (deep.as_str(), Some("it has more than 15 levels")),
            ("/AWS/x", Some("names that begin with `aws` or `ssm` are AWS's own")),
            ("ssmx", Some("names that begin with `aws` or `ssm` are AWS's own")),
        ] {
            assert_eq!(misnamed(name), why, "{name}");
        }
    }
}
