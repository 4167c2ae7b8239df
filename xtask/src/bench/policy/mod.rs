//! `bench policy`: the policy engine beside its peers, and what its proofs cost.

mod engine;
mod figures;
mod goals;
mod options;
mod page;
mod peers;

use std::path::Path;

pub(crate) use self::options::USAGE;

use super::error::Error;
use super::machine::Machine;
use crate::generated;
use engine::Engine;
use options::Options;
use page::Report;
use peers::Peers;

const PAGE: &str = "docs/reference/bench-policy.md";

/// Measures, and writes the page. Returns what to tell the user.
pub(crate) fn run(arguments: &[&str]) -> Result<String, Error> {
    let options = Options::parse(arguments)?;
    let repository = generated::root();
    let directory = tempfile::tempdir().map_err(Error::file("making a directory in", &std::env::temp_dir()))?;
    let engine = Engine::build(&repository)?;
    let peers = Peers::install(&repository, directory.path(), &engine)?;
    let machine = Machine::look(&repository, directory.path());
    let rates = peers.rates(&engine, options.rounds)?;
    let report = Report {
        machine: &machine,
        peers: &peers,
        rates,
        growth: engine.measure(&["growth"])?,
        labelled: match &options.cases {
            Some(cases) => Some(engine.measure(&["labelled", &cases.display().to_string()])?),
            None => None,
        },
        rewritten: engine.measure(&["rewritten"])?,
        versions: engine.measure(&["versions"])?,
        minimised: engine.measure(&["minimise"])?,
    };
    let page = options.page.clone().unwrap_or_else(|| repository.join(PAGE));
    write(&page, &report.page())?;
    Ok(format!("{}\nThe page is in `{}`", report.goals(), page.display()))
}

#[expect(clippy::disallowed_methods, reason = "writes the page and what peers read")]
fn write(path: &Path, text: &str) -> Result<(), Error> {
    std::fs::write(path, text).map_err(Error::file("writing", path))
}
