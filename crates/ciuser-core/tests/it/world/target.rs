//! Stores and CI systems: each place holds one key or nothing, and shows as much of it as its kind does.

use async_trait::async_trait;
use ciuser_core::name::{AccessKeyId, UserName};
use ciuser_core::port::{Holdings, KeyOwner, Mark, PlaceState, Proof, Provider, Store, TargetError, Targets};
use ciuser_core::secret::{AccessKey, SecretAccessKey};
use ciuser_core::target::{ProviderSpec, StoreSpec, Target};

use super::{Change, Fault, Sim};

/// What a place shows of what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shows {
    /// The end of the id, and when it was written, as a context of CircleCI does.
    Mask,
    /// The end of the id alone, as a project of CircleCI does.
    BareMask,
    /// When it was written.
    Timestamp,
    /// Nothing.
    Nothing,
}

/// A place.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// Whose key, and the key.
    pub(crate) key: Option<(UserName, AccessKey)>,
    /// Whether the secret that goes with the id is missing there.
    pub(crate) half: bool,
    /// Something else that is there.
    pub(crate) foreign: Option<String>,
    /// When it was written, in the place's own words.
    pub(crate) mark: Option<Mark>,
    /// What it shows; stores show all.
    pub(crate) shows: Shows,
    /// A store that asks for a passphrase.
    pub(crate) locked: bool,
    /// Whether the place is there; a context that is not must be made.
    pub(crate) made: bool,
}

impl Place {
    /// A place with nothing in it.
    pub(crate) fn empty() -> Place {
        Place {
            key: None,
            half: false,
            foreign: None,
            mark: None,
            shows: Shows::Mask,
            locked: false,
            made: true,
        }
    }

    /// The id of the key that it holds.
    pub(crate) fn key_id(&self) -> Option<&AccessKeyId> {
        self.key.as_ref().map(|(_, key)| &key.id)
    }
}

impl Sim {
    /// Changes a place, which is made if it is not there.
    pub(crate) fn place(&self, target: &str, change: impl FnOnce(&mut Place)) {
        change(
            self.places
                .borrow_mut()
                .entry(target.to_owned())
                .or_insert_with(Place::empty),
        );
    }

    async fn at<T>(
        &self,
        verb: &str,
        target: &str,
        does: impl FnOnce(&mut Place) -> Result<T, TargetError>,
    ) -> Result<T, TargetError> {
        self.turn().await;
        self.local(&format!("{verb} {target}"), TargetError::new, || {
            let mut places = self.places.borrow_mut();
            does(places.entry(target.to_owned()).or_insert_with(Place::empty))
        })
    }

    /// The next time stamp of a target.
    pub(crate) fn next_mark(&self) -> Mark {
        self.marks.set(self.marks.get() + 1);
        format!("mark-{}", self.marks.get())
    }
}

impl Targets for Sim {
    fn store(&self, spec: &StoreSpec) -> Result<Box<dyn Store + '_>, TargetError> {
        let store = Opened {
            sim: self,
            target: Target::Store(spec.clone()).to_string(),
        };
        Ok(match spec.gives_back() {
            true => Box::new(store),
            false => Box::new(TakesOnly(store)),
        })
    }

    fn provider(&self, spec: &ProviderSpec) -> Result<Box<dyn Provider + '_>, TargetError> {
        Ok(Box::new(Opened {
            sim: self,
            target: Target::Provider(spec.clone()).to_string(),
        }))
    }
}

struct Opened<'a> {
    sim: &'a Sim,
    target: String,
}

