//! From a spec to its outcome: what `create`, `plan` and `apply` have in common.

use ciuser_core::apply::{Ask as _, Failure, Freshness, Outcome, Standing, TargetOutcome, apply};
use ciuser_core::handover::{Resumed, resume};
use ciuser_core::inventory::{GatherError, Inventory, Reader, gather};
use ciuser_core::name::{RunId, UserName};
use ciuser_core::plan::{Choices, Heading, KeyPlan, Plan, PlanError, plan};
use ciuser_core::port::{Clock as _, Journal as _, Known, RunRecord};
use ciuser_core::spec::Spec;
use ciuser_core::target::{ProviderSpec, StoreSpec, Target};
use clap::Args;

use super::exit::{CliError, Exit};
use super::global::Setting;
use super::live::Live;
use super::spec_args::key_file_beside;
use crate::clock::SystemClock;
use crate::document::{AllUsers, Deleted, Document, Kind, OneUser, PlanAndLines};
use crate::written::quoted;

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

    /// Returns the same as it follows a command that is shown for typing.
    pub(super) fn flags(&self) -> String {
        let mut flags = if self.adopt {
            " --adopt".to_owned()
        } else {
            String::new()
        };
        for place in &self.overwrite {
            flags.push_str(" --overwrite ");
            flags.push_str(&quoted(place));
        }
        flags
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
    for user in &mut spec.users {
        complete_targets(&mut user.stores, &mut user.deliver, setting);
    }
    spec
}

/// Fills in what flags and environment say for every target: CircleCI server, sandbox key file.
pub(super) fn complete_targets(stores: &mut [StoreSpec], deliver: &mut [ProviderSpec], setting: &Setting<'_>) {
    for store in stores {
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
    for place in deliver {
        if let Some((url @ None, server)) = server_of(place, setting) {
            // Every host leads into the sandbox; this one says so where a place is described.
            let server = if setting.global.sandbox {
                Some("https://sandbox.localhost")
            } else {
                server
            };
            *url = server.map(str::to_owned);
        }
    }
}

/// Returns where CircleCI answers, if that is not where it answers for everybody.
pub(super) fn circleci_server<'s>(setting: &Setting<'s>) -> Option<&'s str> {
    // Every host leads into the sandbox; this one says so where a place is described.
    if setting.global.sandbox {
        return Some("https://sandbox.localhost");
    }
    let named = setting.global.circleci_url.as_deref();
    named.or_else(|| setting.environment.variable("CIRCLE_HOST"))
}

/// Returns the address that a place names, and the one that flags and environment name for its CI system.
fn server_of<'p, 's>(
    place: &'p mut ProviderSpec,
    setting: &Setting<'s>,
) -> Option<(&'p mut Option<String>, Option<&'s str>)> {
    let variable = |names: &[&str]| names.iter().find_map(|name| setting.environment.variable(name));
    match place {
        ProviderSpec::CircleciContext { url, .. } | ProviderSpec::CircleciProject { url, .. } => {
            Some((url, circleci_server(setting)))
        }
        ProviderSpec::Github { url, .. } | ProviderSpec::GithubOrganization { url, .. } => {
            Some((url, variable(&["GH_HOST"])))
        }
        ProviderSpec::Gitlab { url, .. } | ProviderSpec::GitlabGroup { url, .. } => {
            Some((url, variable(&["GITLAB_HOST", "GL_HOST"])))
        }
        _ => None,
    }
}

/// Gathers and plans; unlocks stores only when the plan depends on what they hold.
pub(super) async fn make_plan(live: &Live<'_>, spec: &Spec, choices: &Choices) -> Result<Plan, CliError> {
    plan_with(live, spec, |inventory, heading| plan(spec, inventory, choices, heading)).await
}

