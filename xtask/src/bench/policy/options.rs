//! The arguments of `bench policy`.

use std::path::PathBuf;

use crate::bench::error::Error;
use crate::bench::options::count;

pub(crate) const USAGE: &str = "\
bench policy          measure the policy engine against its peers, and write the page about it
    --rounds N            rounds in which the engines take turns (default 5)
    --cases FILE          AWS's labelled cases of containment, as JSON
    --page FILE           the page (default docs/reference/bench-policy.md)";

/// How often to measure, with what, and where the page goes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Options {
    pub(super) rounds: usize,
    pub(super) cases: Option<PathBuf>,
    pub(super) page: Option<PathBuf>,
}

impl Options {
    pub(super) fn parse(arguments: &[&str]) -> Result<Options, Error> {
        let mut options = Options {
            rounds: 5,
            cases: None,
            page: None,
        };
        let mut rest = arguments.iter();
        while let Some(option) = rest.next() {
            let value = rest
                .next()
                .ok_or_else(|| Error::Usage(format!("`{option}` has no value")))?;
            match *option {
                "--rounds" => options.rounds = count(value)?,
                "--cases" => options.cases = Some(value.into()),
                "--page" => options.page = Some(value.into()),
                _ => return Err(Error::Usage(format!("unknown option `{option}`"))),
            }
        }
        Ok(options)
    }
}
