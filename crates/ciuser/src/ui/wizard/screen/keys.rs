//! From keys to the wizard's events.

use ratatui::crossterm::event::{Event as Raw, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use tui_input::backend::crossterm::EventHandler as _;
use tui_input::{Input, InputRequest};

use super::view::{Decision, Reading, View};
use crate::ui::wizard::stop::{Stop, stops};
use crate::wizard::{Event, Page, Wizard};

/// How far Page Up and Page Down go.
const LEAP: usize = 10;

/// What a key came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Pressed {
    /// These events, perhaps none.
    Events(Vec<Event>),
    /// Ctrl-C.
    Interrupt,
}

impl View<'_> {
    /// Takes what the terminal reports.
    pub(super) fn press(&mut self, raw: &Raw, wizard: &Wizard) -> Pressed {
        self.follow(wizard);
        match raw {
            Raw::Key(key) if key.kind == KeyEventKind::Release => Pressed::Events(Vec::new()),
            Raw::Key(key) if ctrl(key, 'c') => Pressed::Interrupt,
            Raw::Key(key) => {
                let leaving = std::mem::take(&mut self.leaving);
                Pressed::Events(self.key(key, raw, leaving, wizard))
            }
            Raw::Paste(text) => Pressed::Events(self.paste(text, wizard)),
            _ => Pressed::Events(Vec::new()),
        }
    }

    fn key(&mut self, key: &KeyEvent, raw: &Raw, leaving: bool, wizard: &Wizard) -> Vec<Event> {
        if self.reading.is_some() {
            self.read_on(key);
            return Vec::new();
        }
        if self.saving {
            return self.name_file(key, raw);
        }
        if std::mem::take(&mut self.agreeing) {
            let agreed = key.code == KeyCode::Char('y');
            return agreed.then_some(Event::Apply).into_iter().collect();
        }
        match key.code {
            KeyCode::Esc if self.page == Page::User && !leaving => {
                self.leaving = true;
                Vec::new()
            }
            KeyCode::Esc => vec![Event::Back],
            _ if ctrl(key, 'n') && self.page != Page::Review => self.leave_stop(wizard, vec![Event::Next]),
            _ if ctrl(key, 'p') && self.page != Page::User => self.leave_stop(wizard, vec![Event::Back]),
            _ => match self.focus(wizard) {
                Stop::Text(_) => self.text_key(key, raw, wizard),
                Stop::List(_) => self.list_key(key, raw, wizard),
                Stop::Decision => self.decision_key(key, wizard),
            },
        }
    }

    fn text_key(&mut self, key: &KeyEvent, raw: &Raw, wizard: &Wizard) -> Vec<Event> {
        let last = self.stop + 1 == stops(self.page, wizard.form()).len();
        match key.code {
            KeyCode::Enter if last => self.leave_stop(wizard, vec![Event::Next]),
            KeyCode::Enter | KeyCode::Tab => self.go(wizard, 1),
            KeyCode::BackTab => self.go(wizard, -1),
            KeyCode::Down => self.go(wizard, self.row_height()),
            KeyCode::Up => self.go(wizard, -self.row_height()),
            _ => self.edit(raw, wizard),
        }
    }

    /// A row of the tags has two texts.
    fn row_height(&self) -> isize {
        if self.page == Page::Tags { 2 } else { 1 }
    }

    fn list_key(&mut self, key: &KeyEvent, raw: &Raw, wizard: &Wizard) -> Vec<Event> {
        match key.code {
            KeyCode::Tab => self.go(wizard, 1),
            KeyCode::BackTab => self.go(wizard, -1),
            KeyCode::Down => self.mark(self.line.saturating_add(1)),
            KeyCode::Up => self.mark(self.line.saturating_sub(1)),
            KeyCode::PageDown => self.mark(self.line.saturating_add(LEAP)),
            KeyCode::PageUp => self.mark(self.line.saturating_sub(LEAP)),
            KeyCode::Enter => self.item(wizard).map(|item| item.event).into_iter().collect(),
            _ if ctrl(key, 'o') => self.open_document(wizard),
            _ if self.list().is_some_and(|list| list.is_searched()) => {
                let before = self.input.value().to_owned();
                self.input.handle_event(raw);
                if self.input.value() != before {
                    self.line = 0;
                }
                Vec::new()
            }
            KeyCode::Char(' ') => self.item(wizard).map(|item| item.event).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn mark(&mut self, line: usize) -> Vec<Event> {
        self.line = line;
        Vec::new()
    }

    fn open_document(&mut self, wizard: &Wizard) -> Vec<Event> {
        let Some(policy) = self.item(wizard).and_then(|item| item.policy) else {
            return Vec::new();
        };
        self.reading = Some(Reading {
            policy: policy.clone(),
            scroll: 0,
        });
        vec![Event::Document(policy)]
    }

    fn read_on(&mut self, key: &KeyEvent) {
        let Some(reading) = &mut self.reading else { return };
        match scrolled(reading.scroll, key.code) {
            Some(scroll) => reading.scroll = scroll,
            None => self.reading = None,
        }
    }

    fn decision_key(&mut self, key: &KeyEvent, wizard: &Wizard) -> Vec<Event> {
        let place = Decision::ALL.iter().position(|decision| *decision == self.decision);
        let place = place.unwrap_or_default();
        match key.code {
            KeyCode::Right | KeyCode::Tab => self.decide(place + 1),
            KeyCode::Left | KeyCode::BackTab => self.decide(place + Decision::ALL.len() - 1),
            KeyCode::Enter => return self.act(wizard),
            code => self.scroll = scrolled(self.scroll, code).unwrap_or(self.scroll),
        }
        Vec::new()
    }

    fn decide(&mut self, place: usize) {
        if let Some(decision) = Decision::ALL.get(place % Decision::ALL.len()) {
            self.decision = *decision;
        }
    }

    fn act(&mut self, wizard: &Wizard) -> Vec<Event> {
        match self.decision {
            // A person who goes through the pages by Enter alone has not agreed to anything yet.
            Decision::Apply if !self.dry_run => {
                self.agreeing = matches!(wizard.plan(), Some(Ok(plan)) if plan.has_changes());
                match self.agreeing {
                    true => Vec::new(),
                    false => vec![Event::Apply],
                }
            }
            Decision::Apply => vec![Event::Apply],
            Decision::Back => vec![Event::Back],
            Decision::Quit => vec![Event::Quit],
            Decision::Save => {
                self.saving = matches!(wizard.plan(), Some(Ok(_)));
                self.input = Input::from(self.save_as.as_str());
                Vec::new()
            }
        }
    }

    fn name_file(&mut self, key: &KeyEvent, raw: &Raw) -> Vec<Event> {
        match key.code {
            KeyCode::Esc => self.saving = false,
            KeyCode::Enter if !self.input.value().trim().is_empty() => {
                self.saving = false;
                self.save_as = self.input.value().trim().to_owned();
                return vec![Event::Save(self.save_as.clone())];
            }
            _ => {
                self.input.handle_event(raw);
            }
        }
        Vec::new()
    }

    /// Moves the focus by so many stops, round the page.
    fn go(&mut self, wizard: &Wizard, by: isize) -> Vec<Event> {
        let count = stops(self.page, wizard.form()).len();
        let events = self.leave_stop(wizard, Vec::new());
        self.stop = (self.stop + count).saturating_add_signed(by) % count.max(1);
        self.take_up(wizard);
        events
    }

    fn leave_stop(&self, wizard: &Wizard, then: Vec<Event>) -> Vec<Event> {
        let mut events = match self.focus(wizard) {
            Stop::Text(field) => vec![Event::Left(field)],
            _ => Vec::new(),
        };
        events.extend(then);
        events
    }

    fn edit(&mut self, raw: &Raw, wizard: &Wizard) -> Vec<Event> {
        let before = self.input.value().to_owned();
        self.input.handle_event(raw);
        self.typed(&before, wizard)
    }

    /// A paste is typing without its line ends: it never chooses and never goes on.
    fn paste(&mut self, text: &str, wizard: &Wizard) -> Vec<Event> {
        let before = self.input.value().to_owned();
        for char in text.chars().filter(|char| !char.is_control()) {
            self.input.handle(InputRequest::InsertChar(char));
        }
        self.typed(&before, wizard)
    }

    fn typed(&self, before: &str, wizard: &Wizard) -> Vec<Event> {
        match self.focus(wizard) {
            Stop::Text(field) if self.input.value() != before => {
                vec![Event::Typed(field, self.input.value().to_owned())]
            }
            _ => Vec::new(),
        }
    }
}

/// Returns where a key scrolls to, or nothing when it does not scroll.
fn scrolled(from: usize, code: KeyCode) -> Option<usize> {
    match code {
        KeyCode::Down => Some(from.saturating_add(1)),
        KeyCode::Up => Some(from.saturating_sub(1)),
        KeyCode::PageDown | KeyCode::Char(' ') => Some(from.saturating_add(LEAP)),
        KeyCode::PageUp => Some(from.saturating_sub(LEAP)),
        KeyCode::Home => Some(0),
        _ => None,
    }
}

fn ctrl(key: &KeyEvent, letter: char) -> bool {
    key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char(letter)
}
