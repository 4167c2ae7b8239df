//! The catalogue that is checked in is the one that is recorded, and its documents are policies.

use ciuser_policy::catalogue::{Catalogue, Source};
use ciuser_policy::document::PolicyDocument;
use sha2::{Digest, Sha256};

const BLOB: &[u8] = include_bytes!("../../data/managed-policies.tsv.zst");

/// Returns the checksum of a blob as records have it.
pub(crate) fn checksum(blob: &[u8]) -> toml::Value {
    hex::encode(Sha256::digest(blob)).into()
}

fn recorded() -> toml::Table {
    include_str!("../../data/managed-policies.toml").parse().unwrap()
}

#[test]
fn the_blob_is_the_recorded_one() {
    let recorded = recorded();
    assert_eq!(recorded["sha256"], checksum(BLOB));
    assert_eq!(
        recorded["policies"].as_integer(),
        i64::try_from(Catalogue::embedded().policies().len()).ok()
    );
}

#[test]
fn the_catalogue_knows_its_recorded_source() {
    let recorded = recorded();
    let of = |key: &str| recorded[key].as_str().unwrap().to_owned();
    let Source {
        package,
        version,
        as_of,
        licence,
    } = *Catalogue::embedded().source();
    assert_eq!(
        [package, version, as_of, licence],
        ["package", "version", "as-of", "licence"]
            .map(of)
            .each_ref()
            .map(String::as_str)
    );
}

#[test]
fn the_notice_names_the_packages_that_are_recorded() {
    let notice = include_str!("../../data/NOTICE");
    let reference: toml::Table = include_str!("../../data/authorization-reference.toml").parse().unwrap();
    let of_reference = reference["source"]
        .as_array()
        .unwrap()
        .iter()
        .map(|source| source.as_table().unwrap());
    for source in of_reference.chain([&recorded()]) {
        let line = format!(
            "{} {}, under this licence ({}):",
            source["package"].as_str().unwrap(),
            source["version"].as_str().unwrap(),
            source["licence"].as_str().unwrap()
        );
        assert!(notice.lines().any(|noticed| noticed == line), "{line}");
    }
}

#[test]
fn every_document_is_a_policy_and_minified() {
    for policy in Catalogue::embedded().policies() {
        let document =
            PolicyDocument::parse(policy.document()).unwrap_or_else(|error| panic!("{}: {error}", policy.name));
        assert_eq!(document.minified(), policy.document(), "{}", policy.name);
    }
}

#[test]
fn paths_versions_and_dates_have_iams_form() {
    for policy in Catalogue::embedded().policies() {
        assert!(
            policy.path.starts_with('/') && policy.path.ends_with('/'),
            "{}",
            policy.name
        );
        assert!(
            policy
                .default_version_id
                .strip_prefix('v')
                .unwrap()
                .parse::<u32>()
                .is_ok(),
            "{}",
            policy.name
        );
        for date in [policy.created, policy.updated] {
            assert_eq!(
                (date.len(), date.as_bytes()[10], date.as_bytes()[19]),
                (20, b'T', b'Z'),
                "{}",
                policy.name
            );
        }
        assert!(policy.created <= policy.updated, "{}", policy.name);
    }
}
