//! Who made a request, and the credentials of those who are there from the start.
//!
//! In-process callers act as the role session `assumed-role/SandboxAdmin/you`; the root key exists and is not used by
//! ciuser. No type in here prints a secret.

use serde::{Deserialize, Serialize};

use crate::entropy::{self, Entropy};

/// Credentials that a client signs its requests with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// The access key id: `AKIA...` for users and root, `ASIA...` for sessions.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: String,
    /// The session token, if these are the credentials of a session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_token: Option<String>,
}

impl Credentials {
    /// Makes a long-term access key.
    pub(crate) fn long_term(entropy: Entropy<'_>) -> Credentials {
        Credentials {
            access_key_id: entropy::id("AKIA", 16, entropy),
            secret_access_key: entropy::secret(40, entropy),
            session_token: None,
        }
    }

    /// Makes the credentials of a role session.
    pub(crate) fn session(entropy: Entropy<'_>) -> Credentials {
        Credentials {
            access_key_id: entropy::id("ASIA", 16, entropy),
            secret_access_key: entropy::secret(40, entropy),
            session_token: Some(entropy::secret(356, entropy)),
        }
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}

/// Who a request was made by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// The account's root user.
    Root,
    /// The role session that in-process callers act as.
    AdminSession {
        /// The id of the role, `AROA...`.
        role_id: String,
    },
    /// An IAM user.
    User {
        /// The user's id, `AIDA...`.
        id: String,
        /// The user's name, with its case kept.
        name: String,
        /// The user's path.
        path: String,
    },
}

impl Principal {
    /// Returns the principal's ARN, as `GetCallerIdentity` gives it.
    pub fn arn(&self, account_id: &str) -> String {
        match self {
            Principal::Root => format!("arn:aws:iam::{account_id}:root"),
            Principal::AdminSession { .. } => format!("arn:aws:sts::{account_id}:assumed-role/SandboxAdmin/you"),
            Principal::User { name, path, .. } => format!("arn:aws:iam::{account_id}:user{path}{name}"),
        }
    }

    /// Returns the principal's unique id, as `GetCallerIdentity` gives it.
    pub fn user_id(&self, account_id: &str) -> String {
        match self {
            Principal::Root => account_id.to_owned(),
            Principal::AdminSession { role_id } => format!("{role_id}:you"),
            Principal::User { id, .. } => id.clone(),
        }
    }
}
