//! Secrets Manager, as far as the store needs it. Method names are the API's.
//!
//! Every call here may be made twice: reads, what carries a request token, and what says "be so". So a call whose answer
//! was lost is made again. Decides nothing: whose a secret is, the store knows.

use std::collections::BTreeMap;

use ciuser_core::name::Region;
use ciuser_core::port::{Clock, IamError};
use jiff::Timestamp;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::attempt::until_answered;
use crate::signed::{Place, Service, SignedCalls, body};

const SERVICE: Service = Service {
    id: "Secrets Manager",
    name: "secretsmanager",
    fips_in_gov: false,
};

/// The longest that AWS keeps a secret that was deleted.
const RECOVERY_DAYS: u8 = 30;

/// Secrets Manager of one region.
pub struct AwsSecretsManager<'c> {
    calls: SignedCalls,
    clock: &'c dyn Clock,
    place: Place,
}

/// A secret as `DescribeSecret` shows it: without its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// The version that is current, if it has any.
    pub current: Option<String>,
    /// When somebody asked for its deletion, if it waits for that.
    pub deleted: Option<Timestamp>,
    /// The AWS service that made it and looks after it.
    pub owning_service: Option<String>,
    /// The region of the secret of which this one is a copy.
    pub primary_region: Option<String>,
    /// Whether Secrets Manager changes the value by itself.
    pub rotates: bool,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// What `CreateSecret` is asked for.
pub struct NewSecret<'a> {
    /// The name.
    pub name: &'a str,
    /// What people read beside it.
    pub description: &'a str,
    /// The KMS key that encrypts it; AWS's own if absent.
    pub kms_key: Option<&'a str>,
    /// Its tags.
    pub tags: &'a BTreeMap<String, String>,
    /// What makes the first version one, however often it is asked for.
    pub token: &'a str,
    /// The value.
    pub value: &'a str,
}

/// The current value of a secret.
pub struct SecretValue {
    /// Its version.
    pub version: String,
    /// The text; none when the secret is binary.
    pub text: Option<Zeroizing<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    deleted_date: Option<f64>,
    owning_service: Option<String>,
    primary_region: Option<String>,
    rotation_enabled: Option<bool>,
    tags: Option<Vec<Tag>>,
    version_ids_to_stages: Option<BTreeMap<String, Vec<String>>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Tag {
    pub(crate) key: String,
    pub(crate) value: String,
}

/// Writes tags as these services take them.
pub(crate) fn tags_of(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    let tag = |(key, value): (&String, &String)| Tag {
        key: key.clone(),
        value: value.clone(),
    };
    tags.iter().map(tag).collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Value {
    version_id: String,
    secret_string: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Named<'a> {
    secret_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Create<'a> {
    name: &'a str,
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kms_key_id: Option<&'a str>,
    tags: Vec<Tag>,
    client_request_token: &'a str,
    secret_string: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Put<'a> {
    secret_id: &'a str,
    client_request_token: &'a str,
    secret_string: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Delete<'a> {
    secret_id: &'a str,
    recovery_window_in_days: u8,
}

impl<'c> AwsSecretsManager<'c> {
    pub(crate) fn new(
        calls: SignedCalls,
        region: &Region,
        clock: &'c dyn Clock,
    ) -> Result<AwsSecretsManager<'c>, IamError> {
        let place = Place::of(calls.config(), &SERVICE, region.as_str())?;
        Ok(AwsSecretsManager { calls, clock, place })
    }

    async fn call<T: DeserializeOwned>(&self, operation: &str, fields: &impl Serialize) -> Result<T, IamError> {
        let (operation, body) = (format!("secretsmanager.{operation}"), body(fields)?);
        until_answered(self.clock, async || {
            let now = self.clock.now();
            self.calls.call(&self.place, &operation, body.clone(), now).await
        })
        .await
    }

    async fn write(&self, operation: &str, fields: &impl Serialize) -> Result<(), IamError> {
        self.call::<IgnoredAny>(operation, fields).await.map(drop)
    }

    /// Describes a secret; nothing if there is none of this name.
    ///
    /// # Errors
    /// As every call.
    pub async fn describe_secret(&self, name: &str) -> Result<Option<Secret>, IamError> {
        match self.call("DescribeSecret", &Named { secret_id: name }).await {
            Ok(described) => Ok(Some(secret(described))),
            Err(error) if error.is_no_such_entity() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Returns the current value; nothing if the secret has none.
    ///
    /// # Errors
    /// As every call; when the secret waits for its deletion.
    pub async fn get_secret_value(&self, name: &str) -> Result<Option<SecretValue>, IamError> {
        match self.call("GetSecretValue", &Named { secret_id: name }).await {
            Ok(Value {
                version_id,
                secret_string,
            }) => Ok(Some(SecretValue {
                version: version_id,
                text: secret_string.map(Zeroizing::new),
            })),
            Err(error) if error.is_no_such_entity() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes a secret with its first version.
    ///
    /// # Errors
    /// As every call; when there is one of this name.
    pub async fn create_secret(&self, new: &NewSecret<'_>) -> Result<(), IamError> {
        let fields = Create {
            name: new.name,
            description: new.description,
            kms_key_id: new.kms_key,
            tags: tags_of(new.tags),
            client_request_token: new.token,
            secret_string: new.value,
        };
        self.write("CreateSecret", &fields).await
    }

    /// Makes a version of a secret, which becomes the current one; the one before keeps the label `AWSPREVIOUS`.
    ///
    /// # Errors
    /// As every call; when the token stands for another value.
    pub async fn put_secret_value(&self, name: &str, token: &str, value: &str) -> Result<(), IamError> {
        let fields = Put {
            secret_id: name,
            client_request_token: token,
            secret_string: value,
        };
        self.write("PutSecretValue", &fields).await
    }

    /// Asks for the deletion of a secret, which AWS carries out after thirty days.
    ///
    /// # Errors
    /// As every call.
    pub async fn delete_secret(&self, name: &str) -> Result<(), IamError> {
        let fields = Delete {
            secret_id: name,
            recovery_window_in_days: RECOVERY_DAYS,
        };
        self.write("DeleteSecret", &fields).await
    }

    /// Takes the request for its deletion back.
    ///
    /// # Errors
    /// As every call.
    pub async fn restore_secret(&self, name: &str) -> Result<(), IamError> {
        self.write("RestoreSecret", &Named { secret_id: name }).await
    }
}

fn secret(described: Described) -> Secret {
    let versions = described.version_ids_to_stages.unwrap_or_default();
    let is_current = |stages: &[String]| stages.iter().any(|stage| stage == "AWSCURRENT");
    let tags = described.tags.unwrap_or_default();
    Secret {
        current: versions
            .into_iter()
            .find(|(_, stages)| is_current(stages))
            .map(|(version, _)| version),
        // What is no date is a date all the same: the secret cannot be used.
        deleted: described
            .deleted_date
            .map(|seconds| Timestamp::from_second(seconds as i64).unwrap_or(Timestamp::UNIX_EPOCH)),
        owning_service: described.owning_service.filter(|service| !service.is_empty()),
        primary_region: described.primary_region.filter(|region| !region.is_empty()),
        rotates: described.rotation_enabled.unwrap_or_default(),
        tags: tags.into_iter().map(|tag| (tag.key, tag.value)).collect(),
    }
}
