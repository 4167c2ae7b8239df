"""Groups, who is in them, and their policies."""

import json

from conversations.users import READ_ONLY, user
from conversations.words import DATE, conflict, iam, listing, no, no_group, no_policy, no_user, unique

S3 = "arn:aws:iam::aws:policy/AmazonS3FullAccess"
DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
TEXT = json.dumps(DOCUMENT)


def group(name, path="/"):
    """Stands for a group."""
    arn = f"arn:aws:iam::$account:group{path}{name}"
    return {"Path": path, "GroupName": name, "GroupId": unique("AGPA"), "Arn": arn, "CreateDate": DATE}


def attached(*names):
    """Returns AWS's managed policies of these names as they are listed where they are attached."""
    return [{"PolicyName": name, "PolicyArn": f"arn:aws:iam::aws:policy/{name}"} for name in names]


MADE_AND_RENAMED = [
    iam("CreateGroup", {"Group": group("team", "/ci/")}, GroupName="team", Path="/ci/"),
    iam("CreateGroup", no("EntityAlreadyExists", "Group with name Team already exists."), GroupName="Team"),
    iam("GetGroup", {"Group": group("team", "/ci/"), "Users": [], "IsTruncated": False}, GroupName="team"),
    iam("GetGroup", no_group("nobody"), GroupName="nobody"),
    iam("ListGroups", listing("Groups", [group("team", "/ci/")])),
    iam("ListGroups", listing("Groups", []), PathPrefix="/other/"),
    iam("ListGroups", no("ValidationError", "Invalid Marker."), Marker="not one"),
    iam("UpdateGroup", GroupName="team", NewGroupName="crew", NewPath="/"),
    iam("UpdateGroup", no_group("team"), GroupName="team", NewPath="/"),
    iam("ListGroups", listing("Groups", [group("crew")])),
    iam("DeleteGroup", GroupName="crew"),
    iam("DeleteGroup", no_group("crew"), GroupName="crew"),
]

MEMBERS = [
    iam("CreateGroup", {"Group": group("team")}, GroupName="team"),
    iam("CreateUser", {"User": user("ada")}, UserName="ada"),
    iam("ListGroupsForUser", listing("Groups", []), UserName="ada"),
    iam("ListGroupsForUser", no_user("nobody"), UserName="nobody"),
    iam("AddUserToGroup", GroupName="team", UserName="ada"),
    iam("AddUserToGroup", GroupName="team", UserName="ada"),
    iam("AddUserToGroup", no_group("none"), GroupName="none", UserName="ada"),
    iam("AddUserToGroup", no_user("nobody"), GroupName="team", UserName="nobody"),
    iam("GetGroup", {"Group": group("team"), "Users": [user("ada")], "IsTruncated": False}, GroupName="team"),
    iam("ListGroupsForUser", listing("Groups", [group("team")]), UserName="ada"),
    iam("DeleteGroup", conflict("Cannot delete entity, must remove users from group first."), GroupName="team"),
    iam("DeleteUser", conflict("Cannot delete entity, must remove users from group first."), UserName="ada"),
    iam("RemoveUserFromGroup", GroupName="team", UserName="ada"),
    iam("RemoveUserFromGroup", no_group("none"), GroupName="none", UserName="ada"),
    iam("GetGroup", {"Group": group("team"), "Users": [], "IsTruncated": False}, GroupName="team"),
    iam("DeleteUser", UserName="ada"),
    iam("DeleteGroup", GroupName="team"),
]

ATTACHED = [
    iam("CreateGroup", {"Group": group("team")}, GroupName="team"),
    iam("AttachGroupPolicy", GroupName="team", PolicyArn=S3),
    iam("AttachGroupPolicy", GroupName="team", PolicyArn=READ_ONLY),
    iam("AttachGroupPolicy", no_group("none"), GroupName="none", PolicyArn=S3),
    iam(
        "ListAttachedGroupPolicies",
        listing("AttachedPolicies", attached("AmazonS3FullAccess", "ReadOnlyAccess")),
        GroupName="team",
    ),
    iam("ListAttachedGroupPolicies", no_group("none"), GroupName="none"),
    iam("DeleteGroup", conflict("Cannot delete entity, must detach all policies first."), GroupName="team"),
    iam("DetachGroupPolicy", GroupName="team", PolicyArn=S3),
    iam("DetachGroupPolicy", no_policy(S3), GroupName="team", PolicyArn=S3),
    iam("DetachGroupPolicy", GroupName="team", PolicyArn=READ_ONLY),
    iam("DeleteGroup", GroupName="team"),
]

INLINE = [
    iam("CreateGroup", {"Group": group("team")}, GroupName="team"),
    iam("PutGroupPolicy", GroupName="team", PolicyName="read", PolicyDocument=TEXT),
    iam("PutGroupPolicy", no_group("none"), GroupName="none", PolicyName="read", PolicyDocument=TEXT),
    iam(
        "GetGroupPolicy",
        {"GroupName": "team", "PolicyName": "read", "PolicyDocument": DOCUMENT},
        GroupName="team",
        PolicyName="read",
    ),
    iam(
        "GetGroupPolicy",
        no("NoSuchEntity", "The group policy with name none cannot be found."),
        GroupName="team",
        PolicyName="none",
    ),
    iam("ListGroupPolicies", listing("PolicyNames", ["read"]), GroupName="team"),
    iam("ListGroupPolicies", no_group("none"), GroupName="none"),
    iam("DeleteGroup", conflict("Cannot delete entity, must delete policies first."), GroupName="team"),
    iam("DeleteGroupPolicy", GroupName="team", PolicyName="read"),
    iam(
        "DeleteGroupPolicy",
        no("NoSuchEntity", "The group policy with name read cannot be found."),
        GroupName="team",
        PolicyName="read",
    ),
    iam("DeleteGroup", GroupName="team"),
]

CONVERSATIONS = {
    "a_group_is_made_and_renamed": MADE_AND_RENAMED,
    "a_group_has_members": MEMBERS,
    "a_group_has_attached_policies": ATTACHED,
    "a_group_has_inline_policies": INLINE,
}
