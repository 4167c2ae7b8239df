//! Signals: noted at once, acted on when it is safe.
//!
//! Until something is changed, the first SIGINT, SIGTERM or SIGHUP ends the process. From [`Signals::finish_steps`]
//! on, the first one is noted, and apply stops before its next step; a second one ends the process. While held, around
//! CreateAccessKey, signals are noted and nothing else.
//!
//! Invariants: after [`Hold::hold`] has returned, no signal ends the process before [`Hold::release`]; a signal is
//! never forgotten. A thread of its own waits for the signals, so blocking code elsewhere delays nothing, and no
//! code runs in a signal handler.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ciuser_core::port::Hold;
use rustix::fd::BorrowedFd;
use rustix::termios::{OptionalActions, Termios};
use tokio::signal::unix::{Signal as Arrivals, SignalKind, signal};

/// A signal that asks the process to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    /// SIGINT: Ctrl-C.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// SIGHUP: the terminal is gone.
    HangUp,
}

impl Signal {
    /// Returns the name, as `kill -l` shows it with `SIG` in front.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Signal::Interrupt => "SIGINT",
            Signal::Terminate => "SIGTERM",
            Signal::HangUp => "SIGHUP",
        }
    }

    /// Returns what shells expect of a process that a signal ended: 128 and its number.
    pub(crate) fn exit_code(self) -> i32 {
        let number = match self {
            Signal::Interrupt => SignalKind::interrupt(),
            Signal::Terminate => SignalKind::terminate(),
            Signal::HangUp => SignalKind::hangup(),
        };
        128 + number.as_raw_value()
    }
}

/// Sends this process a SIGINT: a terminal that reports keys sends none for Ctrl-C.
pub(crate) fn interrupt_self() {
    // There is no reason for which a process could not signal itself.
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::INT);
}

/// The signals of the process. Clones share what was noted.
#[derive(Debug, Clone)]
pub(crate) struct Signals {
    state: Arc<Mutex<State>>,
}

impl Signals {
    /// Begins to listen. Each signal that does not end the process at once is told to `noted`, on another thread.
    pub(crate) fn listen(noted: impl Fn(Signal) + Send + 'static) -> std::io::Result<Signals> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
        let mut arrivals = {
            // Registered before this returns: a signal that comes a moment later is ours already.
            let _inside = runtime.enter();
            [
                signal(SignalKind::interrupt())?,
                signal(SignalKind::terminate())?,
                signal(SignalKind::hangup())?,
            ]
        };
        let signals = Signals { state: Arc::default() };
        let (listener, terminal) = (signals.clone(), Terminal::remember());
        let listening = move || {
            runtime.block_on(async {
                while let Some(signal) = next(&mut arrivals).await {
                    listener.receive(signal, &terminal);
                    noted(signal);
                }
            });
        };
        std::thread::Builder::new()
            .name("signals".to_owned())
            .spawn(listening)?;
        Ok(signals)
    }

    /// From now on the first signal lets the step in hand be finished; only a second one ends the process.
    pub(crate) fn finish_steps(&self) {
        self.state().finishes_steps = true;
    }

