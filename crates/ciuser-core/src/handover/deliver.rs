//! Brings a key to its targets: stores first and read back, then STS, then the CI systems.

use super::issue::{Issued, issue};
use super::prove::{Standing, prove};
use crate::apply::{Event, Failure, TargetOutcome, UserOutcome, World};
use crate::name::{AccessKeyId, RunId};
use crate::plan::{DeliverKey, Delivery, IssueKey, KeyPlan, Plan, Replaces, UserPlan};
use crate::port::{AccessKeyStatus, Entry, KeyOwner, Mark, Proof, TargetError};
use crate::secret::AccessKey;
use crate::target::{ProviderSpec, StoreSpec, Target};

/// One user's handover, with everything that its parts need.
pub(super) struct Handover<'a> {
    pub(super) world: &'a World<'a>,
    pub(super) run: &'a RunId,
    pub(super) plan: &'a Plan,
    pub(super) user: &'a UserPlan,
    pub(super) owner: KeyOwner,
}

impl<'a> Handover<'a> {
    pub(super) fn new(world: &'a World<'a>, run: &'a RunId, plan: &'a Plan, user: &'a UserPlan) -> Handover<'a> {
        Handover {
            world,
            run,
            plan,
            user,
            owner: plan.owner(user, run),
        }
    }
}

/// Issues a key, seals it and delivers it.
///
/// # Errors
/// When no key was issued, or one is left whose secret nobody has. What could not be delivered is no error: the
/// outcome lists it.
pub(crate) async fn issue_and_deliver(
    world: &World<'_>,
    run: &RunId,
    plan: &Plan,
    user: &UserPlan,
    issued: &IssueKey,
    part: &mut UserOutcome,
) -> Result<(), Failure> {
    let planned = crate::port::HandoverPlanned {
        user: user.user.clone(),
    };
    world.journal.record(run, &Entry::Planned(planned))?;
    let Issued { key, seen } = issue(world, run, plan, user, issued).await?;
    let handover = Handover::new(world, run, plan, user);
    handover.deliver_sealed(&key, &seen, issued, part).await;
    Ok(())
}

/// Reads a live key from a store and delivers it to the targets that lack it.
///
/// # Errors
/// When the store does not give the secret back.
pub(crate) async fn deliver_from_store(
    world: &World<'_>,
    run: &RunId,
    plan: &Plan,
    user: &UserPlan,
    deliver: &DeliverKey,
    part: &mut UserOutcome,
) -> Result<(), Failure> {
    let handover = Handover::new(world, run, plan, user);
    let source = Target::Store(deliver.source.clone());
    let doing = format!("reading access key `{}` from `{source}`", deliver.id);
    let read = handover.read_back(&deliver.source, &deliver.id).await;
    let secret = read
        .map_err(|error| Failure::of_target(&doing, error))?
        .ok_or_else(|| {
            Failure::untouched(format!("{doing}: it is not there any more"))
                .with_hint(format!("`ciuser key rotate {}` issues a new key", user.user))
        })?;
    let key = AccessKey {
        id: deliver.id.clone(),
        secret,
    };
    part.key = Some(key.id.clone());
    match prove(world, plan, user, &key).await {
        Standing::Confirmed => {
            handover.deliver_all(&key, &deliver.deliveries, part).await;
            Ok(())
        }
        Standing::NotYet(why) => Err(Failure::untouched(format!("{doing}: STS does not take it: {why}"))),
        Standing::OtherUser(arn) => Err(Failure::untouched(format!("{doing}: it is a key of `{arn}`"))),
    }
}

impl Handover<'_> {
    /// Goes on from a sealed key to the end of the handover. Repeating it changes nothing that is right.
    pub(super) async fn deliver_sealed(
        &self,
        key: &AccessKey,
        seen: &[AccessKeyId],
        issued: &IssueKey,
        part: &mut UserOutcome,
    ) {
        part.key = Some(key.id.clone());
        (part.issued, part.changed) = (true, true);
        let (stores, providers): (Vec<_>, Vec<_>) = issued
            .deliveries
            .iter()
            .cloned()
            .partition(|one| matches!(one.target, Target::Store(_)));
        if issued.replaces.is_none() {
            self.deliver_all(key, &stores, part).await;
        }
        if !self.confirm(key, issued, part).await {
            part.unfinished
                .push("`ciuser resume` asks STS again and carries on".to_owned());
            return;
        }
        if issued.replaces.is_some() {
            self.deliver_all(key, &stores, part).await;
        }
        if part.targets.iter().any(TargetOutcome::is_proven) {
            self.deliver_all(key, &providers, part).await;
        } else {
            let waiting = providers
                .iter()
                .map(|one| format!("`{}` waits until a store has the key", one.target));
            part.unfinished.extend(waiting);
        }
        if part.unfinished.is_empty() {
            self.close(key, seen, issued.replaces.as_ref(), part).await;
        }
    }

