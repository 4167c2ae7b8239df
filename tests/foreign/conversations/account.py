"""The account as a whole, and who is asking."""

from conversations.credentials import ADA, ADA_LEAVES
from conversations.groups import DOCUMENT, S3, TEXT, attached, group
from conversations.users import user
from conversations.words import iam, invalid, sts, unique

ADMIN = "arn:aws:iam::$account:user/sandbox-admin"

CALLER = [
    sts("GetCallerIdentity", {"UserId": unique("AIDA"), "Account": "$account", "Arn": ADMIN}),
]

# Counts first, then quotas; the sandbox has no roles, instance profiles or identity providers.
SUMMARY = {
    "Users": 1,
    "Groups": 0,
    "Policies": 0,
    "PolicyVersionsInUse": 0,
    "MFADevices": 0,
    "MFADevicesInUse": 0,
    "Roles": 0,
    "InstanceProfiles": 0,
    "Providers": 0,
    "ServerCertificates": 0,
    "AccountMFAEnabled": 0,
    "AccountAccessKeysPresent": 1,
    "AccountPasswordPresent": 0,
    "AccountSigningCertificatesPresent": 0,
    "GlobalEndpointTokenVersion": 1,
    "PolicyVersionsInUseQuota": 10000,
    "UsersQuota": 5000,
    "GroupsQuota": 300,
    "PoliciesQuota": 1500,
    "AccessKeysPerUserQuota": 2,
    "AttachedPoliciesPerUserQuota": 10,
    "AttachedPoliciesPerGroupQuota": 10,
    "AttachedPoliciesPerRoleQuota": 10,
    "GroupsPerUserQuota": 10,
    "VersionsPerPolicyQuota": 5,
    "SigningCertificatesPerUserQuota": 2,
    "UserPolicySizeQuota": 2048,
    "GroupPolicySizeQuota": 5120,
    "RolePolicySizeQuota": 10240,
    "PolicySizeQuota": 6144,
    "AssumeRolePolicySizeQuota": 2048,
    "RolesQuota": 1000,
    "InstanceProfilesQuota": 1000,
    "ServerCertificatesQuota": 20,
}

COUNTED = [
    iam("GetAccountSummary", {"SummaryMap": SUMMARY}),
    ADA,
    iam("GetAccountSummary", {"SummaryMap": SUMMARY | {"Users": 2}}),
    ADA_LEAVES,
]

DETAILS = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": [], "IsTruncated": False}
TEAM = group("team") | {
    "GroupPolicyList": [{"PolicyName": "read", "PolicyDocument": DOCUMENT}],
    "AttachedManagedPolicies": [],
}
ADA_DETAIL = user("ada") | {
    "UserPolicyList": [],
    "GroupList": ["team"],
    "AttachedManagedPolicies": attached("AmazonS3FullAccess"),
}
ADMIN_DETAIL = user("sandbox-admin") | {
    "UserPolicyList": [],
    "GroupList": [],
    "AttachedManagedPolicies": attached("AdministratorAccess"),
}
BOTH = DETAILS | {"UserDetailList": [ADA_DETAIL, ADMIN_DETAIL], "GroupDetailList": [TEAM]}

IN_DETAIL = [
    iam("GetAccountAuthorizationDetails", DETAILS, Filter=["Group"]),
    ADA,
    iam("AttachUserPolicy", UserName="ada", PolicyArn=S3),
    iam("CreateGroup", {"Group": group("team")}, GroupName="team"),
    iam("PutGroupPolicy", GroupName="team", PolicyName="read", PolicyDocument=TEXT),
    iam("AddUserToGroup", GroupName="team", UserName="ada"),
    iam("GetAccountAuthorizationDetails", BOTH, Filter=["Group", "User"]),
    iam("GetAccountAuthorizationDetails", invalid("filter.1.member", "satisfy enum value set"), Filter=["Robot"]),
    iam("RemoveUserFromGroup", GroupName="team", UserName="ada"),
    iam("DeleteGroupPolicy", GroupName="team", PolicyName="read"),
    iam("DeleteGroup", GroupName="team"),
    iam("DetachUserPolicy", UserName="ada", PolicyArn=S3),
    ADA_LEAVES,
]

CONVERSATIONS = {
    "who_is_asking": CALLER,
    "the_account_is_counted": COUNTED,
    "the_account_is_shown_in_detail": IN_DETAIL,
}
