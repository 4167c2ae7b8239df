//! The end of a run: what it came to, as people and scripts read it, and the exit code.

use ciuser_core::apply::{Failure, Outcome, Standing, TargetOutcome, UserOutcome};
use ciuser_core::plan::{KeyPlan, Plan};
use ciuser_core::port::{Journal as _, Known};
use ciuser_core::target::Target;

use super::exit::{CliError, Exit};
use super::live::Live;
use crate::document::{AllUsers, Deleted, Document, Kind, OneUser};

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
        let mut parts = plan.users.iter().zip(&outcome.users);
        if parts.any(|(user, part)| matches!(user.key, KeyPlan::Issue(_)) && !part.unfinished.is_empty()) {
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
pub(super) fn with_state_of_things(failure: &Failure) -> Failure {
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
                    references: None,
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
pub(super) fn nothing_to_do(live: &Live<'_>, plan: &Plan) -> Outcome {
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
            for_person: Vec::new(),
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
