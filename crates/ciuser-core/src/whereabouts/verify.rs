//! Proves every target of a user anew.
//!
//! A store proves itself by a secret that it gives back and that STS takes. A CI system is then asked for the strongest
//! proof that it has of that very key; where it shows a time stamp only, the one of the last delivery must be unchanged.

use serde::Serialize;

use super::secrets::{Secrets, Word};
use super::{Looker, UserKeys, held_at};
use crate::inventory::GatherError;
use crate::name::{AccessKeyId, UserName};
use crate::plan::{Held, Past, see};
use crate::port::{self, Holdings, KeyOwner, ListedKey, PlaceState, Proof, TargetError};
use crate::secret::AccessKey;
use crate::spec::UserSpec;
use crate::target::{ProviderSpec, StoreSpec, Target};

/// How a target stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It holds the live key: that is proven.
    Proven,
    /// It shows nothing that contradicts, and has no way to prove more.
    Accepted,
    /// It holds a key that does not work, an older one, or another secret.
    Stale,
    /// It holds half of a key.
    Half,
    /// It holds nothing.
    Missing,
    /// It holds something that is not a key of this user.
    Foreign,
    /// It is locked, and nobody could be asked.
    Locked,
    /// It could not be looked at, or what it holds could not be compared.
    Unknown,
}

impl State {
    /// Tells whether nothing is to be done about it.
    pub fn is_fine(self) -> bool {
        matches!(self, State::Proven | State::Accepted)
    }

    /// Returns the word that output uses.
    pub fn word(self) -> &'static str {
        match self {
            State::Proven => "proven",
            State::Accepted => "accepted",
            State::Stale => "stale",
            State::Half => "half",
            State::Missing => "missing",
            State::Foreign => "foreign",
            State::Locked => "locked",
            State::Unknown => "unknown",
        }
    }
}

/// What became of one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The target.
    pub target: Target,
    /// How it stands.
    pub state: State,
    /// The key that it holds, as far as that is known.
    pub key: Option<AccessKeyId>,
    /// How well that is known.
    pub proof: Option<Proof>,
    /// What is wrong, or what else is to be known.
    pub note: Option<String>,
    /// What to do next.
    pub hint: Option<String>,
    /// What the target says of itself, such as who else can read it.
    pub warnings: Vec<String>,
}

/// What became of a user's targets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedUser {
    /// The user.
    pub user: UserName,
    /// Its keys.
    pub keys: Vec<ListedKey>,
    /// Its targets, in the order of the spec.
    pub targets: Vec<Verified>,
}

/// Proves the targets of a user. Nothing is written.
///
/// # Errors
/// When IAM or the journal cannot be read; a target that cannot be looked at is no error.
pub async fn verify(looker: &Looker<'_>, user: &UserSpec) -> Result<VerifiedUser, GatherError> {
    let UserKeys { owner, keys } = looker.user(&user.name).await?;
    let known = looker.reader.journal.known(looker.reader.scope, &user.name)?;
    let mut check = Check {
        looker,
        owner: &owner,
        keys: &keys,
        known: &known,
        secrets: Secrets::default(),
    };
    let mut targets = Vec::new();
    for store in &user.stores {
        targets.push(check.store(store).await);
    }
    for provider in &user.deliver {
        targets.push(check.provider(provider).await);
    }
    mark_older(&mut targets, &keys);
    Ok(VerifiedUser {
        user: owner.user,
        keys,
        targets,
    })
}

/// What is known while targets are looked at one after another, stores first.
struct Check<'a> {
    looker: &'a Looker<'a>,
    owner: &'a KeyOwner,
    keys: &'a [ListedKey],
    known: &'a [port::Known],
    secrets: Secrets,
}

impl Verified {
    fn of(target: Target, state: State) -> Verified {
        Verified {
            target,
            state,
            key: None,
            proof: None,
            note: None,
            hint: None,
            warnings: Vec::new(),
        }
    }

    fn because(mut self, note: impl Into<String>) -> Verified {
        self.note = Some(note.into());
        self
    }

    fn holding(mut self, key: &AccessKeyId) -> Verified {
        self.key = Some(key.clone());
        self
    }

    fn by(mut self, proof: Proof) -> Verified {
        self.proof = Some(proof);
        self
    }

    fn unseen(target: Target, error: TargetError) -> Verified {
        let state = if error.needs_person {
            State::Locked
        } else {
            State::Unknown
        };
        Verified {
            hint: error.hint,
            ..Verified::of(target, state).because(error.message)
        }
    }
}

