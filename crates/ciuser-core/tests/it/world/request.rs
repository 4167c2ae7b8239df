//! Requests to IAM and STS: counted, faulty when scripted, late or behind, and answered from the account.

use ciuser_core::name::UserName;
use ciuser_core::port::{IamError, IamErrorKind, Reached};
use ciuser_core::secret::{AccessKey, SecretAccessKey};
use jiff::{SignedDuration, Timestamp};

use super::account::{Account, iam_error, limit};
use super::{Change, Fault, Sim};

impl Sim {
    /// Sends one request to IAM or STS.
    pub(super) async fn call<T>(
        &self,
        call: &str,
        does: impl FnOnce(&mut Account, Timestamp) -> Result<T, IamError>,
    ) -> Result<T, IamError> {
        use IamErrorKind::{AccessDenied, NoAnswer, Other, Throttling};
        self.turn().await;
        let answer = self.effect(call, |fault| {
            let now = self.now.get();
            if let Some(Fault::Stale(by)) = fault
                && reads(call)
            {
                let then = now - SignedDuration::from_secs(by);
                return does(&mut self.account_at(then), then);
            }
            let mut account = self.account.borrow_mut();
            let lost = || iam_error(NoAnswer, Reached::Unknown, "", "connection reset");
            let unavailable = || iam_error(Other, Reached::Unknown, "ServiceUnavailable", "try again later");
            match fault {
                None | Some(Fault::Stale(_)) => does(&mut account, now),
                Some(Fault::NotSent) => Err(iam_error(NoAnswer, Reached::NotSent, "", "connection refused")),
                Some(Fault::RequestLost) => Err(lost()),
                Some(Fault::ServerError) => Err(unavailable()),
                Some(Fault::Throttled) => Err(iam_error(Throttling, Reached::Refused, "Throttling", "Rate exceeded")),
                Some(Fault::AnswerLost | Fault::FailsAfter) => does(&mut account, now).and(Err(lost())),
                Some(Fault::Late(by)) => does(&mut account, now + SignedDuration::from_secs(by)).and(Err(lost())),
                Some(Fault::ServerErrorAfter) => does(&mut account, now).and(Err(unavailable())),
                Some(Fault::Denied | Fault::Fails | Fault::Half) => Err(iam_error(
                    AccessDenied,
                    Reached::Refused,
                    "AccessDenied",
                    "not authorized",
                )),
            }
        });
        if !reads(call) {
            self.remember();
        }
        answer
    }

    /// Makes a key, whatever its answer is worth.
    pub(super) async fn create_key(&self, user: &UserName) -> Result<AccessKey, IamError> {
        self.call("CreateAccessKey", |account, now| {
            let full = account.user(user, now)?.keys.len() >= account.quota("AccessKeysPerUserQuota", 2);
            // IAM does not enforce the quota under concurrency.
            if full && !self.crowded.get() {
                return Err(limit("Cannot exceed quota for AccessKeysPerUser: 2"));
            }
            let mut key = account.new_key(now);
            key.agent = self.agent.borrow()[self.process.get()].clone();
            account.user(user, now)?.keys.push(key.clone());
            self.changed(Change::KeyMade(user.clone(), key.id.clone()));
            Ok(AccessKey {
                id: key.id,
                secret: SecretAccessKey::new(key.secret).unwrap(),
            })
        })
        .await
    }

    /// Keeps the account as it is now, for answers that will be behind; only a script has such.
    pub(crate) fn remember(&self) {
        if self.script().is_some() {
            let now = (self.now.get(), self.account.borrow().clone());
            self.past.borrow_mut().push(now);
        }
    }

    /// The account as it was.
    fn account_at(&self, then: Timestamp) -> Account {
        let past = self.past.borrow();
        let before = past.iter().rev().find(|(at, _)| *at <= then).or(past.first());
        before.map_or_else(|| self.account.borrow().clone(), |(_, account)| account.clone())
    }
}

fn reads(call: &str) -> bool {
    ["Get", "List", "Lookup"].iter().any(|read| call.starts_with(read))
}
