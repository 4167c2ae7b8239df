//! What must be true at the end of every history. What must be true at every instant is in `ledger`.

use std::collections::BTreeSet;

use ciuser_core::name::AccessKeyId;
use ciuser_core::port::{AccessKeyStatus, Entry};

use super::history::{History, Rest};
use super::ledger::{Violation, holds_pair, lacks_live_key, stored};
use super::rule;
use super::scenario::{Command, Crowd, Start};
use super::trouble::{Kind, PLACES};
use crate::example::{NAME, world};
use crate::world::CANARY;

/// Says what in a history breaks a rule.
type Check = fn(&History) -> Option<String>;

/// Checks a history, and returns the first rule that it broke.
pub(super) fn broken_rule(history: &History) -> Option<Violation> {
    let on_the_way = history.ledger.violations.first().cloned();
    let checks: [(&'static str, Check); 9] = [
        (rule::END, no_end),
        (rule::ORPHAN, orphan),
        (rule::SEALED_OR_GONE, unsealed),
        (rule::PAIR, half_pair),
        (rule::JOURNAL, journal_disagrees),
        (rule::SPOOL, spool_left),
        (rule::OTHERS, others_touched),
        (rule::NO_SECRET, secret_shown),
        (rule::MADE_GOOD, not_made_good),
    ];
    on_the_way.or_else(|| {
        checks
            .into_iter()
            .find_map(|(rule, check)| check(history).map(|what| Violation { rule, what }))
    })
}

fn no_end(history: &History) -> Option<String> {
    match &history.rest {
        _ if history.endless => Some("a process went on and on".to_owned()),
        Rest::Restless(told) => Some(format!("every round tells something else, at last: {told}")),
        _ => None,
    }
}

/// Tells whether the person is told of a key, with what to do about it, or was asked and has decided.
fn reported(history: &History, key: &AccessKeyId) -> bool {
    let told = history.rest.told();
    let asked = history.sim.questions.borrow();
    let decided = history.scenario.person.is_some() && asked.iter().any(|one| one.contains(key.as_str()));
    let says_how = told.contains("delete-access-key") || told.contains("delete it");
    decided || (says_how && told.contains(key.as_str()))
}

/// The one exception is a key that would be deleted on a guess: it is reported, with the command. On a user that the
/// run made there is nothing to guess, unless somebody else made a key there too.
fn orphan(history: &History) -> Option<String> {
    let account = history.sim.account.borrow();
    let keys = account.users.values().flat_map(|user| &user.keys);
    for key in keys.filter(|key| key.status == AccessKeyStatus::Active) {
        let Some(made) = history.ledger.made.get(&key.id) else {
            continue;
        };
        let guess = !made.on_new_user || history.ledger.they_made_a_key || history.ledger.two_machines;
        let excused = guess && reported(history, &key.id)
            || made.stored && was_replaced(history, &key.id)
            || history.ledger.taken.contains(&key.id);
        if !kept(history, &key.id) && !excused {
            return Some(format!("{} of user {}", key.id, made.user));
        }
    }
    None
}

/// Tells whether the stores were right to give up a key that they had.
fn was_replaced(history: &History, key: &AccessKeyId) -> bool {
    // A rotation leaves its old key active until a person says otherwise, and the stores have the new one.
    let mut commands = history.scenario.commands.iter();
    let rotated = commands.any(|one| matches!(one, Command::Rotate(_)));
    let waits = matches!(history.rest, Rest::Told(_));
    // Two machines put their keys into one store, one after the other: the collision is visible, and no more.
    rotated && (waits || reported(history, key)) || history.ledger.two_machines || clock_hides_a_handover(history)
}

/// A clock that is set forward while IAM does not list a key yet makes its handover look long past.
fn clock_hides_a_handover(history: &History) -> bool {
    let mut troubles = history.scenario.troubles.iter();
    troubles.any(|trouble| matches!(trouble.kind, Kind::ClockJumps(120..)))
}

/// Tells whether somebody has the secret: a store, or a spool of a run that is to be carried on.
fn kept(history: &History, key: &AccessKeyId) -> bool {
    let mut kept = stored(&history.sim, key);
    for machine in 0..2 {
        history.sim.go_to(machine);
        let spools = history.sim.spools.borrow();
        kept |= spools.values().flatten().any(|sealed| sealed.id == *key);
    }
    kept
}

fn unsealed(history: &History) -> Option<String> {
    let account = history.sim.account.borrow();
    let keys = account.users.values().flat_map(|user| &user.keys);
    // A person may have had it made inactive, and was told the command that deletes it.
    let decided = |status| status == AccessKeyStatus::Inactive && history.scenario.person == Some(true);
    let there: BTreeSet<_> = keys.filter(|key| !decided(key.status)).map(|key| &key.id).collect();
    let answered = history.ledger.made.iter().filter(|(_, made)| made.answered);
    for (key, _) in answered.filter(|(key, _)| there.contains(key)) {
        if !history.ledger.made[key].stored
            && !kept(history, key)
            && !reported(history, key)
            && !history.ledger.theirs.contains(key)
        {
            return Some(format!("{key} is there, and was neither sealed nor delivered"));
        }
    }
    None
}

fn half_pair(history: &History) -> Option<String> {
    let places = history.sim.places.borrow();
    for target in PLACES.iter().filter(|target| !history.ledger.edited.contains(**target)) {
        let Some(place) = places.get(*target) else { continue };
        let told = history.rest.told();
        let reported = told.contains(target) || place.key_id().is_some_and(|key| told.contains(key.as_str()));
        if place.key.is_some() && !holds_pair(&history.sim, place) && !reported {
            return Some(format!("{target} holds {:?} without its secret", place.key_id()));
        }
    }
    None
}

fn journal_disagrees(history: &History) -> Option<String> {
    let account = history.sim.account.borrow();
    let live = |id: &AccessKeyId| {
        let mut keys = account.users.values().flat_map(|user| &user.keys);
        keys.any(|key| key.id == *id && key.status == AccessKeyStatus::Active)
    };
    for machine in 0..2 {
        history.sim.go_to(machine);
        for run in history.sim.runs.borrow().iter() {
            if !run.over && !matches!(history.rest, Rest::Told(_)) {
                return Some(format!("{} is open, and nobody is told of it", run.run));
            }
            for entry in run.read() {
                match entry {
                    Entry::Reaped { key, .. } | Entry::Deactivated { key, .. } if live(&key) => {
                        return Some(format!("the journal of {} says {key} is gone, and it is live", run.run));
                    }
                    _ => {}
                }
            }
        }
    }
    None
}

fn spool_left(history: &History) -> Option<String> {
    for machine in 0..2 {
        history.sim.go_to(machine);
        let runs = history.sim.runs.borrow();
        let over = |run| runs.iter().find(|one| one.run == run).is_none_or(|run| run.over);
        let spools = history.sim.spools.borrow();
        if let Some((run, user)) = spools.keys().find(|(run, _)| over(run.clone())) {
            return Some(format!("the spool of {run} for {user} is left"));
        }
    }
    None
}

fn others_touched(history: &History) -> Option<String> {
    let (fresh, account) = (world(), history.sim.account.borrow());
    let before = fresh.account.borrow();
    if account.users.get("somebody-else") != before.users.get("somebody-else") {
        return Some("user `somebody-else`".to_owned());
    }
    if account.groups.first() != before.groups.first() {
        return Some("group `developers`".to_owned());
    }
    let theirs = history.sim.places.borrow()["circleci-context:gh/acme/other"]
        .foreign
        .clone();
    if theirs.as_deref() != Some("theirs") {
        return Some("context `gh/acme/other`".to_owned());
    }
    let user = account.users.get("ci_user");
    if history.scenario.start == Start::OtherProject && !history.ledger.interfered {
        let there = user.map(|user| (user.keys.len(), user.attached.len(), user.tags.len()));
        if there != Some((1, 0, 1)) {
            return Some(format!("the user of the other project: {there:?}"));
        }
    }
    let deletes = history
        .scenario
        .commands
        .iter()
        .any(|one| matches!(one, Command::Delete(_)));
    let tagged = user.is_some_and(|user| user.tags.iter().any(|tag| tag.key.as_str() == "theirs"));
    (history.ledger.they_tagged && !tagged && !deletes).then(|| "a tag of the user".to_owned())
}

fn secret_shown(history: &History) -> Option<String> {
    let mut shown = history.rest.told().contains(CANARY);
    for machine in 0..2 {
        history.sim.go_to(machine);
        let runs = history.sim.runs.borrow();
        shown |= runs
            .iter()
            .any(|run| run.plan.contains(CANARY) || run.entries.iter().any(|one| one.contains(CANARY)));
    }
    shown.then(|| "a secret".to_owned())
}

/// Where nobody else meddled and no person is needed, every promise is kept, not merely no rule broken.
fn not_made_good(history: &History) -> Option<String> {
    let scenario = &history.scenario;
    if history.ledger.interfered
        || scenario.crowd == Crowd::TwoMachines
        || matches!(scenario.start, Start::OtherProject | Start::Unmanaged)
        || person_decided(history)
        || !matches!(history.rest, Rest::Settled(_))
    {
        return waits_in_vain(history);
    }
    match scenario.commands.last()? {
        Command::Apply | Command::Rotate(_) => PLACES
            .iter()
            .find_map(|target| lacks_live_key(&history.sim, target, None).map(|what| format!("{target} {what}"))),
        Command::DeleteKeys => {
            let account = history.sim.account.borrow();
            let keys = account.users.get("ci_user").map_or(0, |user| user.keys.len());
            (keys > 0).then(|| format!("user {NAME} has {keys} keys"))
        }
        Command::Delete(_) => None,
    }
}

/// Tells whether a person was asked of a key, and said what they think: then the user has a key that nobody delivers.
fn person_decided(history: &History) -> bool {
    history.scenario.person.is_some() && !history.sim.questions.borrow().is_empty()
}

/// A person is only asked where there is something to decide: here, whether what a place holds that shows nothing of it
/// is ours, after its answer was lost.
fn waits_in_vain(history: &History) -> Option<String> {
    let scenario = &history.scenario;
    // The run that made the user may have been given up, and a later one lost an answer.
    let mut made = history.ledger.made.iter();
    let of_another_run = made.any(|(key, made)| !made.on_new_user && reported(history, key));
    let undisturbed = !of_another_run && !history.ledger.interfered && scenario.crowd != Crowd::TwoMachines;
    match &history.rest {
        Rest::Told(told)
            if undisturbed
                && scenario.start == Start::Nobody
                && scenario.commands == [Command::Apply]
                && scenario.pause < 3_600
                && !clock_hides_a_handover(history)
                && !told.contains("values that cannot be known") =>
        {
            Some(format!("the person is told, for nothing: {told}"))
        }
        _ => None,
    }
}
