//! `ciuser policies compare`: proves that new policies grant nothing that the old ones do not, or shows a request.

use std::collections::BTreeMap;

use ciuser_policy::contain::{Containment, Grants, Witness, contains};
use ciuser_policy::document::PolicyKind;
use ciuser_policy::request::Principal;
use clap::Args;

use super::policy_type::{PolicyType, in_words, told_from};
use super::source::{Policy, Source, parse_all, read_all};
use super::spelling::Spelling;
use super::{principal, simulate};
use crate::cli::exit::{CliError, Exit};
use crate::cli::global::Setting;
use crate::document::{self, Compare, Document, Kind, StatementAt};
use crate::ui::WitnessRow;

pub(super) const ABOUT: &str = "\
Prove that new policies grant nothing that old ones do not

Otherwise a request is shown that the new ones allow and the old ones do not. Several policies on a side grant together, as \
those of a user and its groups do. A proof holds for every request there can be, with one value at most for a key of which no \
policy asks with ForAllValues or ForAnyValue; a request that is shown is tried out with the evaluator, and said to be confirmed \
by it or not.";

const EXAMPLES: &str = "\
Examples:
  Does the change grant more? Exit 0 if it is proven not to, else 4:
    ciuser policies compare deploy-old.json deploy.json
  Is a policy of one's own within two of AWS's together:
    ciuser policies compare --old AmazonS3FullAccess CloudFrontFullAccess \\
        --new deploy.json
  The policy of a bucket, for a script:
    ciuser policies compare before.json after.json --type resource \\
        --output json";

/// Arguments of `policies compare`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CompareArgs {
    /// The old policy: a file, or the name or ARN of a managed policy
    #[arg(value_name = "OLD")]
    old_policy: Option<String>,
    /// The new policy
    #[arg(value_name = "NEW")]
    new_policy: Option<String>,
    /// Policies of the old side, instead of OLD or beside it; repeatable
    #[arg(long, value_name = "POLICY", num_args = 1..)]
    old: Vec<String>,
    /// Policies of the new side, instead of NEW or beside it; repeatable
    #[arg(long, value_name = "POLICY", num_args = 1..)]
    new: Vec<String>,
    /// Permissions boundary that bounds the old side
    #[arg(long, value_name = "POLICY")]
    old_boundary: Option<String>,
    /// Permissions boundary that bounds the new side
    #[arg(long, value_name = "POLICY")]
    new_boundary: Option<String>,
    /// Kind of the policies [default: told from the documents]
    #[arg(long = "type", value_enum, value_name = "TYPE")]
    policy_type: Option<PolicyType>,
}

/// Policies that grant something together.
struct Side {
    policies: Vec<Policy>,
    boundary: Option<Policy>,
}

/// Runs `policies compare`.
pub(super) async fn run(args: &CompareArgs, setting: &Setting<'_>) -> Result<Exit, CliError> {
    let [old, new] = args.sides(setting).await?;
    setting.ui.spin("comparing");
    let outcome = contains(&old.grants(), &new.grants());
    setting.ui.still();
    if setting.ui.is_json() {
        setting
            .ui
            .json(&Document::new(Kind::Compare, document(&outcome, &old, &new)));
    } else {
        show(&outcome, &old, &new, setting);
    }
    Ok(match outcome {
        Containment::Proven => Exit::Done,
        Containment::NotProven(_) | Containment::Undecided => Exit::Refused,
    })
}

impl CompareArgs {
    /// Reads both sides.
    async fn sides(&self, setting: &Setting<'_>) -> Result<[Side; 2], CliError> {
        let old: Vec<&String> = self.old_policy.iter().chain(&self.old).collect();
        let new: Vec<&String> = self.new_policy.iter().chain(&self.new).collect();
        if old.is_empty() || new.is_empty() {
            let which = if old.is_empty() { "old" } else { "new" };
            return Err(CliError::usage(format!("no {which} policy is named"))
                .with_hint("`ciuser policies compare OLD NEW`; `--old` and `--new` take several on a side"));
        }
        let boundaries = self.old_boundary.iter().chain(&self.new_boundary);
        let all = old.iter().chain(&new).copied().chain(boundaries);
        let mut sources = read_all(all.map(String::as_str), setting).await?;
        let boundaries = sources.split_off(old.len() + new.len());
        let kind = self.kind(&sources)?;
        if kind != PolicyKind::Identity && !boundaries.is_empty() {
            return Err(CliError::usage(format!(
                "a {} has no permissions boundary",
                in_words(kind)
            )));
        }
        let new_sources = sources.split_off(old.len());
        let mut boundaries = parse_all(boundaries, PolicyKind::Identity)?.into_iter();
        let mut side = |sources, has_boundary: bool| {
            Ok::<_, CliError>(Side {
                policies: parse_all(sources, kind)?,
                boundary: if has_boundary { boundaries.next() } else { None },
            })
        };
        Ok([
            side(sources, self.old_boundary.is_some())?,
            side(new_sources, self.new_boundary.is_some())?,
        ])
    }

