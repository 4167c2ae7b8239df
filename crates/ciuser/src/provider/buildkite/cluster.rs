//! A cluster: found by its name or id, looked at, written and read back.

use std::cell::{OnceCell, RefCell};

use async_trait::async_trait;
use ciuser_core::port::{Holdings, KeyOwner, Mark, PlaceState, Proof, Provider, TargetError};
use ciuser_core::secret::AccessKey;
use ciuser_core::target::{Variable, VariableNames};
use http::StatusCode;

use super::api::{Buildkite, Cluster, NewSecret};
use super::note::Note;
use super::secret::{ShownSecret, find, holdings, judge, last_read};
use crate::provider::values::values;
use crate::rest::{Fate, Trouble};

/// Before what was written is looked at once more, in seconds.
const PAUSES: [i64; 2] = [1, 2];

/// Before a secret whose making is in doubt is looked for, in seconds.
const DOUBTS: [i64; 3] = [1, 2, 4];

/// The longest key that a secret can have.
const LONGEST: usize = 255;

/// What is asked of a cluster.
pub(in crate::provider) struct ClusterSpec {
    /// Its name or id.
    pub(in crate::provider) cluster: String,
    /// The keys of the secrets.
    pub(in crate::provider) names: VariableNames,
}

/// A cluster, as a place for an access key.
pub(in crate::provider) struct ClusterPlace<'a> {
    client: Buildkite<'a>,
    spec: ClusterSpec,
    cluster: OnceCell<Cluster>,
    /// What was shown before the last write.
    before: RefCell<Option<Vec<ShownSecret>>>,
}

impl<'a> ClusterPlace<'a> {
    /// Makes the place. Sends nothing yet.
    pub(in crate::provider) fn new(client: Buildkite<'a>, spec: ClusterSpec) -> ClusterPlace<'a> {
        ClusterPlace {
            client,
            spec,
            cluster: OnceCell::new(),
            before: RefCell::new(None),
        }
    }

    async fn cluster(&self) -> Result<&Cluster, TargetError> {
        if let Some(known) = self.cluster.get() {
            return Ok(known);
        }
        let wanted = &self.spec.cluster;
        let known = self.client.clusters().await.map_err(seen)?;
        let mut found = known.iter().filter(|one| one.id == *wanted || one.name == *wanted);
        match (found.next(), found.next()) {
            (Some(one), None) => Ok(self.cluster.get_or_init(|| one.clone())),
            (Some(_), Some(_)) => {
                Err(TargetError::new(format!("there is more than one cluster `{wanted}`"))
                    .with_hint("name it by its id"))
            }
            (None, _) => {
                let names: Vec<_> = known.iter().map(|one| format!("`{}`", one.name)).collect();
                let missing = TargetError::new(format!("the organisation has no cluster `{wanted}`"));
                Err(missing.with_hint(match names.as_slice() {
                    [] => "the token's owner can see no cluster".to_owned(),
                    names => format!("it has {}", names.join(", ")),
                }))
            }
        }
    }

    async fn shown(&self, cluster: &Cluster) -> Result<Vec<ShownSecret>, TargetError> {
        self.client.secrets(cluster).await.map_err(seen)
    }

    /// Makes a secret, or replaces its value and says whose it is. One whose making is in doubt is looked for before it
    /// is made again.
    async fn set(
        &self,
        cluster: &Cluster,
        shown: &[ShownSecret],
        half: Half,
        new: &NewSecret<'_>,
    ) -> Result<(), TargetError> {
        let (mut anew, mut doubts) = (None, DOUBTS.into_iter());
        loop {
            if let Some(there) = find(anew.as_deref().unwrap_or(shown), new.key) {
                return Ok(self.replace(cluster, there, half, new).await?);
            }
            match self.client.post_secret(cluster, new).await {
                Ok(()) => return Ok(()),
                Err(trouble) if trouble.fate == Fate::Unknown || (anew.is_some() && is_taken(&trouble)) => {
                    let Some(pause) = doubts.next() else {
                        return Err(trouble.into());
                    };
                    self.client.wait(pause).await;
                    anew = Some(self.shown(cluster).await?);
                }
                Err(trouble) => return Err(trouble.into()),
            }
        }
    }

    /// From the description of the first half on to that of the second one, the two differ: see [`super::secret`].
    async fn replace(
        &self,
        cluster: &Cluster,
        there: &ShownSecret,
        half: Half,
        new: &NewSecret<'_>,
    ) -> Result<(), Trouble> {
        if half == Half::First {
            self.client.put_description(cluster, there, new.description).await?;
        }
        self.client.put_value(cluster, there, new.value).await?;
        if half == Half::Last {
            self.client.put_description(cluster, there, new.description).await?;
        }
        Ok(())
    }
}

/// Which of the descriptions this is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    /// The first one that says something new.
    First,
    /// The one with which both say the same again.
    Last,
}

