"""One contract for every AWS backend: the same questions to the sandbox and to moto, with AWS's own answers.

Where moto answers otherwise, `MOTO` says what it answers and why that does not matter, and the test asserts that
answer: a moto that has been mended is noticed here. For the sandbox there is no such list.
"""

import json
import re

import botocore.exceptions
import botocore.parsers
import pytest

S3 = "arn:aws:iam::aws:policy/AmazonS3FullAccess"
ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
CASES = {}


def case(expected):
    """Notes a question to a backend, and AWS's answer. The function gets clients and a prefix for its names."""

    def note(ask):
        CASES[ask.__name__] = (ask, expected)
        return ask

    return note


def answer(call, **parameters):
    """Returns `ok`, or the code with which the call is refused, or `crashed` for a page that says so."""
    try:
        call(**parameters)
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
    except botocore.parsers.ResponseParserError:
        return "crashed"
    return "ok"


class Backend:
    """The clients of one backend, and names that no other case uses."""

    def __init__(self, server, prefix):
        self.server, self.prefix = server, prefix
        self.iam, self.sts = server.client("iam"), server.client("sts")

    def user(self, name="u", **parameters):
        """Makes a user and returns its name."""
        name = f"{self.prefix}-{name}"
        self.iam.create_user(UserName=name, **parameters)
        return name

    def policy(self, name="p", document=ALLOW):
        """Makes a customer managed policy and returns its ARN."""
        name = f"{self.prefix}-{name}"
        made = self.iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(document))
        return made["Policy"]["Arn"]

    def key(self, user):
        """Makes an access key and returns it."""
        return self.iam.create_access_key(UserName=user)["AccessKey"]

    def ask_sts(self, key_id, secret):
        """Asks STS who a key is."""
        return answer(self.server.client("sts", (key_id, secret)).get_caller_identity)


# Users


@case([{"Key": "project", "Value": "storefront"}])
def tags_of_create_user_come_back_with_the_user(b):
    return b.iam.get_user(UserName=b.user(Tags=[{"Key": "project", "Value": "storefront"}]))["User"]["Tags"]


@case("EntityAlreadyExists")
def a_name_that_is_taken_is_refused(b):
    return answer(b.iam.create_user, UserName=b.user())


@case("EntityAlreadyExists")
def a_name_that_differs_only_in_case_is_taken(b):
    return answer(b.iam.create_user, UserName=b.user("ci").replace("ci", "CI"))


@case("NoSuchEntity")
def an_unknown_user_is_not_found(b):
    return answer(b.iam.get_user, UserName=f"{b.prefix}-nobody")


@case("ValidationError")
def a_name_of_65_characters_is_refused(b):
    return answer(b.iam.create_user, UserName=f"{b.prefix}-".ljust(65, "a"))


@case("ValidationError")
def a_name_with_a_blank_is_refused(b):
    return answer(b.iam.create_user, UserName=f"{b.prefix} a")


@case(True)
def a_user_id_begins_with_aida(b):
    user = b.iam.get_user(UserName=b.user())["User"]
    return bool(re.fullmatch(r"AIDA[A-Z2-7]{17}", user["UserId"]))


@case(5)
def every_page_of_users_is_there(b):
    for number in range(5):
        b.user(str(number), Path=f"/{b.prefix}/")
    pages = b.iam.get_paginator("list_users").paginate(PathPrefix=f"/{b.prefix}/", PaginationConfig={"PageSize": 2})
    return sum(len(page["Users"]) for page in pages)


@case("DeleteConflict")
def a_user_with_a_key_is_not_deleted(b):
    user = b.user()
    b.key(user)
    return answer(b.iam.delete_user, UserName=user)


@case("DeleteConflict")
def a_user_with_an_attached_policy_is_not_deleted(b):
    user = b.user()
    b.iam.attach_user_policy(UserName=user, PolicyArn=S3)
    return answer(b.iam.delete_user, UserName=user)


# Tags


@case("InvalidInput")
def a_tag_key_twice_is_refused(b):
    return answer(b.iam.tag_user, UserName=b.user(), Tags=[{"Key": "k", "Value": "1"}, {"Key": "K", "Value": "2"}])


@case("InvalidInput")
def a_tag_key_of_aws_is_refused(b):
    return answer(b.iam.tag_user, UserName=b.user(), Tags=[{"Key": "aws:x", "Value": "1"}])


@case([{"Key": "env", "Value": "production"}])
def tagging_again_changes_the_value(b):
    user = b.user(Tags=[{"Key": "env", "Value": "staging"}])
    b.iam.tag_user(UserName=user, Tags=[{"Key": "env", "Value": "production"}])
    return b.iam.list_user_tags(UserName=user)["Tags"]


# Managed policies


