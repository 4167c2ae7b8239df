//! `ciuser policies simulate`: what policies say to requests. Asks nobody but for policies of the account.

mod asked;
mod levels;
mod requests;
mod words;

use std::path::PathBuf;

use ciuser_core::name::AccountId;
use ciuser_policy::document::PolicyKind;
use ciuser_policy::evaluate::{Decision, Layer, Policies, PolicySet, Verdict};
use ciuser_policy::request::{Context, Principal};
use clap::Args;

use self::asked::{Circumstances, Own};
use self::levels::Levels;
pub(super) use self::words::{listed, statement};
use super::policy_type::told_from;
use super::principal;
use super::source::{Policy, read_all};
use super::spelling::Spelling;
use crate::cli::exit::{CliError, Exit};
use crate::cli::global::Setting;
use crate::document::{Decided, Document, Kind, Simulate};
use crate::ui::DecisionRow;

pub(super) const ABOUT: &str = "\
Decide requests as AWS would, and say why

Every action is decided for every resource, by all the policies that are given. A statement that denies wins; boundary, \
session policy and control policies must allow, as far as they are given; and so must the policies of the user or that of the \
resource, or both where they are of two accounts. A policy is a file, the name or ARN of one of AWS's managed policies, or the ARN of one \
of the account's own, which is read from there. What ciuser does not understand, or AWS does not document, is \
`Undetermined`; AWS may allow it or not.";

const EXAMPLES: &str = "\
Examples:
  May this user write there, and who says so:
    ciuser policies simulate --policy deploy.json AmazonS3FullAccess \\
        --action s3:PutObject --resource arn:aws:s3:::storefront/index.html
  In a script; exit 4 when one of them is allowed:
    ciuser policies simulate --policy deploy.json --scp root.json \\
        --action iam:CreateUser iam:PassRole --expect denied --output json
  Who may assume a role from where:
    ciuser policies simulate --resource-policy trust.json \\
        --principal arn:aws:iam::111122223333:user/CI_USER \\
        --action sts:AssumeRole --context aws:SourceIp=192.0.2.1
  A million requests, one JSON line each:
    ciuser policies simulate --policy deploy.json \\
        --requests asked.jsonl >decided.jsonl";

/// The heading of the options that name policies.
const POLICIES: &str = "Policies";

/// Arguments of `policies simulate`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct SimulateArgs {
    /// Policies of the user and its groups, or of the role; repeatable
    #[arg(long, value_name = "POLICY", num_args = 1.., required_unless_present = "resource_policy", help_heading = POLICIES)]
    policy: Vec<String>,
    /// Permissions boundary
    #[arg(long, value_name = "POLICY", help_heading = POLICIES)]
    boundary: Option<String>,
    /// Policy with which the session was made
    #[arg(long, value_name = "POLICY", help_heading = POLICIES)]
    session_policy: Option<String>,
    #[command(flatten)]
    levels: Levels,
    /// Policy of the resource: of a bucket, say, or a role's trust policy
    #[arg(long, value_name = "POLICY", help_heading = POLICIES)]
    resource_policy: Option<String>,
    /// Action, as in `s3:GetObject`; repeatable
    #[arg(long, value_name = "ACTION", num_args = 1.., required_unless_present = "requests", value_parser = asked::action)]
    action: Vec<String>,
    /// Resource; `*` is what actions have that take none; repeatable
    #[arg(long, value_name = "ARN", num_args = 1.., default_value = "*", value_parser = asked::resource)]
    resource: Vec<String>,
    /// Who asks: the ARN of a user, role or session, a service such as `ec2.amazonaws.com`, or `*` for anybody
    #[arg(long, value_name = "PRINCIPAL", value_parser = principal::read)]
    principal: Option<Principal>,
    /// Account of the resource, where its ARN does not say it, as with S3 [default: the principal's]
    #[arg(long, value_name = "ACCOUNT")]
    resource_account: Option<AccountId>,
    /// Condition key and value; the same key again adds a value; what follows from the principal need not be said
    #[arg(long, value_name = "KEY=VALUE", num_args = 1.., value_parser = asked::key_value)]
    context: Vec<(String, String)>,
    /// Decide the requests of a file instead, each a line as in `{"action": "s3:GetObject", "resource": "arn:...",
    /// "context": {"aws:SourceIp": "192.0.2.1"}}`, and print one JSON line for each; `-` reads the standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["action", "resource"])]
    requests: Option<PathBuf>,
    /// Exit with 4 unless every request is decided so; `Undetermined` is neither
    #[arg(long, value_name = "DECISION", ignore_case = true)]
    expect: Option<Expect>,
}

