//! What the wizard wants of the world, carried out: reading, looking, planning, saving. Changes nothing in the account.

use std::future::Future;
use std::path::Path as FilePath;
use std::pin::Pin;
use std::task::Poll;

use ciuser_core::apply::Failure;
use ciuser_core::inventory::Quotas;
use ciuser_core::name::{Partition, PolicyArn, TagKey, UserArn, UserName};
use ciuser_core::plan::Plan;
use ciuser_core::port::{Iam as _, IamError, Journal as _, KeyOwner, Targets as _};

use crate::cli::complete::{complete, complete_targets};
use crate::cli::create::CreateArgs;
use crate::cli::exit::CliError;
use crate::cli::global::Setting;
use crate::cli::live::Live;
use crate::cli::places::Typed;
use crate::cli::run::make_plan;
use crate::cli::saved::{Saved, Wanted};
use crate::wizard::{Account, Answer, Asked, Effect, Form, OwnPolicy, Verdict};

/// What the errands are run with.
pub(super) struct Desk<'a> {
    pub(super) live: &'a Live<'a>,
    pub(super) setting: &'a Setting<'a>,
    pub(super) args: &'a CreateArgs,
    pub(super) saved: &'a Saved,
}

/// The errands that are under way, all at once.
#[derive(Default)]
pub(super) struct Errands<'a>(Vec<Pin<Box<dyn Future<Output = Answer> + 'a>>>);

impl<'a> Errands<'a> {
    /// Sends for what is wanted.
    pub(super) fn begin(&mut self, desk: &'a Desk<'a>, wanted: Vec<Effect>) {
        for effect in wanted {
            self.0.push(Box::pin(desk.carry_out(effect)));
        }
    }

    /// Tells whether nothing is under way: there is no next answer then.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Waits for the next answer. An answer is never lost when the waiting is given up.
    pub(super) async fn next(&mut self) -> Answer {
        std::future::poll_fn(|context| {
            for place in 0..self.0.len() {
                let Some(errand) = self.0.get_mut(place) else { continue };
                if let Poll::Ready(answer) = errand.as_mut().poll(context) {
                    drop(self.0.swap_remove(place));
                    return Poll::Ready(answer);
                }
            }
            Poll::Pending
        })
        .await
    }
}