@case([S3])
def an_attached_policy_is_listed_once_however_often_it_is_attached(b):
    user = b.user()
    for _ in range(2):
        b.iam.attach_user_policy(UserName=user, PolicyArn=S3)
    return [policy["PolicyArn"] for policy in b.iam.list_attached_user_policies(UserName=user)["AttachedPolicies"]]


@case("NoSuchEntity")
def a_policy_that_does_not_exist_is_not_attached(b):
    return answer(b.iam.attach_user_policy, UserName=b.user(), PolicyArn="arn:aws:iam::aws:policy/NoSuchPolicy")


@case("PolicyNotAttachable")
def a_policy_of_a_service_linked_role_is_not_attached(b):
    arn = "arn:aws:iam::aws:policy/aws-service-role/AWSSupportServiceRolePolicy"
    return answer(b.iam.attach_user_policy, UserName=b.user(), PolicyArn=arn)


@case("LimitExceeded")
def an_eleventh_policy_is_refused(b):
    user = b.user()
    for number in range(10):
        b.iam.attach_user_policy(UserName=user, PolicyArn=b.policy(f"p{number}"))
    return answer(b.iam.attach_user_policy, UserName=user, PolicyArn=S3)


@case("NoSuchEntity")
def a_policy_that_is_not_attached_is_not_detached(b):
    return answer(b.iam.detach_user_policy, UserName=b.user(), PolicyArn=S3)


@case("DeleteConflict")
def a_policy_that_is_attached_is_not_deleted(b):
    arn = b.policy()
    b.iam.attach_user_policy(UserName=b.user(), PolicyArn=arn)
    return answer(b.iam.delete_policy, PolicyArn=arn)


@case("LimitExceeded")
def a_sixth_version_is_refused(b):
    arn = b.policy()
    for _ in range(4):
        b.iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(ALLOW))
    return answer(b.iam.create_policy_version, PolicyArn=arn, PolicyDocument=json.dumps(ALLOW))


@case("DeleteConflict")
def the_default_version_is_not_deleted(b):
    return answer(b.iam.delete_policy_version, PolicyArn=b.policy(), VersionId="v1")


@case(True)
def the_managed_policies_of_the_procedure_are_there_with_their_documents(b):
    policy = b.iam.get_policy(PolicyArn=S3)["Policy"]
    version = b.iam.get_policy_version(PolicyArn=S3, VersionId=policy["DefaultVersionId"])
    return "s3:*" in version["PolicyVersion"]["Document"]["Statement"][0]["Action"]


# Inline policies and boundaries


@case(ALLOW)
def an_inline_policy_comes_back_as_it_was_put(b):
    user = b.user()
    b.iam.put_user_policy(UserName=user, PolicyName="inline", PolicyDocument=json.dumps(ALLOW))
    return b.iam.get_user_policy(UserName=user, PolicyName="inline")["PolicyDocument"]


@case("MalformedPolicyDocument")
def an_inline_policy_that_is_not_json_is_refused(b):
    return answer(b.iam.put_user_policy, UserName=b.user(), PolicyName="inline", PolicyDocument="{")


@case("LimitExceeded")
def inline_policies_of_more_than_2048_characters_are_refused(b):
    statement = ALLOW["Statement"][0] | {"Resource": [f"arn:aws:s3:::{'b' * 60}-{number}/*" for number in range(40)]}
    document = json.dumps(ALLOW | {"Statement": [statement]})
    return answer(b.iam.put_user_policy, UserName=b.user(), PolicyName="inline", PolicyDocument=document)


@case({"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": S3})
def a_boundary_comes_back_with_the_user(b):
    user = b.user(PermissionsBoundary=S3)
    return b.iam.get_user(UserName=user)["User"].get("PermissionsBoundary")


@case("ok")
def a_boundary_is_changed_on_a_user_that_exists(b):
    return answer(b.iam.put_user_permissions_boundary, UserName=b.user(), PermissionsBoundary=S3)


# Groups


@case("DeleteConflict")
def a_group_with_a_member_is_not_deleted(b):
    b.iam.create_group(GroupName=f"{b.prefix}-g")
    b.iam.add_user_to_group(GroupName=f"{b.prefix}-g", UserName=b.user())
    return answer(b.iam.delete_group, GroupName=f"{b.prefix}-g")


@case("NoSuchEntity")
def nobody_is_added_to_a_group_that_does_not_exist(b):
    return answer(b.iam.add_user_to_group, GroupName=f"{b.prefix}-none", UserName=b.user())


# Access keys


@case((True, 40, "Active"))
def an_access_key_has_the_shape_of_aws_and_is_active(b):
    key = b.key(b.user())
    return bool(re.fullmatch(r"AKIA[A-Z2-7]{16}", key["AccessKeyId"])), len(key["SecretAccessKey"]), key["Status"]


