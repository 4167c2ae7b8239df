//! A spec as a CloudFormation template.
//!
//! YAML for its comments; every text in it is written as JSON writes it, which YAML reads the same.

use std::fmt::Write as _;

use ciuser_core::name::{AccountId, Path};
use ciuser_core::spec::{Attach, PolicyRef, Spec, UserSpec};
use serde_json::{Value, json};

use super::HEAD;
use super::label::Labels;
use super::policy::{Managed, managed, of_arn};

const ABOUT: &str = ".
#
# Stacks of this template need the capability CAPABILITY_NAMED_IAM.
# No access key is in here, on purpose: CloudFormation would show its secret to everybody who may read the stack. When
# the users are made, `ciuser apply --adopt` adopts them, and the next `ciuser apply` issues the keys and delivers them.
";

/// Returns the template.
pub(super) fn text(spec: &Spec) -> String {
    let mut template = Template {
        account: spec.account.as_ref(),
        labels: Labels::default(),
        guesses: false,
        text: String::new(),
    };
    for user in &spec.users {
        template.user(user);
    }
    let mut head = String::new();
    if let Some(account) = &spec.account {
        let _ = writeln!(head, "# It is for account {account}.");
    }
    if template.guesses {
        head.push_str(GUESSES);
    }
    let description = format!("CI users of project {}", spec.project);
    format!(
        "{HEAD}{ABOUT}{}\nAWSTemplateFormatVersion: \"2010-09-09\"\nDescription: {}\n\nResources:{}",
        head,
        json!(description),
        template.text
    )
}

const GUESSES: &str = "\
# A template cannot look up a policy by its name: those of the account are taken to have the path `/`.
";

struct Template<'a> {
    account: Option<&'a AccountId>,
    labels: Labels,
    /// Whether the path of a policy is a guess.
    guesses: bool,
    text: String,
}

impl Template<'_> {
    fn user(&mut self, user: &UserSpec) {
        let label = self.labels.label("User", user.name.as_str(), None);
        let mut groups: Vec<String> = user.groups.iter().map(|group| json!(group).to_string()).collect();
        let own = user.own_group().filter(|_| user.attach == Attach::Group);
        if let Some(group) = &own {
            let own = self.labels.label("Group", user.name.as_str(), None);
            self.resource(&own, "AWS::IAM::Group");
            self.property("GroupName", &json!(group));
            self.property("Path", &json!(Path::own()));
            self.arns(&user.policies);
            groups.retain(|named| !named.eq_ignore_ascii_case(&json!(group).to_string()));
            groups.push(format!("!Ref {own}"));
        }
        self.resource(&label, "AWS::IAM::User");
        self.property("UserName", &json!(user.name));
        if user.path != Path::root() {
            self.property("Path", &json!(user.path));
        }
        if let Some(boundary) = &user.boundary {
            let arn = arn(&of_arn(boundary, self.account));
            self.line(6, &format!("PermissionsBoundary: {arn}"));
        }
        if own.is_none() {
            self.arns(&user.policies);
        }
        self.list("Groups", &groups);
        self.inline(user);
        if !user.tags.is_empty() {
            self.line(6, "Tags:");
            for tag in &user.tags {
                self.line(8, &format!("- Key: {}", json!(tag.key)));
                self.line(8, &format!("  Value: {}", json!(tag.value)));
            }
        }
    }

    fn arns(&mut self, policies: &[PolicyRef]) {
        let mut arns: Vec<String> = Vec::new();
        for policy in policies {
            let managed = managed(policy, self.account);
            self.guesses |= matches!(managed, Managed::Named(_));
            let arn = arn(&managed);
            if !arns.contains(&arn) {
                arns.push(arn);
            }
        }
        self.list("ManagedPolicyArns", &arns);
    }

    fn inline(&mut self, user: &UserSpec) {
        if user.inline.is_empty() {
            return;
        }
        self.line(6, "Policies:");
        for (policy, document) in &user.inline {
            self.line(8, &format!("- PolicyName: {}", json!(policy)));
            // A document was read as JSON before.
            let value: Value = serde_json::from_str(document.text()).unwrap_or_default();
            let pretty = serde_json::to_string_pretty(&value).unwrap_or_default();
            let mut lines = pretty.lines();
            self.line(8, &format!("  PolicyDocument: {}", lines.next().unwrap_or_default()));
            for line in lines {
                self.line(12, line);
            }
        }
    }

    fn resource(&mut self, label: &str, kind: &str) {
        let _ = write!(self.text, "\n  {label}:\n    Type: {kind}\n    Properties:\n");
    }

    fn property(&mut self, name: &str, value: &Value) {
        self.line(6, &format!("{name}: {value}"));
    }

    fn list(&mut self, name: &str, items: &[String]) {
        if items.is_empty() {
            return;
        }
        self.line(6, &format!("{name}:"));
        for item in items {
            self.line(8, &format!("- {item}"));
        }
    }

    fn line(&mut self, indent: usize, line: &str) {
        let _ = writeln!(self.text, "{:indent$}{line}", "");
    }
}

/// Returns the value of a policy's ARN.
fn arn(policy: &Managed) -> String {
    // What looks like a variable is none.
    let inside = |text: &str| text.replace("${", "${!");
    let own = |rest: &str| {
        format!(
            "arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:policy/{}",
            inside(rest)
        )
    };
    let text = match policy {
        Managed::Literal(arn) => return json!(arn).to_string(),
        Managed::Aws(rest) => format!("arn:${{AWS::Partition}}:iam::aws:policy/{}", inside(rest)),
        Managed::Own(rest) | Managed::Named(rest) => own(rest),
    };
    format!("!Sub {}", json!(text))
}