/// `--expect`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Expect {
    /// `Allowed`.
    Allowed,
    /// `ExplicitDeny` or `ImplicitDeny`.
    Denied,
}

impl Expect {
    fn word(self) -> &'static str {
        match self {
            Expect::Allowed => "allowed",
            Expect::Denied => "denied",
        }
    }

    fn is(self, decision: Decision) -> bool {
        match self {
            Expect::Allowed => decision == Decision::Allowed,
            Expect::Denied => matches!(decision, Decision::ExplicitDeny | Decision::ImplicitDeny),
        }
    }
}

/// Runs `policies simulate`.
pub(super) async fn run(args: &SimulateArgs, setting: &Setting<'_>) -> Result<Exit, CliError> {
    let (policies, spelling) = args.policies(setting).await?;
    let circumstances = args.circumstances();
    if let Some(file) = &args.requests {
        return requests::run(file, &policies, &circumstances, args.expect, setting);
    }
    if args.resource_policy.is_some() && args.principal.is_none() {
        return Err(CliError::usage(
            "`--resource-policy` without `--principal`: it depends on who asks",
        ));
    }
    warn_of_patterns(&args.resource, setting);
    let mut tally = Tally::new(args.expect);
    let mut decisions = Vec::new();
    for resource in &args.resource {
        let mut rows = Vec::new();
        for action in &args.action {
            let request = circumstances.request(action, resource, Own::default());
            let verdict = policies.evaluate(&request);
            let mut misses = match verdict.decision {
                Decision::Allowed => Vec::new(),
                _ => policies.misses(&request),
            };
            spelling.spell(&mut misses);
            tally.count(verdict.decision);
            rows.push(row(action, &verdict, words::why(&verdict, &misses)));
            decisions.push(Decided::of(action, resource, &verdict, &misses));
        }
        if !setting.ui.is_json() {
            setting.ui.decisions(resource, &rows);
        }
    }
    if setting.ui.is_json() {
        let document = Simulate {
            decisions,
            expected: args.expect.map(Expect::word),
            as_expected: args.expect.map(|_| tally.as_expected()),
        };
        setting.ui.json(&Document::new(Kind::Simulate, document));
    }
    Ok(tally.report(setting))
}

/// A resource's name may have a `*` in it; whoever types one means something else more often.
fn warn_of_patterns(resources: &[String], setting: &Setting<'_>) {
    let patterns = resources
        .iter()
        .filter(|text| *text != "*" && text.contains(['*', '?']));
    for pattern in patterns {
        setting.ui.warn(&format!(
            "`{pattern}` is taken for one resource of this very name: what policies grant altogether, `ciuser policies \
             compare` proves"
        ));
    }
}

fn row(action: &str, verdict: &Verdict, why: String) -> DecisionRow {
    DecisionRow {
        decision: verdict.decision,
        action: action.to_owned(),
        why,
    }
}

