//! What only a screen has: the page that is shown, the focus, the text that is edited, what is scrolled.

use ciuser_core::name::PolicyArn;
use tui_input::Input;

use super::style::Look;
use crate::ui::Ui;
use crate::ui::wizard::Facts;
use crate::ui::wizard::list::{Item, items};
use crate::ui::wizard::stop::{List, Stop, stops};
use crate::wizard::{Page, Wizard};

/// The state of the screen.
pub(super) struct View<'a> {
    pub(super) ui: &'a Ui,
    pub(super) look: Look,
    /// Account and endpoint, and who is calling, as the head of the screen shows them.
    pub(super) head: String,
    pub(super) page: Page,
    pub(super) stop: usize,
    /// The text that has the focus: a field, or the search of a list.
    pub(super) input: Input,
    /// The line of the list that the marker is at.
    pub(super) line: usize,
    /// The document that is shown in place.
    pub(super) reading: Option<Reading>,
    /// How far the plan is scrolled.
    pub(super) scroll: usize,
    pub(super) decision: Decision,
    /// The name of the file is being typed.
    pub(super) saving: bool,
    /// Apply was chosen, and a yes is missing.
    pub(super) agreeing: bool,
    /// Esc was pressed on the first page.
    pub(super) leaving: bool,
    /// What `--save` named.
    pub(super) save_as: String,
    pub(super) dry_run: bool,
}

/// A document that is shown in place.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) policy: PolicyArn,
    pub(super) scroll: usize,
}

/// What becomes of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    Apply,
    Back,
    Save,
    Quit,
}

impl Decision {
    pub(super) const ALL: [Decision; 4] = [Decision::Apply, Decision::Back, Decision::Save, Decision::Quit];
}

impl<'a> View<'a> {
    pub(super) fn new(ui: &'a Ui, facts: Facts, wizard: &Wizard) -> View<'a> {
        let mut view = View {
            ui,
            look: Look {
                color: ui.colors_stderr(),
                unicode: ui.manner.unicode,
            },
            head: facts.head,
            page: wizard.page(),
            stop: 0,
            input: Input::default(),
            line: 0,
            reading: None,
            scroll: 0,
            decision: Decision::Apply,
            saving: false,
            agreeing: false,
            leaving: false,
            save_as: facts.save_as,
            dry_run: facts.dry_run,
        };
        view.take_up(wizard);
        view
    }

    /// Follows the wizard to its page, and keeps the focus on something that is there.
    pub(super) fn follow(&mut self, wizard: &Wizard) {
        if self.page != wizard.page() {
            self.page = wizard.page();
            self.stop = 0;
            self.scroll = 0;
            self.reading = None;
            self.saving = false;
            self.agreeing = false;
            self.decision = Decision::Apply;
            self.take_up(wizard);
        }
        let last = stops(self.page, wizard.form()).len().saturating_sub(1);
        if self.stop > last {
            self.stop = last;
            self.take_up(wizard);
        }
        if let Some(list) = self.list() {
            self.line = self
                .line
                .min(items(list, self.input.value(), wizard).len().saturating_sub(1));
        }
    }

    /// Begins to edit what has the focus.
    pub(super) fn take_up(&mut self, wizard: &Wizard) {
        self.line = 0;
        self.input = match self.focus(wizard) {
            Stop::Text(field) => Input::from(wizard.form().text(field)),
            Stop::List(_) | Stop::Decision => Input::default(),
        };
    }

    /// Returns what has the focus.
    pub(super) fn focus(&self, wizard: &Wizard) -> Stop {
        let stops = stops(self.page, wizard.form());
        stops.get(self.stop).copied().unwrap_or(Stop::Decision)
    }

    /// Returns the list that has the focus.
    pub(super) fn list(&self) -> Option<List> {
        (self.page == Page::Permissions).then(|| List::ALL.get(self.stop).copied())?
    }

    /// Returns the line of the list that the marker is at.
    pub(super) fn item(&self, wizard: &Wizard) -> Option<Item> {
        items(self.list()?, self.input.value(), wizard)
            .into_iter()
            .nth(self.line)
    }
}