/// Gathers, and makes whatever plan is asked for.
pub(super) async fn plan_with(
    live: &Live<'_>,
    spec: &Spec,
    make: impl Fn(&Inventory, &Heading<'_>) -> Result<Plan, PlanError>,
) -> Result<Plan, CliError> {
    make_unlocking(
        live,
        async |reader: Reader<'_>| gather(reader, &live.caller, spec).await,
        make,
    )
    .await
}

/// Reads and makes a plan, and does both again with the stores unlocked when the plan depends on what they hold.
pub(super) async fn make_unlocking<I>(
    live: &Live<'_>,
    read: impl AsyncFn(Reader<'_>) -> Result<I, GatherError>,
    make: impl Fn(&I, &Heading<'_>) -> Result<Plan, PlanError>,
) -> Result<Plan, CliError> {
    let mut unlock = false;
    loop {
        live.ui.spin("reading what exists");
        let inventory = read(live.reader(unlock))
            .await
            .map_err(|error| with_state_of_things(&error.into()))?;
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

/// Carries on what earlier runs left for these users, before anything new is planned. With `--dry-run` nothing is
/// carried on; the runs of other users are only named.
pub(super) async fn resume_first(live: &Live<'_>, setting: &Setting<'_>, users: &[&UserName]) -> Result<(), CliError> {
    for record in live.journal.unfinished(&live.scope).map_err(Failure::from)? {
        let begun = record.begun.strftime("%Y-%m-%d %H:%M UTC");
        let ours = record
            .plan
            .users
            .iter()
            .any(|user| users.iter().any(|name| name.same_as(&user.user)));
        if !ours || setting.global.dry_run {
            live.ui.warn(&format!(
                "run {} of {begun} is unfinished: `ciuser resume` carries it on",
                record.run
            ));
            continue;
        }
        live.ui.talk(&format!("  carrying on run {} of {begun}", record.run));
        let run = record.run.clone();
        match resume_one(live, record).await? {
            Resumed::Went(outcome) => report_resumed(live, &run, &outcome)?,
            Resumed::Busy(run) => return Err(busy(&run)),
        }
    }
    Ok(())
}

/// What a run that is under way has done so far would look like a mess to be cleared up.
fn busy(run: &RunId) -> CliError {
    CliError::refused(format!(
        "run {run}, which another process carries out, works on the same user"
    ))
    .with_hint("wait until it is done, then repeat the command")
}

/// A run that still waits stops the new command; one that was given up does not: the new plan has its work.
fn report_resumed(live: &Live<'_>, run: &RunId, outcome: &Outcome) -> Result<(), CliError> {
    let open = live.journal.unfinished(&live.scope).map_err(Failure::from)?;
    let waits = open.iter().any(|record| record.run == *run);
    for left in outcome.unfinished().iter().filter(|_| waits) {
        live.ui.warn(left);
    }
    match &outcome.failure {
        Some(failure) if waits => Err(failure.clone().into()),
        Some(failure) => {
            live.ui.warn(&failure.what);
            Ok(())
        }
        None => Ok(()),
    }
}

/// Carries on one run, its secrets sealed as its plan says.
pub(super) async fn resume_one(live: &Live<'_>, record: RunRecord) -> Result<Resumed, CliError> {
    let seal = live.seal(&record.plan.seal);
    live.finish_steps();
    let resumed = resume(&live.world(&seal), record).await?;
    live.ui.still();
    Ok(resumed)
}

/// Reviews a plan and carries it out, unless there is nothing to do, nobody agrees, or `--dry-run` stops here.
/// `consent` is for a plan file: whoever hands it over has reviewed it.
pub(super) async fn act_on(
    live: &Live<'_>,
    plan: &Plan,
    setting: &Setting<'_>,
    consent: Option<Freshness>,
    kind: Kind,
) -> Result<Exit, CliError> {
    let asks = plan.has_changes() && consent.is_none() && !setting.global.yes && !setting.global.dry_run;
    live.ui.review(plan, asks);
    if !plan.has_changes() {
        let outcome = nothing_to_do(live, plan);
        if outcome.unfinished().is_empty() {
            live.ui.talk("");
            live.ui
                .talk("  Nothing to do: the account and every target are as asked.");
        }
        return finish(live, plan, &outcome, kind);
    }
    if setting.global.dry_run {
        if live.ui.is_json() {
            live.ui.json(&Document::new(Kind::Plan, PlanAndLines::of(plan)));
        }
        return Ok(Exit::Done);
    }
    let freshness = match consent {
        Some(freshness) => freshness,
        None => confirm(setting, plan)?,
    };
    // While somebody typed a passphrase, others went on.
    let freshness = if live.prompt.has_asked() {
        Freshness::Reviewed
    } else {
        freshness
    };
    carry_out(live, plan, freshness, kind).await
}

/// Asks whether to go on, unless `--yes`.
fn confirm(setting: &Setting<'_>, plan: &Plan) -> Result<Freshness, CliError> {
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
            let mut places = live.journal.known(&live.scope, &user.user).map_err(Failure::from)?;
            places.retain(|known| user.targets.iter().any(|target| target.same_place(&known.target)));
            known.push(places);
        }
        let outcome = with_unproven(outcome, plan, &known);
        show_document(live, kind, &outcome, &known);
    } else if outcome.failure.is_none() || outcome.changed() {
        live.ui.outcome(outcome, account.as_str());
    }
    if let Some(failure) = &outcome.failure {
        live.ui.failure(&with_state_of_things(failure));
        let says_so = |hint: &String| hint.contains("ciuser resume");
        if failure.standing == Standing::Partial && !failure.hint.as_ref().is_some_and(says_so) {
            live.ui.next(&[RESUME.to_owned()]);
        }
        return Ok(failure.standing.into());
    }
    if !outcome.unfinished().is_empty() {
        if plan.users.iter().any(|user| matches!(user.key, KeyPlan::Issue(_))) {
            live.ui.next(&[RESUME.to_owned()]);
        }
        for user in plan.users.iter().filter(|user| user.retirement().is_some()) {
            live.ui.next(&[format!(
                "`ciuser delete {} --clear` tries what is left again",
                user.user
            )]);
        }
        return Ok(Exit::Partial);
    }
    Ok(Exit::Done)
}

const RESUME: &str = "`ciuser resume` carries on where this run stopped";

/// Says so when what failed changed nothing, unless a note says how things are.
fn with_state_of_things(failure: &Failure) -> Failure {
    let failure = failure.clone();
    if failure.standing == Standing::Partial || !failure.notes.is_empty() {
        return failure;
    }
    failure.with_note("nothing was changed")
}

/// Names the targets, too, that hold the key by what they show, but that no run of this machine has proven.
fn with_unproven(outcome: &Outcome, plan: &Plan, known: &[Vec<Known>]) -> Outcome {
    let mut outcome = outcome.clone();
    for ((part, user), known) in outcome.users.iter_mut().zip(&plan.users).zip(known) {
        let KeyPlan::Keep { id } = &user.key else { continue };
        let proven = |target: &Target| {
            let mut here = known.iter().filter(|one| one.target.same_place(target));
            here.any(|one| one.key == *id && one.proof.is_some())
        };
        part.targets.extend(
            user.targets
                .iter()
                .filter(|target| !proven(target))
                .map(|target| TargetOutcome {
                    target: target.clone(),
                    proof: None,
                    describe: String::new(),
                    error: Some("it shows the key, and no run of this machine has proven it".to_owned()),
                }),
        );
    }
    outcome
}

/// Prints the document of a run: `apply` may be about many users, the others are about one.
fn show_document(live: &Live<'_>, kind: Kind, outcome: &Outcome, known: &[Vec<Known>]) {
    let account = &live.scope.account;
    match kind {
        Kind::Apply => live
            .ui
            .json(&Document::new(kind, AllUsers::of(account, outcome, known))),
        Kind::Delete => live.ui.json(&Document::new(kind, Deleted::of(account, outcome))),
        kind => {
            let known = known.first().map(Vec::as_slice).unwrap_or_default();
            live.ui.json(&Document::new(kind, OneUser::of(account, outcome, known)));
        }
    }
}

/// Returns an outcome for a plan without changes: every target holds the key already.
fn nothing_to_do(live: &Live<'_>, plan: &Plan) -> Outcome {
    use ciuser_core::apply::UserOutcome;
    let users = plan.users.iter().map(|user| {
        let (key, unfinished) = match &user.key {
            KeyPlan::Keep { id } => (Some(id.clone()), Vec::new()),
            KeyPlan::Unavailable { missing, .. } => (None, missing.iter().map(lacking).collect()),
            KeyPlan::LeaveAlone | KeyPlan::Issue(_) | KeyPlan::Deliver(_) | KeyPlan::Retire(_) => (None, Vec::new()),
        };
        UserOutcome {
            user: user.user.clone(),
            arn: user.arn.clone(),
            changed: false,
            key,
            issued: false,
            targets: Vec::new(),
            retired: None,
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
