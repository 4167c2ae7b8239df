//! STS: knows a key some time after IAM made it, and says whose it is. CloudTrail: shows what a run made, if it is to show anything.

use async_trait::async_trait;
use ciuser_core::name::{AccessKeyId, AccountId, Region, RunId, UserName};
use ciuser_core::port::{AccessKeyStatus, Caller, IamError, IamErrorKind, Reached, Sts, Trail};
use ciuser_core::secret::AccessKey;

use super::Sim;
use super::account::{ACCOUNT, iam_error};

#[async_trait(?Send)]
impl Sts for Sim {
    async fn get_caller_identity(&self) -> Result<Caller, IamError> {
        Ok(caller(&format!("arn:aws:sts::{ACCOUNT}:assumed-role/Admin/me")))
    }

    async fn get_caller_identity_with(&self, key: &AccessKey, _region: Option<&Region>) -> Result<Caller, IamError> {
        self.pass(self.sts_takes.get());
        self.call("GetCallerIdentity", |account, now| {
            let known_since = now.checked_sub(self.sts_lag.get()).unwrap();
            let holder = account.users.values().find(|user| {
                user.keys.iter().any(|one| {
                    one.id == key.id
                        && one.secret == key.secret.expose()
                        && one.status == AccessKeyStatus::Active
                        && one.created <= known_since
                })
            });
            match holder {
                Some(user) => Ok(caller(user.arn().as_str())),
                None => Err(iam_error(
                    IamErrorKind::InvalidClientTokenId,
                    Reached::Refused,
                    "InvalidClientTokenId",
                    "The security token included in the request is invalid.",
                )),
            }
        })
        .await
    }
}

#[async_trait(?Send)]
impl Trail for Sim {
    fn run(&self) -> RunId {
        let agent = self.agent.borrow()[self.process.get()].clone();
        agent.unwrap_or_else(|| self.new_run())
    }

    async fn lookup_created_access_keys(
        &self,
        user: &UserName,
        run: &RunId,
        _since: jiff::Timestamp,
    ) -> Result<Vec<AccessKeyId>, IamError> {
        self.call("LookupEvents", |account, _| {
            let keys = account
                .users
                .values()
                .filter(|one| one.name.same_as(user))
                .flat_map(|user| &user.keys);
            let by_run = keys.filter(|key| key.agent.as_ref() == Some(run));
            let shown = by_run.filter(|_| self.trail_shows.get());
            Ok(shown.map(|key| key.id.clone()).collect())
        })
        .await
    }
}

fn caller(arn: &str) -> Caller {
    Caller {
        account: AccountId::new(ACCOUNT).unwrap(),
        arn: arn.to_owned(),
    }
}
