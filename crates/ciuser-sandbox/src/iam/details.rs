//! `GetAccountAuthorizationDetails`: the whole account, with inline documents, page by page.
//!
//! Of the policies that AWS manages only those in use are given, as AWS does.

use crate::iam::action::Call;
use crate::iam::managed::{self, Managed, Usage};
use crate::iam::page::Page;
use crate::iam::state::{Group, Permissions, State, User};
use crate::iam::{attachment, group, inline, policy_version, refusal, user};
use crate::wire::{AwsError, Params, Xml};

const FILTERS: &[&str] = &["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"];

enum Detail<'a> {
    User(&'a User),
    Group(&'a Group),
    Policy(Managed<'a>),
}

impl Detail<'_> {
    fn key(&self) -> String {
        match self {
            Detail::User(user) => format!("1 {}", user.name.to_ascii_lowercase()),
            Detail::Group(group) => format!("2 {}", group.name.to_ascii_lowercase()),
            Detail::Policy(policy) => format!("3 {} {}", policy.name().to_ascii_lowercase(), policy.arn),
        }
    }
}

pub(super) fn get_account_authorization_details(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let kinds = kinds(call.params)?;
    let wanted = |kind: &str| kinds.is_empty() || kinds.contains(&kind);
    let usage = call.state.usage();
    let mut details = Vec::new();
    if wanted("User") {
        details.extend(call.state.visible_users(call.now).map(Detail::User));
    }
    if wanted("Group") {
        details.extend(call.state.groups.values().map(Detail::Group));
    }
    if wanted("LocalManagedPolicy") {
        details.extend(call.state.customer_policies(call.account_id).map(Detail::Policy));
    }
    if wanted("AWSManagedPolicy") {
        let in_use = |policy: &Managed<'_>| usage.attached(&policy.arn) + usage.boundaries(&policy.arn) > 0;
        details.extend(managed::aws_policies().filter(in_use).map(Detail::Policy));
    }
    let page = Page::of(details, call.params, Detail::key)?;
    write(xml, &page.items, call.state, &usage, call.account_id);
    page.end(xml);
    Ok(())
}

fn kinds(params: &Params) -> Result<Vec<&str>, AwsError> {
    let kinds = params.members("Filter");
    match kinds.iter().find(|(_, kind)| !FILTERS.contains(kind)) {
        Some((number, _)) => Err(refusal::constraint(
            &format!("filter.{number}.member"),
            "satisfy enum value set",
        )),
        None => Ok(kinds.into_iter().map(|(_, kind)| kind).collect()),
    }
}

fn write(xml: &mut Xml, details: &[Detail<'_>], state: &State, usage: &Usage<'_>, account_id: &str) {
    let users = details.iter().filter_map(|detail| {
        if let Detail::User(user) = detail {
            Some(user)
        } else {
            None
        }
    });
    let groups = details.iter().filter_map(|detail| {
        if let Detail::Group(group) = detail {
            Some(group)
        } else {
            None
        }
    });
    let policies = details.iter().filter_map(|d| {
        if let Detail::Policy(policy) = d {
            Some(policy)
        } else {
            None
        }
    });
    xml.members("UserDetailList", users, |xml, user| {
        write_user(xml, user, state, account_id)
    });
    xml.members("GroupDetailList", groups, |xml, group| {
        group::write(xml, group, account_id);
        write_permissions(xml, "GroupPolicyList", &group.permissions);
    });
    xml.text_members("RoleDetailList", []);
    xml.members("Policies", policies, |xml, policy| {
        managed::write(xml, policy, usage);
        xml.optional("Description", policy.description());
        xml.members("PolicyVersionList", policy.versions(), |xml, version| {
            policy_version::write_whole(xml, &version)
        });
    });
}

fn write_user(xml: &mut Xml, user: &User, state: &State, account_id: &str) {
    user::write(xml, user, account_id);
    write_permissions(xml, "UserPolicyList", &user.permissions);
    xml.text_members("GroupList", state.groups_of(&user.id).map(|group| group.name.as_str()));
    user::write_extras(xml, user);
}

fn write_permissions(xml: &mut Xml, inline_list: &str, permissions: &Permissions) {
    xml.members(inline_list, &permissions.inline, |xml, (name, text)| {
        inline::write(xml, name, text)
    });
    let mut arns: Vec<&str> = permissions.attached.iter().map(String::as_str).collect();
    arns.sort_unstable_by_key(|arn| attachment::policy_name(arn));
    attachment::write(xml, "AttachedManagedPolicies", &arns);
}