impl<'a> Desk<'a> {
    pub(super) fn new(
        live: &'a Live<'a>,
        setting: &'a Setting<'a>,
        args: &'a CreateArgs,
        saved: &'a Saved,
    ) -> Desk<'a> {
        Desk {
            live,
            setting,
            args,
            saved,
        }
    }

    /// Tells whether the wizard asks in plain lines: it was told to, or the terminal can do no more.
    pub(super) fn in_lines(&self) -> bool {
        self.args.plain || self.setting.environment.variable("TERM") == Some("dumb")
    }

    async fn carry_out(&self, effect: Effect) -> Answer {
        match effect {
            Effect::ReadAccount => Answer::Account(self.account().await),
            Effect::ReadUser(name) => {
                let owner = self.owner(&name).await;
                Answer::User(name, owner)
            }
            Effect::ReadDocument(arn) => {
                let document = self.document(&arn).await;
                let document = document.map_err(|error| format!("reading policy `{arn}`: {error}"));
                Answer::Document(arn, document)
            }
            Effect::Check(asked) => {
                let verdict = self.check(&asked).await.unwrap_or_else(verdict_of);
                Answer::Checked(asked, verdict)
            }
            Effect::MakePlan(form) => {
                let plan = self.plan(&form).await;
                Answer::Planned(form, plan.map(Box::new).map_err(CliError::into_failures))
            }
            Effect::Save(form, file) => {
                Answer::Saved(self.save(&form, FilePath::new(&file)).unwrap_or_else(verdict_of))
            }
        }
    }

    async fn account(&self) -> Result<Account, String> {
        let iam = &self.live.iam;
        let failed = |error: IamError| format!("reading the account: {error}");
        let users = iam.list_users().await.map_err(failed)?;
        let groups = iam.list_groups().await.map_err(failed)?;
        let policies = iam.list_policies(false).await.map_err(failed)?;
        let quotas = Quotas::from_summary(&iam.get_account_summary().await.map_err(failed)?);
        let unfinished = self.live.journal.unfinished(&self.live.scope);
        let unfinished = unfinished.map_err(|error| error.to_string())?;
        let runs = unfinished.into_iter().flat_map(|record| {
            let run = record.run;
            record.plan.users.into_iter().map(move |user| (user.user, run.clone()))
        });
        Ok(Account {
            users: users.into_iter().map(|user| user.name).collect(),
            groups: groups.into_iter().map(|(name, _)| name).collect(),
            policies: policies
                .into_iter()
                .filter(|policy| policy.attachable)
                .map(|policy| OwnPolicy {
                    arn: policy.arn,
                    path: policy.path,
                })
                .collect(),
            policies_per_user: quotas.attached_policies_per_user,
            policies_per_group: quotas.attached_policies_per_group,
            unfinished: runs.collect(),
        })
    }

    async fn owner(&self, name: &UserName) -> Result<Option<String>, String> {
        let user = self.live.iam.get_user(name).await;
        let user = user.map_err(|error| format!("reading user `{name}`: {error}"))?;
        let project = user.tags.into_iter().find(|tag| tag.key.same_as(&TagKey::project()));
        Ok(project.map(|tag| tag.value.to_string()))
    }

    async fn document(&self, arn: &PolicyArn) -> Result<String, IamError> {
        let policy = self.live.iam.get_policy(arn).await?;
        self.live.iam.get_policy_version(arn, &policy.default_version).await
    }

    /// Looks at one target as the plan will, but asks for no passphrase.
    async fn check(&self, asked: &Asked) -> Result<Verdict, CliError> {
        let owner = self.key_owner(asked)?;
        let args = self.args.spec.only(asked);
        let typed = Typed::on_command_line(*self.setting);
        let (mut stores, mut places) = match asked.row.kind {
            kind if kind.is_store() => (args.named_stores(&owner.user, &typed)?, Vec::new()),
            _ => (Vec::new(), args.deliver()?),
        };
        complete_targets(&mut stores, &mut places, self.setting, owner.region.as_ref());
        let targets = self.live.targets();
        if let Some(store) = stores.first() {
            let found = match targets.store(store) {
                Ok(store) => store.check(&owner, false).await,
                Err(error) => Err(error),
            };
            return Ok(Verdict::of_check(found));
        }
        let found = match places.first().map(|place| targets.provider(place)) {
            Some(Ok(provider)) => provider.check(&owner).await,
            Some(Err(error)) => Err(error),
            None => return Err(CliError::usage("this is not a place")),
        };
        Ok(Verdict::of_check(found))
    }

    fn key_owner(&self, asked: &Asked) -> Result<KeyOwner, CliError> {
        let usage = |error: ciuser_core::name::NameError| CliError::usage(error.to_string());
        let caller = &self.live.caller;
        let partition = Partition::of_arn(&caller.arn).map_err(usage)?;
        let (path, name) = (&asked.path, &asked.user);
        let arn = UserArn::new(format!("arn:{partition}:iam::{}:user{path}{name}", caller.account));
        Ok(KeyOwner {
            account: caller.account.clone(),
            user: UserName::new(name).map_err(usage)?,
            arn: arn.map_err(usage)?,
            region: self.live.region.clone(),
            run: self.live.run.clone(),
        })
    }

    /// Makes the spec that the form says, in the way of the flags.
    pub(super) fn wanted(&self, form: &Form) -> Result<Wanted, CliError> {
        let name = UserName::new(&form.name).map_err(|error| CliError::usage(error.to_string()))?;
        let args = self.args.spec.filled(form)?;
        let spec = args.spec(&name, *self.setting)?;
        Ok(Wanted::of(spec, &args, self.setting))
    }

    /// A run that did not end comes first: what it left is part of what the plan is about.
    async fn plan(&self, form: &Form) -> Result<Plan, CliError> {
        let spec = complete(self.wanted(form)?.spec, self.setting, self.live)?;
        let unfinished = self.live.journal.unfinished(&self.live.scope).map_err(Failure::from)?;
        let named = |user: &UserName| spec.users.iter().any(|ours| ours.name.same_as(user));
        let waits = unfinished
            .iter()
            .find(|record| record.plan.users.iter().any(|user| named(&user.user)));
        if let Some(record) = waits {
            let what = format!("run {} of this user is unfinished", record.run);
            return Err(CliError::refused(what).with_hint("`ciuser resume` carries it on; then come back"));
        }
        make_plan(self.live, &spec, &self.args.choices.choices()).await
    }

    fn save(&self, form: &Form, file: &FilePath) -> Result<Verdict, CliError> {
        self.saved.write(&self.wanted(form)?, file, self.setting)?;
        Ok(Verdict::good(format!("written to `{}`", file.display())))
    }
}

/// What could not be asked is bad news about what was typed.
fn verdict_of(error: CliError) -> Verdict {
    match error.into_failures().into_iter().next() {
        Some(failure) => Verdict::bad(failure.what).with_hint(failure.hint),
        None => Verdict::bad("it could not be looked at"),
    }
}
