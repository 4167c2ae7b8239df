//! Lines that the pages are made of.

use ratatui::text::{Line, Span};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::ui::wizard::screen::style::Look;
use crate::wizard::Verdict;

/// Where the marker stands.
pub(super) const MARKER: usize = 2;

/// Where labels begin.
pub(super) const LABEL: usize = 4;

/// Where what is typed begins.
pub(super) const VALUE: usize = 18;

/// Returns a line of label and text, marked when it has the focus.
pub(super) fn row(label: &str, text: String, focused: bool, look: Look) -> Line<'static> {
    let pointer = if focused { look.pointer() } else { " " };
    let label = format!("{label:<width$}", width = VALUE - LABEL);
    let style = if focused { look.strong() } else { look.quiet() };
    Line::from(vec![
        Span::raw(" ".repeat(MARKER)),
        Span::styled(format!("{pointer} "), look.marker()),
        Span::styled(label, style),
        Span::raw(text),
    ])
}

/// Returns a paragraph that explains.
pub(super) fn prose(text: &str, indent: usize, width: usize, look: Look) -> Vec<Line<'static>> {
    let margin = " ".repeat(indent);
    let lines = wrapped(text, width.saturating_sub(indent + 1)).into_iter();
    lines
        .map(|line| Line::styled(format!("{margin}{line}"), look.quiet()))
        .collect()
}

/// Returns a verdict with its sign, and its hint below.
pub(super) fn verdict(verdict: &Verdict, indent: usize, width: usize, look: Look) -> Vec<Line<'static>> {
    let sign = look.sign(verdict.level);
    let hang = indent + sign.width() + 1;
    let mut lines = Vec::new();
    for line in wrapped(&verdict.text, width.saturating_sub(hang + 1)) {
        let lead = match lines.is_empty() {
            true => format!("{}{sign} ", " ".repeat(indent)),
            false => " ".repeat(hang),
        };
        lines.push(Line::styled(format!("{lead}{line}"), look.of(verdict.level)));
    }
    if let Some(hint) = &verdict.hint {
        lines.extend(prose(hint, hang, width, look));
    }
    lines
}

/// Breaks a text at its blanks.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let options = textwrap::Options::new(width.max(10)).word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::wrap(text, options)
        .into_iter()
        .map(|line| line.into_owned())
        .collect()
}

/// Cuts a text to so many columns, and shows that it is cut.
pub(super) fn shortened(text: &str, room: usize, look: Look) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let left = room.saturating_sub(look.ellipsis().width());
    format!("{}{}", columns(text, 0, left), look.ellipsis())
}

/// Returns so many columns of a text, from a column on.
pub(super) fn columns(text: &str, from: usize, room: usize) -> String {
    let mut at = 0;
    let mut cut = String::new();
    for char in text.chars() {
        let wide = char.width().unwrap_or(0);
        if at >= from && at + wide <= from + room {
            cut.push(char);
        }
        at += wide;
    }
    cut
}
