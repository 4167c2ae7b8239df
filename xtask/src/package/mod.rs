//! Makes what is given to users: an archive, a Debian package, the bill of materials, checksums, release notes.
//!
//! The same program and commit give the same archive: times are those of the commit, owners are nobody, order is that of
//! names. A tag is packed only from a clean checkout of it. Signing is not done here: whoever releases has the key.
#![expect(
    clippy::disallowed_methods,
    reason = "runs cargo and packers, and writes their results"
)]

mod bill;
mod changelog;
mod error;
mod options;
mod stage;

use std::path::Path;
use std::process::Command;

use sha2::{Digest as _, Sha256};

pub(crate) use error::Error;
use options::Options;
use stage::Stage;

pub(crate) const USAGE: &str = "\
package [--tag vX.Y.Z] [--profile release|dev] [--out DIR]
                        make archive, Debian package, bill of materials (CycloneDX), checksums and release notes in
                        DIR [default: target/package]; needs cargo-deb, cargo-cyclonedx, dpkg, git, gzip and tar";

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Makes the packages. Returns what was made.
pub(crate) fn run(arguments: &[&str]) -> Result<String, Error> {
    let options = Options::parse(arguments)?;
    if let Some(tag) = &options.tag {
        check_tag(tag)?;
    }
    let notes = notes(options.tag.is_some())?;
    let stage = Stage::build(options.profile)?;
    std::fs::create_dir_all(&options.out).map_err(Error::writing(&options.out))?;
    let name = format!("ciuser-{VERSION}-{}", stage.target);
    let made = [
        stage.archive(&options.out, &name)?,
        stage.debian_package(&options.out)?,
        bill::write(&options.out, &format!("ciuser-{VERSION}.cdx.json"))?,
    ];
    let sums = checksums(&options.out, &made)?;
    write(&options.out, "SHA256SUMS", &sums)?;
    write(&options.out, "RELEASE_NOTES.md", &release_notes(&notes, &sums))?;
    Ok(format!("in {}:\n{sums}", options.out.display()))
}

/// Makes sure that what is packed is what the tag names.
fn check_tag(tag: &str) -> Result<(), Error> {
    if tag.strip_prefix('v') != Some(VERSION) {
        return Err(Error::OtherVersion(tag.to_owned()));
    }
    let tags = answer_of(Command::new("git").args(["tag", "--points-at", "HEAD"]))?;
    let changed = answer_of(Command::new("git").args(["status", "--porcelain"]))?;
    let here = String::from_utf8_lossy(&tags).lines().any(|line| line == tag);
    if here && changed.is_empty() {
        Ok(())
    } else {
        Err(Error::NotTheTag(tag.to_owned()))
    }
}

/// Returns what the changelog says of this version, or of what is not released yet.
fn notes(released: bool) -> Result<String, Error> {
    let changelog = std::fs::read_to_string("CHANGELOG.md").map_err(Error::reading("CHANGELOG.md"))?;
    let name = if released { VERSION } else { changelog::UNRELEASED };
    changelog::section(&changelog, name)
        .map(str::to_owned)
        .ok_or_else(|| Error::NothingToSay(name.to_owned()))
}

fn checksums(directory: &Path, files: &[String]) -> Result<String, Error> {
    let mut lines = String::new();
    for file in files {
        let path = directory.join(file);
        let bytes = std::fs::read(&path).map_err(Error::reading(&path))?;
        lines.push_str(&format!("{}  {file}\n", hex::encode(Sha256::digest(bytes))));
    }
    Ok(lines)
}

fn release_notes(notes: &str, sums: &str) -> String {
    format!(
        "# ciuser {VERSION}\n\n{notes}\n\n## Files\n\n\
         The archive has the program, its manual pages and shell completions; `.cdx.json` names every dependency with \
         version and licence (CycloneDX).\n`sha256sum --check SHA256SUMS` compares:\n\n```\n{sums}```\n"
    )
}

fn write(directory: &Path, name: &str, text: &str) -> Result<(), Error> {
    let path = directory.join(name);
    std::fs::write(&path, text).map_err(Error::writing(&path))
}

/// Runs a program to its end. Its talk goes to the terminal.
fn run_to_end(command: &mut Command) -> Result<(), Error> {
    let name = command.get_program().to_string_lossy().into_owned();
    let arguments: Vec<_> = command
        .get_args()
        .take(2)
        .map(|one| one.to_string_lossy().into_owned())
        .collect();
    let what = format!("{name} {}", arguments.join(" "));
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Error::Failed(what, status.to_string())),
        Err(error) => Err(Error::Failed(what, error.to_string())),
    }
}

/// Returns what a program prints.
fn answer_of(command: &mut Command) -> Result<Vec<u8>, Error> {
    let what = command.get_program().to_string_lossy().into_owned();
    match command.output() {
        Ok(output) if output.status.success() => Ok(output.stdout),
        Ok(output) => Err(Error::Failed(
            what,
            String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        )),
        Err(error) => Err(Error::Failed(what, error.to_string())),
    }
}
