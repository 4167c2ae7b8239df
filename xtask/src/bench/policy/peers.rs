//! Engines that others wrote, installed for the benchmark alone. One that cannot be is left out, and the page says so.
#![expect(clippy::disallowed_methods, reason = "runs npm, node and cargo")]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::engine::{Engine, figures};
use super::figures::Decided;
use super::write;
use crate::bench::error::Error;
use crate::bench::measure::Spread;

const SIMULATE: &str = "@cloud-copilot/iam-simulate@0.1.173";
const IAM_RS: &str = "0.8.0";

/// The engines and what they are given.
pub(super) struct Peers {
    requests: PathBuf,
    policies: PathBuf,
    clients: Vec<Client>,
    /// Why others are not there.
    pub(super) missing: Vec<String>,
}

struct Client {
    name: &'static str,
    program: PathBuf,
    arguments: Vec<PathBuf>,
    directory: PathBuf,
}

/// Decisions a second of one engine.
pub(super) struct Rate {
    pub(super) name: &'static str,
    pub(super) per_second: Spread,
    /// The figures of the last round.
    pub(super) last: Decided,
}

impl Peers {
    pub(super) fn install(repository: &Path, directory: &Path, engine: &Engine) -> Result<Peers, Error> {
        let sources = repository.join("xtask/bench/policy");
        let mut peers = Peers {
            requests: sources.join("requests.jsonl"),
            policies: directory.join("policies.json"),
            clients: Vec::new(),
            missing: Vec::new(),
        };
        let policies: Value = engine.measure(&["policies"])?;
        write(&peers.policies, &policies.to_string())?;
        for install in [simulate, iam_rs] {
            match install(&sources, directory) {
                Ok(client) => peers.clients.push(client),
                Err(error) => peers.missing.push(error.to_string()),
            }
        }
        Ok(peers)
    }

    /// Lets the engines take turns, ciuser first.
    pub(super) fn rates(&self, engine: &Engine, rounds: usize) -> Result<Vec<Rate>, Error> {
        let requests = self.requests.display().to_string();
        let mut figures_of: Vec<Vec<Decided>> = vec![Vec::new(); 1 + self.clients.len()];
        for _ in 0..rounds {
            let own = engine.measure(&["decide", &requests]);
            let others = self.clients.iter().map(|client| self.decide(client));
            for (row, decided) in figures_of.iter_mut().zip(std::iter::once(own).chain(others)) {
                row.push(decided?);
            }
        }
        let names = std::iter::once("ciuser").chain(self.clients.iter().map(|client| client.name));
        let rates = names.zip(figures_of).filter_map(|(name, decided)| {
            Some(Rate {
                name,
                per_second: Spread::of(decided.iter().map(|decided| decided.decisions_per_second))?,
                last: *decided.last()?,
            })
        });
        Ok(rates.collect())
    }

    fn decide(&self, client: &Client) -> Result<Decided, Error> {
        eprintln!("measuring: {}", client.name);
        let mut command = Command::new(&client.program);
        command.args(&client.arguments).args([&self.policies, &self.requests]);
        figures(command.current_dir(&client.directory))
    }
}

fn simulate(sources: &Path, directory: &Path) -> Result<Client, Error> {
    let directory = directory.join("iam-simulate");
    made(&directory)?;
    write(&directory.join("package.json"), "{\"private\": true}")?;
    let install = [
        "install",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--silent",
        SIMULATE,
    ];
    succeed(Command::new("npm").args(install).current_dir(&directory))?;
    Ok(Client {
        name: "iam-simulate 0.1.173 (TypeScript, validates each request)",
        program: "node".into(),
        arguments: vec![sources.join("simulate.mjs")],
        directory,
    })
}

fn iam_rs(sources: &Path, directory: &Path) -> Result<Client, Error> {
    let directory = directory.join("iam-rs");
    made(&directory)?;
    let main = sources.join("iam_rs.rs");
    let manifest = format!(
        "[package]\nname = \"peer\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\niam-rs = \"={IAM_RS}\"\nserde_json = \"1\"\n\n\
         [[bin]]\nname = \"peer\"\npath = {main:?}\n\n[profile.release]\nlto = \"thin\"\ncodegen-units = 4\n\n[workspace]\n"
    );
    write(&directory.join("Cargo.toml"), &manifest)?;
    succeed(
        Command::new("cargo")
            .args(["build", "--release", "--quiet"])
            .current_dir(&directory),
    )?;
    Ok(Client {
        name: "iam-rs 0.8.0 (Rust)",
        program: directory.join("target/release/peer"),
        arguments: Vec::new(),
        directory,
    })
}

fn made(directory: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(directory).map_err(Error::file("making", directory))
}

fn succeed(command: &mut Command) -> Result<(), Error> {
    let shown = command.get_program().to_string_lossy().into_owned();
    let status = command.status().map_err(Error::command(&shown))?;
    if status.success() {
        return Ok(());
    }
    Err(Error::Command {
        command: shown,
        reason: status.to_string(),
    })
}
