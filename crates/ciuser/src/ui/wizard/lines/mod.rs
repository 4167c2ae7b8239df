//! The wizard's face in plain lines: one question at a time, numbered choices, typed search.
//!
//! Nothing moves and nothing is drawn twice, so that a screen reader can follow. An empty line keeps what is there and
//! goes on, `<` goes back, `?` explains, `-` empties a text.

mod answer;
mod say;

use std::io::{BufRead, Write};

use super::list::Item;
use super::stop::{Stop, stops};
use super::{Facts, Step};
use crate::ui::Ui;
use crate::wizard::{Event, Field, Page, Wizard};

/// The conversation.
pub(crate) struct Lines<'a, R, W> {
    ui: &'a Ui,
    input: R,
    output: W,
    facts: Facts,
    page: Option<Page>,
    stop: usize,
    /// The question that was answered last; what follows from it is said before the next one.
    answered: Option<Stop>,
    /// The next page was asked for; if it does not come, this page is gone through again.
    turned: bool,
    /// What the numbers mean.
    shown: Vec<Item>,
}

impl<'a, R: BufRead, W: Write> Lines<'a, R, W> {
    /// Begins a conversation.
    pub(crate) fn new(ui: &'a Ui, input: R, output: W, facts: Facts) -> Lines<'a, R, W> {
        Lines {
            ui,
            input,
            output,
            facts,
            page: None,
            stop: 0,
            answered: None,
            turned: false,
            shown: Vec::new(),
        }
    }

    /// Says what there is to say, asks the next question, and returns what the answer means.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(crate) fn next(&mut self, wizard: &Wizard) -> std::io::Result<Step> {
        self.follow(wizard)?;
        if let Some(stop) = self.answered.take()
            && self.is_settled(stop, wizard)?
            && let Some(events) = self.advance(wizard)
        {
            return Ok(Step::Events(events));
        }
        if let Some(remark) = wizard.remark() {
            self.verdict(remark)?;
        }
        let stop = self.here(wizard);
        self.ask(stop, wizard)?;
        let Some(line) = self.read()? else {
            return Ok(Step::Events(vec![Event::Quit]));
        };
        Ok(Step::Events(self.answer(stop, line.trim(), wizard)?))
    }

    /// Follows the wizard to its page: from the front when it went on, from the end when it went back.
    fn follow(&mut self, wizard: &Wizard) -> std::io::Result<()> {
        let turned = std::mem::take(&mut self.turned);
        if self.page == Some(wizard.page()) {
            if turned {
                self.stop = 0;
            }
            return Ok(());
        }
        let forwards = self.page.is_none_or(|page| page < wizard.page());
        if self.page.is_none() {
            self.greet()?;
        }
        self.page = Some(wizard.page());
        self.answered = None;
        self.shown.clear();
        let last = stops(wizard.page(), wizard.form()).len().saturating_sub(1);
        self.stop = if forwards { 0 } else { last };
        self.heading(wizard.page())
    }

    fn here(&mut self, wizard: &Wizard) -> Stop {
        let stops = stops(wizard.page(), wizard.form());
        self.stop = self.stop.min(stops.len().saturating_sub(1));
        stops.get(self.stop).copied().unwrap_or(Stop::Decision)
    }

    /// Says what follows from the last answer; returns whether it can stand.
    fn is_settled(&mut self, stop: Stop, wizard: &Wizard) -> std::io::Result<bool> {
        let Stop::Text(field) = stop else { return Ok(true) };
        if let Some(problem) = wizard.form().problem(field).filter(|_| field_is_asked(field, wizard)) {
            self.verdict(&crate::wizard::Verdict::bad(problem))?;
            return Ok(false);
        }
        self.said_of(field, wizard)?;
        Ok(true)
    }

    /// Goes to the next question; at the end of the page the next page is asked for.
    fn advance(&mut self, wizard: &Wizard) -> Option<Vec<Event>> {
        let stops = stops(wizard.page(), wizard.form());
        let mut next = self.stop + 1;
        while stops.get(next).is_some_and(|stop| !is_asked(*stop, wizard)) {
            next += 1;
        }
        self.shown.clear();
        if next >= stops.len() {
            self.turned = true;
            return Some(vec![Event::Next]);
        }
        self.stop = next;
        None
    }

    /// Goes to the question before; from the first one the page before is asked for.
    fn retreat(&mut self, wizard: &Wizard) -> Vec<Event> {
        let stops = stops(wizard.page(), wizard.form());
        let earlier = stops.iter().take(self.stop).rposition(|stop| is_asked(*stop, wizard));
        self.shown.clear();
        match earlier {
            Some(earlier) => {
                self.stop = earlier;
                Vec::new()
            }
            None => vec![Event::Back],
        }
    }

    fn read(&mut self) -> std::io::Result<Option<String>> {
        let mut line = String::new();
        match self.input.read_line(&mut line)? {
            // Whoever ended the input has typed no line end.
            0 => {
                self.say("")?;
                Ok(None)
            }
            _ => Ok(Some(line)),
        }
    }
}

/// A tag without a key has no value to ask for, and without a context there is nothing to restrict.
fn is_asked(stop: Stop, wizard: &Wizard) -> bool {
    match stop {
        Stop::Text(field) => field_is_asked(field, wizard),
        _ => true,
    }
}

fn field_is_asked(field: Field, wizard: &Wizard) -> bool {
    let form = wizard.form();
    match field {
        Field::TagValue(row) => !form.text(Field::TagKey(row)).is_empty(),
        Field::RestrictTo => {
            let mut targets = form.targets();
            targets.any(|row| row.kind == crate::wizard::PlaceKind::CircleciContext)
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests;
