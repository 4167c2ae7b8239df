//! One of the programs that are compared, and a run of it.
#![expect(clippy::disallowed_methods, reason = "starts the clients")]

use std::ffi::OsString;
use std::process::{Command, Stdio};

use super::error::Error;
use super::measure::{Cost, measure};
use super::place::Place;

/// A program with the arguments that make the users of a [`Place`].
#[derive(Debug, Clone)]
pub(super) struct Client {
    pub(super) name: &'static str,
    pub(super) version: String,
    pub(super) program: OsString,
    pub(super) arguments: Vec<OsString>,
}

/// What all clients get alike; nothing else of the environment reaches them.
pub(super) struct Surroundings {
    pub(super) path: OsString,
    pub(super) endpoint: String,
}

impl Client {
    /// Makes the users of the place, and makes sure that it was done.
    pub(super) fn run(&self, surroundings: &Surroundings, place: &Place, users: usize) -> Result<Cost, Error> {
        let failed = |reason| Error::Client {
            client: self.name,
            users,
            reason,
        };
        let mut command = surroundings.command(self, place);
        command.stderr(place.stderr()?);
        let (status, cost) = measure(&mut command).map_err(|error| failed(error.to_string()))?;
        if !status.success() {
            return Err(failed(format!("{status}: {}", place.last_words())));
        }
        match place.keys()? {
            keys if keys == users => Ok(cost),
            keys => Err(failed(format!("{keys} keys in its files"))),
        }
    }
}

impl Surroundings {
    fn command(&self, client: &Client, place: &Place) -> Command {
        let mut command = Command::new(&client.program);
        command
            .args(&client.arguments)
            .current_dir(place.path())
            .env_clear()
            .env("PATH", &self.path)
            .env("HOME", place.home())
            .env("LC_ALL", "C.UTF-8")
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .env("AWS_REGION", "us-east-1")
            .env("AWS_DEFAULT_REGION", "us-east-1")
            // The example keys of AWS's documentation; moto takes any.
            .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            // Terraform would ask on the internet for newer versions of itself.
            .env("CHECKPOINT_DISABLE", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        command
    }
}
