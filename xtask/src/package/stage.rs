//! Builds the program and what lies beside it, and packs both.
#![expect(clippy::disallowed_methods, reason = "runs cargo, the program and tar")]

use std::path::{Path, PathBuf};
use std::process::Command;

use super::error::Error;
use super::options::Profile;
use super::{VERSION, answer_of, run_to_end};

/// What is packed beside the program; the notice is that of the catalogue within it.
const TEXTS: [&str; 5] = [
    "README.md",
    "CHANGELOG.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "crates/ciuser-policy/data/NOTICE",
];

/// Where each shell's completions go in the archive; the Debian package says where it wants them.
const COMPLETIONS: [(&str, &str); 3] = [("bash", "ciuser.bash"), ("zsh", "_ciuser"), ("fish", "ciuser.fish")];

/// The built program, with manual pages and completions in a directory beside it. That they lie under the profile's
/// directory is what `[package.metadata.deb]` relies on.
pub(super) struct Stage {
    program: PathBuf,
    directory: PathBuf,
    profile: Profile,
    /// The machine that it was built for, as rustc names it.
    pub(super) target: String,
}

impl Stage {
    /// Builds what is for users; takes what the tests have built as it is.
    pub(super) fn build(profile: Profile) -> Result<Stage, Error> {
        if profile == Profile::Release {
            run_to_end(cargo().args(["build", "--locked", "--package", "ciuser", "--release"]))?;
        }
        let built = target_directory()?.join(profile.directory());
        let stage = Stage {
            program: built.join("ciuser"),
            directory: built.join("package"),
            profile,
            target: host()?,
        };
        stage.fill()?;
        Ok(stage)
    }

    fn fill(&self) -> Result<(), Error> {
        let (man, completions) = (self.directory.join("man"), self.directory.join("completions"));
        if self.directory.exists() {
            std::fs::remove_dir_all(&self.directory).map_err(Error::writing(&self.directory))?;
        }
        for directory in [&man, &completions] {
            std::fs::create_dir_all(directory).map_err(Error::writing(directory))?;
        }
        run_to_end(Command::new(&self.program).arg("man").arg("--out").arg(&man))?;
        for (shell, file) in COMPLETIONS {
            let script = answer_of(Command::new(&self.program).args(["completions", shell]))?;
            let path = completions.join(file);
            std::fs::write(&path, script).map_err(Error::writing(&path))?;
        }
        for text in TEXTS {
            let name = Path::new(text).file_name().unwrap_or_default();
            std::fs::copy(text, self.directory.join(name)).map_err(Error::reading(text))?;
        }
        let copy = self.directory.join("ciuser");
        std::fs::copy(&self.program, &copy).map_err(Error::writing(&copy))?;
        Ok(())
    }

    /// Packs the archive. Returns its name.
    pub(super) fn archive(&self, out: &Path, name: &str) -> Result<String, Error> {
        let file = format!("{name}.tar.gz");
        run_to_end(
            Command::new("tar")
                .args(["--create", "--use-compress-program=gzip --no-name", "--sort=name"])
                .args(["--owner=0", "--group=0", "--numeric-owner", "--mode=u+rw,go=rX"])
                .arg(format!("--mtime=@{}", commit_time()?))
                .arg(format!("--transform=s,^\\.,{name},"))
                .arg("--directory")
                .arg(&self.directory)
                .arg("--file")
                .arg(absolute(out)?.join(&file))
                .arg("."),
        )?;
        Ok(file)
    }

    /// Packs the Debian package. Returns its name.
    pub(super) fn debian_package(&self, out: &Path) -> Result<String, Error> {
        let architecture = answer_of(Command::new("dpkg").arg("--print-architecture"))?;
        let file = format!(
            "ciuser_{VERSION}-1_{}.deb",
            String::from_utf8_lossy(&architecture).trim()
        );
        run_to_end(
            cargo()
                .args([
                    "deb",
                    "--quiet",
                    "--locked",
                    "--no-build",
                    "--no-strip",
                    "--package",
                    "ciuser",
                ])
                .args(self.profile.deb_options())
                .args(["--profile", self.profile.name(), "--output"])
                .arg(absolute(out)?.join(&file))
                .env("SOURCE_DATE_EPOCH", commit_time()?),
        )?;
        Ok(file)
    }
}

pub(super) fn cargo() -> Command {
    Command::new(env!("CARGO"))
}

/// Returns the time of the commit, in seconds since 1970: what is packed has it, so that packing again makes the same.
pub(super) fn commit_time() -> Result<String, Error> {
    let time = answer_of(Command::new("git").args(["log", "-1", "--format=%ct"]))?;
    Ok(String::from_utf8_lossy(&time).trim().to_owned())
}

fn absolute(path: &Path) -> Result<PathBuf, Error> {
    std::path::absolute(path).map_err(Error::reading(path))
}

fn target_directory() -> Result<PathBuf, Error> {
    let answer = answer_of(cargo().args(["metadata", "--format-version=1", "--no-deps", "--locked"]))?;
    serde_json::from_slice::<serde_json::Value>(&answer)
        .ok()
        .and_then(|metadata| Some(PathBuf::from(metadata.get("target_directory")?.as_str()?)))
        .ok_or(Error::Unexpected("cargo metadata"))
}

fn host() -> Result<String, Error> {
    let answer = answer_of(Command::new("rustc").arg("-vV"))?;
    String::from_utf8_lossy(&answer)
        .lines()
        .find_map(|line| line.strip_prefix("host: ").map(str::to_owned))
        .ok_or(Error::Unexpected("rustc -vV"))
}
