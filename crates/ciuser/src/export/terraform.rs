//! A spec as Terraform configuration.
//!
//! A file to be put beside others: it names no provider and no version. What ciuser takes away from a user of its own,
//! policies that the spec lacks, Terraform takes away too. Of groups it only adds, for it knows no exclusive list; of
//! tags it takes away what the spec lacks, and ciuser does not.

use ciuser_core::name::{AccountId, Path, TagKey};
use ciuser_core::spec::{Attach, PolicyRef, Spec, UserSpec};

use super::hcl::{Attribute, attribute, block, escaped, json, key, list, object, quoted};
use super::label::Labels;
use super::policy::{Managed, managed, of_arn};
use super::{Format, about};

const NEEDS: &str = "; needs Terraform 1.2 and version 5.72.1 of the AWS provider, or later.
#
# No access key is in here, on purpose: Terraform would keep its secret in its state.
";

const TAGS: &str = "\
# ciuser tags its users. The `lifecycle` blocks leave these tags alone; so does, for all resources at once, `ignore_tags
# { key_prefixes = [\"ciuser:\"] }` in the provider. Other tags that are not in here are removed, as are policies;
# memberships in other groups stay.
";

const CASE: &str = "\
# Terraform finds a policy by its name only in the case that the account has it in.
";

const PARTITION: &str = "${data.aws_partition.current.partition}";
const ACCOUNT: &str = "${data.aws_caller_identity.current.account_id}";

/// Returns the configuration.
pub(super) fn text(spec: &Spec) -> String {
    let mut written = Configuration {
        account: spec.account.as_ref(),
        labels: Labels::default(),
        policies: Vec::new(),
        blocks: Vec::new(),
    };
    for user in &spec.users {
        written.user(user);
    }
    let named = written.policies.iter().map(|(name, label)| {
        block(
            &format!("data \"aws_iam_policy\" {}", quoted(label)),
            &[attribute("name", quoted(name))],
            &[],
        )
    });
    let sources = ["aws_partition", "aws_caller_identity"].into_iter();
    let used = sources.filter(|kind| {
        let name = format!("data.{kind}.current");
        written.blocks.iter().any(|block| block.contains(&name))
    });
    let data = used.map(|kind| format!("data \"{kind}\" \"current\" {{}}"));
    let blocks: Vec<String> = data.chain(named).chain(written.blocks.iter().cloned()).collect();
    let case = if written.policies.is_empty() { "" } else { CASE };
    format!(
        "{}{NEEDS}{}{TAGS}{case}\n{}\n",
        Format::Terraform.head(),
        about::keys(spec, "`terraform destroy`"),
        blocks.join("\n\n")
    )
}

struct Configuration<'a> {
    account: Option<&'a AccountId>,
    labels: Labels,
    /// Policies that are looked up by their name: name and label.
    policies: Vec<(String, String)>,
    blocks: Vec<String>,
}

