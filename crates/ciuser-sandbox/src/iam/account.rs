//! `GetAccountSummary`: how much there is of everything, and the quotas.

use crate::iam::action::Call;
use crate::iam::quota;
use crate::wire::{AwsError, Xml};

pub(super) fn get_account_summary(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    xml.element("SummaryMap", |xml| {
        for (key, value) in counts(call).into_iter().chain(QUOTAS) {
            xml.element("entry", |xml| {
                xml.text("key", key);
                xml.number("value", value);
            });
        }
    });
    Ok(())
}

fn counts(call: &Call<'_>) -> [(&'static str, usize); 16] {
    let state = &call.state;
    let in_use = state
        .mfa_devices
        .values()
        .filter(|device| device.assigned.is_some())
        .count();
    [
        ("Users", state.users.len()),
        ("Groups", state.groups.len()),
        ("Policies", state.policies.len()),
        (
            "PolicyVersionsInUse",
            state.policies.values().map(|policy| policy.versions.len()).sum(),
        ),
        ("MFADevices", state.mfa_devices.len()),
        ("MFADevicesInUse", in_use),
        ("Roles", 0),
        ("InstanceProfiles", 0),
        ("Providers", 0),
        ("ServerCertificates", 0),
        ("AccountMFAEnabled", 0),
        ("AccountAccessKeysPresent", 1),
        ("AccountPasswordPresent", 0),
        ("AccountSigningCertificatesPresent", 0),
        ("GlobalEndpointTokenVersion", 1),
        ("PolicyVersionsInUseQuota", 10_000),
    ]
}

const QUOTAS: [(&str, usize); 18] = [
    ("UsersQuota", quota::USERS),
    ("GroupsQuota", quota::GROUPS),
    ("PoliciesQuota", quota::POLICIES),
    ("AccessKeysPerUserQuota", quota::ACCESS_KEYS_PER_USER),
    ("AttachedPoliciesPerUserQuota", quota::ATTACHED_POLICIES_PER_USER),
    ("AttachedPoliciesPerGroupQuota", quota::ATTACHED_POLICIES_PER_GROUP),
    ("AttachedPoliciesPerRoleQuota", quota::ATTACHED_POLICIES_PER_ROLE),
    ("GroupsPerUserQuota", quota::GROUPS_PER_USER),
    ("VersionsPerPolicyQuota", quota::VERSIONS_PER_POLICY),
    ("SigningCertificatesPerUserQuota", quota::SIGNING_CERTIFICATES_PER_USER),
    ("UserPolicySizeQuota", quota::USER_POLICY_SIZE),
    ("GroupPolicySizeQuota", quota::GROUP_POLICY_SIZE),
    ("RolePolicySizeQuota", quota::ROLE_POLICY_SIZE),
    ("PolicySizeQuota", quota::POLICY_SIZE),
    ("AssumeRolePolicySizeQuota", quota::TRUST_POLICY_SIZE),
    ("RolesQuota", 1000),
    ("InstanceProfilesQuota", 1000),
    ("ServerCertificatesQuota", 20),
];
