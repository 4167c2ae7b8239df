//! The user that `sandbox serve` hands to foreign clients, made when it is asked for and not before.

use jiff::Timestamp;

use crate::entropy::{self, Entropy};
use crate::iam::State;
use crate::iam::state::{AccessKey, Status, User};
use crate::principal::Credentials;
use crate::wire::to_the_second;

const NAME: &str = "sandbox-admin";
const POLICY: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

impl State {
    /// Returns a usable access key of `sandbox-admin`; makes what is missing.
    pub(crate) fn ensure_admin_user(&mut self, now: Timestamp, entropy: Entropy<'_>) -> Credentials {
        let created = to_the_second(now);
        let user = self.users.entry(NAME.to_owned()).or_insert_with(|| {
            let mut user = User::new(NAME, "/", entropy::id("AIDA", 17, entropy), created);
            user.permissions.attached.push(POLICY.to_owned());
            user
        });
        if !user.access_keys.iter().any(|key| key.status == Status::Active) {
            let Credentials {
                access_key_id: id,
                secret_access_key: secret,
                ..
            } = Credentials::long_term(entropy);
            let status = Status::Active;
            user.access_keys.push(AccessKey {
                id,
                secret,
                status,
                created,
                visible_from: None,
                last_used: None,
            });
        }
        let key = user.access_keys.iter().find(|key| key.status == Status::Active);
        let (id, secret) = key.map(|key| (key.id.clone(), key.secret.clone())).unwrap_or_default();
        Credentials {
            access_key_id: id,
            secret_access_key: secret,
            session_token: None,
        }
    }
}
