//! `--requests`: JSON lines in, JSON lines out, one result for each request and in the same order.
//!
//! Invariants: nothing is skipped, a line that is no request ends the command; one line at a time is in memory.

use std::io::{self, Write};
use std::path::Path;

use ciuser_policy::evaluate::{Decision, Policies};
use ciuser_policy::request::Request;

use super::asked::{Circumstances, Own, action, resource};
use super::{Expect, Tally};
use crate::cli::exit::{CliError, Exit};
use crate::cli::global::Setting;
use crate::cli::policies::principal;
use crate::document::{Decided, SimulateRequest};
use crate::place::{Lines, absolute};

/// After as many results, progress is shown.
const A_WHILE: usize = 5_000;

/// Decides every request of a file; `-` is the standard input.
pub(super) fn run(
    file: &Path,
    policies: &Policies,
    circumstances: &Circumstances,
    expect: Option<Expect>,
    setting: &Setting<'_>,
) -> Result<Exit, CliError> {
    let mut lines = open(file, setting)?;
    let mut results = setting.ui.stream();
    let mut tally = Tally::new(expect);
    let mut line = Vec::new();
    let ended = loop {
        match lines.next(&mut line) {
            Ok(true) => {}
            Ok(false) => break Ok(()),
            Err(error) => break Err(error.into()),
        }
        let decision = match decide(&line, policies, circumstances, &mut results) {
            Ok(decision) => decision,
            Err(Failed::Request(what)) => {
                let place = format!("line {} of `{}`", lines.number(), file.display());
                break Err(CliError::failed(format!("{place}: {what}")));
            }
            Err(Failed::Result(error)) => return gone(&error),
        };
        tally.count(decision);
        if lines.number().is_multiple_of(A_WHILE) {
            setting.ui.spin_aside(&format!("{} requests decided", lines.number()));
        }
    };
    // What was decided before a bad line is there, and said before the error.
    if let Err(error) = results.flush() {
        return gone(&error);
    }
    drop(results);
    setting.ui.still();
    ended?;
    Ok(tally.report(setting))
}

fn open(file: &Path, setting: &Setting<'_>) -> Result<Lines, CliError> {
    if file == Path::new("-") {
        return Ok(Lines::of_input());
    }
    let home = Some(setting.environment.home());
    let path = absolute(setting.environment.current_dir(), home, &file.to_string_lossy());
    Lines::of_file(&path)?.ok_or_else(|| CliError::usage(format!("`{}` is not there", file.display())))
}

/// Why a line has no result.
enum Failed {
    /// It is no request.
    Request(String),
    /// The result could not be written.
    Result(io::Error),
}

fn decide(
    line: &[u8],
    policies: &Policies,
    circumstances: &Circumstances,
    results: &mut impl Write,
) -> Result<Decision, Failed> {
    let asked: SimulateRequest<'_> = serde_json::from_slice(line).map_err(|error| Failed::Request(in_words(&error)))?;
    let request = request(&asked, circumstances).map_err(Failed::Request)?;
    let verdict = policies.evaluate(&request);
    let result = Decided::of(&*asked.action, &*asked.resource, &verdict, &[]);
    serde_json::to_writer(&mut *results, &result).map_err(|error| Failed::Result(error.into()))?;
    results.write_all(b"\n").map_err(Failed::Result)?;
    Ok(verdict.decision)
}

fn request(asked: &SimulateRequest<'_>, circumstances: &Circumstances) -> Result<Request, String> {
    let named = |name: &str, text: &str, error: String| format!("`{name}` is `{text}`: {error}");
    let action = action(&asked.action).map_err(|error| named("action", &asked.action, error))?;
    let resource = resource(&asked.resource).map_err(|error| named("resource", &asked.resource, error))?;
    let principal = asked.principal.as_deref().map(|text| {
        let read = principal::read(text);
        read.map_err(|error| named("principal", text, error))
    });
    let own = Own {
        principal: principal.transpose()?,
        resource_account: asked.resource_account.as_deref().map(str::to_owned),
        context: asked.context.clone(),
    };
    Ok(circumstances.request(&action, &resource, own))
}

/// Says what is wrong with a line; serde counts lines within it, of which there is one.
fn in_words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or_default();
    match error.column() {
        0 => what.to_owned(),
        column => format!("column {column}: {what}"),
    }
}

/// A reader that has gone away has what it wanted.
fn gone(error: &io::Error) -> Result<Exit, CliError> {
    if error.kind() == io::ErrorKind::BrokenPipe {
        Ok(Exit::Done)
    } else {
        Err(CliError::failed(format!("writing results: {error}")))
    }
}
