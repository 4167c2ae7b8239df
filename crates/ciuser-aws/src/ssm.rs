//! Parameter Store of AWS Systems Manager, as far as the store needs it. Method names are the API's.
//!
//! A parameter takes no request token: a write whose answer was lost is not made again here, for the store has to look
//! first. Decides nothing: whose a parameter is, the store knows.

use std::collections::BTreeMap;

use ciuser_core::name::Region;
use ciuser_core::port::{Clock, IamError};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::json;
use zeroize::Zeroizing;

use crate::attempt::{once, until_answered};
use crate::error;
use crate::secrets_manager::{Tag, tags_of};
use crate::signed::{Place, Service, SignedCalls, body};

const SERVICE: Service = Service {
    id: "SSM",
    name: "ssm",
    fips_in_gov: true,
};

/// A parameter has a hundred versions at most: a listing of so many pages has no end.
const PAGES: usize = 20;

/// Parameter Store of one region.
pub struct AwsSsm<'c> {
    calls: SignedCalls,
    clock: &'c dyn Clock,
    place: Place,
}

/// A parameter as `GetParameter` shows it, decrypted.
pub struct Parameter {
    /// Its version, counted from one.
    pub version: i64,
    /// `SecureString`, `String` or `StringList`.
    pub kind: String,
    /// The value.
    pub value: Zeroizing<String>,
}

/// How a version of a parameter is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ParameterSettings {
    /// The KMS key that encrypts it.
    pub key_id: Option<String>,
    /// `Standard`, `Advanced` or `Intelligent-Tiering`.
    pub tier: Option<String>,
}

/// What `PutParameter` is asked for: a parameter that is not there yet.
pub struct NewParameter<'a> {
    /// The name.
    pub name: &'a str,
    /// What people read beside it.
    pub description: &'a str,
    /// The KMS key that encrypts it; AWS's own if absent.
    pub kms_key: Option<&'a str>,
    /// Its tags.
    pub tags: &'a BTreeMap<String, String>,
    /// The value.
    pub value: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Got {
    parameter: Shown,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Shown {
    #[serde(rename = "Type")]
    kind: String,
    value: String,
    version: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    parameters: Vec<Version>,
    next_token: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Version {
    version: i64,
    #[serde(flatten)]
    settings: ParameterSettings,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Put<'a> {
    name: &'a str,
    #[serde(rename = "Type")]
    kind: &'static str,
    value: &'a str,
    overwrite: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tier: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Tag>,
}

impl<'c> AwsSsm<'c> {
    pub(crate) fn new(calls: SignedCalls, region: &Region, clock: &'c dyn Clock) -> Result<AwsSsm<'c>, IamError> {
        let place = Place::of(calls.config(), &SERVICE, region.as_str())?;
        Ok(AwsSsm { calls, clock, place })
    }

    async fn read<T: DeserializeOwned>(&self, operation: &str, fields: &impl Serialize) -> Result<T, IamError> {
        let body = body(fields)?;
        until_answered(self.clock, async || self.send(operation, body.clone()).await).await
    }

    async fn send<T: DeserializeOwned>(&self, operation: &str, body: bytes::Bytes) -> Result<T, IamError> {
        let now = self.clock.now();
        let operation = format!("AmazonSSM.{operation}");
        self.calls.call(&self.place, &operation, body, now).await
    }

    async fn put(&self, fields: &Put<'_>) -> Result<(), IamError> {
        let body = body(fields)?;
        let put = once(self.clock, async || {
            self.send::<IgnoredAny>("PutParameter", body.clone()).await
        });
        put.await.map(drop)
    }

    /// Returns a parameter, decrypted; nothing if there is none of this name.
    ///
    /// # Errors
    /// As every call; when it cannot be decrypted.
    pub async fn get_parameter(&self, name: &str) -> Result<Option<Parameter>, IamError> {
        let asked = json!({ "Name": name, "WithDecryption": true });
        match self.read("GetParameter", &asked).await {
            Ok(Got { parameter }) => Ok(Some(Parameter {
                version: parameter.version,
                kind: parameter.kind,
                value: Zeroizing::new(parameter.value),
            })),
            Err(error) if error.is_no_such_entity() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Returns how the newest version of a parameter is kept (`GetParameterHistory`, which needs rights on this one
    /// parameter only). The values stay encrypted.
    ///
    /// # Errors
    /// As every call; when there is none of this name.
    pub async fn get_parameter_settings(&self, name: &str) -> Result<ParameterSettings, IamError> {
        let mut asked = json!({ "Name": name, "WithDecryption": false });
        let mut newest = Version::default();
        for _ in 0..PAGES {
            let page: Page = self.read("GetParameterHistory", &asked).await?;
            for version in page.parameters {
                if version.version >= newest.version {
                    newest = version;
                }
            }
            // A page may be empty although there are more.
            let next = page.next_token.filter(|token| !token.is_empty());
            match (next, asked.as_object_mut()) {
                (Some(token), Some(fields)) => fields.insert("NextToken".to_owned(), token.into()),
                _ => return Ok(newest.settings),
            };
        }
        Err(error::unusable("the listing has no end"))
    }

    /// Makes a parameter (`PutParameter` without `Overwrite`), a SecureString.
    ///
    /// # Errors
    /// As every call; when there is one of this name; when the answer was lost and it may have been made.
    pub async fn create_parameter(&self, new: &NewParameter<'_>) -> Result<(), IamError> {
        self.put(&Put {
            name: new.name,
            kind: "SecureString",
            value: new.value,
            overwrite: false,
            description: Some(new.description),
            key_id: new.kms_key,
            tier: None,
            tags: tags_of(new.tags),
        })
        .await
    }

    /// Makes a new version of a parameter (`PutParameter` with `Overwrite`). Key and tier are part of a version: without
    /// them AWS would take its defaults.
    ///
    /// # Errors
    /// As every call; when the answer was lost and it may have been made.
    pub async fn overwrite_parameter(
        &self,
        name: &str,
        settings: &ParameterSettings,
        value: &str,
    ) -> Result<(), IamError> {
        self.put(&Put {
            name,
            kind: "SecureString",
            value,
            overwrite: true,
            description: None,
            key_id: settings.key_id.as_deref(),
            tier: settings.tier.as_deref(),
            tags: Vec::new(),
        })
        .await
    }

    /// Deletes a parameter with all its versions; one that is gone already is fine.
    ///
    /// # Errors
    /// As every call.
    pub async fn delete_parameter(&self, name: &str) -> Result<(), IamError> {
        match self.read("DeleteParameter", &json!({ "Name": name })).await {
            Ok(IgnoredAny) => Ok(()),
            Err(error) if error.is_no_such_entity() => Ok(()),
            Err(error) => Err(error),
        }
    }
}
