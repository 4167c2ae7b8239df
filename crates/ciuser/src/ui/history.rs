//! History for people: the runs as a table, one run as a dated story.
//!
//! Invariants: everything shown comes from the journal; times are UTC. Says nothing about what exists now.

mod words;

use ciuser_core::plan::{Plan, UserPlan};
use jiff::Timestamp;

use super::Ui;
use super::layout::{Column, table};
use super::progress::proof_in_words;
use super::review::short_arns;
use crate::journal::{Delivered, Noted, Prunable, RunHistory, RunState};

use words::{entry_in_words, pruned_in_words, reached_in_words, state_in_words};

/// How many lines of a plan the table shows.
const FIRST_LINES: usize = 2;

impl Ui {
    /// Shows runs, in the order that they are given in.
    pub(crate) fn history(&self, runs: &[RunHistory]) {
        self.result(&self.runs_table(runs));
        let unfinished = runs.iter().filter(|run| !run.finished).count();
        self.talk("");
        match (runs.len(), unfinished) {
            (1, 0) => self.talk("  1 run"),
            (all, 0) => self.talk(&format!("  {all} runs, all of them over")),
            (1, _) => self.talk("  1 run, not finished"),
            (all, some) => self.talk(&format!("  {all} runs, {some} not finished")),
        }
    }

    fn runs_table(&self, runs: &[RunHistory]) -> String {
        let columns =
            ["run", "when (UTC)", "account", "users", "state"].map(|heading| Column { heading, wraps: false });
        let rows: Vec<Vec<String>> = runs.iter().map(|run| self.run_row(run)).collect();
        let mut below = runs.iter();
        let mut lines = Vec::new();
        for (place, line) in table(self, &columns, &rows).lines().enumerate() {
            lines.push(line.to_owned());
            if place > 0
                && let Some(run) = below.next()
            {
                lines.extend(self.below_row(run));
            }
        }
        lines.join("\n")
    }

    fn run_row(&self, run: &RunHistory) -> Vec<String> {
        vec![
            self.bold(run.run.as_str()),
            run.begun.strftime("%Y-%m-%d %H:%M").to_string(),
            format!("{} ({})", run.scope.account, run.scope.endpoint),
            users_in_short(&run.plan),
            self.state(run.state()),
        ]
    }

    /// What was planned; and for a run that is not over, how far it came and how to go on.
    fn below_row(&self, run: &RunHistory) -> Vec<String> {
        let mut lines = vec![self.hanging("      ", &changes_in_short(&run.plan))];
        if !run.finished {
            lines.extend(self.how_far(run, "      "));
        }
        lines
    }

    /// Shows runs that wait elsewhere, and how they are reached.
    pub(crate) fn unfinished_elsewhere(&self, runs: &[RunHistory]) {
        for run in runs {
            self.result("");
            let begun = run.begun.strftime("%Y-%m-%d %H:%M UTC");
            let (account, endpoint) = (&run.scope.account, &run.scope.endpoint);
            let what = format!(
                "run {} of {begun} is unfinished for account {account} at `{endpoint}`",
                run.run
            );
            self.result(&self.hanging("  ", &what));
            for line in self.how_far(run, "    ") {
                self.result(&line);
            }
        }
    }

    /// How far an unfinished run came for each user, and how to go on.
    fn how_far(&self, run: &RunHistory, indent: &str) -> Vec<String> {
        let users = run.plan.users.iter();
        let mut lines: Vec<String> = users
            .map(|user| self.hanging(&format!("{indent}{}: ", user.user), &reached_in_words(run, user)))
            .collect();
        // Never wrapped: it is there to be copied.
        lines.push(format!(
            "{indent}{} {}",
            self.sign("→", ">"),
            self.bold(&run.resume_command())
        ));
        lines
    }

    fn state(&self, state: RunState) -> String {
        let words = state_in_words(state);
        match state {
            RunState::Done => self.green(words),
            RunState::Unfinished | RunState::Partial => self.yellow(words),
            RunState::Unchanged => self.dim(words),
        }
    }

