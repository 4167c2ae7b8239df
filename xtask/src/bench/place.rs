//! The directory of one run: who shall be made, as each client wants it written, and where the keys end up.
#![expect(
    clippy::disallowed_methods,
    reason = "writes what clients read, and reads what they write"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::error::Error;

/// The names of the users, one on each line: for the peers.
pub(super) const USERS: &str = "users.txt";
/// The same users as a spec file: for ciuser.
pub(super) const SPEC: &str = "ciuser.toml";
/// What the client said on stderr.
const STDERR: &str = "stderr.txt";

/// How every access key id of a user begins.
const KEY: &str = "AKIA";

/// A new directory, with a home of its own, removed when it goes out of scope.
pub(super) struct Place(TempDir);

impl Place {
    pub(super) fn new(within: &Path, users: usize) -> Result<Place, Error> {
        let directory = tempfile::tempdir_in(within).map_err(Error::file("making a directory in", within))?;
        let place = Place(directory);
        let home = place.home();
        std::fs::create_dir(&home).map_err(Error::file("making", &home))?;
        let names = names(users);
        place.write(USERS, &(names.join("\n") + "\n"))?;
        place.write(SPEC, &spec(&names))?;
        Ok(place)
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(super) fn home(&self) -> PathBuf {
        self.path().join("home")
    }

    /// Makes the file that gets the client's stderr.
    pub(super) fn stderr(&self) -> Result<std::fs::File, Error> {
        let path = self.path().join(STDERR);
        std::fs::File::create(&path).map_err(Error::file("making", &path))
    }

    /// Returns the last line that the client said on stderr.
    pub(super) fn last_words(&self) -> String {
        let said = std::fs::read_to_string(self.path().join(STDERR)).unwrap_or_default();
        let last = said.lines().rev().find(|line| !line.trim().is_empty());
        last.unwrap_or("it said nothing").trim().to_owned()
    }

    /// Counts the access keys in the CSV files of the directory.
    pub(super) fn keys(&self) -> Result<usize, Error> {
        let mut keys = 0;
        let entries = std::fs::read_dir(self.path()).map_err(Error::file("listing", self.path()))?;
        for entry in entries {
            let path = entry.map_err(Error::file("listing", self.path()))?.path();
            if path.extension().is_some_and(|extension| extension == "csv") {
                let text = std::fs::read_to_string(&path).map_err(Error::file("reading", &path))?;
                keys += text.matches(KEY).count();
            }
        }
        Ok(keys)
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Error> {
        let path = self.path().join(name);
        std::fs::write(&path, text).map_err(Error::file("writing", &path))
    }
}

/// One user has the procedure's name, several have numbers.
fn names(users: usize) -> Vec<String> {
    match users {
        1 => vec!["CI_USER".to_owned()],
        _ => (1..=users).map(|number| format!("CI_USER_{number:02}")).collect(),
    }
}

fn spec(names: &[String]) -> String {
    let mut text = "version = 1\nproject = \"bench\"\n".to_owned();
    for name in names {
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            r#"
[[user]]
name = "{name}"
policies = ["AmazonS3FullAccess", "CloudFrontFullAccess", "AdministratorAccess-AWSElasticBeanstalk"]
tags = {{ project = "storefront", team = "platform" }}
store = [{{ kind = "csv", path = "{name}.csv" }}]
"#
        );
    }
    text
}
