//! The stores, as `[[user.store]]` describes them.

use serde::{Deserialize, Serialize};

use super::tidy;
use crate::name::Region;

/// A store, as `[[user.store]]` describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    tag = "kind",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    deny_unknown_fields
)]
pub enum StoreSpec {
    /// A KeePass file.
    Kdbx {
        /// Where the file is; made if missing.
        path: String,
        /// A file that holds the passphrase in its first line.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        password_file: Option<String>,
        /// A KeePass key file.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key_file: Option<String>,
    },
    /// A CSV file of one key.
    Csv {
        /// Where the file is.
        path: String,
        /// Which of the two column sets.
        #[serde(default)]
        format: CsvFormat,
    },
    /// An item in a vault of 1Password, through a Connect server or the program `op`.
    #[serde(rename = "1password")]
    OnePassword {
        /// The vault's name, or its id.
        vault: String,
        /// The account, as `op --account` takes it; for people who are signed in to several.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<String>,
    },
    /// A file of one key, encrypted to age recipients.
    Age {
        /// Where the file is.
        path: String,
        /// Who can open it: one or several public keys, `age1...`.
        recipients: Vec<String>,
        /// A file of the identity that opens it. Without it the key cannot be read back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        identity: Option<String>,
    },
    /// An entry of `pass`, the standard Unix password manager.
    Pass {
        /// The entry's name, as `aws/storefront/CI_USER`.
        entry: String,
        /// The directory of the password store; `PASSWORD_STORE_DIR` or `~/.password-store` if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        directory: Option<String>,
    },
    /// A secret of AWS Secrets Manager, in the account that the key is for.
    AwsSecretsManager {
        /// The secret's name.
        name: String,
        /// The region it is in; the pipeline's if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        region: Option<Region>,
        /// The KMS key that encrypts a secret that has to be made; AWS's own if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kms_key: Option<String>,
    },
    /// A parameter of AWS Systems Manager Parameter Store, a SecureString in the account that the key is for.
    AwsSsm {
        /// The parameter's name.
        name: String,
        /// The region it is in; the pipeline's if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        region: Option<Region>,
        /// The KMS key that encrypts it; AWS's own if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kms_key: Option<String>,
    },
    /// A secret of HashiCorp Vault or OpenBao, in a KV engine of version 2.
    Vault {
        /// The secret's path inside the engine.
        path: String,
        /// Where the engine is mounted.
        #[serde(default = "secret_mount")]
        mount: String,
        /// Where Vault answers; `VAULT_ADDR` if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<String>,
        /// The namespace; `VAULT_NAMESPACE` if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        namespace: Option<String>,
    },
    /// An item of the operating system's keyring.
    Keyring {
        /// The name under which the keyring shows the user's key.
        #[serde(default = "ciuser_service")]
        service: String,
    },
}

/// The columns of a CSV file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CsvFormat {
    /// `User Name,Access key ID,Secret access key`: what `aws configure import` reads.
    #[default]
    Import,
    /// `Access key ID,Secret access key`: what the AWS console writes.
    Console,
}

/// Where Vault mounts its first engine.
fn secret_mount() -> String {
    "secret".to_owned()
}

fn ciuser_service() -> String {
    "ciuser".to_owned()
}

impl StoreSpec {
    /// Every kind, as `--store` spells it.
    pub const KINDS: [&str; 9] = [
        "kdbx",
        "1password",
        "csv",
        "age",
        "pass",
        "keyring",
        "vault",
        "aws-secrets-manager",
        "aws-ssm",
    ];

    /// Returns the kind, as `--store` spells it.
    pub fn kind(&self) -> &'static str {
        match self {
            StoreSpec::Kdbx { .. } => "kdbx",
            StoreSpec::Csv { .. } => "csv",
            StoreSpec::OnePassword { .. } => "1password",
            StoreSpec::Age { .. } => "age",
            StoreSpec::Pass { .. } => "pass",
            StoreSpec::AwsSecretsManager { .. } => "aws-secrets-manager",
            StoreSpec::AwsSsm { .. } => "aws-ssm",
            StoreSpec::Vault { .. } => "vault",
            StoreSpec::Keyring { .. } => "keyring",
        }
    }

    /// Returns the place, as `--store` spells it.
    pub fn place(&self) -> String {
        match self {
            StoreSpec::Kdbx { path, .. } | StoreSpec::Csv { path, .. } | StoreSpec::Age { path, .. } => path.clone(),
            StoreSpec::OnePassword { vault, .. } => vault.clone(),
            StoreSpec::Pass { entry, .. } => entry.clone(),
            StoreSpec::AwsSecretsManager { name, .. } | StoreSpec::AwsSsm { name, .. } => name.clone(),
            StoreSpec::Vault { path, mount, .. } => format!("{mount}/{path}"),
            StoreSpec::Keyring { service } => service.clone(),
        }
    }

    /// Returns where the place is, where its name does not say it, with the keys that the file has.
    pub(super) fn at(&self) -> Vec<(&'static str, String)> {
        match self {
            StoreSpec::AwsSecretsManager { region, .. } | StoreSpec::AwsSsm { region, .. } => {
                let region = region.iter().map(|region| ("region", region.to_string()));
                region.collect()
            }
            StoreSpec::Vault { url, namespace, .. } => {
                let server = url.iter().map(|url| ("url", tidy(url)));
                let team = namespace
                    .iter()
                    .map(|name| ("namespace", name.trim_matches('/').to_owned()));
                server.chain(team).collect()
            }
            StoreSpec::OnePassword { account, .. } => account.iter().map(|name| ("account", name.clone())).collect(),
            _ => Vec::new(),
        }
    }

    /// Tells whether the key that is put in can be read out again by this machine.
    pub fn gives_back(&self) -> bool {
        !matches!(self, StoreSpec::Age { identity: None, .. })
    }

    /// Says what else goes, or what stays, when a key is taken away there, where that is worth knowing before.
    pub fn once_cleared(&self) -> Option<&'static str> {
        match self {
            StoreSpec::AwsSecretsManager { .. } => Some(
                "the whole secret waits thirty days for its deletion; `aws secretsmanager restore-secret` brings it back",
            ),
            StoreSpec::OnePassword { .. } => Some(
                "the whole item goes: `op` puts it into the archive, with its history; a Connect server deletes it for good",
            ),
            StoreSpec::AwsSsm { .. } => Some("the parameter goes with all its versions, and cannot be brought back"),
            StoreSpec::Vault { .. } => Some(
                "only the latest version is deleted, which `vault kv undelete` brings back; versions before it stay",
            ),
            _ => None,
        }
    }

    /// Tells whether one place keeps the keys of many users, each for itself.
    pub fn keeps_many(&self) -> bool {
        matches!(
            self,
            StoreSpec::Kdbx { .. } | StoreSpec::OnePassword { .. } | StoreSpec::Keyring { .. }
        )
    }
}
