//! Brings a key to its targets, and reads it back there.

use super::finish::Sealed;
use super::issue::Issued;
use super::prove::{Proven, prove};
use crate::apply::{Event, Failure, TargetOutcome, UserOutcome, World};
use crate::name::{AccessKeyId, RunId};
use crate::plan::{DeliverKey, Delivery, IssueKey, KeyPlan, Plan, UserPlan};
use crate::port::{Entry, KeyOwner, KeyReferences, Mark, Proof, TargetError};
use crate::secret::AccessKey;
use crate::target::{ProviderSpec, StoreSpec, Target};

/// One user's handover, with everything that its parts need.
pub(super) struct Handover<'a> {
    pub(super) world: &'a World<'a>,
    pub(super) run: &'a RunId,
    pub(super) user: &'a UserPlan,
    pub(super) owner: KeyOwner,
}

impl<'a> Handover<'a> {
    pub(super) fn new(world: &'a World<'a>, run: &'a RunId, plan: &'a Plan, user: &'a UserPlan) -> Handover<'a> {
        Handover {
            world,
            run,
            user,
            owner: plan.owner(user, run),
        }
    }
}

/// Issues a key, seals it, and brings it to the stores; [`finish`] does the rest.
///
/// # Errors
/// When no key was issued, or one is left whose secret nobody has. What could not be stored is no error: the outcome
/// lists it.
pub(crate) async fn issue_and_store<'a>(
    world: &'a World<'a>,
    run: &'a RunId,
    plan: &'a Plan,
    user: &'a UserPlan,
    issue: &'a IssueKey,
    part: &mut UserOutcome,
) -> Result<Sealed<'a>, Failure> {
    let planned = crate::port::HandoverPlanned {
        user: user.user.clone(),
    };
    world.journal.record(run, &Entry::Planned(planned))?;
    let issued = super::issue::issue(world, run, plan, user, issue).await?;
    let handover = Handover::new(world, run, plan, user);
    Ok(handover.store(issued, issue, part).await)
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
        Proven::Confirmed => {
            handover.deliver_all(&key, deliver.deliveries.iter(), part).await;
            Ok(())
        }
        Proven::NotYet(why) => Err(Failure::untouched(format!("{doing}: STS does not take it: {why}"))),
        Proven::Stopped => Err(Failure::untouched(format!("{doing}: stopped, as asked"))),
        Proven::OtherUser(arn) => Err(Failure::untouched(format!("{doing}: it is a key of `{arn}`"))),
    }
}

/// What became of one delivery, and where it went.
struct Delivered {
    answer: Result<(Proof, Option<Mark>), TargetError>,
    describe: String,
    references: Option<KeyReferences>,
}

impl Delivered {
    fn unopened(error: TargetError) -> Delivered {
        Delivered {
            answer: Err(error),
            describe: String::new(),
            references: None,
        }
    }
}

impl<'a> Handover<'a> {
    /// Brings a sealed key to the stores. In a rotation they keep the old one until STS knows the new one.
    pub(super) async fn store(self, issued: Issued, issue: &'a IssueKey, part: &mut UserOutcome) -> Sealed<'a> {
        part.key = Some(issued.key.id.clone());
        (part.issued, part.changed) = (true, true);
        if issue.replaces.is_none() {
            self.deliver_all(&issued.key, issue.stores(), part).await;
        }
        Sealed {
            handover: self,
            issued,
            issue,
        }
    }

    pub(super) async fn deliver_all<'d>(
        &self,
        key: &AccessKey,
        deliveries: impl Iterator<Item = &'d Delivery>,
        part: &mut UserOutcome,
    ) {
        for delivery in deliveries {
            let target = &delivery.target;
            if self.world.hold.interrupted() {
                part.unfinished
                    .push(format!("`{target}` was not written: stopped, as asked"));
                continue;
            }
            self.world.report.event(Event::DeliveryBegins { target });
            let Delivered {
                answer,
                describe,
                references,
            } = self.deliver_one(key, delivery).await;
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
                references,
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

    async fn deliver_one(&self, key: &AccessKey, delivery: &Delivery) -> Delivered {
        match &delivery.target {
            Target::Store(spec) => match self.world.targets.store(spec) {
                Ok(store) => Delivered {
                    answer: self.put(&*store, key).await,
                    describe: store.describe(),
                    references: store.references(),
                },
                Err(error) => Delivered::unopened(error),
            },
            Target::Provider(spec) => self.write(spec, key, delivery.create.is_some()).await,
        }
    }

    async fn put(&self, store: &dyn crate::port::Store, key: &AccessKey) -> Result<(Proof, Option<Mark>), TargetError> {
        store.put(&self.owner, key).await?;
        store.proof(&self.owner, key).await
    }

    async fn write(&self, spec: &ProviderSpec, key: &AccessKey, create: bool) -> Delivered {
        let provider = match self.world.targets.provider(spec) {
            Ok(provider) => provider,
            Err(error) => return Delivered::unopened(error),
        };
        let written = async {
            if create {
                provider.create_place().await?;
            }
            self.begin(key, spec)?;
            provider.write(&self.owner, key).await?;
            provider.proof(&self.owner, key).await
        };
        Delivered {
            answer: written.await,
            describe: provider.describe(),
            references: None,
        }
    }

    /// Notes that a place is about to be written. A sealed key leaves a run open that tells of what was cut off; for one that
    /// a store gave back only this entry does, so without it nothing is written.
    fn begin(&self, key: &AccessKey, spec: &ProviderSpec) -> Result<(), TargetError> {
        let entry = Entry::Delivering {
            user: self.user.user.clone(),
            key: key.id.clone(),
            target: Target::Provider(spec.clone()),
            at: self.world.clock.now(),
        };
        if !matches!(self.user.key, KeyPlan::Deliver(_)) {
            self.note(&entry);
            return Ok(());
        }
        let noted = self.world.journal.record(self.run, &entry);
        noted.map_err(|error| TargetError {
            hint: error.hint.clone(),
            ..TargetError::new(format!("nothing was written there: {error}"))
        })
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
                && spec.gives_back()
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

    /// Notes what happened. The secret is safe in the spool or in a store by now, so a journal that cannot be
    /// written costs history, not the key.
    pub(super) fn note(&self, entry: &Entry) {
        if let Err(error) = self.world.journal.record(self.run, entry) {
            self.world.report.event(Event::Warning {
                text: &error.with_hint(),
            });
        }
    }
}
