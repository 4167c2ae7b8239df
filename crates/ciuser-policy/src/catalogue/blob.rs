//! Data as they lie in the program: compressed tables, unpacked once by whoever first asks, and never freed.
//!
//! A table is a text of lines whose columns are separated by tabs; everything handed out is a slice of it.

use std::io::{self, Read as _};
use std::str::Lines;

use ruzstd::decoding::StreamingDecoder;

#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    #[error("it cannot be unpacked: {0}")]
    Packed(String),
    #[error("line {0} has other columns than expected")]
    Line(usize),
}

/// An unpacked table, read from the top.
pub(super) struct Table {
    lines: Lines<'static>,
    line: usize,
}

impl Table {
    /// Unpacks the first zstd frame of `blob`, and leaves there what follows it.
    ///
    /// The text is never freed: it is made once and wanted until the end.
    pub(super) fn unpack(blob: &mut &[u8]) -> Result<Self, Unreadable> {
        let mut decoder = StreamingDecoder::new(blob).map_err(|error| Unreadable::Packed(error.to_string()))?;
        // Exactly as much as is needed: growing by doubling would cost megabytes that stay.
        let size = usize::try_from(decoder.decoder.content_size()).unwrap_or_default();
        let mut text = String::with_capacity(size);
        decoder
            .read_to_string(&mut text)
            .map_err(|error: io::Error| Unreadable::Packed(error.to_string()))?;
        Ok(Self::of(text.leak()))
    }

    /// Returns the table that a text is.
    pub(super) fn of(text: &'static str) -> Self {
        Self {
            lines: text.lines(),
            line: 0,
        }
    }

    /// Returns the columns of the next line, or nothing after the last.
    pub(super) fn next_row<const COLUMNS: usize>(&mut self) -> Result<Option<[&'static str; COLUMNS]>, Unreadable> {
        let Some(line) = self.lines.next() else {
            return Ok(None);
        };
        self.line += 1;
        // Columns are short: looking at each byte takes less time than `str::split`, which starts a search for each.
        let mut row = [""; COLUMNS];
        let mut rest = Some(line);
        for cell in &mut row {
            let text = rest.ok_or_else(|| self.misread())?;
            let tab = text.bytes().position(|byte| byte == b'\t');
            (*cell, rest) = match tab.and_then(|tab| text.split_at_checked(tab)) {
                Some((before, after)) => (before, after.strip_prefix('\t')),
                None => (text, None),
            };
        }
        match rest {
            None => Ok(Some(row)),
            Some(_) => Err(self.misread()),
        }
    }

    /// Returns the columns of the next line, which must be there.
    pub(super) fn row<const COLUMNS: usize>(&mut self) -> Result<[&'static str; COLUMNS], Unreadable> {
        self.next_row()?.ok_or(Unreadable::Line(self.line + 1))
    }

    /// Returns all lines to the end, each made into something.
    pub(super) fn rest<T, const COLUMNS: usize>(
        mut self,
        read: impl Fn([&'static str; COLUMNS]) -> T,
    ) -> Result<Vec<T>, Unreadable> {
        let mut all = Vec::new();
        while let Some(row) = self.next_row()? {
            all.push(read(row));
        }
        Ok(all)
    }

    /// Returns that the line last read says something else than expected.
    pub(super) fn misread(&self) -> Unreadable {
        Unreadable::Line(self.line)
    }
}
