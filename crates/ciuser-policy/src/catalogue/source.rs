//! Where a part of the catalogue comes from.

/// The package that data were taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// The package, of npm or PyPI.
    pub package: &'static str,
    /// The package's version.
    pub version: &'static str,
    /// The day of the newest change that is in it, as `2026-08-26`; for some only the month.
    pub as_of: &'static str,
    /// The package's licence, as SPDX names it.
    pub licence: &'static str,
}

impl Source {
    /// Reads the line at the head of a table.
    pub(super) fn from_row([package, version, as_of, licence]: [&'static str; 4]) -> Self {
        Self {
            package,
            version,
            as_of,
            licence,
        }
    }
}
