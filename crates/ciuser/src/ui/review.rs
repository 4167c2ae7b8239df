//! Account, caller and plan, as a person reviews them before anything is done.

use ciuser_core::plan::{Effect, Line, NoteLevel, Plan, UserPlan};

use super::Ui;

impl Ui {
    /// Shows where the program is and who is calling.
    pub(crate) fn account(&self, account: &str, caller: &str, endpoint: &str) {
        self.talk("");
        self.talk(&self.fact(
            "account",
            &format!("{} {}", self.bold(account), self.dim(&format!("({endpoint})"))),
        ));
        self.talk(&self.fact("caller", caller));
    }

    /// Shows a plan for review. With `--quiet` only its warnings, unless consent to it is asked for.
    pub(crate) fn review(&self, plan: &Plan, asks: bool) {
        if self.manner.quiet && !asks {
            let notes = plan.users.iter().flat_map(|user| &user.notes);
            for note in notes.filter(|note| note.level == NoteLevel::Warning) {
                self.warn(&note.text);
            }
            return;
        }
        for line in self.review_lines(plan) {
            self.say(&line);
        }
    }

    /// Returns what a person reviews, line by line, with colours.
    pub(super) fn review_lines(&self, plan: &Plan) -> Vec<String> {
        let mut lines = vec![self.fact("project", plan.project.as_str())];
        if let Some(region) = &plan.region {
            lines.push(self.fact("region", region.as_str()));
        }
        for user in &plan.users {
            lines.push(String::new());
            lines.extend(self.user_review(user));
        }
        lines
    }

    /// Shows a plan as the result.
    pub(crate) fn plan_result(&self, plan: &Plan) {
        for (place, user) in plan.users.iter().enumerate() {
            if place > 0 {
                self.result("");
            }
            for line in self.user_review(user) {
                self.result(&line);
            }
        }
    }

    fn user_review(&self, user: &UserPlan) -> Vec<String> {
        let lines = user.lines();
        let count = match lines.len() {
            0 => "no changes".to_owned(),
            1 => "1 change".to_owned(),
            n => format!("{n} changes"),
        };
        let mut review = vec![format!(
            "  {} {} {}",
            self.bold("Plan for user"),
            self.bold(user.user.as_str()),
            self.dim(&format!("({count})"))
        )];
        let call_width = lines.iter().map(|line| line.call.len()).max().unwrap_or(0);
        review.extend(lines.iter().map(|line| self.plan_line(line, call_width)));
        if !user.notes.is_empty() {
            review.push(String::new());
        }
        for note in &user.notes {
            let lead = match note.level {
                NoteLevel::Warning => format!("  {} ", self.yellow(self.sign("▲ warning:", "! warning:"))),
                NoteLevel::Info => format!("  {} ", self.cyan(self.sign("● note:", "* note:"))),
            };
            review.push(self.hanging(&lead, &note.text));
        }
        review
    }

    pub(super) fn plan_line(&self, line: &Line, call_width: usize) -> String {
        let call = format!("{:<call_width$}", line.call);
        let lead = format!("  {} {}  ", self.effect_sign(line.effect), call);
        self.hanging(&lead, &short_arns(&line.subject))
    }

    fn effect_sign(&self, effect: Effect) -> String {
        match effect {
            Effect::Adds => self.green("+"),
            Effect::Changes => self.yellow("~"),
            Effect::Removes => self.red("-"),
        }
    }
}

/// AWS's own policies are known by their names; the rest of their ARN says nothing to a reader.
pub(super) fn short_arns(text: &str) -> String {
    let words = text.split(' ').map(|word| match word.split_once("::aws:policy/") {
        Some((start, name)) if start.starts_with("arn:") => {
            format!("{} (AWS managed)", name.rsplit('/').next().unwrap_or(name))
        }
        _ => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}