impl Check<'_> {
    async fn store(&mut self, spec: &StoreSpec) -> Verified {
        let target = Target::Store(spec.clone());
        match self.looker.reader.look_at(&target, self.owner).await {
            Ok(state) => {
                let seen = self.stored(spec, &target, &state.holdings).await;
                Verified {
                    warnings: state.warnings,
                    ..seen
                }
            }
            Err(error) => Verified::unseen(target, error),
        }
    }

    async fn stored(&mut self, spec: &StoreSpec, target: &Target, holdings: &Holdings) -> Verified {
        let id = match self.held(target, holdings) {
            Ok(id) => id,
            Err(seen) => return *seen,
        };
        let of = |state| Verified::of(target.clone(), state).holding(&id);
        if !spec.gives_back() {
            return of(State::Accepted).because("it cannot be read back on this machine");
        }
        let given = match self.looker.reader.targets.store(spec) {
            Ok(store) => store.get_back(self.owner, &id).await,
            Err(error) => Err(error),
        };
        match given {
            Ok(Some(secret)) => match self.secrets.add(self.looker, self.owner, &id, secret).await {
                Word::Works => of(State::Proven).by(Proof::Value),
                Word::Wrong => of(State::Stale).because("the secret there is not this key's: STS refuses it"),
                Word::Refused(why) => of(State::Stale).because(why),
                Word::Silent(why) => of(State::Unknown).because(why),
            },
            Ok(None) => of(State::Half).because("the id is there, and its secret is not"),
            Err(error) => Verified::unseen(target.clone(), error).holding(&id),
        }
    }

    async fn provider(&self, spec: &ProviderSpec) -> Verified {
        let target = Target::Provider(spec.clone());
        match self.looker.reader.look_at(&target, self.owner).await {
            Ok(PlaceState { holdings, warnings, .. }) => {
                let seen = self.provided(spec, &target, &holdings).await;
                Verified { warnings, ..seen }
            }
            Err(error) => Verified::unseen(target, error),
        }
    }

    async fn provided(&self, spec: &ProviderSpec, target: &Target, holdings: &Holdings) -> Verified {
        let id = match self.held(target, holdings) {
            Ok(id) => id,
            Err(seen) => return *seen,
        };
        let of = |state| Verified::of(target.clone(), state).holding(&id);
        let unchanged = self.unchanged(target, holdings, &id);
        let Some(key) = self.secrets.working(&id) else {
            return match unchanged {
                Some(proof) => of(State::Proven).by(proof),
                None => of(State::Unknown).because("no store gave a secret back to compare it with"),
            };
        };
        match self.proof(spec, key).await {
            Ok(proof) if proof.is_proven() => of(State::Proven).by(proof),
            Ok(proof) => match unchanged {
                Some(proof) => of(State::Proven).by(proof),
                None => of(State::Accepted).by(proof).because("it has no way to prove more"),
            },
            Err(error) => Verified {
                hint: error.hint,
                ..of(State::Stale).because(error.message)
            },
        }
    }

    async fn proof(&self, spec: &ProviderSpec, key: &AccessKey) -> Result<Proof, TargetError> {
        let provider = self.looker.reader.targets.provider(spec)?;
        Ok(provider.proof(self.owner, key).await?.0)
    }

    /// Returns by what a place is still proven that shows when it was written: nobody wrote there since the delivery
    /// that this machine has proven.
    fn unchanged(&self, target: &Target, holdings: &Holdings, id: &AccessKeyId) -> Option<Proof> {
        let (Holdings::Masked { mark, .. } | Holdings::Opaque { mark }) = holdings else {
            return None;
        };
        let known = held_at(self.known, target).filter(|known| known.key == *id)?;
        let still = mark.is_some() && known.mark == *mark && known.proof.is_some_and(Proof::is_proven);
        still.then_some(Proof::Timestamp)
    }

    /// Returns the live key that a place holds, or how it stands without one.
    fn held(&self, target: &Target, holdings: &Holdings) -> Result<AccessKeyId, Box<Verified>> {
        let of = |state, why: &str| Verified::of(target.clone(), state).because(why);
        let locked = of(State::Locked, "it is locked");
        // What a locked store held when it was last open says nothing about now.
        if *holdings == Holdings::Locked {
            return Err(Box::new(locked));
        }
        Err(Box::new(match see(holdings, self.keys, Past::of(self.known, target)) {
            Held::Live(id) => return Ok(id),
            Held::Nothing => of(State::Missing, "nothing is there"),
            Held::Dead { id, why } => {
                let half = matches!(holdings, Holdings::Half { .. });
                of(if half { State::Half } else { State::Stale }, &why).holding(&id)
            }
            Held::Occupied(what) => match holdings {
                Holdings::Opaque { .. } => of(State::Unknown, &what),
                Holdings::Half { .. } => of(State::Half, &what),
                _ => of(State::Foreign, &what),
            },
            Held::Locked => locked,
        }))
    }
}

/// Where targets are fine and yet hold different keys, those with the older key were left behind by a rotation.
fn mark_older(targets: &mut [Verified], keys: &[ListedKey]) {
    let created = |id: &AccessKeyId| keys.iter().find(|key| key.id == *id).map(|key| key.created);
    let held = targets.iter().filter(|one| one.state.is_fine());
    let newest = held.filter_map(|one| one.key.clone()).max_by_key(&created);
    let Some(newest) = newest else { return };
    for one in targets.iter_mut().filter(|one| one.state.is_fine()) {
        if one.key.as_ref().is_some_and(|key| *key != newest) {
            one.state = State::Stale;
            one.note = Some(format!("an older key: others hold {newest}"));
        }
    }
}
