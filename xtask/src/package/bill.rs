//! Writes the bill of materials: every crate that is in the program.
#![expect(clippy::disallowed_methods, reason = "runs cargo-cyclonedx and moves what it wrote")]

use std::path::Path;

use super::error::Error;
use super::run_to_end;
use super::stage::{cargo, commit_time};

/// What cargo-cyclonedx is told to call its files; it adds `.json`.
const NAME: &str = "ciuser-bill-of-materials";

/// Writes the bill into a directory. Returns its name.
pub(super) fn write(out: &Path, file: &str) -> Result<String, Error> {
    let made = run_to_end(
        cargo()
            .args([
                "cyclonedx",
                "--quiet",
                "--format",
                "json",
                "--spec-version",
                "1.5",
                "--no-build-deps",
            ])
            .args(["--override-filename", NAME])
            .env("SOURCE_DATE_EPOCH", commit_time()?),
    );
    let kept = made.and_then(|()| keep(out, file));
    let removed = remove_the_others();
    kept.and(removed).map(|()| file.to_owned())
}

fn keep(out: &Path, file: &str) -> Result<(), Error> {
    let written = Path::new("crates/ciuser").join(format!("{NAME}.json"));
    let text = std::fs::read_to_string(&written).map_err(Error::reading(&written))?;
    let here = std::env::current_dir().map_err(Error::reading("."))?;
    // Our own crates are named by their paths on this machine, which are nobody's business.
    let text = text.replace(&format!("file://{}/", here.display()), "file:///ciuser/");
    let path = out.join(file);
    std::fs::write(&path, text).map_err(Error::writing(&path))
}

/// It writes one file for each crate of the workspace, into the crate's own directory.
fn remove_the_others() -> Result<(), Error> {
    let mut homes = vec![Path::new("xtask").to_owned()];
    for entry in std::fs::read_dir("crates").map_err(Error::reading("crates"))? {
        homes.push(entry.map_err(Error::reading("crates"))?.path());
    }
    for home in homes {
        let path = home.join(format!("{NAME}.json"));
        if path.exists() {
            std::fs::remove_file(&path).map_err(Error::writing(&path))?;
        }
    }
    Ok(())
}
