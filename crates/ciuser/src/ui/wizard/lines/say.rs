//! What the plain lines say.

use std::io::{BufRead, Write};

use super::Lines;
use crate::ui::wizard::list::Item;
use crate::ui::wizard::stop::{List, Stop};
use crate::wizard::{Field, Level, Page, PlaceKind, Verdict, Wizard};

/// As many choices as are read out at once.
const SHOWN: usize = 9;

impl<R: BufRead, W: Write> Lines<'_, R, W> {
    pub(super) fn say(&mut self, text: &str) -> std::io::Result<()> {
        writeln!(self.output, "{text}")
    }

    /// Says a sentence, broken where words end.
    fn tell(&mut self, text: &str) -> std::io::Result<()> {
        let options = textwrap::Options::new(self.ui.width().saturating_sub(1))
            .break_words(false)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        self.say(&textwrap::fill(text, options))
    }

    pub(super) fn prompt(&mut self, text: &str) -> std::io::Result<()> {
        write!(self.output, "{text}: ")?;
        self.output.flush()
    }

    pub(super) fn greet(&mut self) -> std::io::Result<()> {
        self.tell(&format!("Create a CI user in account {}.", self.facts.head))?;
        self.tell("An empty line keeps what is in brackets and goes on. < goes back, ? explains, Ctrl-C quits.")
    }

    pub(super) fn heading(&mut self, page: Page) -> std::io::Result<()> {
        self.say("")?;
        self.say(&format!(
            "Page {} of {}: {}",
            page.number(),
            Page::ALL.len(),
            page.title()
        ))
    }

    /// A word says how grave it is: signs are not read out.
    pub(super) fn verdict(&mut self, verdict: &Verdict) -> std::io::Result<()> {
        let word = match verdict.level {
            Level::Good => "Good",
            Level::Waiting => "Waiting",
            Level::Warning => "Warning",
            Level::Bad => "Problem",
        };
        self.tell(&format!("{word}: {}.", verdict.text))?;
        match &verdict.hint {
            Some(hint) => self.tell(&format!("Hint: {hint}.")),
            None => Ok(()),
        }
    }

    /// Says what is known of what was typed.
    pub(super) fn said_of(&mut self, field: Field, wizard: &Wizard) -> std::io::Result<()> {
        let verdict = match field {
            Field::Name => wizard.user_verdict(),
            Field::Place(row) => wizard.form().places.get(row).and_then(|row| wizard.target_verdict(row)),
            _ => None,
        };
        if let Some(verdict) = verdict {
            return self.verdict(&verdict);
        }
        if field != Field::RestrictTo {
            return Ok(());
        }
        // What a context may be used by decides what its check says.
        for row in wizard
            .form()
            .targets()
            .filter(|row| row.kind == PlaceKind::CircleciContext)
        {
            if let Some(verdict) = wizard.target_verdict(row) {
                self.verdict(&verdict)?;
            }
        }
        Ok(())
    }

    pub(super) fn ask(&mut self, stop: Stop, wizard: &Wizard) -> std::io::Result<()> {
        match stop {
            Stop::Text(field) => {
                let text = match wizard.form().text(field) {
                    "" => "none",
                    text => text,
                };
                self.prompt(&format!("{} [{text}]", label(field, wizard)))
            }
            Stop::List(List::Attach) => {
                self.offer(List::Attach, "", wizard)?;
                let chosen = self.shown.iter().position(|item| item.chosen).unwrap_or_default() + 1;
                self.prompt(&format!("Attach policies [{chosen}], number"))
            }
            Stop::List(list) => {
                let chosen = super::answer::chosen(list, wizard);
                self.prompt(&format!("{} [{chosen}], words to search", list.label()))
            }
            Stop::Decision => {
                self.plan(wizard)?;
                self.prompt("Number")
            }
        }
    }

    fn plan(&mut self, wizard: &Wizard) -> std::io::Result<()> {
        match wizard.plan() {
            None => {}
            Some(Ok(plan)) => {
                for line in self.ui.review_lines(plan) {
                    let line = anstream::adapter::strip_str(&line).to_string();
                    self.say(&line)?;
                }
            }
            Some(Err(failures)) => {
                for failure in failures {
                    self.verdict(&Verdict::bad(&failure.what).with_hint(failure.hint.clone()))?;
                }
            }
        }
        let apply = match self.facts.dry_run {
            true => "End here, for --dry-run was given",
            false => "Apply",
        };
        for (place, what) in [apply, "Back", "Save as a file", "Quit"].iter().enumerate() {
            self.say(&format!("{}. {what}", place + 1))?;
        }
        Ok(())
    }

    /// Reads out the first choices that a search leaves, with their numbers.
    pub(super) fn offer(&mut self, list: List, words: &str, wizard: &Wizard) -> std::io::Result<()> {
        let items = crate::ui::wizard::list::items(list, words, wizard);
        let count = items.len();
        self.shown = items.into_iter().take(SHOWN).collect();
        if self.shown.is_empty() {
            return self.say("Nothing was found.");
        }
        for line in self
            .shown
            .iter()
            .enumerate()
            .map(|(place, item)| read_out(place, item))
            .collect::<Vec<_>>()
        {
            self.say(&line)?;
        }
        match count - self.shown.len() {
            0 => Ok(()),
            more => self.say(&format!("{more} more; further words narrow it down.")),
        }
    }

    pub(super) fn explain(&mut self, stop: Stop) -> std::io::Result<()> {
        let text = match stop {
            Stop::Text(Field::Name) => "The name of the IAM user: up to 64 letters, digits and + = , . @ _ -",
            Stop::Text(Field::Path) => "Part of the user's ARN, such as /ci/",
            Stop::Text(Field::Project) => "Whose the user is: the value of its tag ciuser:project.",
            Stop::Text(Field::TagKey(_)) => "The key of a tag; an empty line goes on, - removes the tag.",
            Stop::Text(Field::TagValue(_)) => "The value of the tag; it may be empty.",
            Stop::Text(Field::Place(_)) => {
                "Where the key goes: a file for a store, the name of a vault for 1Password, a name such as \
                 gh/acme/storefront-deploy for CircleCI; - for none. It is looked at, and nothing is changed."
            }
            Stop::Text(Field::RestrictTo) => {
                "The projects that may use a context that is made, separated by blanks; * leaves it open to all."
            }
            Stop::List(List::Attach) => "The number of the way. A group of its own is made under the path /ciuser/.",
            Stop::List(_) => {
                "Words search name, path and actions. A number chooses what has it, or takes it back; d and a number \
                 reads its document out; for and services, such as for s3,cloudfront, chooses the usual ones. \
                 An empty line goes on."
            }
            Stop::Decision => "The number of what shall become of the plan. Nothing has been changed so far.",
        };
        self.tell(text)
    }
}

fn read_out(place: usize, item: &Item) -> String {
    let chosen = if item.chosen { ", chosen" } else { "" };
    format!("{}. {}, {}{chosen}", place + 1, item.name, item.why)
}

fn label(field: Field, wizard: &Wizard) -> &'static str {
    match field {
        Field::Name => "Name",
        Field::Path => "Path",
        Field::Project => "Project",
        Field::TagKey(_) => "Tag key",
        Field::TagValue(_) => "Tag value",
        Field::RestrictTo => "Restrict to",
        Field::Place(row) => match wizard.form().places.get(row).map(|row| row.kind) {
            Some(PlaceKind::Kdbx) => "KeePass file",
            Some(PlaceKind::Csv) => "CSV file",
            Some(PlaceKind::OnePassword) => "1Password vault",
            Some(PlaceKind::CircleciContext) => "CircleCI context",
            Some(PlaceKind::CircleciProject) | None => "CircleCI project",
            Some(PlaceKind::OtherStore) => "Other store",
            Some(PlaceKind::OtherPlace) => "Other CI system",
        },
    }
}