    /// Notes a signal, or ends the process.
    fn receive(&self, signal: Signal, terminal: &Terminal) {
        let mut state = self.state();
        if state.note(signal) == Act::Exit {
            terminal.restore();
            // INVARIANT: the state is still locked, so that nobody can begin to hold signals meanwhile.
            std::process::exit(signal.exit_code());
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hold for Signals {
    fn hold(&self) {
        self.state().held = true;
    }

    fn release(&self) {
        self.state().held = false;
    }

    fn interrupted(&self) -> bool {
        let state = self.state();
        !state.held && state.noted.is_some()
    }
}

/// What a signal leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Note,
    Exit,
}

#[derive(Debug, Default)]
struct State {
    finishes_steps: bool,
    held: bool,
    noted: Option<Signal>,
}

impl State {
    fn note(&mut self, signal: Signal) -> Act {
        let second = self.noted.is_some();
        self.noted.get_or_insert(signal);
        match (self.held, self.finishes_steps, second) {
            (true, _, _) | (false, true, false) => Act::Note,
            (false, false, _) | (false, true, true) => Act::Exit,
        }
    }
}

/// Waits for the next signal. `None` when none can come any more.
async fn next([interrupt, terminate, hang_up]: &mut [Arrivals; 3]) -> Option<Signal> {
    tokio::select! {
        Some(()) = interrupt.recv() => Some(Signal::Interrupt),
        Some(()) = terminate.recv() => Some(Signal::Terminate),
        Some(()) = hang_up.recv() => Some(Signal::HangUp),
        else => None,
    }
}

/// The terminal as it was at start: a process that ends while a passphrase is typed must not leave it without echo.
struct Terminal(Option<(BorrowedFd<'static>, Termios)>);

impl Terminal {
    fn remember() -> Terminal {
        let ends = [rustix::stdio::stdin(), rustix::stdio::stderr()];
        Terminal(
            ends.into_iter()
                .find_map(|end| Some((end, rustix::termios::tcgetattr(end).ok()?))),
        )
    }

    fn restore(&self) {
        crate::ui::give_back();
        if let Some((end, modes)) = &self.0 {
            // The process ends in any case.
            let _ = rustix::termios::tcsetattr(end, OptionalActions::Now, modes);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    #[test]
    fn before_anything_is_changed_the_first_signal_ends_the_process() {
        assert_eq!(State::default().note(Signal::Interrupt), Act::Exit);
    }

    #[test]
    fn while_steps_are_carried_out_only_the_second_signal_ends_the_process() {
        let mut state = State {
            finishes_steps: true,
            ..State::default()
        };
        assert_eq!(state.note(Signal::Terminate), Act::Note);
        assert_eq!(state.note(Signal::Interrupt), Act::Exit);
    }

    #[test]
    fn no_number_of_signals_ends_a_process_that_holds_them() {
        let mut state = State {
            held: true,
            ..State::default()
        };
        assert_eq!([(); 3].map(|()| state.note(Signal::Interrupt)), [Act::Note; 3]);
    }

    #[test]
    fn names_and_exit_codes_are_those_of_a_shell() {
        let shown = [Signal::Interrupt, Signal::Terminate, Signal::HangUp].map(|s| (s.name(), s.exit_code()));
        assert_eq!(shown, [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)]);
    }

    /// The only test with real signals in this process: they come to all its listeners.
    #[test]
    fn a_signal_that_came_while_held_acts_after_the_release() {
        let (told, hears) = mpsc::channel();
        let signals = Signals::listen(move |signal| told.send(signal).unwrap_or_default()).unwrap();
        signals.hold();
        rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TERM).unwrap();
        assert_eq!(hears.recv_timeout(Duration::from_secs(10)), Ok(Signal::Terminate));
        assert!(!signals.interrupted());
        signals.release();
        assert!(signals.interrupted());
    }

    /// The child is this test again, with a variable set.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "a process has to end")]
    fn a_signal_ends_the_process_with_the_exit_code_of_a_shell() {
        const INSIDE: &str = "CIUSER_TEST_ENDS_BY_SIGNAL";
        let kill = || rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::INT);
        if std::env::var_os(INSIDE).is_some() {
            let (told, hears) = mpsc::channel();
            let signals = Signals::listen(move |signal| told.send(signal).unwrap_or_default()).unwrap();
            signals.finish_steps();
            kill().unwrap();
            assert_eq!(hears.recv_timeout(Duration::from_secs(10)), Ok(Signal::Interrupt));
            assert!(signals.interrupted());
            kill().unwrap();
            assert_eq!(
                hears.recv_timeout(Duration::from_secs(10)),
                Err(mpsc::RecvTimeoutError::Timeout)
            );
            return;
        }
        let name = "hold::tests::a_signal_ends_the_process_with_the_exit_code_of_a_shell";
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        let ended = child.args(["--exact", name]).env(INSIDE, "").output().unwrap();
        assert_eq!(
            ended.status.code(),
            Some(130),
            "{}",
            String::from_utf8_lossy(&ended.stdout)
        );
    }
}