impl Configuration<'_> {
    fn user(&mut self, user: &UserSpec) {
        let label = self.labels.label("", user.name.as_str(), Some('_'));
        self.identity(user, &label);
        let (direct, grouped) = match user.attach {
            Attach::Direct => (user.policies.as_slice(), None),
            Attach::Group => (&[][..], user.own_group().map(|group| (group, user.policies.as_slice()))),
        };
        self.attachments("user", "user_name", &label, direct);
        let mut groups: Vec<String> = user.groups.iter().map(|group| quoted(group.as_str())).collect();
        if let Some((group, policies)) = grouped {
            let attributes = [
                attribute("name", quoted(group.as_str())),
                attribute("path", quoted(Path::own().as_str())),
            ];
            self.resource("aws_iam_group", &label, &attributes, &[]);
            self.attachments("group", "group_name", &label, policies);
            groups.retain(|named| !named.eq_ignore_ascii_case(&quoted(group.as_str())));
            groups.push(format!("aws_iam_group.{label}.name"));
        }
        if !groups.is_empty() {
            let attributes = [
                attribute("user", name_of("user", &label)),
                attribute("groups", list(&groups)),
            ];
            self.resource("aws_iam_user_group_membership", &label, &attributes, &[]);
        }
        self.inline(user, &label);
    }

    fn identity(&mut self, user: &UserSpec, label: &str) {
        let mut attributes = vec![attribute("name", quoted(user.name.as_str()))];
        if user.path != Path::root() {
            attributes.push(attribute("path", quoted(user.path.as_str())));
        }
        if let Some(boundary) = &user.boundary {
            let arn = self.arn(&of_arn(boundary, self.account));
            attributes.push(attribute("permissions_boundary", arn));
        }
        if !user.tags.is_empty() {
            let tags: Vec<Attribute> = user
                .tags
                .iter()
                .map(|tag| (key(tag.key.as_str()), quoted(tag.value.as_str())))
                .collect();
            attributes.push(attribute("tags", object(&tags)));
        }
        let own = [TagKey::project(), TagKey::run()].map(|tag| format!("tags[{}]", quoted(tag.as_str())));
        let guard = self.account.map(|account| {
            let condition = format!(
                "data.aws_caller_identity.current.account_id == {}",
                quoted(account.as_str())
            );
            let message = quoted(&format!("This configuration is for account {account}."));
            block(
                "precondition",
                &[attribute("condition", condition), attribute("error_message", message)],
                &[],
            )
        });
        let guard: Vec<String> = guard.into_iter().collect();
        let lifecycle = block("lifecycle", &[attribute("ignore_changes", list(&own))], &guard);
        self.resource("aws_iam_user", label, &attributes, &[lifecycle]);
    }

    /// The policies of a user or group, and none but these.
    fn attachments(&mut self, of: &str, argument: &str, label: &str, policies: &[PolicyRef]) {
        let mut arns: Vec<Attribute> = Vec::new();
        for policy in policies {
            let arn = self.arn(&managed(policy, self.account));
            if !arns.iter().any(|(_, other)| other.eq_ignore_ascii_case(&arn)) {
                arns.push((key(&policy.to_string()), arn));
            }
        }
        let kind = format!("aws_iam_{of}_policy_attachment");
        let mut attached = "[]".to_owned();
        if !arns.is_empty() {
            let attributes = [
                attribute("for_each", object(&arns)),
                attribute(of, name_of(of, label)),
                attribute("policy_arn", "each.value"),
            ];
            self.resource(&kind, label, &attributes, &[]);
            attached = format!("[for attachment in {kind}.{label} : attachment.policy_arn]");
        }
        let attributes = [
            attribute(argument, name_of(of, label)),
            attribute("policy_arns", attached),
        ];
        self.resource(&format!("{kind}s_exclusive"), label, &attributes, &[]);
    }

    fn inline(&mut self, user: &UserSpec, label: &str) {
        let mut names = Vec::new();
        for (policy, document) in &user.inline {
            let own = self.labels.label(&format!("{label}_"), policy.as_str(), Some('_'));
            let attributes = [
                attribute("name", quoted(policy.as_str())),
                attribute("user", name_of("user", label)),
                attribute(
                    "policy",
                    format!("jsonencode({})", json(&document.document().to_value())),
                ),
            ];
            self.resource("aws_iam_user_policy", &own, &attributes, &[]);
            names.push(format!("aws_iam_user_policy.{own}.name"));
        }
        let attributes = [
            attribute("user_name", name_of("user", label)),
            attribute("policy_names", list(&names)),
        ];
        self.resource("aws_iam_user_policies_exclusive", label, &attributes, &[]);
    }

    /// Returns the expression of a policy's ARN.
    fn arn(&mut self, policy: &Managed) -> String {
        match policy {
            Managed::Aws(rest) => format!("\"arn:{PARTITION}:iam::aws:policy/{}\"", escaped(rest)),
            Managed::Own(rest) => format!("\"arn:{PARTITION}:iam::{ACCOUNT}:policy/{}\"", escaped(rest)),
            Managed::Literal(arn) => quoted(arn),
            Managed::Named(name) => {
                let known = self.policies.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
                let label = match known {
                    Some((_, label)) => label.clone(),
                    None => {
                        let label = self.labels.label("policy_", name, Some('_'));
                        self.policies.push((name.clone(), label.clone()));
                        label
                    }
                };
                format!("data.aws_iam_policy.{label}.arn")
            }
        }
    }

    fn resource(&mut self, kind: &str, label: &str, attributes: &[Attribute], inner: &[String]) {
        self.blocks
            .push(block(&format!("resource \"{kind}\" \"{label}\""), attributes, inner));
    }
}

/// Returns the expression of the name of a user or group that is made here.
fn name_of(of: &str, label: &str) -> String {
    format!("aws_iam_{of}.{label}.name")
}
