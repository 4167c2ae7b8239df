//! `bench create`: users like the procedure's, made by ciuser and by its peers on one moto server.

use std::path::Path;

use super::error::Error;
use super::machine::Machine;
use super::options::Options;
pub(crate) use super::options::USAGE;
use super::page::Report;
use super::peers::Peers;
use super::program::Program;
use super::series::Arena;
use crate::generated;

const PAGE: &str = "docs/reference/bench-create.md";
const MANY: usize = 50;

/// Measures, and writes the page. Returns what to tell the user.
pub(crate) fn run(arguments: &[&str]) -> Result<String, Error> {
    let options = Options::parse(arguments)?;
    let repository = generated::root();
    let directory = tempfile::tempdir().map_err(Error::file("making a directory in", &std::env::temp_dir()))?;
    let directory = directory.path();
    let program = Program::build(&repository)?;
    let machine = Machine::look(&repository, directory);
    let peers = Peers::find(&options, &program, &repository, directory)?;
    let arena = Arena {
        clients: &peers.clients,
        python: &peers.python,
        path: &peers.path,
        directory,
    };
    let report = Report {
        machine: &machine,
        program: &program,
        peers: &peers,
        one: arena.series(1, options.runs)?,
        many: arena.series(MANY, options.runs_of_50)?,
    };
    let page = options.page.clone().unwrap_or_else(|| repository.join(PAGE));
    write(&page, &report.page())?;
    Ok(format!("{}is in `{}`", report.summary(), page.display()))
}

#[expect(clippy::disallowed_methods, reason = "writes the page")]
fn write(page: &Path, text: &str) -> Result<(), Error> {
    if let Some(directory) = page.parent() {
        std::fs::create_dir_all(directory).map_err(Error::file("making", directory))?;
    }
    std::fs::write(page, text).map_err(Error::file("writing", page))
}
