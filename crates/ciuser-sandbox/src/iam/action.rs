//! Which function answers which action: the whole list of IAM operations that the sandbox serves.

use jiff::Timestamp;

use crate::entropy::Entropy;
use crate::iam::{
    State, access_key, account, attachment, boundary, certificate, details, entities, group, inline, login_profile,
    membership, mfa, policy, policy_version, refusal, service_credential, ssh_key, tag, user,
};
use crate::principal::Principal;
use crate::wire::{AwsError, Params, Xml, to_the_second};

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

type Operation = fn(&mut Call<'_>, &mut Xml) -> Result<(), AwsError>;

/// Applies an IAM operation.
pub(crate) fn call(
    state: &mut crate::State,
    now: Timestamp,
    entropy: Entropy<'_>,
    caller: &Principal,
    action: &str,
    params: &Params,
) -> Result<Xml, AwsError> {
    let operation = operation(action).ok_or_else(|| AwsError::invalid_action(action, Some("2010-05-08")))?;
    let mut call = Call {
        visible_from: state.faults.visible_from(now),
        state: &mut state.iam,
        account_id: &state.account_id,
        now,
        date: to_the_second(now),
        entropy,
        caller,
        params,
    };
    let mut xml = Xml::default();
    operation(&mut call, &mut xml)?;
    Ok(xml)
}

/// Returns the names of all operations, in this file's order.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    tables().map(|(name, _)| *name)
}

fn operation(action: &str) -> Option<Operation> {
    tables()
        .find(|(name, _)| *name == action)
        .map(|(_, operation)| *operation)
}

fn tables() -> impl Iterator<Item = &'static (&'static str, Operation)> {
    IDENTITIES.iter().chain(POLICIES).chain(CREDENTIALS)
}

const IDENTITIES: &[(&str, Operation)] = &[
    ("CreateUser", user::create_user),
    ("GetUser", user::get_user),
    ("ListUsers", user::list_users),
    ("UpdateUser", user::update_user),
    ("DeleteUser", user::delete_user),
    ("TagUser", tag::tag_user),
    ("UntagUser", tag::untag_user),
    ("ListUserTags", tag::list_user_tags),
    ("CreateGroup", group::create_group),
    ("GetGroup", group::get_group),
    ("ListGroups", group::list_groups),
    ("UpdateGroup", group::update_group),
    ("DeleteGroup", group::delete_group),
    ("AddUserToGroup", membership::add_user_to_group),
    ("RemoveUserFromGroup", membership::remove_user_from_group),
    ("ListGroupsForUser", membership::list_groups_for_user),
    ("GetAccountSummary", account::get_account_summary),
    (
        "GetAccountAuthorizationDetails",
        details::get_account_authorization_details,
    ),
];

const POLICIES: &[(&str, Operation)] = &[
    ("AttachUserPolicy", attachment::attach_user_policy),
    ("DetachUserPolicy", attachment::detach_user_policy),
    ("ListAttachedUserPolicies", attachment::list_attached_user_policies),
    ("AttachGroupPolicy", attachment::attach_group_policy),
    ("DetachGroupPolicy", attachment::detach_group_policy),
    ("ListAttachedGroupPolicies", attachment::list_attached_group_policies),
    ("PutUserPolicy", inline::put_user_policy),
    ("GetUserPolicy", inline::get_user_policy),
    ("DeleteUserPolicy", inline::delete_user_policy),
    ("ListUserPolicies", inline::list_user_policies),
    ("PutGroupPolicy", inline::put_group_policy),
    ("GetGroupPolicy", inline::get_group_policy),
    ("DeleteGroupPolicy", inline::delete_group_policy),
    ("ListGroupPolicies", inline::list_group_policies),
    ("PutUserPermissionsBoundary", boundary::put_user_permissions_boundary),
    (
        "DeleteUserPermissionsBoundary",
        boundary::delete_user_permissions_boundary,
    ),
    ("CreatePolicy", policy::create_policy),
    ("GetPolicy", policy::get_policy),
    ("DeletePolicy", policy::delete_policy),
    ("ListPolicies", policy::list_policies),
    ("TagPolicy", tag::tag_policy),
    ("UntagPolicy", tag::untag_policy),
    ("ListPolicyTags", tag::list_policy_tags),
    ("CreatePolicyVersion", policy_version::create_policy_version),
    ("GetPolicyVersion", policy_version::get_policy_version),
    ("ListPolicyVersions", policy_version::list_policy_versions),
    ("SetDefaultPolicyVersion", policy_version::set_default_policy_version),
    ("DeletePolicyVersion", policy_version::delete_policy_version),
    ("ListEntitiesForPolicy", entities::list_entities_for_policy),
];

const CREDENTIALS: &[(&str, Operation)] = &[
    ("CreateAccessKey", access_key::create_access_key),
    ("ListAccessKeys", access_key::list_access_keys),
    ("UpdateAccessKey", access_key::update_access_key),
    ("DeleteAccessKey", access_key::delete_access_key),
    ("GetAccessKeyLastUsed", access_key::get_access_key_last_used),
    ("CreateLoginProfile", login_profile::create_login_profile),
    ("GetLoginProfile", login_profile::get_login_profile),
    ("DeleteLoginProfile", login_profile::delete_login_profile),
    ("CreateVirtualMFADevice", mfa::create_virtual_mfa_device),
    ("EnableMFADevice", mfa::enable_mfa_device),
    ("ListMFADevices", mfa::list_mfa_devices),
    ("DeactivateMFADevice", mfa::deactivate_mfa_device),
    ("DeleteVirtualMFADevice", mfa::delete_virtual_mfa_device),
    ("UploadSSHPublicKey", ssh_key::upload_ssh_public_key),
    ("ListSSHPublicKeys", ssh_key::list_ssh_public_keys),
    ("DeleteSSHPublicKey", ssh_key::delete_ssh_public_key),
    ("UploadSigningCertificate", certificate::upload_signing_certificate),
    ("ListSigningCertificates", certificate::list_signing_certificates),
    ("DeleteSigningCertificate", certificate::delete_signing_certificate),
    (
        "CreateServiceSpecificCredential",
        service_credential::create_service_specific_credential,
    ),
    (
        "ListServiceSpecificCredentials",
        service_credential::list_service_specific_credentials,
    ),
    (
        "DeleteServiceSpecificCredential",
        service_credential::delete_service_specific_credential,
    ),
];
