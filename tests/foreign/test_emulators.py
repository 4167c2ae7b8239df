"""A file's whole life against servers that the project did not write: apply, drift, repair, rotation, deletion.

moto knows every managed policy and authenticates nobody; ministack knows few, verifies signatures and enforces
policies.
"""

import json

import pytest

from harness.proxy import proxy_to
from test_moto import key_in

S3 = "arn:aws:iam::aws:policy/AmazonS3FullAccess"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
READ = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}],
}

SPEC = """
version = 1
project = "storefront"

[[user]]
name = "deployer"
path = "/ci/"
policies = ["AmazonS3FullAccess"]
groups = ["auditors"]
inline = {{ read = "read.json" }}
tags = {{ env = "test" }}
{boundary}

[[user.store]]
kind = "csv"
path = "deployer.csv"

[[user]]
name = "builder"
policies = ["AmazonS3FullAccess"]
attach = "group"

[[user.store]]
kind = "csv"
path = "builder.csv"
"""

FILE = ("--file", "ciuser.toml", "--no-input")


class Life:
    """A machine with a spec file, and the server that it is applied to."""

    def __init__(self, machine, server, keeps_boundaries):
        self.machine, self.server = machine, server
        self.iam = server.client("iam")
        # moto answers 500 to what it does not know, and ciuser would ask again.
        self.env = server.env | {"AWS_MAX_ATTEMPTS": "1"}
        self.boundary = ADMINISTRATOR if keeps_boundaries else None
        boundary = f'boundary = "{ADMINISTRATOR}"' if keeps_boundaries else ""
        (machine.work / "ciuser.toml").write_text(SPEC.format(boundary=boundary))
        (machine.work / "read.json").write_text(json.dumps(READ))

    def run(self, *args, code=0):
        """Runs the program against the server."""
        return self.machine.run(*args, "--endpoint-url", self.server.url, env=self.env, code=code)

    def deployer(self):
        """Returns what there is of the first user."""
        user = self.iam.get_user(UserName="deployer")["User"]
        name = {"UserName": "deployer"}
        tags = {tag["Key"]: tag["Value"] for tag in self.iam.list_user_tags(**name)["Tags"]}
        inline = self.iam.list_user_policies(**name)["PolicyNames"]
        return {
            "path": user["Path"],
            "boundary": user.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
            "attached": [
                each["PolicyArn"] for each in self.iam.list_attached_user_policies(**name)["AttachedPolicies"]
            ],
            "inline": {each: self.iam.get_user_policy(**name, PolicyName=each)["PolicyDocument"] for each in inline},
            "groups": [each["GroupName"] for each in self.iam.list_groups_for_user(**name)["Groups"]],
            "env": tags.get("env"),
            "project": tags.get("ciuser:project"),
        }

    def keys(self, user):
        """Returns the status of each key of a user."""
        listed = self.iam.list_access_keys(UserName=user)["AccessKeyMetadata"]
        return {key["AccessKeyId"]: key["Status"] for key in listed}


@pytest.fixture(params=["moto", "ministack"])
def life(request, machine):
    """Returns a machine and a server; every test ends with the account as it was."""
    server = request.getfixturevalue(request.param)
    life = Life(machine, server, keeps_boundaries=request.param == "ministack")
    life.iam.create_group(GroupName="auditors")
    yield life
    life.iam.delete_group(GroupName="auditors")


def test_a_file_of_two_users_lives_from_its_first_apply_to_its_last_delete(life):
    expected = {
        "path": "/ci/",
        "boundary": life.boundary,
        "attached": [S3],
        "inline": {"read": READ},
        "groups": ["auditors"],
        "env": "test",
        "project": "storefront",
    }
    life.run("apply", *FILE, "--yes")
    assert life.deployer() == expected
    [group] = life.iam.list_groups_for_user(UserName="builder")["Groups"]
    assert group["Path"] == "/ciuser/"
    for user in ("deployer", "builder"):
        key_id, secret = key_in(life.machine.work / f"{user}.csv")
        assert life.keys(user) == {key_id: "Active"}
        caller = life.server.client("sts", (key_id, secret)).get_caller_identity()
        assert caller["Arn"].endswith(f"/{user}")

    life.run("plan", *FILE, "--detailed-exit-code")

    # Somebody clicks around in the console.
    life.iam.detach_user_policy(UserName="deployer", PolicyArn=S3)
    life.iam.attach_user_policy(UserName="deployer", PolicyArn=ADMINISTRATOR)
    life.iam.put_user_policy(UserName="deployer", PolicyName="more", PolicyDocument=json.dumps(READ))
    life.iam.remove_user_from_group(GroupName="auditors", UserName="deployer")
    life.iam.tag_user(UserName="deployer", Tags=[{"Key": "env", "Value": "other"}])
    lines = life.run("plan", *FILE, "--detailed-exit-code", "--output", "json", code=3).json["lines"]
    assert len(lines) == 5, lines
    keys = life.keys("deployer")
    with proxy_to(life.server.url) as proxy:
        life.machine.run("apply", *FILE, "--yes", "--endpoint-url", proxy.url, env=life.env)
    assert life.deployer() == expected
    assert life.keys("deployer") == keys
    assert "CreateAccessKey" not in proxy.calls

    [old] = keys
    life.run("key", "rotate", "deployer", "--deactivate-old", "--yes", "--no-input")
    new, _ = key_in(life.machine.work / "deployer.csv")
    assert life.keys("deployer") == {old: "Inactive", new: "Active"}

    for user in ("deployer", "builder"):
        life.run("delete", user, "--confirm", user, "--clear", "--project", "storefront", "--yes", "--no-input")
    assert [user["UserName"] for user in life.iam.list_users()["Users"] if user["UserName"] != "admin"] == []
    assert [each["GroupName"] for each in life.iam.list_groups()["Groups"]] == ["auditors"]


def test_a_key_with_no_permission_is_told_by_the_server_that_enforces_them(machine, ministack):
    iam = ministack.client("iam")
    iam.create_user(UserName="nobody")
    key = iam.create_access_key(UserName="nobody")["AccessKey"]
    env = ministack.env | {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    job = ("--for", "s3", "--store", "csv:keys.csv", "--endpoint-url", ministack.url, "--yes", "--no-input")

    ended = machine.run("create", "CI_USER", *job, env=env, code=1)

    assert "AccessDenied" in ended.stderr
    assert "CI_USER" not in {user["UserName"] for user in iam.list_users()["Users"]}
    iam.delete_access_key(UserName="nobody", AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName="nobody")


def test_a_wrong_secret_is_told_by_the_server_that_verifies_signatures(machine, ministack):
    env = ministack.env | {"AWS_SECRET_ACCESS_KEY": "wrong"}
    job = ("--for", "s3", "--store", "csv:keys.csv", "--endpoint-url", ministack.url, "--yes", "--no-input")

    ended = machine.run("create", "CI_USER", *job, env=env, code=1)

    assert "SignatureDoesNotMatch" in ended.stderr


def test_the_root_user_is_refused(machine, ministack):
    env = ministack.env | {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    job = ("--for", "s3", "--store", "csv:keys.csv", "--endpoint-url", ministack.url, "--yes", "--no-input")

    ended = machine.run("create", "CI_USER", *job, env=env, code=4)

    assert "the caller is the root user of the account" in ended.stderr
