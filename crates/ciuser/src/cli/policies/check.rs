//! `ciuser policies check`: what IAM would refuse in policy documents, and what else there is to know about them.

use std::path::PathBuf;

use clap::Args;

use super::policy_type::{PolicyType, in_words, told_from};
use super::source::{Source, read_all};
use crate::cli::exit::{CliError, Exit};
use crate::cli::global::Setting;
use crate::document::{self, Document, Kind};
use crate::finding::{Finding, findings};
use crate::place;
use crate::sarif::Sarif;

pub(super) const ABOUT: &str = "\
Check policy documents as IAM does when it gets them, and say what is wrong where

Exit code 4 when there is an error. `--sarif` writes the findings for code scanning as well.";

const EXAMPLES: &str = "\
Examples:
  All policies of a directory:
    ciuser policies check policies/*.json
  A policy of a bucket that another program makes:
    make-policy | ciuser policies check - --type resource
  In a pipeline, for code scanning:
    ciuser policies check policies/*.json --sarif policies.sarif";

/// Arguments of `policies check`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CheckArgs {
    /// Files; `-` is the standard input; also names and ARNs of managed policies
    #[arg(value_name = "POLICY", required = true)]
    policies: Vec<String>,
    /// Kind of the policies [default: told from each document]
    #[arg(long = "type", value_enum, value_name = "TYPE")]
    policy_type: Option<PolicyType>,
    /// Also write the findings to a file in the format SARIF 2.1.0; an older one is replaced
    #[arg(long, value_name = "FILE")]
    sarif: Option<PathBuf>,
}

/// A document that was checked.
struct Checked {
    source: Source,
    kind: &'static str,
    findings: Vec<Finding>,
}

/// Runs `policies check`.
pub(super) async fn run(args: &CheckArgs, setting: &Setting<'_>) -> Result<Exit, CliError> {
    let sources = read_all(args.policies.iter().map(String::as_str), setting).await?;
    let all = sources.len();
    let mut checked = Vec::new();
    for (number, source) in (1..).zip(sources) {
        setting
            .ui
            .spin_aside(&format!("checking {number} of {all}: {}", source.name));
        let kind = args
            .policy_type
            .map_or_else(|| told_from(&source.text), PolicyType::kind);
        let findings = findings(&source.text, kind);
        if !setting.ui.is_json() {
            setting.ui.findings(&source.name, &source.text, &findings);
        }
        checked.push(Checked {
            source,
            kind: in_words(kind),
            findings,
        });
    }
    setting.ui.still();
    if let Some(file) = &args.sarif {
        let path = place::absolute(
            setting.environment.current_dir(),
            Some(setting.environment.home()),
            &file.to_string_lossy(),
        );
        place::write_public(&path, sarif(&checked).as_bytes())?;
    }
    if setting.ui.is_json() {
        let policies = checked.iter().map(|one| {
            let Source { name, text } = &one.source;
            document::CheckedPolicy::of(name, one.kind, text, &one.findings)
        });
        let body = document::Check {
            policies: policies.collect(),
        };
        setting.ui.json(&Document::new(Kind::Check, body));
    }
    Ok(report(&checked, setting))
}

fn sarif(checked: &[Checked]) -> String {
    let mut sarif = Sarif::default();
    for one in checked {
        sarif.add(&one.source.name, &one.source.text, &one.findings);
    }
    sarif.written()
}

/// Says how it went, and returns how the program ends.
fn report(checked: &[Checked], setting: &Setting<'_>) -> Exit {
    let findings = checked.iter().flat_map(|one| &one.findings);
    let grave = findings.filter(|finding| finding.severity.is_grave()).count();
    let count = |count: usize, what: &str, several: &str| match count {
        0 => format!("no {several}"),
        1 => format!("1 {what}"),
        count => format!("{count} {several}"),
    };
    let policies = count(checked.len(), "policy", "policies");
    let errors = count(grave, "error", "errors");
    setting.ui.talk(&format!("  {policies} checked, {errors}"));
    if grave == 0 { Exit::Done } else { Exit::Refused }
}