impl Opened<'_> {
    /// Writes a key as CircleCI takes it: the id, then the secret.
    fn written(&self, owner: &KeyOwner, key: &AccessKey, half: bool) -> Result<(), TargetError> {
        let mut places = self.sim.places.borrow_mut();
        let place = places.entry(self.target.clone()).or_insert_with(Place::empty);
        if !place.made {
            return Err(TargetError::new("the context does not exist"));
        }
        let before = place.clone();
        let mut there = key.clone();
        if let (true, Some((_, old))) = (half, &place.key) {
            there.secret = old.secret.clone();
        }
        place.half = half && (place.half || place.key.is_none());
        place.foreign = None;
        place.key = Some((owner.user.clone(), there));
        place.mark = Some(self.sim.next_mark());
        self.sim
            .changed(Change::Written(self.target.clone(), key.id.clone(), before));
        Ok(())
    }
}

fn failed(call: &str) -> TargetError {
    TargetError::new(format!("{call} failed"))
}

fn state(holdings: Holdings) -> PlaceState {
    PlaceState {
        holdings,
        create: None,
        warnings: Vec::new(),
    }
}

/// What a store shows of itself once it is open.
fn stored(place: &Place, owner: &KeyOwner) -> Holdings {
    match (&place.foreign, &place.key) {
        (Some(what), _) => Holdings::Foreign { what: what.clone() },
        (None, None) => Holdings::Nothing,
        (None, Some((user, key))) if *user == owner.user => Holdings::Key(key.id.clone()),
        (None, Some((user, _))) => Holdings::Foreign {
            what: format!("a key of user `{user}`"),
        },
    }
}

/// What a CI system shows.
fn shown(place: &Place) -> Holdings {
    let mark = place.mark.clone().filter(|_| place.shows != Shows::BareMask);
    let masked = matches!(place.shows, Shows::Mask | Shows::BareMask);
    match (&place.foreign, &place.key) {
        (Some(what), _) => Holdings::Foreign { what: what.clone() },
        (None, None) => Holdings::Nothing,
        (None, Some((_, key))) if masked => {
            let suffix = key.id.last_four().to_owned();
            if place.half {
                Holdings::Half { suffix }
            } else {
                Holdings::Masked { suffix, mark }
            }
        }
        (None, Some(_)) => Holdings::Opaque { mark },
    }
}

/// Empties a place that still shows what was seen.
fn cleared(place: &mut Place, shows: &Holdings, seen: &Holdings) -> Result<(), TargetError> {
    if *shows != Holdings::Nothing && shows != seen {
        return Err(TargetError::new("it has changed since it was looked at"));
    }
    (place.key, place.half) = (None, false);
    Ok(())
}

#[async_trait(?Send)]
impl Store for Opened<'_> {
    async fn check(&self, owner: &KeyOwner, unlock: bool) -> Result<PlaceState, TargetError> {
        self.sim
            .at("check", &self.target, |place| {
                let locked = place.locked && !unlock;
                Ok(state(if locked { Holdings::Locked } else { stored(place, owner) }))
            })
            .await
    }

    async fn put(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(), TargetError> {
        self.sim
            .at("put", &self.target, |place| {
                let before = place.clone();
                place.foreign = None;
                place.key = Some((owner.user.clone(), key.clone()));
                self.sim
                    .changed(Change::Written(self.target.clone(), key.id.clone(), before));
                Ok(())
            })
            .await
    }

    async fn get_back(&self, _: &KeyOwner, id: &AccessKeyId) -> Result<Option<SecretAccessKey>, TargetError> {
        self.sim
            .at("get_back", &self.target, |place| {
                let held = place.key.as_ref().filter(|(_, key)| key.id == *id);
                Ok(held.map(|(_, key)| key.secret.clone()))
            })
            .await
    }

    async fn clear(&self, owner: &KeyOwner, seen: &Holdings) -> Result<(), TargetError> {
        self.sim
            .at("clear", &self.target, |place| {
                let shows = stored(place, owner);
                cleared(place, &shows, seen)
            })
            .await
    }

    fn describe(&self) -> String {
        format!("open {}", self.target)
    }
}

/// A store that this machine cannot read back: a file that is encrypted to somebody else.
struct TakesOnly<'a>(Opened<'a>);

