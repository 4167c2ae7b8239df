//! Lines that fit the terminal: hanging paragraphs and plain columns.

use unicode_width::UnicodeWidthStr as _;

use super::Ui;

/// Nothing is laid out wider than this: long lines are hard to read.
const WIDEST: usize = 120;

/// Where nobody says how wide it is, such as in a pipe.
const UNKNOWN: usize = 100;

/// Returns how many columns the terminal of stderr, or of stdout, has.
fn columns() -> usize {
    let size =
        rustix::termios::tcgetwinsize(std::io::stderr()).or_else(|_| rustix::termios::tcgetwinsize(std::io::stdout()));
    match size {
        // Tests see the same lines whatever terminal they are run in.
        Ok(size) if size.ws_col >= 20 && !cfg!(test) => usize::from(size.ws_col).min(WIDEST),
        _ => UNKNOWN,
    }
}

/// Returns how many columns a text takes, escape sequences not counted.
fn width(text: &str) -> usize {
    anstream::adapter::strip_str(text).to_string().width()
}

impl Ui {
    /// Returns how wide lines may be.
    pub(super) fn width(&self) -> usize {
        columns()
    }

    /// Lays a paragraph out behind its lead; further lines stand below the first word.
    pub(super) fn hanging(&self, lead: &str, text: &str) -> String {
        let indent = " ".repeat(width(lead));
        // ARNs and paths have no blanks to break at: they are broken where a reader expects it, or left whole.
        let options = textwrap::Options::new(self.width().saturating_sub(1))
            .initial_indent(&indent)
            .subsequent_indent(&indent)
            .break_words(false)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        let laid = textwrap::fill(&self.typeable(text), options);
        format!("{lead}{}", laid.get(indent.len()..).unwrap_or_default())
    }

    /// Puts the flags of this session into the commands of ours that a text names, so that they can be typed as shown.
    fn typeable(&self, text: &str) -> String {
        if self.manner.flags.is_empty() {
            return text.to_owned();
        }
        let parts = text.split('`').enumerate().map(|(place, part)| {
            let command = place % 2 == 1 && part.starts_with("ciuser ") && !part.contains(&self.manner.flags);
            if command {
                format!("{part}{}", self.manner.flags)
            } else {
                part.to_owned()
            }
        });
        parts.collect::<Vec<_>>().join("`")
    }

    /// Lays out one name and what it is, the names in one column.
    pub(super) fn fact(&self, name: &str, text: &str) -> String {
        self.fact_below("  ", name, text)
    }

    /// Lays out one name and what it is below something that stands further to the left.
    pub(super) fn fact_below(&self, indent: &str, name: &str, text: &str) -> String {
        self.hanging(&format!("{indent}{} ", self.dim(&format!("{name:<9}"))), text)
    }
}

/// A column of a table.
pub(crate) struct Column {
    /// Its heading.
    pub(crate) heading: &'static str,
    /// Whether its texts are wrapped when the table is too wide; the others are never broken.
    pub(crate) wraps: bool,
}

/// Lays out a table without rules: headings, then rows, the columns as wide as they need.
pub(crate) fn table(ui: &Ui, columns: &[Column], rows: &[Vec<String>]) -> String {
    let widest = |place: usize| {
        let cells = rows.iter().filter_map(|row| row.get(place)).map(|cell| width(cell));
        cells.max().unwrap_or(0)
    };
    let widths: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(place, column)| widest(place).max(column.heading.width()))
        .collect();
    let mut lines = Vec::new();
    let heading: Vec<String> = columns.iter().map(|column| ui.dim(column.heading)).collect();
    lines.push(line(ui, columns, &widths, &heading));
    lines.extend(rows.iter().map(|row| line(ui, columns, &widths, row)));
    lines.join("\n")
}

fn line(ui: &Ui, columns: &[Column], widths: &[usize], cells: &[String]) -> String {
    let mut text = String::from(" ");
    for ((cell, column), wide) in cells.iter().zip(columns).zip(widths) {
        text.push(' ');
        if column.wraps {
            return ui.hanging(&text, cell);
        }
        text.push_str(cell);
        text.push_str(&" ".repeat(wide.saturating_sub(width(cell)) + 1));
    }
    text.trim_end().to_owned()
}
