//! A spec as a CloudFormation template.
//!
//! YAML for its comments; every text in it is written as JSON, with those characters escaped that YAML would not read
//! as they are.

use std::fmt::Write as _;

use ciuser_core::name::{AccountId, Path};
use ciuser_core::spec::{Attach, PolicyRef, Spec, UserSpec};
use serde_json::json;

use super::label::Labels;
use super::policy::{Managed, managed, of_arn};
use super::{Format, about};

const NEEDS: &str = ".
#
# Stacks of this template need the capability CAPABILITY_NAMED_IAM.
# No access key is in here, on purpose: CloudFormation would show its secret to everybody who may read the stack.
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
        let _ = writeln!(
            head,
            "# It is for account {account}; the policies of that account are attached in no other."
        );
    }
    if template.guesses {
        head.push_str(GUESSES);
    }
    let description = format!("CI users of project {}", spec.project);
    format!(
        "{}{NEEDS}{}{head}\nAWSTemplateFormatVersion: \"2010-09-09\"\nDescription: {}\n\nResources:{}",
        Format::Cloudformation.head(),
        about::keys(spec, "the stack is deleted"),
        yaml(&description),
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
        let mut groups: Vec<String> = user.groups.iter().map(|group| yaml(group.as_str())).collect();
        let own = user.own_group().filter(|_| user.attach == Attach::Group);
        if let Some(group) = &own {
            let own = self.labels.label("Group", user.name.as_str(), None);
            self.resource(&own, "AWS::IAM::Group");
            self.property("GroupName", group.as_str());
            self.property("Path", Path::own().as_str());
            self.arns(&user.policies);
            groups.retain(|named| !named.eq_ignore_ascii_case(&yaml(group.as_str())));
            groups.push(format!("!Ref {own}"));
        }
        self.resource(&label, "AWS::IAM::User");
        self.property("UserName", user.name.as_str());
        if user.path != Path::root() {
            self.property("Path", user.path.as_str());
        }
        if let Some(boundary) = &user.boundary {
            let arn = self.arn(&of_arn(boundary, self.account));
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
                self.line(8, &format!("- Key: {}", yaml(tag.key.as_str())));
                self.line(8, &format!("  Value: {}", yaml(tag.value.as_str())));
            }
        }
    }

    fn arns(&mut self, policies: &[PolicyRef]) {
        let mut arns: Vec<String> = Vec::new();
        for policy in policies {
            let managed = managed(policy, self.account);
            self.guesses |= matches!(managed, Managed::Named(_));
            let arn = self.arn(&managed);
            if !arns.iter().any(|other| other.eq_ignore_ascii_case(&arn)) {
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
            self.line(8, &format!("- PolicyName: {}", yaml(policy.as_str())));
            let pretty = readable_by_yaml(&format!("{:#}", document.document().to_value()));
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

    fn property(&mut self, name: &str, value: &str) {
        self.line(6, &format!("{name}: {}", yaml(value)));
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

    /// Returns the value of a policy's ARN. It names the account, if that is known: in any other the policy is not found.
    fn arn(&self, policy: &Managed) -> String {
        // What looks like a variable is none.
        let inside = |text: &str| text.replace("${", "${!");
        let account = self.account.map_or("${AWS::AccountId}", AccountId::as_str);
        let text = match policy {
            Managed::Literal(arn) => return yaml(arn),
            Managed::Aws(rest) => format!("arn:${{AWS::Partition}}:iam::aws:policy/{}", inside(rest)),
            Managed::Own(rest) | Managed::Named(rest) => {
                format!("arn:${{AWS::Partition}}:iam::{account}:policy/{}", inside(rest))
            }
        };
        format!("!Sub {}", yaml(&text))
    }
}

/// Returns a text as a YAML string.
fn yaml(text: &str) -> String {
    readable_by_yaml(&json!(text).to_string())
}

/// Escapes in a JSON text what may stand in its strings as it is, but not in YAML's: YAML takes some characters for the
/// end of a line, and refuses others.
fn readable_by_yaml(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(text, "\\u{:04x}", u32::from(c));
            }
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_written_so_that_yaml_reads_the_same() {
        let text = "\u{7f}\u{80}\u{85}\u{9f}\u{a0}é\u{2028}\u{2029}\u{feff}\u{fffe}\u{ffff}\u{1f511}\n\"\\";
        let written = r#""\u007f\u0080\u0085\u009f"#.to_owned()
            + "\u{a0}é"
            + r"\u2028\u2029\ufeff\ufffe\uffff"
            + "\u{1f511}"
            + r#"\n\"\\""#;
        assert_eq!(yaml(text), written);
        assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
    }
}
