//! The program: command line, stores, providers, journal and everything else that touches the world.
//!
//! `cli` builds a spec and renders outcomes, `ui` is the only writer, `place` the only room that touches files,
//! `env` the only one that reads the environment; the other rooms implement the ports of `ciuser-core`.

mod child;
mod cli;
mod clock;
mod document;
mod entropy;
mod env;
mod export;
mod finding;
mod hold;
mod hygiene;
mod journal;
mod lock;
mod log;
mod pipeline;
mod place;
mod provider;
#[cfg(test)]
mod reference;
mod rest;
#[cfg(test)]
mod rig;
mod sarif;
mod seal;
mod store;
mod targets;
mod token;
mod transport;
mod ui;
mod wiped;
mod wizard;
mod written;

/// Hardens the process and runs the program.
pub fn main() -> std::process::ExitCode {
    let hardened = hygiene::harden();
    hygiene::report_bugs();
    cli::main(hardened)
}
