//! Events of apply, as lines that stay and a spinner that does not.

use std::collections::BTreeSet;
use std::time::Duration;

use ciuser_core::apply::{Event, Report};
use ciuser_core::plan::Line;
use ciuser_core::port::Proof;
use ciuser_core::target::Target;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Ui;
use super::review::short_arns;

/// What was said already, so that waiting is said once.
#[derive(Debug, Default)]
pub(super) struct Progress {
    waiting: Option<String>,
    warned: BTreeSet<String>,
}

impl Report for Ui {
    fn event(&self, event: Event<'_>) {
        match event {
            Event::UserBegins { user, .. } => {
                self.talk("");
                self.talk(&format!("  {}", self.bold(&format!("Applying to user {user}"))));
            }
            Event::UserContinues { user } => {
                self.talk("");
                self.talk(&format!(
                    "  {}",
                    self.bold(&format!("Delivering the key of user {user}"))
                ));
            }
            Event::StepBegins { line } => self.spin(&format!("{} {}", line.call, short_arns(&line.subject))),
            Event::StepDone { line } => self.step_done(line),
            Event::Waiting { what } => self.waiting(what),
            Event::SignalsHeld => self.spin("CreateAccessKey (not interruptible until the secret is sealed)"),
            Event::KeySealed { key } => self.done("IssueKey", &format!("{key}, its secret sealed")),
            Event::ProofBegins { keys } => {
                self.talk("");
                self.talk(&format!("  {}", self.bold(&format!("Proving {keys} keys"))));
            }
            Event::KeyAccepted { successes, needed } => {
                self.spin(&format!("STS accepts the key, {successes} of {needed}"))
            }
            Event::KeyConfirmed { arn, .. } => self.done(
                "Prove",
                &format!("STS knows the key as {}", arn.rsplit(':').next().unwrap_or(arn)),
            ),
            Event::DeliveryBegins { target } => self.spin(&format!("Deliver {target}")),
            Event::Delivered { target, proof } => self.delivered(target, proof),
            Event::DeliveryFailed { target, why } => self.failed("Deliver", target, why),
            Event::ClearBegins { target } => self.spin(&format!("Clear {target}")),
            Event::Cleared { target, key } => {
                self.done("Clear", &format!("{}, {key} is gone there", short_target(target)))
            }
            Event::ClearFailed { target, why } => self.failed("Clear", target, why),
            Event::KeyDeactivated { key } => self.done("UpdateAccessKey", &format!("{key} is now Inactive")),
            Event::OrphanReaped { key } => {
                self.done("DeleteAccessKey", &format!("{key}, whose secret was lost on the way"));
            }
            Event::Warning { text } => self.warn_once(text),
        }
    }
}

impl Ui {
    /// The plan above says it in full; here it is the name that counts.
    fn step_done(&self, line: &Line) {
        let subject = short_arns(&line.subject);
        let name = subject.split(" tags ").next().unwrap_or_default();
        self.done(line.call, name);
    }

    fn delivered(&self, target: &Target, proof: Proof) {
        self.done(
            "Deliver",
            &format!("{}, {}", short_target(target), proof_in_words(proof)),
        );
    }

    fn waiting(&self, what: &str) {
        self.spin(&format!("waiting for {what}"));
        let mut progress = self.progress.borrow_mut();
        if progress.waiting.as_deref() != Some(what) {
            progress.waiting = Some(what.to_owned());
            if self.spinner.borrow().is_none() {
                self.talk(&format!("  {} waiting for {what}", self.sign("…", ".")));
            }
        }
    }

    /// A full disk would be told with every note that cannot be written.
    fn warn_once(&self, text: &str) {
        if self.progress.borrow_mut().warned.insert(text.to_owned()) {
            self.still();
            self.warn(text);
        }
    }

    fn failed(&self, call: &str, target: &Target, why: &str) {
        self.still();
        let lead = format!("  {} {call:<20}  ", self.red(self.sign("✗", "x")));
        self.say(&self.hanging(&lead, &format!("{}: {why}", short_target(target))));
    }

    /// Prints a line that stays.
    fn done(&self, call: &str, subject: &str) {
        self.still();
        self.progress.borrow_mut().waiting = None;
        let lead = format!("  {} {call:<20}  ", self.green(self.sign("✓", "ok")));
        self.talk(&self.hanging(&lead, subject));
    }

    /// Shows what is going on, on a terminal.
    pub(crate) fn spin(&self, what: &str) {
        use std::io::IsTerminal as _;
        if self.calm.get() || self.manner.quiet || self.is_json() || !std::io::stderr().is_terminal() {
            return;
        }
        let room = self.width().saturating_sub(6);
        let what: String = what.chars().take(room).collect();
        let mut spinner = self.spinner.borrow_mut();
        let bar = spinner.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            let ticks = if self.manner.unicode {
                "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ "
            } else {
                "|/-\\ "
            };
            if let Ok(style) = ProgressStyle::with_template("  {spinner} {msg}") {
                bar.set_style(style.tick_chars(ticks));
            }
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        bar.set_message(what);
    }

    /// Shows what is going on while results are printed, unless they come to a terminal themselves.
    pub(crate) fn spin_aside(&self, what: &str) {
        use std::io::IsTerminal as _;
        if !std::io::stdout().is_terminal() {
            self.spin(what);
        }
    }

    /// Takes the spinner away.
    pub(crate) fn still(&self) {
        if let Some(bar) = self.spinner.borrow_mut().take() {
            bar.finish_and_clear();
        }
    }
}

/// A store is known by its file's name here; the plan above and the result below say where it is.
fn short_target(target: &Target) -> String {
    let place = target.place();
    let name = match target {
        Target::Store(_) => place.rsplit('/').next().unwrap_or(&place),
        Target::Provider(_) => &place,
    };
    format!("{} {name}", target.kind())
}

/// Says what a proof means.
pub(super) fn proof_in_words(proof: Proof) -> &'static str {
    match proof {
        Proof::Value => "read back and equal",
        Proof::Mask => "its mask shows the new value",
        Proof::Timestamp => "its time stamp moved past our write",
        Proof::Accepted => "accepted; it cannot be asked for more",
    }
}
