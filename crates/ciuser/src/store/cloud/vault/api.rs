//! The calls to Vault that are used here, and what is read of their answers.

use std::collections::BTreeMap;

use ciuser_core::port::{KeyOwner, TargetError};
use ciuser_core::secret::AccessKey;
use http::{HeaderName, Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::rest::{Client, Fate, Repeat, Resource, Service, Trouble, Write};
use crate::store::cloud::record::Record;

pub(super) static SERVICE: Service = Service {
    name: "Vault",
    token_header: HeaderName::from_static("x-vault-token"),
    scheme: "",
    headers: &HEADERS,
    renew: LOG_IN,
    address_from: "`url` of the store, or VAULT_ADDR",
};

/// Vault may be told to take only requests that say so: no page in a browser can.
static HEADERS: [(HeaderName, &str); 1] = [(HeaderName::from_static("x-vault-request"), "true")];

const LOG_IN: &str = "`vault login` makes a new one; or set VAULT_TOKEN";

/// Speaks to one Vault about one secret.
pub(super) struct Vault<'a> {
    pub(super) client: Client<'a>,
    /// A namespace is the beginning of every path.
    pub(super) namespace: Vec<String>,
    pub(super) mount: Vec<String>,
    pub(super) path: Vec<String>,
}

#[derive(Deserialize)]
struct Envelope<T> {
    data: T,
}

/// What `auth/token/lookup-self` says of the token.
#[derive(Deserialize)]
pub(super) struct Token {
    /// Seconds; 0 for one that does not end.
    #[serde(default)]
    pub(super) ttl: i64,
    /// How often it can be used yet; 0 for ever.
    #[serde(default)]
    pub(super) num_uses: i64,
}

/// An engine, as far as the preflight of Vault's own command line shows it.
#[derive(Deserialize)]
pub(super) struct Mount {
    #[serde(rename = "type")]
    pub(super) kind: String,
    options: Option<BTreeMap<String, Value>>,
}

impl Mount {
    /// Tells whether the engine keeps versions.
    pub(super) fn keeps_versions(&self) -> bool {
        let version = self.options.as_ref().and_then(|options| options.get("version"));
        version.is_some_and(|version| version.as_str() == Some("2") || version.as_u64() == Some(2))
    }
}

/// What is read of a secret, one that is deleted included.
#[derive(Default, Deserialize)]
struct Read {
    data: Option<Versioned>,
    #[serde(default)]
    errors: Vec<String>,
}

#[derive(Deserialize)]
struct Versioned {
    data: Option<Fields>,
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Metadata {
    version: u64,
    custom_metadata: Option<BTreeMap<String, String>>,
}

/// A person may have put anything there.
#[derive(Deserialize)]
struct Fields {
    access_key: Option<Value>,
    secret_key: Option<Value>,
    user_arn: Option<Value>,
}

/// What the place holds.
pub(super) struct There {
    /// The latest version, deleted or not; 0 when there never was one.
    pub(super) version: u64,
    /// What is in it: nothing when it was deleted, else a record or something that is none.
    pub(super) content: Option<Option<Record>>,
    pub(super) custom: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Put<'v> {
    options: Options,
    data: Written<'v>,
}

#[derive(Serialize)]
struct Options {
    cas: u64,
}

/// The names under which Vault's own AWS engine answers keys.
#[derive(Serialize)]
struct Written<'v> {
    access_key: &'v str,
    secret_key: &'v str,
    user_arn: &'v str,
}

