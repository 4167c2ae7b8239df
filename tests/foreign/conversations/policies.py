"""Managed policies, their versions and tags, what they are attached to, and the inline policies of users."""

import json

from conversations.groups import DOCUMENT, S3, TEXT, attached, group
from conversations.users import READ_ONLY, user
from conversations.words import DATE, conflict, iam, invalid, listing, no, no_policy, no_user, tags, unique

ARN = "arn:aws:iam::$account:policy/ci/deploy"
DENY = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}
NO_VERSION = f"Policy {ARN} version v9 does not exist or is not attachable."
NOT_THERE = "arn:aws:iam::aws:policy/Nothing"
NOT_MINE = "arn:aws:iam::$account:policy/none"


def policy(version="v1", count=0, boundaries=0, **more):
    """Stands for the customer managed policy of these conversations."""
    return {
        "PolicyName": "deploy",
        "PolicyId": unique("ANPA"),
        "Arn": ARN,
        "Path": "/ci/",
        "DefaultVersionId": version,
        "AttachmentCount": count,
        "PermissionsBoundaryUsageCount": boundaries,
        "IsAttachable": True,
        "CreateDate": DATE,
        "UpdateDate": DATE,
    } | more


def version(name, is_default, **more):
    """Stands for a version of a managed policy."""
    return {"VersionId": name, "IsDefaultVersion": is_default, "CreateDate": DATE} | more


def create(**more):
    """Makes the policy of these conversations."""
    return iam(
        "CreatePolicy", {"Policy": policy(**more)}, PolicyName="deploy", Path="/ci/", PolicyDocument=TEXT, **more
    )


MADE = [
    create(Tags=tags(project="storefront")),
    iam(
        "CreatePolicy",
        no("EntityAlreadyExists", "A policy called Deploy already exists. Duplicate names are not allowed."),
        PolicyName="Deploy",
        PolicyDocument=TEXT,
    ),
    iam(
        "CreatePolicy",
        no("MalformedPolicyDocument", "Syntax errors in policy."),
        PolicyName="other",
        PolicyDocument="{",
    ),
    iam("GetPolicy", {"Policy": policy(Tags=tags(project="storefront"))}, PolicyArn=ARN),
    iam("GetPolicy", no_policy(NOT_THERE), PolicyArn=NOT_THERE),
    iam(
        "GetPolicy",
        no("ValidationError", "ARN arn:aws:iam::aws:user/Nothing is not valid."),
        PolicyArn="arn:aws:iam::aws:user/Nothing",
    ),
    iam("ListPolicies", listing("Policies", [policy()]), Scope="Local"),
    iam("ListPolicies", listing("Policies", []), Scope="Local", OnlyAttached=True),
    iam("ListPolicies", invalid("scope", "satisfy enum value set"), Scope="Mine"),
    iam("DeletePolicy", PolicyArn=ARN),
    iam("DeletePolicy", no_policy(ARN), PolicyArn=ARN),
    iam("DeletePolicy", no("AccessDenied", f"Policy {S3} is managed by AWS and cannot be changed"), PolicyArn=S3),
]

TAGGED = [
    create(),
    iam("ListPolicyTags", listing("Tags", []), PolicyArn=ARN),
    iam("TagPolicy", PolicyArn=ARN, Tags=tags(env="test", Env="other")),
    iam("TagPolicy", no_policy(NOT_MINE), PolicyArn=NOT_MINE, Tags=tags(env="test")),
    iam("ListPolicyTags", listing("Tags", tags(Env="other", env="test")), PolicyArn=ARN),
    iam("ListPolicyTags", no_policy(NOT_THERE), PolicyArn=NOT_THERE),
    iam("UntagPolicy", PolicyArn=ARN, TagKeys=["env"]),
    iam("UntagPolicy", no_policy(NOT_MINE), PolicyArn=NOT_MINE, TagKeys=["env"]),
    iam("ListPolicyTags", listing("Tags", tags(Env="other")), PolicyArn=ARN),
    iam("DeletePolicy", PolicyArn=ARN),
]

VERSIONED = [
    create(),
    iam(
        "CreatePolicyVersion",
        {"PolicyVersion": version("v2", True)},
        PolicyArn=ARN,
        PolicyDocument=json.dumps(DENY),
        SetAsDefault=True,
    ),
    iam(
        "CreatePolicyVersion",
        no("MalformedPolicyDocument", "Syntax errors in policy."),
        PolicyArn=ARN,
        PolicyDocument="no",
    ),
    iam("GetPolicyVersion", {"PolicyVersion": version("v2", True, Document=DENY)}, PolicyArn=ARN, VersionId="v2"),
    iam("GetPolicyVersion", {"PolicyVersion": version("v1", False, Document=DOCUMENT)}, PolicyArn=ARN, VersionId="v1"),
    iam("GetPolicyVersion", no("NoSuchEntity", NO_VERSION), PolicyArn=ARN, VersionId="v9"),
    iam("ListPolicyVersions", listing("Versions", [version("v2", True), version("v1", False)]), PolicyArn=ARN),
    iam("ListPolicyVersions", no_policy(NOT_THERE), PolicyArn=NOT_THERE),
    iam(
        "DeletePolicy",
        conflict(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. "
            "The default version is deleted with the policy."
        ),
        PolicyArn=ARN,
    ),
    iam("SetDefaultPolicyVersion", PolicyArn=ARN, VersionId="v1"),
    iam("SetDefaultPolicyVersion", no("NoSuchEntity", NO_VERSION), PolicyArn=ARN, VersionId="v9"),
    iam(
        "DeletePolicyVersion", conflict("Cannot delete the default version of a policy."), PolicyArn=ARN, VersionId="v1"
    ),
    iam("DeletePolicyVersion", PolicyArn=ARN, VersionId="v2"),
    iam("DeletePolicyVersion", no("NoSuchEntity", NO_VERSION), PolicyArn=ARN, VersionId="v9"),
    # A number is not used twice.
    iam("CreatePolicyVersion", {"PolicyVersion": version("v3", False)}, PolicyArn=ARN, PolicyDocument=TEXT),
    iam("DeletePolicyVersion", PolicyArn=ARN, VersionId="v3"),
    iam("DeletePolicy", PolicyArn=ARN),
]

