//! Takes the terminal over, and gives it back.
//!
//! INVARIANT: whatever ends the program (the way out, an error, a signal, a panic) calls [`give_back`] first; what it
//! leaves is the terminal as it was. Whether the terminal is taken is known to the process, not to a value: a signal
//! and a panic have no value at hand.

use std::io::{IsTerminal as _, Stderr, stderr};
use std::sync::atomic::{AtomicBool, Ordering};

use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::{cursor, event, execute, terminal};
use ratatui::{Terminal, TerminalOptions};
use rustix::fd::BorrowedFd;
use tokio::io::unix::AsyncFd;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::draw::draw;
use super::keys::Pressed;
use super::view::View;
use crate::ui::Ui;
use crate::ui::wizard::{Facts, Step};
use crate::wizard::Wizard;

static TAKEN: AtomicBool = AtomicBool::new(false);

/// Set when something else was written to the screen, so that all of it is drawn again.
static SPOILT: AtomicBool = AtomicBool::new(false);

/// The terminal, taken over until this is dropped.
pub(crate) struct Screen<'a> {
    terminal: Terminal<CrosstermBackend<Stderr>>,
    view: View<'a>,
    input: AsyncFd<BorrowedFd<'static>>,
    resized: Signal,
}

impl<'a> Screen<'a> {
    /// Takes the terminal over.
    ///
    /// # Errors
    /// When the terminal cannot be switched, or not be listened to.
    pub(crate) fn take(ui: &'a Ui, facts: Facts, wizard: &Wizard) -> std::io::Result<Screen<'a>> {
        #[expect(
            deprecated,
            reason = "its successor is unsafe for descriptors that may be closed early; stdin is not closed"
        )]
        let input = AsyncFd::new(rustix::stdio::stdin())?;
        let resized = signal(SignalKind::window_change())?;
        let backend = CrosstermBackend::new(stderr());
        let terminal = Terminal::with_options(backend, TerminalOptions::default())?;
        let view = View::new(ui, facts, wizard);
        take()?;
        Ok(Screen {
            terminal,
            view,
            input,
            resized,
        })
    }

    /// Draws what the wizard is now.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(crate) fn show(&mut self, wizard: &Wizard) -> std::io::Result<()> {
        self.view.follow(wizard);
        // A signal gave the terminal back, and the process is about to end.
        if !TAKEN.load(Ordering::SeqCst) {
            return Ok(());
        }
        if SPOILT.swap(false, Ordering::Relaxed) {
            self.terminal.clear()?;
        }
        self.terminal.draw(|frame| draw(frame, &self.view, wizard))?;
        Ok(())
    }

    /// Waits for keys, or for another size.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(crate) async fn next(&mut self, wizard: &Wizard) -> std::io::Result<Step> {
        // What was read ahead lies with crossterm, and makes no descriptor ready.
        if !event::poll(std::time::Duration::ZERO)? {
            tokio::select! {
                ready = self.input.readable() => ready?.clear_ready(),
                _ = self.resized.recv() => {}
            }
        }
        let mut events = Vec::new();
        // One key at a time: what the next one means depends on what this one led to.
        if event::poll(std::time::Duration::ZERO)? {
            match self.view.press(&event::read()?, wizard) {
                Pressed::Events(more) => events.extend(more),
                Pressed::Interrupt => return Ok(Step::Interrupt),
            }
        }
        Ok(Step::Events(events))
    }
}

impl Drop for Screen<'_> {
    fn drop(&mut self) {
        give_back();
    }
}

fn take() -> std::io::Result<()> {
    TAKEN.store(true, Ordering::SeqCst);
    terminal::enable_raw_mode()?;
    execute!(stderr(), terminal::EnterAlternateScreen, event::EnableBracketedPaste)
}

/// Gives the terminal back, if it was taken: echo, cursor, and what was on it before.
pub(crate) fn give_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        // Nothing more can be done if it fails, and the next step may still work.
        let _ = execute!(
            stderr(),
            event::DisableBracketedPaste,
            terminal::LeaveAlternateScreen,
            cursor::Show
        );
        let _ = terminal::disable_raw_mode();
    }
}

/// Asks something outside the screen, such as a passphrase, and comes back to it.
pub(crate) fn outside<T>(ask: impl FnOnce() -> T) -> T {
    let taken = TAKEN.load(Ordering::SeqCst);
    give_back();
    let answer = ask();
    if taken && stderr().is_terminal() {
        // If the screen cannot be taken again, drawing on it says so.
        let _ = take();
        SPOILT.store(true, Ordering::Relaxed);
    }
    answer
}
