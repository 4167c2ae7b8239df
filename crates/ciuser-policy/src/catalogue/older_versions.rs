//! The managed policies' versions before the default ones, as they lie in the program.
//!
//! They are in volumes: each has all older versions of some policies, and is unpacked when one of these is asked for. The
//! whole is nine times as large as the default versions.

use std::sync::OnceLock;

use crate::catalogue::PolicyVersion;
use crate::catalogue::blob::{Table, Unreadable};

static BLOB: &[u8] = include_bytes!("../../data/managed-policy-versions.tsv.zst");

/// Some policies' versions. Volumes are sorted by policy, and so are the versions in them.
struct Volume {
    /// The name of its first policy.
    first: &'static str,
    packed: &'static [u8],
    versions: OnceLock<Vec<Older>>,
}

/// A version, and the name of the policy that it is one of.
struct Older {
    policy: &'static str,
    version: PolicyVersion,
}

/// Returns the versions of the policy of exactly this name that were made before its default one, oldest first.
#[expect(
    clippy::expect_used,
    reason = "constants, and the test of the volumes unpacks these very constants"
)]
pub(super) fn of(policy: &str) -> impl Iterator<Item = PolicyVersion> {
    static VOLUMES: OnceLock<Vec<Volume>> = OnceLock::new();
    let volumes = VOLUMES.get_or_init(|| volumes(BLOB).expect("the list of the embedded volumes is sound"));
    let after = volumes.partition_point(|volume| volume.first <= policy);
    let volume = after.checked_sub(1).and_then(|index| volumes.get(index));
    let versions = volume.map_or(&[][..], |volume| {
        volume
            .versions
            .get_or_init(|| volume.unpack().expect("the embedded volume is sound"))
    });
    let start = versions.partition_point(|older| older.policy < policy);
    let of_policy = versions
        .iter()
        .skip(start)
        .take_while(move |older| older.policy == policy);
    of_policy.map(|older| older.version)
}

/// Unpacks the list of the volumes, not the volumes.
fn volumes(mut blob: &'static [u8]) -> Result<Vec<Volume>, Unreadable> {
    let mut list = Table::unpack(&mut blob)?;
    let mut volumes = Vec::new();
    while let Some([first, length]) = list.next_row()? {
        let length = length.parse().map_err(|_| list.misread())?;
        let (packed, rest) = blob.split_at_checked(length).ok_or_else(|| list.misread())?;
        blob = rest;
        volumes.push(Volume {
            first,
            packed,
            versions: OnceLock::new(),
        });
    }
    Ok(volumes)
}

impl Volume {
    fn unpack(&self) -> Result<Vec<Older>, Unreadable> {
        let mut packed = self.packed;
        Table::unpack(&mut packed)?.rest(|[policy, id, created, document]| Older {
            policy,
            version: PolicyVersion::new(id, Some(created).filter(|created| !created.is_empty()), document),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_volume_unpacks_and_begins_with_the_policy_that_it_is_listed_by() {
        let volumes = volumes(BLOB).unwrap();
        for volume in &volumes {
            assert_eq!(volume.unpack().unwrap()[0].policy, volume.first);
        }
        assert!(volumes.is_sorted_by(|a, b| a.first < b.first));
    }

    #[test]
    fn damaged_volumes_are_an_error_and_not_fewer_or_shorter() {
        for length in [0, 100, BLOB.len() / 2, BLOB.len() - 1] {
            let (half, _) = BLOB.split_at(length);
            assert!(volumes(half).is_err(), "{length}");
        }
        let volumes = volumes(BLOB).unwrap();
        let (half, _) = volumes[0].packed.split_at(volumes[0].packed.len() / 2);
        let half = Volume {
            first: volumes[0].first,
            packed: half,
            versions: OnceLock::new(),
        };
        assert!(half.unpack().is_err());
    }

    #[test]
    fn a_policy_that_does_not_exist_has_none_wherever_it_would_be() {
        for name in ["", "AAA", "AmazonS3FullAcces", "AmazonS3FullAccesss", "zzz"] {
            assert_eq!(of(name).count(), 0, "{name}");
        }
    }
}