ENTITIES = {
    "PolicyGroups": [{"GroupName": "team", "GroupId": unique("AGPA")}],
    "PolicyUsers": [{"UserName": "ada", "UserId": unique("AIDA")}],
    "PolicyRoles": [],
    "IsTruncated": False,
}

USED = [
    create(),
    iam("CreateUser", {"User": user("ada")}, UserName="ada"),
    iam("CreateGroup", {"Group": group("team")}, GroupName="team"),
    iam("AttachUserPolicy", UserName="ada", PolicyArn=ARN),
    iam("AttachGroupPolicy", GroupName="team", PolicyArn=ARN),
    iam("GetPolicy", {"Policy": policy(count=2, Tags=[])}, PolicyArn=ARN),
    iam("ListEntitiesForPolicy", ENTITIES, PolicyArn=ARN),
    iam("ListEntitiesForPolicy", ENTITIES | {"PolicyUsers": []}, PolicyArn=ARN, EntityFilter="Group"),
    iam("ListEntitiesForPolicy", no_policy(NOT_THERE), PolicyArn=NOT_THERE),
    iam("DeletePolicy", conflict("Cannot delete a policy attached to entities."), PolicyArn=ARN),
    iam("DetachGroupPolicy", GroupName="team", PolicyArn=ARN),
    iam("DetachUserPolicy", UserName="ada", PolicyArn=ARN),
    iam("DeleteGroup", GroupName="team"),
    iam("DeleteUser", UserName="ada"),
    iam("DeletePolicy", PolicyArn=ARN),
]

ATTACHED = [
    iam("CreateUser", {"User": user("ada")}, UserName="ada"),
    iam("AttachUserPolicy", UserName="ada", PolicyArn=S3),
    iam("AttachUserPolicy", UserName="ada", PolicyArn=READ_ONLY),
    iam(
        "AttachUserPolicy",
        no("NoSuchEntity", f"Policy {NOT_THERE} does not exist or is not attachable."),
        UserName="ada",
        PolicyArn=NOT_THERE,
    ),
    iam(
        "ListAttachedUserPolicies",
        listing("AttachedPolicies", attached("AmazonS3FullAccess", "ReadOnlyAccess")),
        UserName="ada",
    ),
    iam("ListAttachedUserPolicies", listing("AttachedPolicies", []), UserName="ada", PathPrefix="/job-function/"),
    iam("ListAttachedUserPolicies", no_user("nobody"), UserName="nobody"),
    iam("DetachUserPolicy", UserName="ada", PolicyArn=S3),
    iam("DetachUserPolicy", no_policy(S3), UserName="ada", PolicyArn=S3),
    iam("DetachUserPolicy", UserName="ada", PolicyArn=READ_ONLY),
    iam("DeleteUser", UserName="ada"),
]

INLINE = [
    iam("CreateUser", {"User": user("ada")}, UserName="ada"),
    iam("PutUserPolicy", UserName="ada", PolicyName="read", PolicyDocument=TEXT),
    iam("PutUserPolicy", UserName="ada", PolicyName="deny", PolicyDocument=json.dumps(DENY)),
    iam(
        "PutUserPolicy",
        no("MalformedPolicyDocument", "Syntax errors in policy."),
        UserName="ada",
        PolicyName="bad",
        PolicyDocument="[1",
    ),
    iam(
        "GetUserPolicy",
        {"UserName": "ada", "PolicyName": "deny", "PolicyDocument": DENY},
        UserName="ada",
        PolicyName="deny",
    ),
    iam(
        "GetUserPolicy",
        no("NoSuchEntity", "The user policy with name none cannot be found."),
        UserName="ada",
        PolicyName="none",
    ),
    iam("ListUserPolicies", listing("PolicyNames", ["deny", "read"]), UserName="ada"),
    iam("ListUserPolicies", no_user("nobody"), UserName="nobody"),
    iam("DeleteUser", conflict("Cannot delete entity, must delete policies first."), UserName="ada"),
    iam("DeleteUserPolicy", UserName="ada", PolicyName="read"),
    iam(
        "DeleteUserPolicy",
        no("NoSuchEntity", "The user policy with name read cannot be found."),
        UserName="ada",
        PolicyName="read",
    ),
    iam("DeleteUserPolicy", UserName="ada", PolicyName="deny"),
    iam("DeleteUser", UserName="ada"),
]

CONVERSATIONS = {
    "a_managed_policy_is_made": MADE,
    "a_managed_policy_is_tagged": TAGGED,
    "a_managed_policy_has_versions": VERSIONED,
    "a_managed_policy_is_used": USED,
    "a_user_has_attached_policies": ATTACHED,
    "a_user_has_inline_policies": INLINE,
}