@case("LimitExceeded")
def a_third_key_is_refused_even_when_the_others_are_inactive(b):
    user = b.user()
    for _ in range(2):
        b.iam.update_access_key(UserName=user, AccessKeyId=b.key(user)["AccessKeyId"], Status="Inactive")
    return answer(b.iam.create_access_key, UserName=user)


@case(["Active", "Inactive"])
def the_status_of_keys_is_listed(b):
    user = b.user()
    b.key(user)
    b.iam.update_access_key(UserName=user, AccessKeyId=b.key(user)["AccessKeyId"], Status="Inactive")
    return sorted(key["Status"] for key in b.iam.list_access_keys(UserName=user)["AccessKeyMetadata"])


@case("ok")
def a_new_key_works_at_sts(b):
    key = b.key(b.user())
    return b.ask_sts(key["AccessKeyId"], key["SecretAccessKey"])


@case("SignatureDoesNotMatch")
def a_wrong_secret_is_refused(b):
    return b.ask_sts(b.key(b.user())["AccessKeyId"], "wrong")


@case("InvalidClientTokenId")
def an_inactive_key_is_refused(b):
    user = b.user()
    key = b.key(user)
    b.iam.update_access_key(UserName=user, AccessKeyId=key["AccessKeyId"], Status="Inactive")
    return b.ask_sts(key["AccessKeyId"], key["SecretAccessKey"])


@case("InvalidClientTokenId")
def a_deleted_key_is_refused(b):
    user = b.user()
    key = b.key(user)
    b.iam.delete_access_key(UserName=user, AccessKeyId=key["AccessKeyId"])
    return b.ask_sts(key["AccessKeyId"], key["SecretAccessKey"])


@case(("N/A", "sts"))
def the_last_use_of_a_key_is_known(b):
    key = b.key(b.user())
    unused = b.iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]["ServiceName"]
    b.ask_sts(key["AccessKeyId"], key["SecretAccessKey"])
    used = b.iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]["ServiceName"]
    return unused, used


@case("NoSuchEntity")
def a_key_is_deleted_only_from_its_own_user(b):
    return answer(b.iam.delete_access_key, UserName=b.user("b"), AccessKeyId=b.key(b.user("a"))["AccessKeyId"])


# What moto 5.2.5 answers otherwise, and why ciuser's tests against it do not depend on that.
NAMES = "ciuser checks names itself before it asks"
QUOTAS = "the planner refuses what exceeds a quota of GetAccountSummary"
UNUSED = "ciuser never asks for this yet"
UNSIGNED = "moto authenticates nobody unless told to; the sandbox is what shows that a key works"
MOTO = {
    "a_name_that_differs_only_in_case_is_taken": ("ok", NAMES),
    "a_name_of_65_characters_is_refused": ("ok", NAMES),
    "a_name_with_a_blank_is_refused": ("ok", NAMES),
    "a_user_id_begins_with_aida": (False, "ids of users are shown to nobody"),
    "a_user_with_a_key_is_not_deleted": ("ok", UNUSED),
    "a_tag_key_twice_is_refused": ("ok", NAMES),
    "a_tag_key_of_aws_is_refused": ("ok", NAMES),
    "a_policy_of_a_service_linked_role_is_not_attached": ("ok", "the planner refuses it by its path"),
    "an_eleventh_policy_is_refused": ("ok", QUOTAS),
    "a_policy_that_is_attached_is_not_deleted": ("ok", UNUSED),
    "inline_policies_of_more_than_2048_characters_are_refused": ("ok", QUOTAS),
    "a_boundary_comes_back_with_the_user": (None, "moto drops boundaries; they are tested in the sandbox only"),
    "a_boundary_is_changed_on_a_user_that_exists": ("crashed", "moto has no such operation; see above"),
    "a_group_with_a_member_is_not_deleted": ("ok", UNUSED),
    "a_wrong_secret_is_refused": ("ok", UNSIGNED),
    "an_inactive_key_is_refused": ("ok", UNSIGNED),
    "a_deleted_key_is_refused": ("ok", UNSIGNED),
}


@pytest.mark.parametrize("name", CASES)
def test_sandbox(name, shared_sandbox):
    ask, expected = CASES[name]
    assert ask(Backend(shared_sandbox, prefix_of(name))) == expected


@pytest.mark.parametrize("name", CASES)
def test_moto(name, moto):
    ask, expected = CASES[name]
    known = MOTO.get(name)
    found = ask(Backend(moto, prefix_of(name)))
    assert found == (known[0] if known else expected)


def test_every_deviation_of_moto_is_one_and_belongs_to_a_case():
    assert [name for name, (found, _) in MOTO.items() if found == CASES[name][1]] == []


def prefix_of(name):
    """Returns a short prefix that no other case has."""
    return f"c{list(CASES).index(name):02}"
