//! `ciuser history`: what was run on this machine, from the journal alone. Asks neither AWS nor any target.

use ciuser_core::apply::{Ask as _, Failure};
use ciuser_core::port::Clock as _;
use clap::{Args, Subcommand};
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

use super::exit::{CliError, Exit};
use super::global::Setting;
use super::places::OwnPlaces;
use crate::clock::SystemClock;
use crate::document::{Document, History, HistoryPrune, HistoryRun, Kind};
use crate::journal::{Keep, Prunable, RunHistory, SqliteJournal, Which};

/// Arguments of `history`.
#[derive(Debug, Args)]
#[command(after_help = HISTORY_EXAMPLES)]
pub(super) struct HistoryArgs {
    #[command(subcommand)]
    command: Option<HistoryCommand>,
}

/// What `--help` says of the history.
pub(super) const ABOUT: &str = "\
Show what was run on this machine, and what is unfinished

Without a command, lists all runs of this machine, newest first. Needs neither credentials nor network.";

const HISTORY_EXAMPLES: &str = "\
Examples:
  All runs in the sandbox:
    ciuser history --sandbox";

const SHOW_EXAMPLES: &str = "\
Examples:
  By the beginning of its id:
    ciuser history show r-0f3a";

const PRUNE_EXAMPLES: &str = "\
Examples:
  Keep the last 90 days, and 20 runs of each account even if older:
    ciuser history prune --older-than 90d --keep 20";

#[derive(Debug, Subcommand)]
enum HistoryCommand {
    /// Show one run: its plan, what happened when, and what each target got
    Show(ShowArgs),
    /// Forget old runs that are over; what a target is last known to hold stays
    Prune(PruneArgs),
}

#[derive(Debug, Args)]
#[command(after_help = SHOW_EXAMPLES)]
struct ShowArgs {
    /// Id of the run, or the beginning of one
    run: String,
}

#[derive(Debug, Args)]
#[command(after_help = PRUNE_EXAMPLES)]
struct PruneArgs {
    /// Forget only runs that began longer ago than this [default: 90d, without `--keep`]
    #[arg(long, value_name = "TIME", value_parser = time_span)]
    older_than: Option<SignedDuration>,
    /// Keep so many of the newest runs of each account
    #[arg(long, value_name = "N")]
    keep: Option<usize>,
}

/// What `prune` goes by when nothing else is said: a quarter of a year.
const DEFAULT_AGE: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Runs `history`.
pub(super) fn run(args: &HistoryArgs, setting: &Setting<'_>) -> Result<Exit, CliError> {
    let journal = OwnPlaces::of(setting).journal();
    match &args.command {
        None => list(&journal, setting),
        Some(HistoryCommand::Show(args)) => show(&args.run, &journal, setting),
        Some(HistoryCommand::Prune(args)) => prune(args, &journal, setting),
    }
}

fn list(journal: &SqliteJournal, setting: &Setting<'_>) -> Result<Exit, CliError> {
    let runs = journal.runs(Which::All).map_err(Failure::from)?;
    if setting.ui.is_json() {
        setting
            .ui
            .json(&Document::new(Kind::History, History::of(journal.path(), &runs)));
    } else if runs.is_empty() {
        setting.ui.result(&nothing_yet(journal));
    } else {
        setting.ui.history(&runs);
    }
    Ok(Exit::Done)
}

/// Says that there is no history, and where it would be.
fn nothing_yet(journal: &SqliteJournal) -> String {
    let path = journal.path().display();
    if journal.is_there() {
        format!("no runs: the journal `{path}` is empty")
    } else {
        format!("no runs: there is no journal `{path}` yet")
    }
}

fn show(typed: &str, journal: &SqliteJournal, setting: &Setting<'_>) -> Result<Exit, CliError> {
    let beginning = beginning_of_run(typed);
    let mut found = journal.runs(Which::Beginning(&beginning)).map_err(Failure::from)?;
    let run = match (found.pop(), found.as_slice()) {
        (Some(run), []) => run,
        (Some(last), others) => return Err(ambiguous(typed, &last, others)),
        (None, _) if !journal.is_there() => return Err(CliError::failed(nothing_yet(journal))),
        (None, _) => {
            return Err(CliError::failed(format!("no run begins with `{typed}`"))
                .with_hint("`ciuser history` lists all runs of this machine"));
        }
    };
    if setting.ui.is_json() {
        setting.ui.json(&Document::new(Kind::HistoryRun, HistoryRun::of(&run)));
    } else {
        setting.ui.run_history(&run);
    }
    Ok(Exit::Done)
}

/// The `r-` that every id begins with may be left out.
fn beginning_of_run(typed: &str) -> String {
    let typed = typed.to_ascii_lowercase();
    if typed.starts_with('r') {
        typed
    } else {
        format!("r-{typed}")
    }
}

