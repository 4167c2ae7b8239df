//! Which function answers which action: the whole list of IAM operations that the sandbox serves.

use jiff::Timestamp;

use crate::entropy::Entropy;
use crate::iam::{
    State, access_key, account, attachment, boundary, certificate, details, entities, group, inline, login_profile,
    membership, mfa, policy, policy_version, refusal, service_credential, ssh_key, tag, user,
};
use crate::principal::Principal;
use crate::wire::{AwsError, Params, Query, Xml, to_the_second};

/// One call of an operation: what it works on and what it was asked.
pub(super) struct Call<'a> {
    pub(super) state: &'a mut State,
    pub(super) account_id: &'a str,
    /// The time with its fraction, for deciding what is visible by now.
    pub(super) now: Timestamp,
    /// The time as IAM dates things, without a fraction.
    pub(super) date: Timestamp,
    /// When what is made now becomes visible, if not at once.
    pub(super) visible_from: Option<Timestamp>,
    pub(super) entropy: Entropy<'a>,
    pub(super) caller: &'a Principal,
    pub(super) params: &'a Params,
}

impl Call<'_> {
    /// Returns the user name of an operation that takes the caller's own if none is given.
    pub(super) fn user_name_or_caller(&self, most: usize) -> Result<String, AwsError> {
        match (self.params.optional_name("UserName", most)?, self.caller) {
            (Some(name), _) => Ok(name.to_owned()),
            (None, Principal::User { name, .. }) => Ok(name.clone()),
            (None, _) => Err(refusal::user_name_needed()),
        }
    }
}

type Apply = fn(&mut Call<'_>, &mut Xml) -> Result<(), AwsError>;

/// An operation: what it is called, what it does.
struct Operation {
    name: &'static str,
    apply: Apply,
}

const fn row(name: &'static str, apply: Apply) -> Operation {
    Operation { name, apply }
}

impl Operation {
    /// Returns the operation that a request asks for.
    fn of(query: &Query) -> Result<&'static Operation, AwsError> {
        let found = operations().find(|operation| operation.name == query.action());
        found.ok_or_else(|| query.not_served())
    }
}

/// Applies an IAM operation.
pub(crate) fn call(
    state: &mut crate::State,
    now: Timestamp,
    entropy: Entropy<'_>,
    caller: &Principal,
    query: &Query,
) -> Result<Xml, AwsError> {
    let operation = Operation::of(query)?;
    let mut call = Call {
        visible_from: state.faults.visible_from(now),
        state: &mut state.iam,
        account_id: &state.account_id,
        now,
        date: to_the_second(now),
        entropy,
        caller,
        params: &query.params,
    };
    let mut xml = Xml::default();
    (operation.apply)(&mut call, &mut xml)?;
    Ok(xml)
}

/// Returns the names of all operations, in this file's order.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    operations().map(|operation| operation.name)
}

fn operations() -> impl Iterator<Item = &'static Operation> {
    IDENTITIES.iter().chain(POLICIES).chain(CREDENTIALS)
}

const IDENTITIES: &[Operation] = &[
    row("CreateUser", user::create_user),
    row("GetUser", user::get_user),
    row("ListUsers", user::list_users),
    row("UpdateUser", user::update_user),
    row("DeleteUser", user::delete_user),
    row("TagUser", tag::tag_user),
    row("UntagUser", tag::untag_user),
    row("ListUserTags", tag::list_user_tags),
    row("CreateGroup", group::create_group),
    row("GetGroup", group::get_group),
    row("ListGroups", group::list_groups),
    row("UpdateGroup", group::update_group),
    row("DeleteGroup", group::delete_group),
    row("AddUserToGroup", membership::add_user_to_group),
    row("RemoveUserFromGroup", membership::remove_user_from_group),
    row("ListGroupsForUser", membership::list_groups_for_user),
    row("GetAccountSummary", account::get_account_summary),
    row(
        "GetAccountAuthorizationDetails",
        details::get_account_authorization_details,
    ),
];

const POLICIES: &[Operation] = &[
    row("AttachUserPolicy", attachment::attach_user_policy),
    row("DetachUserPolicy", attachment::detach_user_policy),
    row("ListAttachedUserPolicies", attachment::list_attached_user_policies),
    row("AttachGroupPolicy", attachment::attach_group_policy),
    row("DetachGroupPolicy", attachment::detach_group_policy),
    row("ListAttachedGroupPolicies", attachment::list_attached_group_policies),
    row("PutUserPolicy", inline::put_user_policy),
    row("GetUserPolicy", inline::get_user_policy),
    row("DeleteUserPolicy", inline::delete_user_policy),
    row("ListUserPolicies", inline::list_user_policies),
    row("PutGroupPolicy", inline::put_group_policy),
    row("GetGroupPolicy", inline::get_group_policy),
    row("DeleteGroupPolicy", inline::delete_group_policy),
    row("ListGroupPolicies", inline::list_group_policies),
    row("PutUserPermissionsBoundary", boundary::put_user_permissions_boundary),
    row(
        "DeleteUserPermissionsBoundary",
        boundary::delete_user_permissions_boundary,
    ),
    row("CreatePolicy", policy::create_policy),
    row("GetPolicy", policy::get_policy),
    row("DeletePolicy", policy::delete_policy),
    row("ListPolicies", policy::list_policies),
    row("TagPolicy", tag::tag_policy),
    row("UntagPolicy", tag::untag_policy),
    row("ListPolicyTags", tag::list_policy_tags),
    row("CreatePolicyVersion", policy_version::create_policy_version),
    row("GetPolicyVersion", policy_version::get_policy_version),
    row("ListPolicyVersions", policy_version::list_policy_versions),
    row("SetDefaultPolicyVersion", policy_version::set_default_policy_version),
    row("DeletePolicyVersion", policy_version::delete_policy_version),
    row("ListEntitiesForPolicy", entities::list_entities_for_policy),
];

const CREDENTIALS: &[Operation] = &[
    row("CreateAccessKey", access_key::create_access_key),
    row("ListAccessKeys", access_key::list_access_keys),
    row("UpdateAccessKey", access_key::update_access_key),
    row("DeleteAccessKey", access_key::delete_access_key),
    row("GetAccessKeyLastUsed", access_key::get_access_key_last_used),
    row("CreateLoginProfile", login_profile::create_login_profile),
    row("GetLoginProfile", login_profile::get_login_profile),
    row("DeleteLoginProfile", login_profile::delete_login_profile),
    row("CreateVirtualMFADevice", mfa::create_virtual_mfa_device),
    row("EnableMFADevice", mfa::enable_mfa_device),
    row("ListMFADevices", mfa::list_mfa_devices),
    row("DeactivateMFADevice", mfa::deactivate_mfa_device),
    row("DeleteVirtualMFADevice", mfa::delete_virtual_mfa_device),
    row("UploadSSHPublicKey", ssh_key::upload_ssh_public_key),
    row("ListSSHPublicKeys", ssh_key::list_ssh_public_keys),
    row("DeleteSSHPublicKey", ssh_key::delete_ssh_public_key),
    row("UploadSigningCertificate", certificate::upload_signing_certificate),
    row("ListSigningCertificates", certificate::list_signing_certificates),
    row("DeleteSigningCertificate", certificate::delete_signing_certificate),
    row(
        "CreateServiceSpecificCredential",
        service_credential::create_service_specific_credential,
    ),
    row(
        "ListServiceSpecificCredentials",
        service_credential::list_service_specific_credentials,
    ),
    row(
        "DeleteServiceSpecificCredential",
        service_credential::delete_service_specific_credential,
    ),
];
