//! Regenerates what is checked in but not written by hand, measures and packs: `cargo run -p xtask -- TASK`.
//!
//! A task is a module with one `run`. Tasks may use files, processes and the network; the crates of the
//! product are not used here, so that a task can repair what they are built from.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a developer's tool talks to its terminal"
)]

mod bench;
mod catalogue;
mod generated;
mod package;
mod reference;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo run -p xtask -- TASK

tasks:
  catalogue [--check]   write (or compare) the catalogue of AWS's data; needs npm, pip and tar
  reference             write docs/reference: the command line and the JSON Schemas, as the code says; `./test` compares";

/// What a task ends with: what to tell the user, or what went wrong.
type Outcome = Result<String, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome: Outcome = match arguments.as_slice() {
        ["catalogue"] => catalogue::run(generated::Mode::Write).map_err(Into::into),
        ["catalogue", "--check"] => catalogue::run(generated::Mode::Check).map_err(Into::into),
        ["reference"] => reference::run().map_err(Into::into),
        ["bench", "create", options @ ..] => bench::create::run(options).map_err(Into::into),
        ["bench", "policy", options @ ..] => bench::policy::run(options).map_err(Into::into),
        ["package", options @ ..] => package::run(options).map_err(Into::into),
        _ => {
            eprintln!(
                "{USAGE}\n  {}\n  {}\n  {}",
                bench::create::USAGE,
                bench::policy::USAGE,
                package::USAGE
            );
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
