//! Finds the places that hold a key: those that are known, and those that a survey comes by.
//!
//! Nobody is asked for a passphrase: of a locked store the journal's word is given. A mask shows four characters, so that
//! one in a million other values looks like the key; whether the secret beside it is the key's is said apart from that.

use super::located::{Agreement, Located, LocatedKey, Place, Seen, Subject};
use super::secrets::{Secrets, Word};
use super::sighting::{Sought, ends};
use super::{Looker, UserKeys, held_at};
use crate::inventory::GatherError;
use crate::name::{AccessKeyId, UserName};
use crate::port::{
    self, Holdings, Kept, KeyLastUsed, KeyOwner, ListedKey, Mark, Proof, Survey, Surveyed, TargetError, Unseen,
};
use crate::target::Target;

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
            Ok(mut surveyed) => {
                for kept in std::mem::take(&mut surveyed.kept) {
                    search.kept(kept, user.as_ref().map(|user| &user.owner), &targets).await;
                }
                search.surveyed(survey.service(), surveyed, listed, &targets);
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

    /// Judges what a survey came by. A place that was looked at as a target was so under its own names.
    fn surveyed(&mut self, service: &str, surveyed: Surveyed, listed: &[ListedKey], targets: &[Target]) {
        self.looked_at += surveyed.looked_at;
        self.also_unseen(surveyed.unseen);
        let mut hidden = 0;
        for sighting in surveyed.sightings {
            let target = Target::Provider(sighting.place.clone());
            if targets.iter().any(|known| known.same_place(&target)) {
                continue;
            }
            let sought = Sought {
                wanted: self.wanted,
                listed,
                secrets: &self.secrets,
            };
            let judged = sought.judge(sighting);
            hidden += judged.hidden;
            self.found.extend(judged.found);
            self.unseen.extend(judged.veiled);
        }
        if hidden > 0 {
            self.unseen.push(Unseen {
                what: format!("values of other names at {service} ({hidden})"),
                why: "it does not show them".to_owned(),
            });
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

fn unseen(what: &str, error: TargetError) -> Unseen {
    Unseen {
        what: what.to_owned(),
        why: match error.hint {
            Some(hint) => format!("{}; {hint}", error.message),
            None => error.message,
        },
    }
}
