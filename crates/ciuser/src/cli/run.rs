//! From a spec to its outcome: what `create`, `plan` and `apply` have in common.

use ciuser_core::apply::{Ask as _, Failure, Freshness, Outcome, apply};
use ciuser_core::handover::{Resumed, resume};
use ciuser_core::inventory::{Reader, gather};
use ciuser_core::plan::{Choices, Heading, KeyPlan, Plan, PlanError, plan};
use ciuser_core::port::{Clock as _, Journal as _, Known};
use ciuser_core::spec::{SealSpec, Spec};
use ciuser_core::target::{ProviderSpec, StoreSpec, Target};
use clap::Args;

use super::exit::{CliError, Exit};
use super::global::Setting;
use super::live::Live;
use super::spec_args::key_file_beside;
use crate::clock::SystemClock;
use crate::document::{AllUsers, Document, Kind, OneUser};

/// What a person chooses beside the spec.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Ownership")]
pub(super) struct ChoiceArgs {
    /// Take over a user that ciuser does not manage yet; makes no key
    #[arg(long)]
    adopt: bool,
    /// Target that may be overwritten although it holds something else; repeatable
    #[arg(long, value_name = "PLACE")]
    overwrite: Vec<String>,
}

impl ChoiceArgs {
    pub(super) fn choices(&self) -> Choices {
        Choices {
            adopt: self.adopt,
            overwrite: self.overwrite.clone(),
        }
    }
}

/// Fills in what flags and environment say for every user: account, region, CircleCI server, sandbox key file.
pub(super) fn complete(mut spec: Spec, setting: &Setting<'_>, live: &Live<'_>) -> Spec {
    spec.region = setting
        .global
        .region
        .clone()
        .or(spec.region)
        .or_else(|| live.region.clone());
    let server = setting
        .global
        .circleci_url
        .as_deref()
        .or_else(|| setting.environment.variable("CIRCLE_HOST"));
    for user in &mut spec.users {
        for store in &mut user.stores {
            if let StoreSpec::Kdbx {
                path,
                password_file: None,
                key_file: key_file @ None,
            } = store
                && setting.global.sandbox
            {
                *key_file = Some(key_file_beside(path));
            }
        }
        for place in &mut user.deliver {
            let (ProviderSpec::CircleciContext { url, .. } | ProviderSpec::CircleciProject { url, .. }) = place;
            if url.is_none() {
                *url = server.map(str::to_owned);
            }
        }
    }
    spec
}

/// Gathers and plans; unlocks stores only when the plan depends on what they hold.
pub(super) async fn make_plan(live: &Live<'_>, spec: &Spec, choices: &Choices) -> Result<Plan, CliError> {
    plan_with(live, spec, |inventory, heading| plan(spec, inventory, choices, heading)).await
}

