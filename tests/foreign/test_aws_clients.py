"""The AWS CLI and boto3 do the procedure against `ciuser sandbox serve` themselves, and read it back."""

import json
from dataclasses import replace

import botocore.exceptions
import pytest

from harness.machine import POLICIES, SERVICES
from test_moto import aws, aws_ended, key_in

DENY_ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}


def refusal(call, **parameters):
    """Returns code and HTTP status of the error that a boto3 call ends with."""
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**parameters)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def test_the_aws_cli_does_the_procedure_and_reads_it_back(machine, sandbox):
    def iam(*args):
        return aws(sandbox, machine, "iam", *args)

    user = iam("create-user", "--user-name", "CI_USER", "--path", "/ci/", "--tags", "Key=project,Value=storefront")
    assert user["User"]["Arn"].endswith(":user/ci/CI_USER")
    for policy in POLICIES:
        iam("attach-user-policy", "--user-name", "CI_USER", "--policy-arn", policy)
    key = iam("create-access-key", "--user-name", "CI_USER")["AccessKey"]

    attached = iam("list-attached-user-policies", "--user-name", "CI_USER")["AttachedPolicies"]
    assert {policy["PolicyArn"] for policy in attached} == POLICIES
    assert iam("list-user-tags", "--user-name", "CI_USER")["Tags"] == [{"Key": "project", "Value": "storefront"}]
    assert iam("get-user", "--user-name", "ci_user")["User"]["UserName"] == "CI_USER"
    caller = sandbox.client("sts", (key["AccessKeyId"], key["SecretAccessKey"])).get_caller_identity()
    assert caller["Arn"] == user["User"]["Arn"]


def test_what_ciuser_made_is_what_the_aws_cli_reads(machine, sandbox):
    document = machine.create("--sandbox", "--for", "s3,cloudfront,elasticbeanstalk", "--store", "csv:keys.csv").json

    [key] = aws(sandbox, machine, "iam", "list-access-keys", "--user-name", "CI_USER")["AccessKeyMetadata"]
    attached = aws(sandbox, machine, "iam", "list-attached-user-policies", "--user-name", "CI_USER")
    assert (key["AccessKeyId"], key["Status"]) == (document["key"]["id"], "Active")
    assert {policy["PolicyArn"] for policy in attached["AttachedPolicies"]} == POLICIES


def test_the_console_form_of_the_csv_file_has_its_two_columns(machine):
    machine.create("--sandbox", "--for", "s3", "--store", "csv:keys.csv", "--csv-format", "console")

    assert (machine.work / "keys.csv").read_bytes().startswith(b"Access key ID,Secret access key\r\nAKIA")


def test_every_page_of_the_managed_policies_is_read_by_a_paginator(sandbox):
    iam = sandbox.client("iam")
    pages = list(iam.get_paginator("list_policies").paginate(Scope="AWS", PaginationConfig={"PageSize": 500}))

    arns = [policy["Arn"] for page in pages for policy in page["Policies"]]
    assert len(pages) == -(-len(arns) // 500)
    assert len(arns) > 1400
    assert len(set(arns)) == len(arns)
    assert POLICIES <= set(arns)
    document = iam.get_policy_version(PolicyArn="arn:aws:iam::aws:policy/AmazonS3FullAccess", VersionId="v2")
    assert document["PolicyVersion"]["Document"]["Statement"][0]["Action"] == ["s3:*", "s3-object-lambda:*"]


def test_a_wrong_secret_is_refused(sandbox):
    admin = sandbox.env["AWS_ACCESS_KEY_ID"]

    answer = refusal(sandbox.client("sts", (admin, "not-the-secret")).get_caller_identity)

    assert answer == ("SignatureDoesNotMatch", 403)


def test_an_unknown_key_is_refused(sandbox):
    answer = refusal(sandbox.client("sts", ("AKIAIOSFODNN7EXAMPLE", "any")).get_caller_identity)

    assert answer == ("InvalidClientTokenId", 403)


def test_an_inactive_key_is_refused_and_works_again_once_it_is_active(sandbox):
    iam = sandbox.client("iam")
    iam.create_user(UserName="CI_USER")
    key = iam.create_access_key(UserName="CI_USER")["AccessKey"]
    sts = sandbox.client("sts", (key["AccessKeyId"], key["SecretAccessKey"]))

    iam.update_access_key(UserName="CI_USER", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    assert refusal(sts.get_caller_identity) == ("InvalidClientTokenId", 403)

    iam.update_access_key(UserName="CI_USER", AccessKeyId=key["AccessKeyId"], Status="Active")
    assert sts.get_caller_identity()["Arn"].endswith(":user/CI_USER")


def test_the_ci_user_is_refused_what_its_policies_do_not_allow(machine, sandbox):
    document = machine.create("--sandbox", "--for", SERVICES, "--store", "csv:keys.csv").json
    key_id, secret = key_in(machine.work / "keys.csv")
    account = document["account"]
    message = (
        f"User: arn:aws:iam::{account}:user/CI_USER is not authorized to perform: iam:ListUsers on resource: "
        f"arn:aws:iam::{account}:user/ because no identity-based policy allows the iam:ListUsers action"
    )

    with pytest.raises(botocore.exceptions.ClientError) as caught:
        sandbox.client("iam", (key_id, secret)).list_users()
    assert caught.value.response["Error"] == {"Type": "Sender", "Code": "AccessDenied", "Message": message}
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403

    ci_user = replace(sandbox, env=sandbox.env | {"AWS_ACCESS_KEY_ID": key_id, "AWS_SECRET_ACCESS_KEY": secret})
    ended = aws_ended(ci_user, machine, "iam", "list-users")
    assert f"An error occurred (AccessDenied) when calling the ListUsers operation: {message}\n" in ended.stderr
    assert aws(ci_user, machine, "sts", "get-caller-identity")["Arn"] == document["user"]["arn"]


def test_a_deny_holds_until_it_is_taken_away(sandbox):
    iam = sandbox.client("iam")
    iam.create_user(UserName="CI_USER")
    iam.attach_user_policy(UserName="CI_USER", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    iam.put_user_policy(UserName="CI_USER", PolicyName="nothing", PolicyDocument=json.dumps(DENY_ALL))
    key = iam.create_access_key(UserName="CI_USER")["AccessKey"]
    as_ci_user = sandbox.client("iam", (key["AccessKeyId"], key["SecretAccessKey"]))

    assert refusal(as_ci_user.list_users) == ("AccessDenied", 403)
    iam.delete_user_policy(UserName="CI_USER", PolicyName="nothing")
    assert "CI_USER" in {user["UserName"] for user in as_ci_user.list_users()["Users"]}