/// Buildkite says so, among other things, when there is a secret with this key.
fn is_taken(trouble: &Trouble) -> bool {
    trouble.fate == Fate::Refused(StatusCode::UNPROCESSABLE_ENTITY)
}

/// Buildkite says of what the token may not see that it is not there.
fn seen(trouble: Trouble) -> TargetError {
    let hidden = trouble.is_hidden();
    let error = TargetError::from(trouble);
    if hidden {
        error.with_hint(
            "check the organisation's slug, and that the token has the scopes `read_clusters`, `read_secret_details` \
             and `write_secrets`; its owner must be a maintainer of the cluster",
        )
    } else {
        error
    }
}

/// Refuses keys that Buildkite does not take, before anything is written.
fn check_names(names: &VariableNames) -> Result<(), TargetError> {
    for variable in Variable::ALL {
        let name = names.name(variable);
        let lower = name.to_ascii_lowercase();
        let begins_well = name.starts_with(|first: char| first.is_ascii_alphabetic());
        if !begins_well || lower.starts_with("bk") || lower.starts_with("buildkite") || name.len() > LONGEST {
            return Err(
                TargetError::new(format!("`{name}` cannot be the key of a secret of Buildkite"))
                    .with_hint("begin it with a letter, not with `bk` or `buildkite`; it has at most 255 characters"),
            );
        }
    }
    Ok(())
}

#[async_trait(?Send)]
impl Provider for ClusterPlace<'_> {
    async fn check(&self, owner: &KeyOwner) -> Result<PlaceState, TargetError> {
        check_names(&self.spec.names)?;
        let cluster = self.cluster().await?;
        let shown = self.shown(cluster).await?;
        let holdings = holdings(&shown, &self.spec.names, owner);
        let mut warnings: Vec<_> = self.client.exposure().into_iter().collect();
        if holdings == Holdings::Nothing {
            warnings.push(format!(
                "every pipeline of cluster `{}` can read new secrets; an access policy, in Buildkite, narrows that",
                cluster.name
            ));
        }
        warnings.extend(last_read(&shown, &self.spec.names));
        Ok(PlaceState {
            holdings,
            create: None,
            warnings,
        })
    }

    async fn create_place(&self) -> Result<(), TargetError> {
        Ok(())
    }

    async fn write(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(), TargetError> {
        let cluster = self.cluster().await?;
        let shown = self.shown(cluster).await?;
        let names = &self.spec.names;
        let note = Note::of(owner, &key.id).to_string();
        let mut new: Vec<_> = values(owner, key);
        let is_there = |half| find(&shown, names.name(half)).is_some();
        if is_there(Variable::AccessKeyId) || is_there(Variable::SecretAccessKey) {
            new.sort_by_key(|(variable, _)| *variable != Variable::SecretAccessKey);
        }
        for (place, (variable, value)) in new.into_iter().enumerate() {
            let half = if place == 0 { Half::First } else { Half::Last };
            let new = NewSecret {
                key: names.name(variable),
                value,
                description: match variable {
                    Variable::AccessKeyId | Variable::SecretAccessKey => &note,
                    Variable::Region | Variable::DefaultRegion => "AWS region, written by ciuser",
                },
            };
            self.set(cluster, &shown, half, &new).await?;
        }
        self.before.replace(Some(shown));
        Ok(())
    }

    async fn proof(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(Proof, Option<Mark>), TargetError> {
        let cluster = self.cluster().await?;
        let note = Note::of(owner, &key.id);
        let mut pauses = PAUSES.into_iter();
        loop {
            let shown = self.shown(cluster).await?;
            let judged = judge(&shown, &self.spec.names, &note, self.before.borrow().as_deref());
            match (judged, pauses.next()) {
                (Err(_), Some(pause)) => self.client.wait(pause).await,
                (judged, _) => return judged,
            }
        }
    }

    async fn clear(&self, owner: &KeyOwner, seen: &Holdings) -> Result<(), TargetError> {
        let cluster = self.cluster().await?;
        let shown = self.shown(cluster).await?;
        let now = holdings(&shown, &self.spec.names, owner);
        if now != Holdings::Nothing && now != *seen {
            return Err(TargetError::new("somebody else wrote there since it was looked at"));
        }
        let ours = [Variable::SecretAccessKey, Variable::AccessKeyId].map(|half| self.spec.names.name(half));
        for there in ours.iter().filter_map(|name| find(&shown, name)) {
            self.client.delete_secret(cluster, there).await?;
        }
        let left = self.shown(cluster).await?;
        match ours.iter().find(|name| find(&left, name).is_some()) {
            Some(name) => Err(TargetError::new(format!("`{name}` was removed, but is there again"))
                .with_hint("see who else writes there")),
            None => Ok(()),
        }
    }

    fn describe(&self) -> String {
        self.client.page(self.cluster.get())
    }
}
