//! The only room that prints. stdout is the result and nothing else; stderr is talk.
//!
//! Colour repeats what words and signs already say; without a terminal, with `NO_COLOR` or with `--color never`
//! there is none. Progress moves on a terminal only.

mod history;
mod layout;
mod outcome;
mod policies;
mod progress;
mod prompt;
mod retired;
mod review;
mod trouble;
mod whereabouts;
mod wizard;

use std::cell::{Cell, RefCell};
use std::io::{IsTerminal as _, Write as _};

use anstream::AutoStream;
use indicatif::ProgressBar;

pub(crate) use layout::{Column, table};
pub(crate) use policies::{DecisionRow, PolicyRow, ShorterRow, WitnessRow};
pub(crate) use prompt::TerminalPrompt;
pub(crate) use trouble::usage_document;
pub(crate) use whereabouts::ago;
pub(crate) use wizard::{Facts, Lines, Screen, Step, give_back};

/// `--color`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// `--output`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Output {
    /// For people; may change at any time.
    #[default]
    Human,
    /// One document; within a format version fields are only added.
    Json,
}

/// How to talk.
#[derive(Debug, Clone)]
pub(crate) struct Manner {
    /// `--output`.
    pub(crate) output: Output,
    /// `--color`.
    pub(crate) color: Color,
    /// `--quiet`.
    pub(crate) quiet: bool,
    /// Whether more than ASCII may be printed.
    pub(crate) unicode: bool,
    /// `--no-input`.
    pub(crate) no_input: bool,
    /// The flags without which a command that is printed for typing would work elsewhere: `--sandbox`, ...
    pub(crate) flags: String,
}

/// Says that a signal came and is acted on later. Comes from the thread of the signals, so it has no `Ui`.
pub(crate) fn signal_noted(name: &str) {
    let mut err = std::io::stderr().lock();
    let _ = writeln!(
        err,
        "\n  {name} noted: stopping as soon as nothing can be lost; once more stops at once"
    );
}

/// Prints one JSON document on stdout.
fn print_document(document: &impl serde::Serialize) {
    let text = serde_json::to_string_pretty(document).unwrap_or_default();
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// Writes to the terminal, and asks there.
pub(crate) struct Ui {
    manner: Manner,
    color: anstream::ColorChoice,
    spinner: RefCell<Option<ProgressBar>>,
    progress: RefCell<progress::Progress>,
    /// Nothing moves: a screen is drawn elsewhere, or is read out.
    calm: Cell<bool>,
}

impl Ui {
    /// Makes the one `Ui` of the program.
    pub(crate) fn new(manner: Manner) -> Ui {
        let color = match manner.color {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        };
        Ui {
            manner,
            color,
            spinner: RefCell::new(None),
            progress: RefCell::default(),
            calm: Cell::new(false),
        }
    }

    /// Shows no spinner from now on, or shows one again.
    pub(crate) fn keep_calm(&self, calm: bool) {
        self.calm.set(calm);
    }

    /// Tells whether the result is one JSON document.
    pub(crate) fn is_json(&self) -> bool {
        self.manner.output == Output::Json
    }

    /// Tells whether somebody can be asked.
    pub(crate) fn can_ask(&self) -> bool {
        !self.manner.no_input && !self.is_json() && std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// Prints a line of the result. A reader that has gone away is no error: it has what it wanted.
    pub(crate) fn result(&self, text: &str) {
        let mut out = AutoStream::new(std::io::stdout().lock(), self.choice(std::io::stdout().is_terminal()));
        let _ = writeln!(out, "{text}");
    }

    /// Prints the one JSON document.
    pub(crate) fn json(&self, document: &impl serde::Serialize) {
        print_document(document);
    }

    /// Prints a text that another program reads, byte for byte.
    pub(crate) fn verbatim(&self, text: &str) {
        let _ = std::io::stdout().lock().write_all(text.as_bytes());
    }

    /// Returns where results go that are many: line by line, written in larger pieces. Nothing else may be printed as a
    /// result meanwhile.
    #[expect(clippy::unused_self, reason = "the way out is the Ui's to give")]
    pub(crate) fn stream(&self) -> std::io::BufWriter<std::io::StdoutLock<'static>> {
        std::io::BufWriter::with_capacity(64 * 1024, std::io::stdout().lock())
    }

    /// Prints a line of talk, unless `--quiet`.
    pub(crate) fn talk(&self, text: &str) {
        if !self.manner.quiet {
            self.say(text);
        }
    }

    /// Prints a line to stderr in any case: warnings and errors.
    pub(crate) fn say(&self, text: &str) {
        let print = || {
            let mut err = AutoStream::new(std::io::stderr().lock(), self.choice(std::io::stderr().is_terminal()));
            let _ = writeln!(err, "{text}");
        };
        match &*self.spinner.borrow() {
            Some(spinner) => spinner.suspend(print),
            None => print(),
        }
    }

    /// Prints a warning.
    pub(crate) fn warn(&self, text: &str) {
        let lead = format!("{} ", self.yellow(&format!("{} warning:", self.sign("▲", "!"))));
        self.say(&self.hanging(&lead, text));
    }

    /// `Auto` looks at the stream and at `NO_COLOR`, `CLICOLOR` and `TERM`, as the ecosystem does.
    fn choice(&self, terminal: bool) -> anstream::ColorChoice {
        match (self.color, terminal) {
            (anstream::ColorChoice::Auto, false) => anstream::ColorChoice::Never,
            (anstream::ColorChoice::Auto, true) => AutoStream::choice(&std::io::stderr()),
            (choice, _) => choice,
        }
    }

    /// Tells whether what is drawn on stderr may have colour.
    fn colors_stderr(&self) -> bool {
        self.choice(std::io::stderr().is_terminal()) != anstream::ColorChoice::Never
    }

    fn sign(&self, unicode: &'static str, ascii: &'static str) -> &'static str {
        if self.manner.unicode { unicode } else { ascii }
    }
}

#[expect(
    clippy::unused_self,
    reason = "the streams strip colours; asking the Ui for them keeps every style in one place"
)]
impl Ui {
    fn bold(&self, text: &str) -> String {
        use owo_colors::OwoColorize as _;
        text.bold().to_string()
    }

    fn dim(&self, text: &str) -> String {
        use owo_colors::OwoColorize as _;
        text.dimmed().to_string()
    }

    fn green(&self, text: &str) -> String {
        use owo_colors::OwoColorize as _;
        text.green().to_string()
    }

    fn yellow(&self, text: &str) -> String {
        use owo_colors::OwoColorize as _;
        text.yellow().to_string()
    }

    fn red(&self, text: &str) -> String {
        use owo_colors::OwoColorize as _;
        text.red().to_string()
    }

    fn cyan(&self, text: &str) -> String {
        use owo_colors::OwoColorize as _;
        text.cyan().to_string()
    }
}
