//! Where something is in a text: for programs in bytes, for people in lines and columns.

use std::fmt;

/// A place in a document's text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// Where it starts.
    pub start: usize,
    /// Where it ends: the first byte behind it.
    pub end: usize,
}

/// A place in a text as people count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
}

impl Place {
    /// Returns the place of a byte of the text; behind its end, that of the end.
    pub fn of(text: &str, byte: usize) -> Self {
        let (before, _) = text.split_at(text.floor_char_boundary(byte));
        let line = before.rsplit('\n').next().unwrap_or_default();
        Self {
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn lines_and_characters_are_counted_from_one() {
        let text = "ab\r\né☃x\n";
        let place = |byte| Place::of(text, byte).to_string();
        assert_eq!(place(0), "line 1, column 1");
        assert_eq!(place(4), "line 2, column 1");
        assert_eq!(place(6), "line 2, column 2", "the first byte of the snowman");
        assert_eq!(place(8), "line 2, column 2", "its last byte");
        assert_eq!(place(9), "line 2, column 3");
        assert_eq!(place(11), "line 3, column 1");
        assert_eq!(place(99), "line 3, column 1");
    }
}
