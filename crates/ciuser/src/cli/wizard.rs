//! `create` on a terminal, with flags missing: opens the wizard, carries out what it wants, and acts on how it ends.

mod errand;

use std::io::{BufRead, Write};
use std::path::Path as FilePath;

use ciuser_core::apply::Freshness;
use ciuser_core::name::Partition;
use ciuser_core::plan::Plan;

use super::create::{CreateArgs, next_steps};
use super::exit::{CliError, Exit};
use super::global::Setting;
use super::live::{Live, Process};
use super::places::OwnPlaces;
use super::run::carry_out;
use super::saved::Saved;
use crate::clock::SystemClock;
use crate::document::Kind;
use crate::ui::{Facts, Lines, Screen, Step};
use crate::wizard::{Answer, Ending, Event, Form, PlaceKind, Wizard};
use errand::{Desk, Errands};

/// Runs `create` through the wizard.
pub(super) async fn run(args: &CreateArgs, setting: &Setting<'_>) -> Result<Exit, CliError> {
    let form = args
        .spec
        .form(args.name.as_ref(), |kind| usual_place(kind, args, setting))?;
    let process = Process::new(setting)?;
    let (stores, clock) = (process.stores(), SystemClock);
    let live = Live::connect(&process, &stores, &clock).await?;
    let partition = Partition::of_arn(&live.caller.arn).map_err(|error| CliError::failed(error.to_string()))?;
    let saved = Saved::as_asked(args.save.as_deref(), setting)?;
    let desk = Desk::new(&live, setting, args, &saved);
    let mut wizard = Wizard::new(form, partition);
    setting.ui.keep_calm(true);
    let ended = converse(&desk, &mut wizard).await;
    setting.ui.keep_calm(desk.in_lines());
    match ended? {
        Some(Ending::Apply(plan)) => apply_reviewed(&desk, wizard.form(), &plan).await,
        Some(Ending::Left { reviewed: true }) => {
            let wanted = desk.wanted(wizard.form())?;
            wanted.show(setting);
            saved.write_as_asked(&wanted, setting)?;
            Err(left())
        }
        Some(Ending::Left { reviewed: false }) => Err(left()),
        None => {
            crate::hold::interrupt_self();
            std::future::pending().await
        }
    }
}

fn left() -> CliError {
    CliError::refused("left before anything was applied; nothing was changed")
}

/// Carries out the very plan that was reviewed.
async fn apply_reviewed(desk: &Desk<'_>, form: &Form, plan: &Plan) -> Result<Exit, CliError> {
    let (live, setting) = (desk.live, desk.setting);
    let wanted = desk.wanted(form)?;
    if !desk.in_lines() {
        // The screen is gone, and the scrollback shall have what was agreed to.
        live.ui.review(plan, true);
    }
    let exit = if setting.global.dry_run || !plan.has_changes() {
        live.ui.talk("");
        live.ui.talk("  Nothing was changed.");
        Exit::Done
    } else {
        carry_out(live, plan, Freshness::Reviewed, Kind::Create).await?
    };
    if exit == Exit::Done && plan.has_changes() && !setting.global.dry_run {
        live.ui.next(&next_steps(setting, plan));
    }
    wanted.show(setting);
    desk.saved.write_as_asked(&wanted, setting)?;
    Ok(exit)
}

/// Asks until it ends; `None` for Ctrl-C.
async fn converse(desk: &Desk<'_>, wizard: &mut Wizard) -> Result<Option<Ending>, CliError> {
    let facts = facts(desk);
    if desk.in_lines() {
        let lines = Lines::new(desk.live.ui, std::io::stdin().lock(), std::io::stderr(), facts);
        return in_lines(desk, wizard, lines).await;
    }
    let screen = Screen::take(desk.live.ui, facts, wizard).map_err(|error| {
        CliError::failed(format!("taking over the terminal: {error}")).with_hint("`--plain` asks in lines instead")
    })?;
    on_screen(desk, wizard, screen).await
}

async fn on_screen(desk: &Desk<'_>, wizard: &mut Wizard, mut screen: Screen<'_>) -> Result<Option<Ending>, CliError> {
    let gone = |error: std::io::Error| CliError::failed(format!("the terminal: {error}"));
    let mut errands = Errands::default();
    errands.begin(desk, wizard.on(Event::Opened));
    while wizard.ending().is_none() {
        screen.show(wizard).map_err(gone)?;
        let step = tokio::select! {
            step = screen.next(wizard) => step.map_err(gone)?,
            answer = errands.next(), if !errands.is_empty() => Step::Events(vec![Event::Answered(answer)]),
        };
        let Step::Events(events) = step else { return Ok(None) };
        for event in events {
            errands.begin(desk, wizard.on(event));
        }
    }
    Ok(wizard.ending().cloned())
}

/// In lines everything is answered before the next question: nothing is said out of turn.
async fn in_lines<R: BufRead, W: Write>(
    desk: &Desk<'_>,
    wizard: &mut Wizard,
    mut lines: Lines<'_, R, W>,
) -> Result<Option<Ending>, CliError> {
    let mut errands = Errands::default();
    errands.begin(desk, wizard.on(Event::Opened));
    while wizard.ending().is_none() {
        while !errands.is_empty() {
            let answer: Answer = errands.next().await;
            errands.begin(desk, wizard.on(Event::Answered(answer)));
        }
        let step = lines.next(wizard);
        let step = step.map_err(|error| CliError::failed(format!("the terminal: {error}")))?;
        let Step::Events(events) = step else { return Ok(None) };
        for event in events {
            errands.begin(desk, wizard.on(event));
        }
    }
    Ok(wizard.ending().cloned())
}

fn facts(desk: &Desk<'_>) -> Facts {
    let caller = desk.live.caller.arn.rsplit(':').next().unwrap_or_default();
    Facts {
        head: format!("{} ({}), {caller}", desk.live.scope.account, desk.live.scope.endpoint),
        save_as: match &desk.args.save {
            Some(file) => file.to_string_lossy().into_owned(),
            None => "ciuser.toml".to_owned(),
        },
        dry_run: desk.setting.global.dry_run,
    }
}

/// Returns where a store goes that names no file, as a person would type it.
fn usual_place(kind: PlaceKind, args: &CreateArgs, setting: &Setting<'_>) -> String {
    let own = OwnPlaces::of(setting);
    let place = match (kind, &args.name) {
        (PlaceKind::Csv, None) => Some(own.data.join("accessKeys.csv")),
        (kind, Some(user)) => kind.word().and_then(|word| own.default_store(word, user)),
        (PlaceKind::Kdbx, None) => Some(own.data.join("keys.kdbx")),
        (_, None) => None,
    };
    place.map(|place| at_home(&place, setting)).unwrap_or_default()
}

fn at_home(place: &FilePath, setting: &Setting<'_>) -> String {
    match place.strip_prefix(setting.environment.home()) {
        Ok(rest) => format!("~/{}", rest.display()),
        Err(_) => place.display().to_string(),
    }
}
