//! Which function answers which action: the whole list of IAM operations that the sandbox serves.

use jiff::Timestamp;

use crate::entropy::Entropy;
use crate::iam::needs::{Key, On};
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

/// An operation: what it is called, what its permission is about, what it does.
pub(super) struct Operation {
    pub(super) name: &'static str,
    /// The resource that policies are asked about.
    pub(super) on: On,
    /// The condition keys that it has besides those of the resource.
    pub(super) keys: &'static [Key],
    apply: Apply,
}

const fn on(name: &'static str, on: On, apply: Apply) -> Operation {
    let keys = &[];
    Operation { name, on, keys, apply }
}

impl Operation {
    const fn with(self, keys: &'static [Key]) -> Operation {
        Operation { keys, ..self }
    }

    /// Returns the operation that a request asks for.
    pub(super) fn of(query: &Query) -> Result<&'static Operation, AwsError> {
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
    on("CreateUser", On::NewUser, user::create_user).with(&[Key::Boundary, Key::RequestTags]),
    on("GetUser", On::UserOrCaller, user::get_user),
    on("ListUsers", On::AllUsers, user::list_users),
    on("UpdateUser", On::RenamedUser, user::update_user),
    on("DeleteUser", On::User, user::delete_user),
    on("TagUser", On::User, tag::tag_user).with(&[Key::RequestTags]),
    on("UntagUser", On::User, tag::untag_user).with(&[Key::TagKeys]),
    on("ListUserTags", On::User, tag::list_user_tags),
    on("CreateGroup", On::NewGroup, group::create_group),
    on("GetGroup", On::Group, group::get_group),
    on("ListGroups", On::AllGroups, group::list_groups),
    on("UpdateGroup", On::RenamedGroup, group::update_group),
    on("DeleteGroup", On::Group, group::delete_group),
    on("AddUserToGroup", On::Group, membership::add_user_to_group),
    on("RemoveUserFromGroup", On::Group, membership::remove_user_from_group),
    on("ListGroupsForUser", On::User, membership::list_groups_for_user),
    on("GetAccountSummary", On::Account, account::get_account_summary),
    on(
        "GetAccountAuthorizationDetails",
        On::Account,
        details::get_account_authorization_details,
    ),
];

const POLICIES: &[Operation] = &[
    on("AttachUserPolicy", On::User, attachment::attach_user_policy).with(&[Key::Boundary, Key::PolicyArn]),
    on("DetachUserPolicy", On::User, attachment::detach_user_policy).with(&[Key::Boundary, Key::PolicyArn]),
    on(
        "ListAttachedUserPolicies",
        On::User,
        attachment::list_attached_user_policies,
    ),
    on("AttachGroupPolicy", On::Group, attachment::attach_group_policy).with(&[Key::PolicyArn]),
    on("DetachGroupPolicy", On::Group, attachment::detach_group_policy).with(&[Key::PolicyArn]),
    on(
        "ListAttachedGroupPolicies",
        On::Group,
        attachment::list_attached_group_policies,
    ),
    on("PutUserPolicy", On::User, inline::put_user_policy).with(&[Key::Boundary]),
    on("GetUserPolicy", On::User, inline::get_user_policy),
    on("DeleteUserPolicy", On::User, inline::delete_user_policy).with(&[Key::Boundary]),
    on("ListUserPolicies", On::User, inline::list_user_policies),
    on("PutGroupPolicy", On::Group, inline::put_group_policy),
    on("GetGroupPolicy", On::Group, inline::get_group_policy),
    on("DeleteGroupPolicy", On::Group, inline::delete_group_policy),
    on("ListGroupPolicies", On::Group, inline::list_group_policies),
    on(
        "PutUserPermissionsBoundary",
        On::User,
        boundary::put_user_permissions_boundary,
    )
    .with(&[Key::Boundary]),
    on(
        "DeleteUserPermissionsBoundary",
        On::User,
        boundary::delete_user_permissions_boundary,
    )
    .with(&[Key::Boundary]),
    on("CreatePolicy", On::NewPolicy, policy::create_policy).with(&[Key::RequestTags]),
    on("GetPolicy", On::Policy, policy::get_policy),
    on("DeletePolicy", On::Policy, policy::delete_policy),
    on("ListPolicies", On::AllPolicies, policy::list_policies),
    on("TagPolicy", On::Policy, tag::tag_policy).with(&[Key::RequestTags]),
    on("UntagPolicy", On::Policy, tag::untag_policy).with(&[Key::TagKeys]),
    on("ListPolicyTags", On::Policy, tag::list_policy_tags),
    on("CreatePolicyVersion", On::Policy, policy_version::create_policy_version),
    on("GetPolicyVersion", On::Policy, policy_version::get_policy_version),
    on("ListPolicyVersions", On::Policy, policy_version::list_policy_versions),
    on(
        "SetDefaultPolicyVersion",
        On::Policy,
        policy_version::set_default_policy_version,
    ),
    on("DeletePolicyVersion", On::Policy, policy_version::delete_policy_version),
    on("ListEntitiesForPolicy", On::Policy, entities::list_entities_for_policy),
];

const CREDENTIALS: &[Operation] = &[
    on("CreateAccessKey", On::UserOrCaller, access_key::create_access_key),
    on("ListAccessKeys", On::UserOrCaller, access_key::list_access_keys),
    on("UpdateAccessKey", On::UserOrCaller, access_key::update_access_key),
    on("DeleteAccessKey", On::UserOrCaller, access_key::delete_access_key),
    on(
        "GetAccessKeyLastUsed",
        On::KeyOwner,
        access_key::get_access_key_last_used,
    ),
    on(
        "CreateLoginProfile",
        On::UserOrCaller,
        login_profile::create_login_profile,
    ),
    on("GetLoginProfile", On::UserOrCaller, login_profile::get_login_profile),
    on(
        "DeleteLoginProfile",
        On::UserOrCaller,
        login_profile::delete_login_profile,
    ),
    on(
        "CreateVirtualMFADevice",
        On::NewMfaDevice,
        mfa::create_virtual_mfa_device,
    )
    .with(&[Key::RequestTags]),
    on("EnableMFADevice", On::User, mfa::enable_mfa_device),
    on("ListMFADevices", On::UserOrCaller, mfa::list_mfa_devices),
    on("DeactivateMFADevice", On::UserOrCaller, mfa::deactivate_mfa_device),
    on("DeleteVirtualMFADevice", On::MfaDevice, mfa::delete_virtual_mfa_device),
    on("UploadSSHPublicKey", On::User, ssh_key::upload_ssh_public_key),
    on("ListSSHPublicKeys", On::UserOrCaller, ssh_key::list_ssh_public_keys),
    on("DeleteSSHPublicKey", On::User, ssh_key::delete_ssh_public_key),
    on(
        "UploadSigningCertificate",
        On::UserOrCaller,
        certificate::upload_signing_certificate,
    ),
    on(
        "ListSigningCertificates",
        On::UserOrCaller,
        certificate::list_signing_certificates,
    ),
    on(
        "DeleteSigningCertificate",
        On::UserOrCaller,
        certificate::delete_signing_certificate,
    ),
    on(
        "CreateServiceSpecificCredential",
        On::User,
        service_credential::create_service_specific_credential,
    )
    .with(&[Key::ServiceName]),
    on(
        "ListServiceSpecificCredentials",
        On::UserOrAll,
        service_credential::list_service_specific_credentials,
    ),
    on(
        "DeleteServiceSpecificCredential",
        On::UserOrCaller,
        service_credential::delete_service_specific_credential,
    )
    .with(&[Key::ServiceName]),
];
