//! From a spec to its outcome: what `create`, `plan` and `apply` have in common.

use ciuser_core::apply::{Ask as _, Freshness, apply};
use ciuser_core::inventory::{GatherError, Inventory, Reader, gather};
use ciuser_core::plan::{Choices, Heading, Plan, PlanError, plan};
use ciuser_core::port::Clock as _;
use ciuser_core::spec::Spec;
use clap::Args;

use super::exit::{CliError, Exit};
use super::finish::{finish, nothing_to_do, with_state_of_things};
use super::global::Setting;
use super::live::Live;
use crate::clock::SystemClock;
use crate::document::{Document, Kind, PlanAndLines};
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