    /// Asks STS; false when nothing may be delivered further. A first key is delivered even unconfirmed: it
    /// takes nothing away. In a rotation the old key stays where it is.
    async fn confirm(&self, key: &AccessKey, issued: &IssueKey, part: &mut UserOutcome) -> bool {
        match prove(self.world, self.plan, self.user, key).await {
            Standing::Confirmed => {
                self.note(&Entry::Confirmed {
                    user: self.user.user.clone(),
                    key: key.id.clone(),
                });
                true
            }
            Standing::NotYet(why) => {
                part.unfinished
                    .push(format!("access key `{}` is not yet confirmed by STS: {why}", key.id));
                issued.replaces.is_none()
            }
            Standing::OtherUser(arn) => {
                part.unfinished
                    .push(format!("STS says that access key `{}` belongs to `{arn}`", key.id));
                false
            }
        }
    }

    async fn deliver_all(&self, key: &AccessKey, deliveries: &[Delivery], part: &mut UserOutcome) {
        for delivery in deliveries {
            let target = &delivery.target;
            self.world.report.event(Event::DeliveryBegins { target });
            let (answer, describe) = self.deliver_one(key, delivery).await;
            let (proof, error) = match answer {
                Ok((proof, mark)) => {
                    part.changed = true;
                    self.note(&self.delivered(key, target, proof, mark));
                    self.world.report.event(Event::Delivered { target, proof });
                    if !proof.is_proven() {
                        let text = format!("`{target}` took the key, but has no way to prove that it holds it");
                        self.world.report.event(Event::Warning { text: &text });
                    }
                    (Some(proof), None)
                }
                Err(error) => {
                    self.world.report.event(Event::DeliveryFailed {
                        target,
                        why: &error.message,
                    });
                    let hint = error.hint.map(|hint| format!("; {hint}")).unwrap_or_default();
                    part.unfinished.push(format!("`{target}`: {}{hint}", error.message));
                    (None, Some(error.message))
                }
            };
            part.targets.push(TargetOutcome {
                target: target.clone(),
                proof,
                describe,
                error,
            });
        }
    }

    fn delivered(&self, key: &AccessKey, target: &Target, proof: Proof, mark: Option<Mark>) -> Entry {
        Entry::Delivered {
            user: self.user.user.clone(),
            key: key.id.clone(),
            target: target.clone(),
            proof,
            mark,
            at: self.world.clock.now(),
        }
    }

    async fn deliver_one(
        &self,
        key: &AccessKey,
        delivery: &Delivery,
    ) -> (Result<(Proof, Option<Mark>), TargetError>, String) {
        match &delivery.target {
            Target::Store(spec) => match self.world.targets.store(spec) {
                Ok(store) => (self.put(&*store, key).await, store.describe()),
                Err(error) => (Err(error), String::new()),
            },
            Target::Provider(spec) => self.write(spec, key, delivery.create.is_some()).await,
        }
    }