    /// Shows one run: what it was for, its plan, what happened, and what each target is proven to have got.
    pub(crate) fn run_history(&self, run: &RunHistory) {
        for line in self.heading(run) {
            self.result(&line);
        }
        self.result("");
        self.plan_result(&run.plan);
        for (title, lines) in [("What happened (UTC)", self.story(run)), ("Targets", self.proofs(run))] {
            if !lines.is_empty() {
                self.result("");
                self.result(&format!("  {}", self.bold(title)));
                self.result(&lines.join("\n"));
            }
        }
    }

    /// Says how many runs were, or would be, forgotten, and why older ones stay.
    pub(crate) fn pruned(&self, found: &Prunable, dry_run: bool) {
        self.result(&pruned_in_words(found, dry_run));
    }

    fn heading(&self, run: &RunHistory) -> Vec<String> {
        let account = format!("{} ({})", self.bold(run.scope.account.as_str()), run.scope.endpoint);
        let mut lines = vec![
            self.fact("run", &self.bold(run.run.as_str())),
            self.fact("begun", &dated(run.begun, " UTC")),
            self.fact("account", &account),
            self.fact("caller", &run.plan.caller),
        ];
        if let Some(profile) = &run.plan.session.profile {
            lines.push(self.fact("profile", profile));
        }
        lines.push(self.fact("project", run.plan.project.as_str()));
        lines.push(self.fact("state", &self.state(run.state())));
        if !run.finished {
            lines.extend(self.how_far(run, "            "));
        }
        lines
    }

    fn story(&self, run: &RunHistory) -> Vec<String> {
        let alone = run.plan.users.len() < 2;
        let tell = |noted: &Noted| {
            let whose = if alone {
                String::new()
            } else {
                format!("{}: ", noted.entry.user())
            };
            let lead = format!("  {}  ", self.dim(&dated(noted.at, "")));
            self.hanging(&lead, &format!("{whose}{}", entry_in_words(&noted.entry)))
        };
        run.entries.iter().map(tell).collect()
    }

    fn proofs(&self, run: &RunHistory) -> Vec<String> {
        let users = run.plan.users.iter();
        users.flat_map(|user| self.proofs_of(run, user)).collect()
    }

    fn proofs_of(&self, run: &RunHistory, user: &UserPlan) -> Vec<String> {
        let mut lines = Vec::new();
        for Delivered { target, key, proof, at } in run.delivered(&user.user) {
            let sign = if proof.is_proven() {
                self.green(self.sign("✓ proven ", "ok proven "))
            } else {
                self.yellow(self.sign("▲ written", "! written "))
            };
            lines.push(self.hanging(&format!("  {sign}  "), &target.to_string()));
            let words = format!("{key} since {}, {}", dated(at, ""), proof_in_words(proof));
            lines.push(self.hanging("             ", &words));
        }
        for target in run.undelivered(user) {
            let sign = self.red(self.sign("✗ missing", "x missing "));
            lines.push(self.hanging(&format!("  {sign}  "), &target.to_string()));
        }
        lines
    }
}

fn dated(at: Timestamp, ending: &str) -> String {
    format!("{}{ending}", at.strftime("%Y-%m-%d %H:%M:%S"))
}

fn users_in_short(plan: &Plan) -> String {
    match plan.users.as_slice() {
        [] => "none".to_owned(),
        [one] => one.user.to_string(),
        [one, rest @ ..] => format!("{} and {} more", one.user, rest.len()),
    }
}

fn changes_in_short(plan: &Plan) -> String {
    let lines = plan.lines();
    // What is made counts here, not its tags: they are in the plan, which `history show` has in full.
    let short = |line: &String| short_arns(line.split(" tags ").next().unwrap_or(line));
    let first: Vec<String> = lines.iter().take(FIRST_LINES).map(short).collect();
    let first = first.join("; ");
    match lines.len() {
        0 => "no changes".to_owned(),
        1 => format!("1 change: {first}"),
        n if n <= FIRST_LINES => format!("{n} changes: {first}"),
        n => format!("{n} changes: {first}; and {} more", n - FIRST_LINES),
    }
}

#[cfg(test)]
mod tests;
