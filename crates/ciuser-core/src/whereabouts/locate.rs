//! Finds the places that hold a key: those that are known, and those that a survey comes by.
//!
//! Nobody is asked for a passphrase: of a locked store the journal's word is given. A mask shows four characters, so that
//! one in a million other values looks like the key; whether the secret beside it is the key's is said apart from that.

use jiff::Timestamp;
use serde::Serialize;

use super::secrets::{Secrets, Word};
use super::{Looker, UserKeys, held_at};
use crate::inventory::GatherError;
use crate::name::{AccessKeyId, UserName};
use crate::port::{
    self, Holdings, Kept, KeyLastUsed, KeyOwner, ListedKey, Mark, Proof, Shown, Sighting, Survey, TargetError, Unseen,
};
use crate::target::{Target, Variable, VariableNames};

/// As many characters of a value make it known.
const TELLING: usize = 4;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// One key.
    Key(AccessKeyId),
    /// Every key of a user.
    User(UserName),
}

/// How a place is known to hold a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Seen {
    /// It shows the whole id.
    Value,
    /// The end of the id that it shows is equal.
    Mask,
    /// It shows that nobody wrote there since this machine delivered the key.
    Timestamp,
    /// This machine delivered the key, and what is there now cannot be seen.
    Record,
}

/// What is known of the secret beside the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Agreement {
    /// It is the key's, as far as the place shows it.
    Same,
    /// It is another one.
    Other,
    /// There is none.
    Missing,
    /// It could not be compared.
    Unknown,
}

/// A place that holds a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The place.
    pub target: Target,
    /// How it is known.
    pub seen: Seen,
    /// What is known of the secret.
    pub secret: Agreement,
    /// The variable that holds the id, where it is not the one that is expected.
    pub variable: Option<String>,
    /// When it was written, in the place's own words.
    pub written: Option<Mark>,
    /// When this machine delivered the key there.
    pub delivered: Option<Timestamp>,
}

/// A key, and the places that hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocatedKey {
    /// The key.
    pub id: AccessKeyId,
    /// What IAM says of it; nothing when it is not there any more.
    pub listed: Option<ListedKey>,
    /// When it was last used, if IAM says so.
    pub used: Option<KeyLastUsed>,
    /// The places.
    pub places: Vec<Place>,
}

/// What the search came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// Whose keys they are, if that is known.
    pub user: Option<UserName>,
    /// The keys.
    pub keys: Vec<LocatedKey>,
    /// How many places were looked at.
    pub looked_at: usize,
    /// What was not looked at.
    pub unseen: Vec<Unseen>,
}

/// Looks for keys at the targets that `targets_of` and the journal know for the user, and wherever a survey gets to.
///
/// # Errors
/// When IAM or the journal cannot be read; a place that cannot be looked at is no error.
pub async fn locate(
    looker: &Looker<'_>,
    subject: &Subject,
    targets_of: impl Fn(&UserName) -> Vec<Target>,
    surveys: &[Box<dyn Survey + '_>],
    looking: &dyn Fn(&str),
) -> Result<Located, GatherError> {
    let (user, wanted, used) = looker.wanted(subject).await?;
    let listed = user.as_ref().map(|user| user.keys.as_slice()).unwrap_or_default();
    let mut search = Search {
        looker,
        wanted: &wanted,
        secrets: Secrets::default(),
        found: Vec::new(),
        unseen: Vec::new(),
        looked_at: 0,
    };
    let mut targets = Vec::new();
    if let Some(user) = &user {
        let known = looker.reader.journal.known(looker.reader.scope, &user.owner.user)?;
        targets = merged(targets_of(&user.owner.user), &known);
        for target in &targets {
            looking(&target.to_string());
            let record = held_at(&known, target);
            search.target(&user.owner, target, record).await;
        }
    }
    for survey in surveys {
        match survey.survey(looking).await {
            Ok(surveyed) => {
                search.looked_at += surveyed.looked_at;
                search.also_unseen(surveyed.unseen);
                for kept in surveyed.kept {
                    search.kept(kept, user.as_ref().map(|user| &user.owner), &targets).await;
                }
                for sighting in surveyed.sightings {
                    search.sighting(sighting, &targets);
                }
            }
            Err(error) => search.unseen.push(unseen(survey.service(), error)),
        }
    }
    let Search {
        mut found,
        unseen,
        looked_at,
        ..
    } = search;
    let mut keys = Vec::new();
    for id in &wanted {
        let places = found.extract_if(.., |(key, _)| key == id).map(|(_, place)| place);
        keys.push(LocatedKey {
            id: id.clone(),
            listed: listed.iter().find(|key| key.id == *id).cloned(),
            used: used.iter().find(|(key, _)| key == id).map(|(_, used)| used.clone()),
            places: places.collect(),
        });
    }
    Ok(Located {
        user: user.map(|user| user.owner.user),
        keys,
        looked_at,
        unseen,
    })
}

type Wanted = (Option<UserKeys>, Vec<AccessKeyId>, Vec<(AccessKeyId, KeyLastUsed)>);

impl Looker<'_> {
    /// Finds out whose keys are looked for, and which; those of a user that the journal alone still knows, too.
    async fn wanted(&self, subject: &Subject) -> Result<Wanted, GatherError> {
        let mut used = Vec::new();
        match subject {
            Subject::Key(id) => {
                // IAM denies to know a key that is not there any more.
                let last = self.reader.iam.get_access_key_last_used(id).await.ok();
                let user = match last.as_ref().and_then(|last| last.user.as_ref()) {
                    Some(name) => Some(self.user(name).await?),
                    None => None,
                };
                used.extend(last.map(|last| (id.clone(), last)));
                Ok((user, vec![id.clone()], used))
            }
            Subject::User(name) => {
                let user = self.user(name).await?;
                let mut ids: Vec<_> = user.keys.iter().map(|key| key.id.clone()).collect();
                for id in &ids {
                    let last = self.reader.iam.get_access_key_last_used(id).await;
                    used.extend(last.ok().map(|last| (id.clone(), last)));
                }
                for known in self.reader.journal.known(self.reader.scope, &user.owner.user)? {
                    if !ids.contains(&known.key) {
                        ids.push(known.key);
                    }
                }
                Ok((Some(user), ids, used))
            }
        }
    }
}

