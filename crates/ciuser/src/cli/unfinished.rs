//! What earlier runs left, carried on before anything new is begun.

use ciuser_core::apply::{Failure, Outcome};
use ciuser_core::handover::{Resumed, resume};
use ciuser_core::name::{RunId, UserName};
use ciuser_core::port::{Journal as _, RunRecord};

use super::exit::CliError;
use super::global::Setting;
use super::live::Live;

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
