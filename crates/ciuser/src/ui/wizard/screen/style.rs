//! Signs and colours of the screen. Every colour repeats what a sign or a word says; without colour there is no style
//! at all, as everywhere in `ui`.

use ratatui::style::{Color, Modifier, Style};

use crate::wizard::Level;

/// How the screen looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// Whether there is colour.
    pub(super) color: bool,
    /// Whether there is more than ASCII.
    pub(super) unicode: bool,
}

impl Look {
    fn styled(self, style: Style) -> Style {
        if self.color { style } else { Style::default() }
    }

    /// Of headings, and of what has the focus.
    pub(super) fn strong(self) -> Style {
        self.styled(Style::default().add_modifier(Modifier::BOLD))
    }

    /// Of what explains.
    pub(super) fn quiet(self) -> Style {
        self.styled(Style::default().add_modifier(Modifier::DIM))
    }

    /// Of the marker that shows where the focus is.
    pub(super) fn marker(self) -> Style {
        self.styled(Style::default().fg(Color::Cyan).add_modifier(Modifier::BOLD))
    }

    /// Of a verdict.
    pub(super) fn of(self, level: Level) -> Style {
        let color = match level {
            Level::Good => Color::Green,
            Level::Waiting => Color::Cyan,
            Level::Warning => Color::Yellow,
            Level::Bad => Color::Red,
        };
        self.styled(Style::default().fg(color))
    }

    /// Of a line of the plan, by the sign that it begins with.
    pub(super) fn of_plan_line(self, line: &str) -> Style {
        match line.trim_start().chars().next() {
            Some('+') => self.of(Level::Good),
            Some('~' | '▲' | '!') => self.of(Level::Warning),
            Some('-') => self.of(Level::Bad),
            Some('●' | '*') => self.of(Level::Waiting),
            _ => Style::default(),
        }
    }

    /// Returns the sign of a verdict.
    pub(super) fn sign(self, level: Level) -> &'static str {
        match (level, self.unicode) {
            (Level::Good, true) => "✓",
            (Level::Good, false) => "ok",
            (Level::Waiting, true) => "…",
            (Level::Waiting, false) => "..",
            (Level::Warning, true) => "▲",
            (Level::Warning, false) => "!",
            (Level::Bad, true) => "✗",
            (Level::Bad, false) => "x",
        }
    }

    /// Returns the marker.
    pub(super) fn pointer(self) -> &'static str {
        if self.unicode { "▸" } else { ">" }
    }

    /// Returns a rule of this width.
    pub(super) fn rule(self, width: usize) -> String {
        if self.unicode { "─" } else { "-" }.repeat(width)
    }

    /// Returns what stands between keys.
    pub(super) fn dot(self) -> &'static str {
        if self.unicode { "·" } else { "|" }
    }

    /// Returns what stands for what is cut off.
    pub(super) fn ellipsis(self) -> &'static str {
        if self.unicode { "…" } else { "..." }
    }
}