fn ambiguous(typed: &str, last: &RunHistory, others: &[RunHistory]) -> CliError {
    let ids: Vec<String> = others
        .iter()
        .chain([last])
        .map(|run| format!("`{}`", run.run))
        .collect();
    let hint = match ids.as_slice() {
        [_, _, _, _, ..] => "type more of the id; `ciuser history` lists all runs".to_owned(),
        few => format!("did you mean {}?", few.join(" or ")),
    };
    CliError::usage(format!("{} runs begin with `{typed}`", ids.len())).with_hint(hint)
}

fn prune(args: &PruneArgs, journal: &SqliteJournal, setting: &Setting<'_>) -> Result<Exit, CliError> {
    let keep = args.keep(SystemClock.now())?;
    let mut found = journal.prunable(&keep).map_err(Failure::from)?;
    if !setting.global.dry_run && !found.runs.is_empty() {
        consent(&found, setting)?;
        found.runs = journal.prune(&keep, &found.runs).map_err(Failure::from)?;
    }
    if setting.ui.is_json() {
        let pruned = HistoryPrune::of(&found, setting.global.dry_run);
        setting.ui.json(&Document::new(Kind::HistoryPrune, pruned));
    } else if journal.is_there() {
        setting.ui.pruned(&found, setting.global.dry_run);
    } else {
        setting.ui.result(&nothing_yet(journal));
    }
    Ok(Exit::Done)
}

impl PruneArgs {
    /// Returns what is kept: with both flags, whatever either of them keeps.
    fn keep(&self, now: Timestamp) -> Result<Keep, CliError> {
        let age = match (self.older_than, self.keep) {
            (None, Some(_)) => None,
            (None, None) => Some(DEFAULT_AGE),
            (age, _) => age,
        };
        let since = age.map(|age| now.checked_sub(age)).transpose();
        Ok(Keep {
            since: since.map_err(|_| CliError::usage("`--older-than` goes back further than the calendar"))?,
            newest: self.keep.unwrap_or(0),
        })
    }
}

fn consent(found: &Prunable, setting: &Setting<'_>) -> Result<(), CliError> {
    if setting.global.yes {
        return Ok(());
    }
    let runs = match found.runs.len() {
        1 => "1 run".to_owned(),
        n => format!("{n} runs"),
    };
    match setting.ui.confirm(&format!(
        "Forget {runs}, with plan and story? Account and targets stay as they are."
    )) {
        Some(true) => Ok(()),
        Some(false) => Err(CliError::refused("declined; nothing was forgotten")),
        None => {
            let what = format!("forgetting {runs} needs a person's consent, and there is nobody to ask");
            Err(CliError::refused(what).with_hint("`--yes` forgets without asking; `--dry-run` only counts"))
        }
    }
}

/// Reads `90d`, `12w` or `36h`. A day has 24 hours here; months and years, which have no fixed length, are refused.
fn time_span(typed: &str) -> Result<SignedDuration, String> {
    const RULE: &str = "such as `90d`, `12w` or `36h`";
    let span: Span = typed.parse().map_err(|_| RULE.to_owned())?;
    let span = span
        .to_duration(SpanRelativeTo::days_are_24_hours())
        .map_err(|_| RULE.to_owned())?;
    if span.is_negative() {
        Err(RULE.to_owned())
    } else {
        Ok(span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_in_weeks_days_and_hours_and_no_other_way() {
        let hours = |typed| time_span(typed).map(|span| span.as_hours());
        assert_eq!([hours("90d"), hours("2w"), hours("36h")], [Ok(2160), Ok(336), Ok(36)]);
        for typed in ["90", "soon", "-3d", "1y", "2mo", ""] {
            assert!(time_span(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn a_run_is_found_with_and_without_the_beginning_that_all_share() {
        assert_eq!(beginning_of_run("r-0F3a"), "r-0f3a");
        assert_eq!(beginning_of_run("0f3a"), "r-0f3a");
        assert_eq!(beginning_of_run("r"), "r");
    }

    #[test]
    fn a_quarter_of_a_year_is_kept_unless_a_number_of_runs_is() {
        let now: Timestamp = "2027-01-15T08:00:00Z".parse().unwrap();
        let keep = |older_than, keep| PruneArgs { older_than, keep }.keep(now).unwrap();
        let since = Some("2026-10-17T08:00:00Z".parse().unwrap());
        let day = SignedDuration::from_hours(24);
        let yesterday = Some("2027-01-14T08:00:00Z".parse().unwrap());
        assert_eq!(keep(None, None), Keep { since, newest: 0 });
        assert_eq!(keep(None, Some(5)), Keep { since: None, newest: 5 });
        let both = Keep {
            since: yesterday,
            newest: 5,
        };
        assert_eq!(keep(Some(day), Some(5)), both);
    }
}