    async fn put(&self, store: &dyn crate::port::Store, key: &AccessKey) -> Result<(Proof, Option<Mark>), TargetError> {
        store.put(&self.owner, key).await?;
        match store.get_back(&self.owner, &key.id).await? {
            Some(secret) if secret.same_as(&key.secret) => Ok((Proof::Value, None)),
            Some(_) => Err(TargetError::new("what was read back is not what was stored")),
            None => Err(TargetError::new("the key could not be read back")),
        }
    }

    async fn write(
        &self,
        spec: &ProviderSpec,
        key: &AccessKey,
        create: bool,
    ) -> (Result<(Proof, Option<Mark>), TargetError>, String) {
        let provider = match self.world.targets.provider(spec) {
            Ok(provider) => provider,
            Err(error) => return (Err(error), String::new()),
        };
        let written = async {
            if create {
                provider.create_place().await?;
            }
            provider.write(&self.owner, key).await?;
            provider.proof(&self.owner, key).await
        };
        (written.await, provider.describe())
    }

    /// Puts a first key that could be neither sealed nor deleted into the first store that takes it. In a rotation
    /// the stores keep the old key, which still works.
    pub(super) async fn rescue(&self, key: &AccessKey) -> Option<&Target> {
        let KeyPlan::Issue(IssueKey {
            deliveries,
            replaces: None,
            ..
        }) = &self.user.key
        else {
            return None;
        };
        for Delivery { target, .. } in deliveries {
            if let Target::Store(spec) = target
                && let Ok(store) = self.world.targets.store(spec)
                && self.put(&*store, key).await.is_ok()
            {
                return Some(target);
            }
        }
        None
    }

    /// Returns the key as the first store that has it gives it back.
    pub(super) async fn read_from_stores(&self, id: &AccessKeyId, issued: &IssueKey) -> Option<AccessKey> {
        for delivery in &issued.deliveries {
            if let Target::Store(spec) = &delivery.target
                && let Ok(Some(secret)) = self.read_back(spec, id).await
            {
                return Some(AccessKey { id: id.clone(), secret });
            }
        }
        None
    }

    async fn read_back(
        &self,
        spec: &StoreSpec,
        id: &AccessKeyId,
    ) -> Result<Option<crate::secret::SecretAccessKey>, TargetError> {
        self.world.targets.store(spec)?.get_back(&self.owner, id).await
    }

    /// Ends a handover in which every target holds the key.
    async fn close(&self, key: &AccessKey, seen: &[AccessKeyId], replaces: Option<&Replaces>, part: &mut UserOutcome) {
        if let Some(Replaces { id, deactivate: true }) = replaces {
            self.deactivate(id, part).await;
        }
        self.look_for_strangers(key, seen).await;
        if !part.unfinished.is_empty() {
            return;
        }
        let done = Entry::Done {
            user: self.user.user.clone(),
        };
        // INVARIANT: the spool goes only once the journal says that nobody needs it; `resume` does what fails here.
        if let Err(error) = self.world.journal.record(self.run, &done) {
            part.unfinished.push(format!("noting the end of the run: {error}"));
        } else if let Err(error) = self.world.seal.discard(self.run, &self.user.user) {
            part.unfinished
                .push(format!("removing the sealed copy of access key `{}`: {error}", key.id));
        }
    }

    /// INVARIANT: the old key goes only when every target is proven to hold the new one.
    async fn deactivate(&self, old: &AccessKeyId, part: &mut UserOutcome) {
        if let Some(unproven) = part.targets.iter().find(|target| !target.is_proven()) {
            part.unfinished.push(format!(
                "{old} stays active: `{}` cannot prove the new key",
                unproven.target
            ));
            return;
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

    /// Notes what happened. The secret is safe in the spool or in a store by now, so a journal that cannot be
    /// written costs history, not the key.
    pub(super) fn note(&self, entry: &Entry) {
        if let Err(error) = self.world.journal.record(self.run, entry) {
            self.world.report.event(Event::Warning { text: &error.message });
        }
    }
}
