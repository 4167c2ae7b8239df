//! Where keys are: what every place holds now, as it says itself, compared with IAM, the journal and the other places.
//!
//! Invariants: reads, and writes nothing, neither there nor in the journal; what cannot be seen is said, and never counts
//! as fine. A secret that a store gives back is compared, and shown to STS, and to nobody else.

mod locate;
mod located;
mod secrets;
mod sighting;
mod verify;

pub use locate::locate;
pub use located::{Agreement, Located, LocatedKey, Place, Seen, Subject};
pub use verify::{State, Verified, VerifiedUser, verify};

use crate::inventory::{GatherError, Reader};
use crate::name::{Partition, Region, UserArn, UserName};
use crate::port::{self, Caller, IamError, KeyOwner, ListedKey, Sts, User};
use crate::target::Target;

/// What looking for keys needs.
#[derive(Clone, Copy)]
pub struct Looker<'a> {
    /// IAM, targets, journal.
    pub reader: Reader<'a>,
    /// Who a key is.
    pub sts: &'a dyn Sts,
    /// Who is asking.
    pub caller: &'a Caller,
    /// The region in which the pipeline uses the key.
    pub region: Option<&'a Region>,
}

/// Returns what the journal last knew a place to hold; not a delivery that was only begun.
fn held_at<'k>(known: &'k [port::Known], target: &Target) -> Option<&'k port::Known> {
    let mut held = known.iter().filter(|known| known.proof.is_some());
    held.find(|known| known.target.same_place(target))
}

/// A user and its keys, as IAM has them.
struct UserKeys {
    owner: KeyOwner,
    keys: Vec<ListedKey>,
}

impl Looker<'_> {
    /// Reads a user and its keys; a user that is not there has none.
    async fn user(&self, name: &UserName) -> Result<UserKeys, GatherError> {
        let doing = |doing: String| move |source: IamError| GatherError::Iam { doing, source };
        let user = match self.reader.iam.get_user(name).await {
            Ok(user) => Some(user),
            Err(error) if error.is_no_such_entity() => None,
            Err(error) => return Err(doing(format!("reading user `{name}`"))(error)),
        };
        let keys = match &user {
            Some(User { name, .. }) => {
                let listed = self.reader.iam.list_access_keys(name).await;
                listed
                    .map_err(doing(format!("listing the access keys of user `{name}`")))?
                    .keys
            }
            None => Vec::new(),
        };
        let (name, arn) = match user {
            Some(user) => (user.name, user.arn),
            None => (name.clone(), self.arn_of(name)?),
        };
        let owner = KeyOwner {
            account: self.caller.account.clone(),
            user: name,
            arn,
            region: self.region.cloned(),
            run: self.reader.run.clone(),
        };
        Ok(UserKeys { owner, keys })
    }

    /// The ARN that a user without a path would have.
    fn arn_of(&self, name: &UserName) -> Result<UserArn, GatherError> {
        let partition = Partition::of_arn(&self.caller.arn)?;
        let arn = format!("arn:{partition}:iam::{}:user/{name}", self.caller.account);
        Ok(UserArn::new(arn)?)
    }
}