impl SimulateArgs {
    /// Reads and compiles all policies.
    async fn policies(&self, setting: &Setting<'_>) -> Result<(Policies, Spelling), CliError> {
        let named = self.named();
        let sources = read_all(named.iter().map(|(_, name)| *name), setting).await?;
        let mut policies = Vec::new();
        for ((layer, _), source) in named.iter().zip(sources) {
            let kind = match layer {
                Layer::Identity | Layer::Boundary | Layer::Session => PolicyKind::Identity,
                Layer::ServiceControl(_) => PolicyKind::ServiceControl,
                Layer::ResourceControl(_) => PolicyKind::ResourceControl,
                Layer::Resource if told_from(&source.text) == PolicyKind::Trust => PolicyKind::Trust,
                Layer::Resource => PolicyKind::Resource,
            };
            policies.push((*layer, source.parse(kind)?));
        }
        let levels = |levels: &[Vec<String>], layer: fn(usize) -> Layer| {
            let levels = 0..levels.len();
            levels.map(|level| compiled(&policies, layer(level))).collect()
        };
        let one = |named: &Option<String>, layer| named.as_ref().map(|_| compiled(&policies, layer));
        let spelling = Spelling::of(policies.iter().map(|(_, policy)| policy.document()));
        let policies = Policies {
            identity: compiled(&policies, Layer::Identity),
            boundary: one(&self.boundary, Layer::Boundary),
            session: one(&self.session_policy, Layer::Session),
            service_control: levels(&self.levels.service_control, Layer::ServiceControl),
            resource_control: levels(&self.levels.resource_control, Layer::ResourceControl),
            resource: one(&self.resource_policy, Layer::Resource),
        };
        Ok((policies, spelling))
    }

    /// Returns every policy that is named, with what it is.
    fn named(&self) -> Vec<(Layer, &str)> {
        fn each<'a>(
            layer: Layer,
            names: impl IntoIterator<Item = &'a String>,
        ) -> impl Iterator<Item = (Layer, &'a str)> {
            names.into_iter().map(move |name| (layer, name.as_str()))
        }
        let service_control = self.levels.service_control.iter().enumerate();
        let resource_control = self.levels.resource_control.iter().enumerate();
        each(Layer::Identity, &self.policy)
            .chain(each(Layer::Boundary, &self.boundary))
            .chain(each(Layer::Session, &self.session_policy))
            .chain(service_control.flat_map(|(level, names)| each(Layer::ServiceControl(level), names)))
            .chain(resource_control.flat_map(|(level, names)| each(Layer::ResourceControl(level), names)))
            .chain(each(Layer::Resource, &self.resource_policy))
            .collect()
    }

    fn circumstances(&self) -> Circumstances {
        let mut context = Context::default();
        for (key, value) in &self.context {
            context.add(key, value.clone());
        }
        Circumstances {
            principal: self.principal.clone(),
            resource_account: self.resource_account.as_ref().map(ToString::to_string),
            context,
        }
    }
}

fn compiled(policies: &[(Layer, Policy)], wanted: Layer) -> PolicySet {
    let of_layer = policies.iter().filter(|(layer, _)| *layer == wanted);
    PolicySet::compile(of_layer.map(|(_, policy)| policy.named()))
}

/// How many requests were decided how, and how many not as they were expected to be.
struct Tally {
    expect: Option<Expect>,
    decided: [(Decision, usize); 4],
    unexpected: usize,
}

impl Tally {
    fn new(expect: Option<Expect>) -> Tally {
        use Decision::{Allowed, ExplicitDeny, ImplicitDeny, Undetermined};
        Tally {
            expect,
            decided: [Allowed, ExplicitDeny, ImplicitDeny, Undetermined].map(|decision| (decision, 0)),
            unexpected: 0,
        }
    }

    fn count(&mut self, decision: Decision) {
        let counted = self.decided.iter_mut().filter(|(counted, _)| *counted == decision);
        for (_, count) in counted {
            *count += 1;
        }
        self.unexpected += usize::from(self.expect.is_some_and(|expect| !expect.is(decision)));
    }

    fn as_expected(&self) -> bool {
        self.unexpected == 0
    }

    /// Says how it went, and returns how the program ends.
    fn report(&self, setting: &Setting<'_>) -> Exit {
        let counted = self.decided.iter().filter(|(_, count)| *count > 0);
        let counts: Vec<String> = counted.map(|(decision, count)| format!("{count} {decision}")).collect();
        let all: usize = self.decided.iter().map(|(_, count)| count).sum();
        if all > 1 {
            setting.ui.talk("");
            setting.ui.talk(&format!("  {}", counts.join(", ")));
        }
        match self.expect {
            Some(expect) if !self.as_expected() => {
                let word = expect.word();
                setting
                    .ui
                    .warn(&format!("{} of {all} requests are not {word}", self.unexpected));
                Exit::Refused
            }
            _ => Exit::Done,
        }
    }
}
