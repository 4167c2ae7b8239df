//! Ends the handovers whose secrets are sealed: proof at STS, the CI systems, the old key, the spool.
//!
//! The keys of several users are proven side by side: STS is asked for each of them three times with a pause between,
//! and fifty users shall not wait for fifty times the pause.
//!
//! INVARIANT: no CI system is written until a store has the key; the old key of a rotation stays until every target
//! is proven to hold the new one; the spool goes last.

use super::deliver::Handover;
use super::issue::Issued;
use super::prove::{Proven, prove_all};
use super::recover::{inactive_in_words, status_of};
use crate::apply::{Event, TargetOutcome, UserOutcome, World};
use crate::name::AccessKeyId;
use crate::plan::{IssueKey, Plan, Replaces};
use crate::port::{AccessKeyStatus, Entry};
use crate::secret::AccessKey;

/// A handover whose secret is sealed, and in the stores if it is not a rotation.
pub(crate) struct Sealed<'a> {
    pub(super) handover: Handover<'a>,
    pub(super) issued: Issued,
    pub(super) issue: &'a IssueKey,
}

/// Takes handovers from the sealed key to the end. Repeating it changes nothing that is right.
pub(crate) async fn finish(world: &World<'_>, plan: &Plan, open: Vec<(Sealed<'_>, &mut UserOutcome)>) {
    let several = open.len() > 1;
    if several {
        world.report.event(Event::ProofBegins { keys: open.len() });
    }
    let keys: Vec<_> = open
        .iter()
        .map(|(sealed, _)| (sealed.handover.user, &sealed.issued.key))
        .collect();
    let proven = prove_all(world, plan, &keys).await;
    for ((sealed, part), proven) in open.into_iter().zip(proven) {
        if several && sealed.has_more_than_stores() {
            world.report.event(Event::UserContinues {
                user: &sealed.handover.user.user,
            });
        }
        sealed.finish(proven, part).await;
    }
}

impl Sealed<'_> {
    fn has_more_than_stores(&self) -> bool {
        self.issue.replaces.is_some() || self.issue.providers().next().is_some()
    }

    async fn finish(self, proven: Proven, part: &mut UserOutcome) {
        let Sealed {
            handover,
            issued: Issued { key, seen },
            issue,
        } = self;
        if !handover.may_deliver(&key, proven, issue, part) {
            part.unfinished
                .push("`ciuser resume` asks STS again and carries on".to_owned());
            return;
        }
        if issue.replaces.is_some() {
            handover.deliver_all(&key, issue.stores(), part).await;
        }
        if part.targets.iter().any(TargetOutcome::is_proven) {
            handover.deliver_all(&key, issue.providers(), part).await;
        } else {
            let waiting = issue
                .providers()
                .map(|one| format!("`{}` waits until a store has the key", one.target));
            part.unfinished.extend(waiting);
        }
        if part.unfinished.is_empty() {
            handover.close(&key, &seen, issue.replaces.as_ref(), part).await;
        }
    }
}

impl Handover<'_> {
    /// Notes what STS said; false when nothing may be delivered further. A first key is delivered even unconfirmed: it
    /// takes nothing away. In a rotation the old key stays where it is.
    fn may_deliver(&self, key: &AccessKey, proven: Proven, issue: &IssueKey, part: &mut UserOutcome) -> bool {
        match proven {
            Proven::Confirmed => {
                self.note(&Entry::Confirmed {
                    user: self.user.user.clone(),
                    key: key.id.clone(),
                });
                true
            }
            Proven::NotYet(why) => {
                part.unfinished
                    .push(format!("access key `{}` is not yet confirmed by STS: {why}", key.id));
                issue.replaces.is_none()
            }
            Proven::Stopped => {
                part.unfinished.push(format!(
                    "access key `{}` is not yet confirmed by STS: stopped, as asked",
                    key.id
                ));
                false
            }
            Proven::OtherUser(arn) => {
                part.unfinished
                    .push(format!("STS says that access key `{}` belongs to `{arn}`", key.id));
                false
            }
        }
    }

    /// Ends a handover in which every target holds the key.
    async fn close(&self, key: &AccessKey, seen: &[AccessKeyId], replaces: Option<&Replaces>, part: &mut UserOutcome) {
        let for_a_person = match replaces {
            Some(Replaces { id, deactivate: true }) => self.deactivate(id, key, part).await,
            _ => None,
        };
        self.look_for_strangers(key, seen).await;
        if !part.unfinished.is_empty() {
            return;
        }
        let done = Entry::Done {
            user: self.user.user.clone(),
        };
        // INVARIANT: the spool goes only once the journal says that nobody needs it; `resume` does what fails here.
        if let Err(error) = self.world.journal.record(self.run, &done) {
            let why = error.with_hint();
            part.unfinished.push(format!("noting the end of the run: {why}"));
        } else if let Err(error) = self.world.seal.discard(self.run, &self.user.user) {
            part.unfinished
                .push(format!("removing the sealed copy of access key `{}`: {error}", key.id));
        }
        part.for_person.extend(for_a_person);
    }

    /// Makes the old key inactive, and returns what is left to a person instead: a target that cannot prove anything
    /// never will, so the handover ends without it.
    ///
    /// INVARIANT: the old key goes only when every target is proven to hold the new one, and that is still active.
    async fn deactivate(&self, old: &AccessKeyId, new: &AccessKey, part: &mut UserOutcome) -> Option<String> {
        if let Some(unproven) = part.targets.iter().find(|target| !target.is_proven()) {
            return Some(format!(
                "{old} stays active: `{}` cannot prove the new key; once its jobs use that, `aws iam update-access-key \
                 --user-name {} --access-key-id {old} --status Inactive` ends the old one",
                unproven.target, self.user.user
            ));
        }
        let why_not = match status_of(self.world, self.user, &new.id).await {
            Ok(Some(AccessKeyStatus::Active)) => None,
            Ok(Some(AccessKeyStatus::Inactive)) => Some(inactive_in_words(self.user, &new.id)),
            Ok(None) => Some(format!("access key `{}` is gone", new.id)),
            Err(failure) => Some(failure.what),
        };
        if let Some(why_not) = why_not {
            part.unfinished.push(format!("{why_not}; {old} stays active"));
            return None;
        }
        let answer = self
            .world
            .iam
            .update_access_key(&self.user.user, old, AccessKeyStatus::Inactive)
            .await;
        match answer {
            Ok(()) => {
                self.note(&Entry::Deactivated {
                    user: self.user.user.clone(),
                    key: old.clone(),
                });
                self.world.report.event(Event::KeyDeactivated { key: old });
            }
            // Somebody deleted it meanwhile.
            Err(error) if error.is_no_such_entity() => {}
            Err(error) => part.unfinished.push(format!("making {old} inactive: {error}")),
        }
        None
    }

    /// A key that is neither ours nor was there before is somebody else's doing: a finding.
    async fn look_for_strangers(&self, key: &AccessKey, seen: &[AccessKeyId]) {
        let listed = match self.world.iam.list_access_keys(&self.user.user).await {
            Ok(listed) => listed.keys,
            Err(error) => {
                let text = format!(
                    "could not list the keys of user `{}` once more: {error}",
                    self.user.user
                );
                self.world.report.event(Event::Warning { text: &text });
                return;
            }
        };
        for stranger in listed.iter().filter(|one| one.id != key.id && !seen.contains(&one.id)) {
            let text = format!(
                "access key {} appeared on user `{}` meanwhile",
                stranger.id, self.user.user
            );
            self.world.report.event(Event::Warning { text: &text });
        }
    }
}
