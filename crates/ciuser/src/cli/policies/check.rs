//! `ciuser policies check`: what IAM would refuse in policy documents, and what else there is to know about them.

use std::path::PathBuf;

use ciuser_policy::document::PolicyKind;
use ciuser_policy::lint::{Finding, Severity};
use clap::Args;

use super::policy_type::{PolicyType, in_words};
use super::source::{Origin, Policy, Source, parse_all, read_all};
use crate::cli::exit::{CliError, Exit};
use crate::cli::global::Setting;
use crate::document::{self, Document, Kind};
use crate::finding::{Subject, of_document, of_permissions, sort};
use crate::place;
use crate::sarif::Sarif;

pub(super) const ABOUT: &str = "\
Check policy documents, and say what is wrong or dangerous, and where

Every fault for which IAM would refuse a document; names that AWS does not have, resources and conditions that never match, \
what is allowed too freely; and ways to more permissions than somebody has. `docs/reference/findings.md` lists what is looked \
for. Of one check the first few findings are drawn; `--output json` and `--sarif` have all of them.

Exit code 4 when there is an error or a security warning; `--fail-on` draws the line elsewhere.";

const EXAMPLES: &str = "\
Examples:
  All policies of a directory:
    ciuser policies check policies/*.json
  What the policies of one user allow together, within their boundary:
    ciuser policies check user/*.json --together --boundary boundary.json
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
    /// Take the policies for those of one user or role: what they allow together counts, not what each does
    #[arg(long)]
    together: bool,
    /// Permissions boundary of whoever has the policies
    #[arg(long, value_name = "POLICY")]
    boundary: Option<String>,
    /// The least grave findings that make it fail
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t)]
    fail_on: FailOn,
    /// Also write the findings to a file in the format SARIF 2.1.0; an older one is replaced
    #[arg(long, value_name = "FILE")]
    sarif: Option<PathBuf>,
}

/// `--fail-on`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// What does not do what it says, and what IAM refuses.
    Error,
    /// And what allows more than is good.
    #[default]
    SecurityWarning,
    /// And what may not mean what it seems to mean.
    Warning,
    /// And what could be said better.
    Suggestion,
}

impl FailOn {
    fn least(self) -> Severity {
        match self {
            FailOn::Error => Severity::Error,
            FailOn::SecurityWarning => Severity::SecurityWarning,
            FailOn::Warning => Severity::Warning,
            FailOn::Suggestion => Severity::Suggestion,
        }
    }
}

/// What is to be checked.
struct Question {
    subjects: Vec<Subject>,
    boundary: Option<Policy>,
    together: bool,
}

/// Runs `policies check`.
pub(super) async fn run(args: &CheckArgs, setting: &Setting<'_>) -> Result<Exit, CliError> {
    let question = args.question(setting).await?;
    let findings = question.findings(setting);
    if let Some(file) = &args.sarif {
        let path = place::absolute(
            setting.environment.current_dir(),
            Some(setting.environment.home()),
            &file.to_string_lossy(),
        );
        let mut sarif = Sarif::default();
        sarif.add(&findings, &question.subjects);
        place::write_public(&path, sarif.written().as_bytes())?;
    }
    if setting.ui.is_json() {
        setting
            .ui
            .json(&Document::new(Kind::Check, question.document(&findings)));
    } else {
        setting.ui.findings(&question.subjects, &findings);
        setting.ui.findings_counted(question.subjects.len(), &findings);
    }
    // The worst comes first.
    let fails = findings
        .iter()
        .any(|finding| finding.severity() <= args.fail_on.least());
    Ok(if fails { Exit::Refused } else { Exit::Done })
}

impl CheckArgs {
    async fn question(&self, setting: &Setting<'_>) -> Result<Question, CliError> {
        let named = self.policies.iter().chain(&self.boundary).map(String::as_str);
        let mut sources = read_all(named, setting).await?;
        let boundary = sources.split_off(self.policies.len());
        let subjects = sources.into_iter().map(|source| self.subject(source));
        let question = Question {
            subjects: subjects.collect(),
            boundary: parse_all(boundary, PolicyKind::Managed)?.pop(),
            together: self.together,
        };
        let mut subjects = question.subjects.iter();
        match subjects.find(|subject| self.together && !is_of_identity(subject)) {
            Some(Subject { name, kind, .. }) => {
                let what = format!("`{name}` is a {}: no user has it", in_words(*kind));
                Err(CliError::usage(what).with_hint("`--together` is for identity-based policies"))
            }
            None => Ok(question),
        }
    }

    fn subject(&self, source: Source) -> Subject {
        Subject {
            kind: source.kind(self.policy_type),
            is_of_aws: source.origin == Origin::Aws,
            name: source.name,
            text: source.text,
        }
    }
}

fn is_of_identity(subject: &Subject) -> bool {
    matches!(subject.kind, PolicyKind::Identity | PolicyKind::Managed)
}

impl Question {
    fn findings(&self, setting: &Setting<'_>) -> Vec<Finding> {
        let all = self.subjects.len();
        let boundary = self.boundary.as_ref().map(Policy::document);
        let mut findings = Vec::new();
        for (number, subject) in self.subjects.iter().enumerate() {
            setting
                .ui
                .spin(&format!("checking {} of {all}: {}", number + 1, subject.name));
            findings.extend(of_document(number, subject));
            if !self.together && is_of_identity(subject) {
                findings.extend(of_permissions(&[(number, subject)], boundary));
            }
        }
        if self.together {
            setting.ui.spin("checking what they allow together");
            let numbered: Vec<(usize, &Subject)> = self.subjects.iter().enumerate().collect();
            findings.extend(of_permissions(&numbered, boundary));
        }
        setting.ui.still();
        sort(&mut findings);
        findings
    }

    fn document(&self, findings: &[Finding]) -> document::Check {
        let policies = self.subjects.iter().enumerate();
        let policies = policies.map(|(number, subject)| {
            document::CheckedPolicy::of(number, subject, in_words(subject.kind), &self.subjects, findings)
        });
        document::Check {
            together: self.together,
            boundary: self.boundary.as_ref().map(|boundary| boundary.name.clone()),
            policies: policies.collect(),
        }
    }
}
