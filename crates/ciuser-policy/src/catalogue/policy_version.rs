//! One version of an AWS managed policy.

/// One version of an AWS managed policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyVersion {
    /// Its id, as `v3`. Some are missing: the source has not seen them.
    pub id: &'static str,
    /// When AWS made it, in RFC 3339. The source does not know it of versions made since August 2023 that are not the
    /// default one.
    pub created: Option<&'static str>,
    document: &'static str,
}

impl PolicyVersion {
    pub(super) fn new(id: &'static str, created: Option<&'static str>, document: &'static str) -> Self {
        Self { id, created, document }
    }

    /// Returns its document, minified.
    pub fn document(&self) -> &'static str {
        self.document
    }
}