#[async_trait(?Send)]
impl Store for TakesOnly<'_> {
    async fn check(&self, owner: &KeyOwner, _: bool) -> Result<PlaceState, TargetError> {
        let shows = |place: &mut Place| {
            Ok(state(match stored(place, owner) {
                Holdings::Key(id) => Holdings::Masked {
                    suffix: id.to_string(),
                    mark: place.mark.clone(),
                },
                other => other,
            }))
        };
        self.0.sim.at("check", &self.0.target, shows).await
    }

    async fn put(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(), TargetError> {
        self.0.put(owner, key).await?;
        self.0
            .sim
            .place(&self.0.target, |place| place.mark = Some(self.0.sim.next_mark()));
        Ok(())
    }

    async fn get_back(&self, _: &KeyOwner, _: &AccessKeyId) -> Result<Option<SecretAccessKey>, TargetError> {
        Ok(None)
    }

    async fn proof(&self, _: &KeyOwner, key: &AccessKey) -> Result<(Proof, Option<Mark>), TargetError> {
        let shows = |place: &mut Place| match place.key_id() == Some(&key.id) {
            true => Ok((Proof::Accepted, place.mark.clone())),
            false => Err(TargetError::new("it holds another key")),
        };
        self.0.sim.at("proof", &self.0.target, shows).await
    }

    async fn clear(&self, owner: &KeyOwner, seen: &Holdings) -> Result<(), TargetError> {
        let now = self.check(owner, true).await?.holdings;
        let clears = |place: &mut Place| cleared(place, &now, seen);
        self.0.sim.at("clear", &self.0.target, clears).await
    }

    fn describe(&self) -> String {
        Store::describe(&self.0)
    }
}

#[async_trait(?Send)]
impl Provider for Opened<'_> {
    async fn check(&self, _: &KeyOwner) -> Result<PlaceState, TargetError> {
        self.sim
            .at("check", &self.target, |place| {
                let create = (!place.made).then(|| "create context".to_owned());
                Ok(PlaceState {
                    create,
                    ..state(shown(place))
                })
            })
            .await
    }

    async fn create_place(&self) -> Result<(), TargetError> {
        self.sim
            .at("create_place", &self.target, |place| {
                place.made = true;
                Ok(())
            })
            .await
    }

    async fn write(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(), TargetError> {
        self.sim.turn().await;
        let call = format!("write {}", self.target);
        self.sim.effect(&call, |fault| match fault {
            None | Some(Fault::Stale(_)) => self.written(owner, key, false),
            Some(Fault::FailsAfter | Fault::AnswerLost | Fault::ServerErrorAfter) => {
                self.written(owner, key, false).and(Err(failed(&call)))
            }
            Some(Fault::Half) => self.written(owner, key, true).and(Err(failed(&call))),
            Some(_) => Err(failed(&call)),
        })
    }

    async fn proof(&self, _: &KeyOwner, key: &AccessKey) -> Result<(Proof, Option<Mark>), TargetError> {
        self.sim
            .at("proof", &self.target, |place| {
                let there = place.key.as_ref().map(|(_, key)| key);
                let same = there.is_some_and(|there| there.id == key.id && there.secret.same_as(&key.secret));
                match place.shows {
                    Shows::Timestamp => Ok((Proof::Timestamp, place.mark.clone())),
                    Shows::Nothing => Ok((Proof::Accepted, place.mark.clone())),
                    _ if place.half || !same => Err(TargetError::new("what is there is not what was written")),
                    Shows::Mask => Ok((Proof::Mask, place.mark.clone())),
                    Shows::BareMask => Ok((Proof::Mask, None)),
                }
            })
            .await
    }

    async fn clear(&self, _: &KeyOwner, seen: &Holdings) -> Result<(), TargetError> {
        self.sim
            .at("clear", &self.target, |place| {
                let shows = shown(place);
                cleared(place, &shows, seen)
            })
            .await
    }

    fn describe(&self) -> String {
        format!("see {}", self.target)
    }
}