impl Vault<'_> {
    /// Returns what the token is.
    pub(super) async fn token(&self) -> Result<Token, TargetError> {
        let doing = "looking at the Vault token";
        let resource = self.resource(&["auth", "token", "lookup-self"]);
        match self.client.get::<Envelope<Token>>(doing, resource).await {
            Ok(token) => Ok(token.data),
            // Vault says 403 where others say 401.
            Err(trouble) if trouble.fate == Fate::Refused(StatusCode::FORBIDDEN) => {
                let refused = TargetError::new("Vault refuses the token: it is none of its own, or it has expired");
                Err(refused.with_hint(LOG_IN))
            }
            Err(trouble) if trouble.is_not_found() => {
                Err(TargetError::from(trouble).with_hint("check the address and the namespace of Vault"))
            }
            Err(trouble) => Err(explained(trouble)),
        }
    }

    /// Returns the engine; nothing when Vault does not show it to this token.
    pub(super) async fn mount(&self) -> Result<Option<Mount>, TargetError> {
        let asked = [&["sys", "internal", "ui", "mounts"][..], &strs(&self.mount)].concat();
        let doing = format!("looking for the engine `{}`", self.mount.join("/"));
        match self.client.get::<Envelope<Mount>>(&doing, self.resource(&asked)).await {
            Ok(mount) => Ok(Some(mount.data)),
            Err(trouble) if trouble.is_hidden() => Ok(None),
            Err(trouble) => Err(explained(trouble)),
        }
    }

    /// Returns what the token may do with the secret's data and with its metadata; nothing when Vault does not say.
    pub(super) async fn capabilities(&self) -> Result<Option<[Vec<String>; 2]>, TargetError> {
        let paths = [self.api_path("data"), self.api_path("metadata")];
        let asked = Write {
            doing: "asking what the Vault token may do",
            method: Method::POST,
            resource: self.resource(&["sys", "capabilities-self"]),
            body: &json!({ "paths": paths }),
            value: None,
            repeat: Repeat::Safe,
        };
        let answer = match self.client.write(asked).await {
            Ok(answer) => answer,
            Err(trouble) if matches!(trouble.fate, Fate::Refused(_)) => return Ok(None),
            Err(trouble) => return Err(explained(trouble)),
        };
        let Ok(mut answer) = serde_json::from_slice::<BTreeMap<String, Value>>(&answer) else {
            return Ok(None);
        };
        let mut of = |path: &String| serde_json::from_value(answer.remove(path)?).ok();
        Ok(of(&paths[0]).zip(of(&paths[1])).map(<[Vec<String>; 2]>::from))
    }

    /// Reads the latest version.
    pub(super) async fn read(&self) -> Result<There, TargetError> {
        let doing = format!("reading `{}`", self.shown());
        let (found, read) = self
            .client
            .find::<Read>(&doing, self.of_secret("data"))
            .await
            .map_err(explained)?;
        if let Some(Versioned { data, metadata }) = read.data {
            return Ok(There {
                version: metadata.version,
                content: data.map(|fields| {
                    let [id, secret, user] = [fields.access_key, fields.secret_key, fields.user_arn].map(text);
                    id.zip(secret).and_then(|(id, secret)| Record::new(&id, secret, user))
                }),
                custom: metadata.custom_metadata.unwrap_or_default(),
            });
        }
        if found || read.errors.iter().any(|error| error.contains("no handler for route")) {
            return Err(self.no_engine());
        }
        Ok(There {
            version: 0,
            content: None,
            custom: BTreeMap::new(),
        })
    }

    /// Writes a version on top of another one, and of no other. The server compares, so twice is the same as once.
    pub(super) async fn write(&self, owner: &KeyOwner, key: &AccessKey, on_top_of: u64) -> Result<(), Trouble> {
        let body = Put {
            options: Options { cas: on_top_of },
            data: Written {
                access_key: key.id.as_str(),
                secret_key: key.secret.expose(),
                user_arn: owner.arn.as_str(),
            },
        };
        let write = Write {
            doing: &format!("writing `{}`", self.shown()),
            method: Method::POST,
            resource: self.of_secret("data"),
            body: &body,
            value: Some(key.secret.expose()),
            repeat: Repeat::Safe,
        };
        self.client.write(write).await.map(drop)
    }

    /// Replaces the custom metadata, and nothing else of the metadata.
    pub(super) async fn write_custom(&self, custom: &BTreeMap<String, String>) -> Result<(), Trouble> {
        let write = Write {
            doing: &format!("writing the custom metadata of `{}`", self.shown()),
            method: Method::POST,
            resource: self.of_secret("metadata"),
            body: &json!({ "custom_metadata": custom }),
            value: None,
            repeat: Repeat::Safe,
        };
        self.client.write(write).await.map(drop)
    }

    /// Deletes one version, which `vault kv undelete` brings back.
    pub(super) async fn delete_version(&self, version: u64) -> Result<(), TargetError> {
        let write = Write {
            doing: &format!("deleting version {version} of `{}`", self.shown()),
            method: Method::POST,
            resource: self.of_secret("delete"),
            body: &json!({ "versions": [version] }),
            value: None,
            repeat: Repeat::Safe,
        };
        self.client.write(write).await.map(drop).map_err(explained)
    }

    pub(super) fn no_engine(&self) -> TargetError {
        let mount = self.mount.join("/");
        TargetError::new(format!(
            "there is no KV engine of version 2 at `{mount}`, or the Vault token may not see it"
        ))
        .with_hint(format!(
            "`vault secrets list` shows the engines; `vault secrets enable -path={mount} kv-v2` makes one"
        ))
    }

    /// Returns mount and path, as people write them.
    pub(super) fn shown(&self) -> String {
        format!("{}/{}", self.mount.join("/"), self.path.join("/"))
    }

    fn api_path(&self, part: &str) -> String {
        [&strs(&self.mount)[..], &[part], &strs(&self.path)].concat().join("/")
    }

    fn of_secret(&self, part: &str) -> Resource {
        self.resource(&[&strs(&self.mount)[..], &[part], &strs(&self.path)].concat())
    }

    fn resource(&self, segments: &[&str]) -> Resource {
        Resource::new(&[&strs(&self.namespace)[..], segments].concat())
    }
}

/// Makes an error of it, with a hint where Vault has states that others have not.
pub(super) fn explained(trouble: Trouble) -> TargetError {
    let forbidden = trouble.fate == Fate::Refused(StatusCode::FORBIDDEN);
    let error = TargetError::from(trouble);
    if error.message.contains("sealed") {
        error.with_hint("somebody has to unseal Vault; then run the command again")
    } else if forbidden {
        error.with_hint(
            "the policies of the Vault token do not allow this; `vault token capabilities` shows what they do",
        )
    } else {
        error
    }
}

fn strs(segments: &[String]) -> Vec<&str> {
    segments.iter().map(String::as_str).collect()
}

fn text(value: Option<Value>) -> Option<String> {
    match value {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}