/// What is known while places are looked at one after another.
struct Search<'a> {
    looker: &'a Looker<'a>,
    wanted: &'a [AccessKeyId],
    secrets: Secrets,
    found: Vec<(AccessKeyId, Place)>,
    unseen: Vec<Unseen>,
    looked_at: usize,
}

impl Search<'_> {
    async fn target(&mut self, owner: &KeyOwner, target: &Target, record: Option<&port::Known>) {
        match self.holdings(owner, target).await {
            Ok(holdings) => {
                self.looked_at += 1;
                if let Some((id, seen)) = self.key_in(&holdings, record) {
                    let secret = self.secret_at(owner, target, &id, &holdings).await;
                    let place = Place {
                        target: target.clone(),
                        seen,
                        secret,
                        variable: None,
                        written: written(&holdings),
                        delivered: record.filter(|record| record.key == id).map(|record| record.at),
                    };
                    self.found.push((id, place));
                }
                if holdings == Holdings::Locked {
                    let locked = TargetError::new("it is locked");
                    self.unseen.push(unseen(&target.to_string(), locked));
                }
            }
            Err(error) => self.unseen.push(unseen(&target.to_string(), error)),
        }
    }

    async fn holdings(&self, owner: &KeyOwner, target: &Target) -> Result<Holdings, TargetError> {
        let targets = self.looker.reader.targets;
        match target {
            Target::Store(spec) => Ok(targets.store(spec)?.check(owner, false).await?.holdings),
            Target::Provider(spec) => targets.provider(spec)?.holdings(owner).await,
        }
    }

    /// Tells which of the wanted keys a place holds, and how that is known.
    fn key_in(&self, holdings: &Holdings, record: Option<&port::Known>) -> Option<(AccessKeyId, Seen)> {
        let recorded = record.map(|record| &record.key).filter(|id| self.wanted.contains(id));
        match holdings {
            Holdings::Key(id) | Holdings::Unattributed(id) => {
                self.wanted.contains(id).then(|| (id.clone(), Seen::Value))
            }
            Holdings::Masked { suffix, .. } | Holdings::Half { suffix } => {
                let ids = recorded.into_iter().chain(self.wanted);
                let id = ids.into_iter().find(|id| ends(id.as_str(), suffix))?;
                let whole = id.as_str() == suffix;
                Some((id.clone(), if whole { Seen::Value } else { Seen::Mask }))
            }
            Holdings::Opaque { mark } => {
                let id = recorded?.clone();
                match mark {
                    Some(_) if record.is_some_and(|record| record.mark == *mark) => Some((id, Seen::Timestamp)),
                    Some(_) => None,
                    None => Some((id, Seen::Record)),
                }
            }
            Holdings::Locked => Some((recorded?.clone(), Seen::Record)),
            Holdings::Nothing | Holdings::Foreign { .. } => None,
        }
    }

    async fn secret_at(
        &mut self,
        owner: &KeyOwner,
        target: &Target,
        id: &AccessKeyId,
        holdings: &Holdings,
    ) -> Agreement {
        match (target, holdings) {
            (_, Holdings::Half { .. }) => Agreement::Missing,
            (_, Holdings::Locked) => Agreement::Unknown,
            (Target::Store(spec), _) => {
                let Ok(store) = self.looker.reader.targets.store(spec) else {
                    return Agreement::Unknown;
                };
                match store.get_back(owner, id).await {
                    Ok(Some(secret)) => match self.secrets.add(self.looker, owner, id, secret.clone()).await {
                        Word::Wrong => Agreement::Other,
                        Word::Works | Word::Refused(_) | Word::Silent(_) => {
                            let credible = self.secrets.credible(id);
                            let same = credible.is_some_and(|key| key.secret.same_as(&secret));
                            if same { Agreement::Same } else { Agreement::Other }
                        }
                    },
                    Ok(None) => Agreement::Missing,
                    Err(_) => Agreement::Unknown,
                }
            }
            (Target::Provider(spec), _) => {
                let (Some(key), Ok(provider)) = (self.secrets.credible(id), self.looker.reader.targets.provider(spec))
                else {
                    return Agreement::Unknown;
                };
                match provider.proof(owner, key).await {
                    Ok((Proof::Value | Proof::Mask, _)) => Agreement::Same,
                    Ok((Proof::Timestamp | Proof::Accepted, _)) => Agreement::Unknown,
                    Err(_) => Agreement::Other,
                }
            }
        }
    }

    /// Notes what a survey could not see; a target is noted already.
    fn also_unseen(&mut self, unseen: Vec<Unseen>) {
        for one in unseen {
            if !self.unseen.iter().any(|known| known.what == one.what) {
                self.unseen.push(one);
            }
        }
    }

    /// Judges a store that a survey came by, unless it was looked at as a target.
    async fn kept(&mut self, kept: Kept, owner: Option<&KeyOwner>, targets: &[Target]) {
        let Kept { store, id, written } = kept;
        let target = Target::Store(store);
        if !self.wanted.contains(&id) || targets.iter().any(|known| known.same_place(&target)) {
            return;
        }
        let secret = match owner {
            Some(owner) => self.secret_at(owner, &target, &id, &Holdings::Key(id.clone())).await,
            None => Agreement::Unknown,
        };
        let place = Place {
            target,
            seen: Seen::Value,
            secret,
            variable: None,
            written,
            delivered: None,
        };
        self.found.push((id, place));
    }

    /// Judges a place that a survey came by, unless it was looked at as a target: then its own names were known.
    fn sighting(&mut self, sighting: Sighting, targets: &[Target]) {
        let Sighting { place, shown } = sighting;
        let target = Target::Provider(place);
        if targets.iter().any(|known| known.same_place(&target)) {
            return;
        }
        let names = VariableNames::default();
        let expected = names.name(Variable::AccessKeyId);
        for id in self.wanted {
            let mut fitting = shown.iter().filter(|one| fits(one, id.as_str()));
            let first = fitting
                .clone()
                .find(|one| one.name == expected)
                .or_else(|| fitting.next());
            let Some(one) = first else { continue };
            let place = Place {
                target: target.clone(),
                seen: Seen::Mask,
                secret: self.secret_among(&shown, id, one.name == expected),
                variable: (one.name != expected).then(|| one.name.clone()),
                written: one.written.clone(),
                delivered: None,
            };
            self.found.push((id.clone(), place));
        }
    }

    /// Looks for the key's secret among the variables of a place, by their ends.
    fn secret_among(&self, shown: &[Shown], id: &AccessKeyId, standard: bool) -> Agreement {
        let names = VariableNames::default();
        let there = shown
            .iter()
            .any(|one| one.name == names.name(Variable::SecretAccessKey));
        match self.secrets.credible(id) {
            Some(key) if shown.iter().any(|one| fits(one, key.secret.expose())) => Agreement::Same,
            Some(_) if there && standard => Agreement::Other,
            None if there => Agreement::Unknown,
            _ if standard => Agreement::Missing,
            _ => Agreement::Unknown,
        }
    }
}

/// Returns the targets of both sources, each place once.
fn merged(mut targets: Vec<Target>, known: &[port::Known]) -> Vec<Target> {
    for record in known {
        if !targets.iter().any(|target| target.same_place(&record.target)) {
            targets.push(record.target.clone());
        }
    }
    // What stores give back is what the others are compared with.
    targets.sort_by_key(|target| matches!(target, Target::Provider(_)));
    targets
}

fn written(holdings: &Holdings) -> Option<Mark> {
    match holdings {
        Holdings::Masked { mark, .. } | Holdings::Opaque { mark } => mark.clone(),
        _ => None,
    }
}

fn ends(whole: &str, end: &str) -> bool {
    end.len() >= TELLING && whole.ends_with(end)
}

fn fits(shown: &Shown, whole: &str) -> bool {
    shown.end.as_deref().is_some_and(|end| ends(whole, end))
}

fn unseen(what: &str, error: TargetError) -> Unseen {
    Unseen {
        what: what.to_owned(),
        why: match error.hint {
            Some(hint) => format!("{}; {hint}", error.message),
            None => error.message,
        },
    }
}
