//! `ciuser policies minimise`: policies as short as they get without changing what they mean.

use std::path::Path;

use ciuser_policy::document::{Document, PolicyKind};
use ciuser_policy::minimise::{Options, minimise};
use ciuser_policy::quota;
use clap::Args;

use super::policy_type::{PolicyType, in_words};
use super::source::{Origin, Source, read_all};
use crate::cli::exit::{CliError, Exit};
use crate::cli::global::Setting;
use crate::document::{self, Kind};
use crate::place;
use crate::ui::ShorterRow;

pub(super) const ABOUT: &str = "\
Make policies shorter, proven to mean the same

Statements that belong together are merged, and what makes no difference goes: values that others match, statements that others \
make redundant, and every `Sid`, which means nothing to IAM. Each step is proven, for every request there can be; a step that \
cannot be proven is left out. `--allow-future` goes further, and is proven for the actions that AWS has now.

Prints the document; sizes are in characters without white space, as IAM counts them. `--write` rewrites files that get shorter; \
`--check` ends with exit code 4 when there is one.";

const EXAMPLES: &str = "\
Examples:
  A policy that is over the quota:
    ciuser policies minimise deploy.json
  All policies of a directory, in their files:
    ciuser policies minimise policies/*.json --write
  In a pipeline:
    ciuser policies minimise policies/*.json --check";

/// Arguments of `policies minimise`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct MinimiseArgs {
    /// Files; `-` is the standard input; also names and ARNs of managed policies
    #[arg(value_name = "POLICY", required = true)]
    policies: Vec<String>,
    /// Kind of the policies [default: told from each document]
    #[arg(long = "type", value_enum, value_name = "TYPE")]
    policy_type: Option<PolicyType>,
    /// Write wildcards for actions where these match no other that AWS has now; AWS may add one that they allow
    #[arg(long)]
    allow_future: bool,
    /// Keep every `Sid`, and so the statements that have one apart
    #[arg(long)]
    keep_sids: bool,
    /// Rewrite the files that get shorter, and print no document
    #[arg(long)]
    write: bool,
    /// Change nothing; exit code 4 when a policy could be shorter
    #[arg(long, conflicts_with = "write")]
    check: bool,
}

/// A policy, and what it can be.
struct Minimised {
    name: String,
    kind: PolicyKind,
    origin: Origin,
    /// Its size without white space.
    before: usize,
    /// The document as short as it gets; as it was if it gets no shorter.
    document: Document,
    after: usize,
}

/// Runs `policies minimise`.
pub(super) async fn run(args: &MinimiseArgs, setting: &Setting<'_>) -> Result<Exit, CliError> {
    let sources = read_all(args.policies.iter().map(String::as_str), setting).await?;
    args.refuse_what_cannot_be(&sources, setting)?;
    let all = sources.len();
    let mut minimised = Vec::new();
    for (number, source) in (1..).zip(sources) {
        setting
            .ui
            .spin(&format!("minimising {number} of {all}: {}", source.name));
        let one = args.minimised(source)?;
        if args.write
            && let Origin::File(path) = &one.origin
            && one.is_shorter()
        {
            rewrite(path, &one.document)?;
        }
        minimised.push(one);
    }
    setting.ui.still();
    args.show(&minimised, setting);
    let fails = args.check && minimised.iter().any(Minimised::is_shorter);
    Ok(if fails { Exit::Refused } else { Exit::Done })
}

fn rewrite(path: &Path, document: &Document) -> Result<(), CliError> {
    Ok(place::rewrite(path, format!("{document:#}\n").as_bytes())?)
}

impl MinimiseArgs {
    fn refuse_what_cannot_be(&self, sources: &[Source], setting: &Setting<'_>) -> Result<(), CliError> {
        let is_file = |source: &&Source| matches!(source.origin, Origin::File(_));
        if self.write
            && let Some(source) = sources.iter().find(|source| !is_file(source))
        {
            let what = format!("`--write` rewrites files, and `{}` is none", source.name);
            return Err(CliError::usage(what));
        }
        let prints = !self.write && !self.check && !setting.ui.is_json();
        if prints && sources.len() > 1 {
            let what = "several documents cannot be printed at once";
            return Err(CliError::usage(what).with_hint("`--write` rewrites the files; `--output json` prints all"));
        }
        Ok(())
    }

    fn minimised(&self, source: Source) -> Result<Minimised, CliError> {
        let kind = source.kind(self.policy_type);
        let origin = source.origin.clone();
        let policy = source.parse(kind)?;
        let options = Options {
            allow_future: self.allow_future,
            keep_sids: self.keep_sids,
        };
        let shorter = minimise(policy.document(), options);
        let (before, after) = (policy.size(), shorter.size());
        let (document, after) = if after < before {
            (shorter, after)
        } else {
            (policy.document().clone(), before)
        };
        Ok(Minimised {
            kind,
            origin,
            before,
            document,
            after,
            name: policy.name,
        })
    }

    fn show(&self, minimised: &[Minimised], setting: &Setting<'_>) {
        if setting.ui.is_json() {
            let policies = minimised.iter().map(|one| one.document(self.allow_future));
            let body = document::Minimise {
                policies: policies.collect(),
            };
            setting.ui.json(&document::Document::new(Kind::Minimise, body));
            return;
        }
        for one in minimised {
            if !self.write && !self.check {
                setting.ui.result(&format!("{:#}", one.document));
                setting.ui.talk("");
            }
            let row = ShorterRow {
                name: &one.name,
                before: one.before,
                after: one.after,
                quotas: one.quotas(),
                only_known_actions: self.allow_future,
            };
            setting.ui.shorter(&row);
        }
        let shorter = minimised.iter().filter(|one| one.is_shorter()).count();
        if self.write {
            setting
                .ui
                .talk(&format!("  {shorter} of {} rewritten", minimised.len()));
        }
        if self.check {
            setting
                .ui
                .talk(&format!("  {shorter} of {} could be shorter", minimised.len()));
        }
    }
}

impl Minimised {
    fn is_shorter(&self) -> bool {
        self.after < self.before
    }

    /// Returns what such a policy may be that is not over the quota, and the quota.
    fn quotas(&self) -> Vec<(&'static str, usize)> {
        match self.kind {
            PolicyKind::Managed => vec![("a managed policy", quota::MANAGED_POLICY_SIZE)],
            PolicyKind::Identity => vec![
                ("a managed policy", quota::MANAGED_POLICY_SIZE),
                ("a user's inline policies", quota::USER_INLINE_SIZE),
            ],
            PolicyKind::Trust => vec![("a trust policy", quota::TRUST_POLICY_SIZE)],
            PolicyKind::ServiceControl => vec![("a service control policy", quota::SERVICE_CONTROL_POLICY_SIZE)],
            PolicyKind::ResourceControl => vec![("a resource control policy", quota::RESOURCE_CONTROL_POLICY_SIZE)],
            // Each service has its own.
            PolicyKind::Resource => Vec::new(),
        }
    }

    fn document(&self, only_known_actions: bool) -> document::MinimisedPolicy {
        document::MinimisedPolicy {
            policy: self.name.clone(),
            r#type: in_words(self.kind),
            size_before: self.before,
            size: self.after,
            proven: if only_known_actions {
                document::ProvenFor::KnownActions
            } else {
                document::ProvenFor::EveryRequest
            },
            document: self.document.to_value(),
        }
    }
}
