//! Entries and states of a run, in words.

use ciuser_core::plan::UserPlan;
use ciuser_core::port::Entry;

use super::proof_in_words;
use crate::journal::{Progress, Prunable, Reached, RunHistory, RunState};

/// Says how a run stands.
pub(super) fn state_in_words(state: RunState) -> &'static str {
    match state {
        RunState::Unfinished => "unfinished",
        RunState::Done => "done",
        RunState::Partial => "done in part",
        RunState::Unchanged => "nothing changed",
    }
}

/// Says how far a run came for a user.
pub(super) fn reached_in_words(run: &RunHistory, user: &UserPlan) -> String {
    let progress = run.progress(&user.user);
    if let Some(retirement) = user.retirement() {
        return deletion_in_words(run, user, progress.reached, retirement.clear.len());
    }
    match progress.reached {
        Reached::Nothing if user.has_changes() => "not begun".to_owned(),
        Reached::Nothing => "nothing to do".to_owned(),
        Reached::Changing => "the changes before the key are begun, and not known to be all made".to_owned(),
        Reached::Changed if user.key.changes() => "everything before the key is done".to_owned(),
        Reached::Changed => "every change is made".to_owned(),
        Reached::NoKey => "no access key is issued yet".to_owned(),
        Reached::Creating => "CreateAccessKey may have been sent, and its answer is not known".to_owned(),
        Reached::Lost => format!("{} exists, and nobody has its secret", key_in_words(&progress)),
        Reached::Issued => {
            let (key, some, all) = (key_in_words(&progress), progress.delivered, user.key.deliveries().len());
            format!("{key} is issued, and {some} of {all} targets have it")
        }
        Reached::Done => "done".to_owned(),
    }
}

fn deletion_in_words(run: &RunHistory, user: &UserPlan, reached: Reached, to_clear: usize) -> String {
    match reached {
        Reached::Nothing if user.has_changes() => "not begun".to_owned(),
        Reached::Nothing => "nothing to do".to_owned(),
        Reached::Changed if to_clear > 0 => {
            let cleared = to_clear - run.uncleared(user).len();
            format!("everything is deleted, and {cleared} of {to_clear} targets are cleared")
        }
        Reached::Changed | Reached::Done => "everything is deleted".to_owned(),
        _ => "the deletion is begun, and not known to be complete".to_owned(),
    }
}

fn key_in_words(progress: &Progress<'_>) -> String {
    progress
        .key
        .map_or_else(|| "an access key".to_owned(), |key| format!("access key {key}"))
}

/// Says what happened.
pub(super) fn entry_in_words(entry: &Entry) -> String {
    match entry {
        Entry::UserCreated { user } => format!("user {user} created"),
        Entry::Changing { .. } => "making the changes before the key".to_owned(),
        Entry::Changed { .. } => "all of these changes made".to_owned(),
        Entry::Planned(_) => "handover begun: the place of the sealed secret is reserved".to_owned(),
        Entry::Creating { seen, .. } => match seen.len() {
            0 => "creating an access key; the user had none".to_owned(),
            1 => "creating an access key; the user had one".to_owned(),
            n => format!("creating an access key; the user had {n}"),
        },
        Entry::Sealed { key, .. } => format!("access key {key} created, its secret sealed"),
        Entry::Unsealed { key, .. } => {
            format!("access key {key} created, but its secret could not be kept, nor the key deleted")
        }
        Entry::NotCreated { .. } => "no access key of this run was created".to_owned(),
        Entry::Confirmed { key, .. } => format!("{key} confirmed by STS"),
        Entry::Delivering { key, target, .. } => format!("delivering {key} to {target}"),
        Entry::Delivered { key, target, proof, .. } => {
            format!("{key} delivered to {target}, {}", proof_in_words(*proof))
        }
        Entry::Cleared { key, target, .. } => format!("deleted access key {key} taken away from {target}"),
        Entry::Deactivated { key, .. } => format!("old access key {key} made Inactive"),
        Entry::Reaped { key, .. } => format!("{key} is deleted, and no target shall have it"),
        Entry::Done { .. } => "done; the sealed secret is no longer needed".to_owned(),
    }
}

/// Says how many runs were, or would be, forgotten, and why older ones stay.
pub(super) fn pruned_in_words(found: &Prunable, dry_run: bool) -> String {
    let done = if dry_run { "would be forgotten" } else { "forgotten" };
    let gone = match found.runs.len() {
        0 => "nothing to forget".to_owned(),
        1 => format!("1 run {done}"),
        n => format!("{n} runs {done}"),
    };
    match found.last_proofs {
        0 => gone,
        1 => format!("{gone}; 1 old run stays: it has the last proof of what a target holds"),
        n => format!("{gone}; {n} old runs stay: they have the last proofs of what targets hold"),
    }
}