/// Gathers, and makes whatever plan is asked for.
pub(super) async fn plan_with(
    live: &Live<'_>,
    spec: &Spec,
    make: impl Fn(&ciuser_core::inventory::Inventory, &Heading<'_>) -> Result<Plan, PlanError>,
) -> Result<Plan, CliError> {
    let mut unlock = false;
    loop {
        live.ui.spin("reading what exists");
        let reader = Reader {
            iam: &live.iam,
            targets: live.targets(),
            journal: &live.journal,
            scope: &live.scope,
            run: &live.run,
            unlock,
        };
        let inventory = gather(reader, &live.caller, spec).await.map_err(Failure::from)?;
        live.ui.still();
        let heading = Heading {
            run: &live.run,
            made: SystemClock.now(),
            scope: &live.scope,
            session: &live.source,
        };
        match make(&inventory, &heading) {
            Ok(plan) => return Ok(plan),
            Err(PlanError::Refused(refusals)) => return Err(refusals.into()),
            Err(PlanError::Locked(_)) if !unlock => unlock = true,
            Err(PlanError::Locked(stores)) => {
                let stores: Vec<_> = stores.iter().map(|store| format!("`{store}`")).collect();
                return Err(CliError::refused(format!(
                    "{} could not be unlocked",
                    stores.join(", ")
                )));
            }
        }
    }
}

/// Carries on what earlier runs left, before anything new is planned.
pub(super) async fn resume_first(live: &Live<'_>) -> Result<(), CliError> {
    for record in live.journal.unfinished(&live.scope).map_err(Failure::from)? {
        live.ui.talk(&format!(
            "  carrying on run {} of {}",
            record.run,
            record.begun.strftime("%Y-%m-%d %H:%M UTC")
        ));
    }
    for resumed in resume_all(live).await? {
        if let Resumed::Went(Outcome {
            failure: Some(failure), ..
        }) = resumed
        {
            return Err(failure.into());
        }
    }
    Ok(())
}

/// Carries on every unfinished run of the scope.
pub(super) async fn resume_all(live: &Live<'_>) -> Result<Vec<Resumed>, CliError> {
    // Each run may seal to its own recipient; those without one share where identities lie.
    let runs = live.journal.unfinished(&live.scope).map_err(Failure::from)?;
    let spec = runs
        .iter()
        .map(|record| record.plan.seal.clone())
        .find(|seal| *seal != SealSpec::default());
    let seal = live.seal(&spec.unwrap_or_default());
    live.finish_steps();
    let resumed = resume(&live.world(&seal), &live.scope).await?;
    live.ui.still();
    Ok(resumed)
}

/// Asks whether to go on, unless `--yes`.
pub(super) fn confirm(setting: &Setting<'_>, plan: &Plan) -> Result<Freshness, CliError> {
    if setting.global.yes {
        return Ok(Freshness::JustRead);
    }
    let changes = plan.lines().len();
    match setting.ui.confirm(&format!(
        "Carry out these {changes} changes in account {}?",
        plan.scope.account
    )) {
        Some(true) => Ok(Freshness::Reviewed),
        Some(false) => Err(CliError::refused("declined; nothing was changed")),
        None => Err(
            CliError::refused("the plan needs a person's consent, and there is nobody to ask")
                .with_hint("`--yes` carries it out without asking; `--dry-run` stops after the review"),
        ),
    }
}

/// Carries the plan out and shows what it came to.
pub(super) async fn carry_out(
    live: &Live<'_>,
    plan: &Plan,
    freshness: Freshness,
    kind: Kind,
) -> Result<Exit, CliError> {
    live.finish_steps();
    let seal = live.seal(&plan.seal);
    let outcome = apply(&live.world(&seal), &live.run, plan, freshness).await;
    finish(live, plan, &outcome, kind)
}

/// Shows an outcome, and returns how the program ends.
pub(super) fn finish(live: &Live<'_>, plan: &Plan, outcome: &Outcome, kind: Kind) -> Result<Exit, CliError> {
    let account = &live.scope.account;
    live.ui.still();
    if live.ui.is_json() {
        let mut known = Vec::new();
        for user in &plan.users {
            known.push(live.journal.known(&live.scope, &user.user).map_err(Failure::from)?);
        }
        show_document(live, kind, outcome, &known);
    } else if outcome.failure.is_none() || outcome.changed() {
        live.ui.outcome(outcome, account.as_str());
    }
    if let Some(failure) = &outcome.failure {
        live.ui.failure(failure);
        return Ok(failure.standing.into());
    }
    if !outcome.unfinished().is_empty() {
        let resumable = plan.users.iter().any(|user| matches!(user.key, KeyPlan::Issue(_)));
        if resumable {
            live.ui
                .next(&["`ciuser resume` carries on where this run stopped".to_owned()]);
        }
        return Ok(Exit::Partial);
    }
    Ok(Exit::Done)
}

/// Prints the document of a run: `apply` may be about many users, the others are about one.
fn show_document(live: &Live<'_>, kind: Kind, outcome: &Outcome, known: &[Vec<Known>]) {
    let account = &live.scope.account;
    if kind == Kind::Apply {
        let run = AllUsers::of(account, outcome, known);
        live.ui.json(&Document::new(kind, run));
    } else {
        let known = known.first().map(Vec::as_slice).unwrap_or_default();
        live.ui.json(&Document::new(kind, OneUser::of(account, outcome, known)));
    }
}

/// Returns an outcome for a plan without changes: every target holds the key already.
pub(super) fn nothing_to_do(live: &Live<'_>, plan: &Plan) -> Outcome {
    use ciuser_core::apply::UserOutcome;
    let users = plan.users.iter().map(|user| {
        let (key, unfinished) = match &user.key {
            KeyPlan::Keep { id } => (Some(id.clone()), Vec::new()),
            KeyPlan::Unavailable { missing, .. } => (None, missing.iter().map(lacking).collect()),
            KeyPlan::Issue(_) | KeyPlan::Deliver(_) => (None, Vec::new()),
        };
        UserOutcome {
            user: user.user.clone(),
            arn: user.arn.clone(),
            changed: false,
            key,
            issued: false,
            targets: Vec::new(),
            unfinished,
        }
    });
    Outcome {
        run: live.run.clone(),
        users: users.collect(),
        failure: None,
    }
}

fn lacking(target: &Target) -> String {
    format!("`{target}` does not hold a live key")
}
