//! The arguments of `bench create`.

use std::path::PathBuf;

use super::error::Error;

pub(crate) const USAGE: &str = "\
bench create          measure ciuser against its peers on a moto server, and write the page about it
    --runs N              runs of each client for one user (default 11)
    --runs-of-50 N        runs of each client for 50 users (default 3)
    --python FILE         the Python that has moto, boto3 and the AWS CLI (default python3)
    --terraform-plugins DIR
                          directory that `terraform init` takes the provider from, instead of a registry
    --page FILE           the page (default docs/reference/bench-create.md)";

/// How often to measure, with what, and where the page goes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Options {
    pub(super) runs: usize,
    pub(super) runs_of_50: usize,
    pub(super) python: PathBuf,
    pub(super) terraform_plugins: Option<PathBuf>,
    pub(super) page: Option<PathBuf>,
}

impl Options {
    pub(super) fn parse(arguments: &[&str]) -> Result<Options, Error> {
        let mut options = Options {
            runs: 11,
            runs_of_50: 3,
            python: "python3".into(),
            terraform_plugins: None,
            page: None,
        };
        let mut rest = arguments.iter();
        while let Some(option) = rest.next() {
            let value = rest
                .next()
                .ok_or_else(|| Error::Usage(format!("`{option}` has no value")))?;
            match *option {
                "--runs" => options.runs = count(value)?,
                "--runs-of-50" => options.runs_of_50 = count(value)?,
                "--python" => options.python = value.into(),
                "--terraform-plugins" => options.terraform_plugins = Some(value.into()),
                "--page" => options.page = Some(value.into()),
                _ => return Err(Error::Usage(format!("unknown option `{option}`"))),
            }
        }
        Ok(options)
    }
}

/// Reads how often something is to be done.
///
/// # Errors
/// When it is no number, or zero.
pub(super) fn count(text: &str) -> Result<usize, Error> {
    match text.parse() {
        Ok(count) if count > 0 => Ok(count),
        _ => Err(Error::Usage(format!("`{text}` is not how often something can be run"))),
    }
}