    /// Returns of which kind all policies are.
    fn kind(&self, sources: &[Source]) -> Result<PolicyKind, CliError> {
        if self.policy_type == Some(PolicyType::Rcp) {
            return Err(CliError::usage(
                "resource control policies grant nothing: there is nothing to compare",
            ));
        }
        if let Some(policy_type) = self.policy_type {
            return Ok(policy_type.kind());
        }
        let mut told = sources.iter().map(|source| (source, told_from(&source.text)));
        let Some((first, kind)) = told.next() else {
            return Ok(PolicyKind::Identity);
        };
        match told.find(|(_, other)| *other != kind) {
            Some((source, other)) => {
                let what = format!(
                    "policies of two kinds: `{}` ({}) and `{}` ({})",
                    first.name,
                    in_words(kind),
                    source.name,
                    in_words(other)
                );
                Err(CliError::usage(what).with_hint("only policies of one kind compare; `--type` names it"))
            }
            None => Ok(kind),
        }
    }
}

impl Side {
    fn grants(&self) -> Grants {
        let grants = Grants::of(self.policies.iter().map(Policy::named));
        match &self.boundary {
            Some(boundary) => grants.within(boundary.document()),
            None => grants,
        }
    }

    /// Returns the names of the policies.
    fn names(&self) -> Vec<String> {
        self.policies.iter().map(|policy| policy.name.clone()).collect()
    }

    /// Names what grants.
    fn in_words(&self) -> String {
        let names: Vec<String> = self.names().iter().map(|name| format!("`{name}`")).collect();
        let names = simulate::listed(&names, "and");
        match &self.boundary {
            Some(boundary) => format!("{names} within the boundary `{}`", boundary.name),
            None => names,
        }
    }

    fn grants_in_words(&self, what: &str) -> String {
        let verb = if self.policies.len() > 1 { "grant" } else { "grants" };
        format!("{} {verb} {what}", self.in_words())
    }
}

fn spelling(old: &Side, new: &Side) -> Spelling {
    let sides = new
        .policies
        .iter()
        .chain(&new.boundary)
        .chain(&old.policies)
        .chain(&old.boundary);
    Spelling::of(sides.map(Policy::document))
}

fn context(witness: &Witness, spelling: &Spelling) -> BTreeMap<String, Vec<String>> {
    let keys = witness.request.context().iter();
    keys.map(|(key, values)| (spelling.spelt(key), values.to_vec()))
        .collect()
}

/// Returns the condition keys without those that follow from who asks.
fn own_context(witness: &Witness, spelling: &Spelling) -> Vec<(String, Vec<String>)> {
    let of_principal = witness.request.principal().map(Principal::context).unwrap_or_default();
    let keys = witness.request.context().iter();
    keys.filter(|(key, values)| of_principal.values(key) != *values)
        .map(|(key, values)| (spelling.spelt(key), values.to_vec()))
        .collect()
}

fn document(outcome: &Containment, old: &Side, new: &Side) -> Compare {
    let witness = match outcome {
        Containment::NotProven(witness) => Some(witness),
        Containment::Proven | Containment::Undecided => None,
    };
    let spelling = spelling(old, new);
    Compare {
        proven: *outcome == Containment::Proven,
        decided: *outcome != Containment::Undecided,
        old: old.names(),
        new: new.names(),
        witness: witness.map(|witness| document::Witness {
            action: spelling.spelt(witness.request.action()),
            resource: witness.request.resource().to_owned(),
            principal: witness.request.principal().map(principal::spelt),
            has_boundary: witness.has_boundary,
            context: context(witness, &spelling),
            confirmed: witness.confirmed,
            statements: witness.allowed_by.iter().map(StatementAt::of).collect(),
        }),
    }
}

fn show(outcome: &Containment, old: &Side, new: &Side, setting: &Setting<'_>) {
    match outcome {
        Containment::Proven => {
            let do_not = if old.policies.len() > 1 { "do not" } else { "does not" };
            let what = format!("nothing that {} {do_not}", old.in_words());
            setting.ui.proven(&new.grants_in_words(&what));
        }
        Containment::NotProven(witness) => {
            let what = format!("more than {}, for example this request:", old.in_words());
            let spelling = spelling(old, new);
            let row = WitnessRow {
                action: spelling.spelt(witness.request.action()),
                resource: witness.request.resource().to_owned(),
                principal: witness.request.principal().map(principal::spelt),
                has_boundary: witness.has_boundary,
                context: own_context(witness, &spelling),
                allowed_by: witness.allowed_by.iter().map(simulate::statement).collect(),
                confirmed: witness.confirmed,
            };
            setting.ui.not_proven(&new.grants_in_words(&what), &row);
        }
        Containment::Undecided => {
            let what = format!("more than {}: it could not be decided", old.in_words());
            setting.ui.undecided(&format!("whether {}", new.grants_in_words(&what)));
        }
    }
}
