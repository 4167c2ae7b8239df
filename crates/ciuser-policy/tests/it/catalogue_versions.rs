//! Every version of every managed policy is there, oldest first.

use ciuser_policy::catalogue::{Catalogue, ManagedPolicy, PolicyVersion};
use ciuser_policy::document::PolicyDocument;

use crate::catalogue::checksum;

const BLOB: &[u8] = include_bytes!("../../data/managed-policy-versions.tsv.zst");

const RECORD: &str = include_str!("../../data/managed-policy-versions.toml");
const RECORD_OF_DEFAULTS: &str = include_str!("../../data/managed-policies.toml");

fn policies() -> &'static [ManagedPolicy] {
    Catalogue::embedded().policies()
}

fn versions(name: &str) -> Vec<PolicyVersion> {
    Catalogue::embedded().by_name(name).unwrap().versions()
}

fn number(version: &PolicyVersion) -> u32 {
    version.id.strip_prefix('v').unwrap().parse().unwrap()
}

#[test]
fn the_blob_is_the_recorded_one() {
    let recorded: toml::Table = RECORD.parse().unwrap();
    assert_eq!(recorded["sha256"], checksum(BLOB));
    let older: usize = policies().iter().map(|policy| policy.versions().len() - 1).sum();
    assert_eq!(recorded["versions"].as_integer(), i64::try_from(older).ok());
}

#[test]
fn older_versions_are_of_the_same_package_as_the_default_ones() {
    let [recorded, of_defaults] = [RECORD, RECORD_OF_DEFAULTS].map(|record| record.parse::<toml::Table>().unwrap());
    for key in ["package", "version", "integrity", "licence", "as-of"] {
        assert_eq!(recorded[key], of_defaults[key], "{key}");
    }
}

#[test]
fn the_last_version_is_the_default_one() {
    for policy in policies() {
        let last = *policy.versions().last().unwrap();
        assert_eq!(
            (last.id, last.created, last.document()),
            (policy.default_version_id, Some(policy.updated), policy.document())
        );
    }
}

#[test]
fn versions_go_from_old_to_new_by_number_and_by_date() {
    for policy in policies() {
        let versions = policy.versions();
        assert!(versions.is_sorted_by_key(number), "{}", policy.name);
        let dates: Vec<_> = versions.iter().filter_map(|version| version.created).collect();
        assert!(dates.is_sorted_by(|a, b| a < b), "{}: {dates:?}", policy.name);
        assert!(dates.iter().all(|date| date.len() == 20 && date.ends_with('Z')));
        if number(&versions[0]) == 1 {
            assert_eq!(versions[0].created, Some(policy.created), "{}", policy.name);
        }
    }
}

#[test]
fn every_version_before_the_default_one_is_a_policy() {
    for policy in policies() {
        if let [.., before, _] = policy.versions().as_slice() {
            let document = PolicyDocument::parse(before.document());
            assert!(document.is_ok(), "{} {}: {document:?}", policy.name, before.id);
        }
    }
}

#[test]
fn the_policies_of_the_procedure_have_their_history() {
    let ids = |name| -> Vec<_> { versions(name).iter().map(|version| version.id).collect() };
    assert_eq!(ids("AmazonS3FullAccess"), ["v1", "v2"]);
    assert_eq!(ids("CloudFrontFullAccess").len(), 13);
    assert_eq!(ids("ReadOnlyAccess").len(), 151);
    // v2 added S3 Object Lambda (Amazon S3 User Guide, "AWS managed policies for Amazon S3").
    let changed: Vec<_> = versions("AmazonS3FullAccess")
        .iter()
        .map(|version| {
            (
                version.created.unwrap(),
                version.document().contains("s3-object-lambda"),
            )
        })
        .collect();
    assert_eq!(
        changed,
        [("2015-02-06T18:40:58Z", false), ("2021-09-27T20:16:37Z", true)]
    );
}

#[test]
fn a_date_that_the_source_does_not_know_is_not_made_up() {
    let dates: Vec<_> = versions("CloudFrontFullAccess")
        .iter()
        .map(|version| version.created.is_some())
        .collect();
    let known = [true; 6];
    let unknown = [false; 6];
    assert_eq!(dates, [&known[..], &unknown, &[true]].concat());
}
