"""What ciuser itself needs: `docs/reference/caller-policy.json` is enough for everything, and has nothing to spare.

A caller with that policy and no other takes users through their lives, stage by stage. Then each permission is taken
away, at the first stage that uses it: ciuser must name it, leave things as they are or to be carried on, and come to
the same end once it is given back.
"""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import REPOSITORY
from conversations.credentials import PEM, PUBLIC_KEY
from harness.machine import Ended, Machine
from harness.servers import sandbox_server

POLICY = json.loads((REPOSITORY / "docs/reference/caller-policy.json").read_text())
# The sandbox has no CloudTrail; asking it is for keys whose answer was lost.
NOT_IN_THE_SANDBOX = "cloudtrail:LookupEvents"
ACTIONS = sorted(action for statement in POLICY["Statement"] for action in statement["Action"])

AWS = "arn:aws:iam::aws:policy"
READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}

SPEC = """
version = 1
project = "storefront"

[[user]]
name = "deployer"
path = "/ci/"
tags = {{ env = "test" }}
{deployer}

[[user.store]]
kind = "csv"
path = "deployer.csv"

[[user]]
name = "builder"
attach = "group"
policies = ["{builder}"]

[[user.store]]
kind = "csv"
path = "builder.csv"
"""
FIRST = f"""
policies = ["AmazonS3FullAccess"]
groups = ["auditors"]
inline = {{ read = "read.json" }}
boundary = "{AWS}/PowerUserAccess"
"""
SECOND = f"""
policies = ["CloudFrontFullAccess"]
untag = ["old"]
boundary = "{AWS}/AdministratorAccess"
"""
THIRD = """
policies = ["CloudFrontFullAccess"]
"""


class Account:
    """A sandbox with an administrator, and a machine whose caller has a policy of its own and no other."""

    def __init__(self, root, program, server, sandbox):
        self.server, self.sandbox = server, sandbox
        self.machine = Machine(root, program)
        self.iam = server.client("iam")
        self.iam.create_user(UserName="caller")
        made = self.iam.create_policy(PolicyName="ciuser", PolicyDocument=json.dumps(POLICY))
        self.policy = made["Policy"]["Arn"]
        self.iam.attach_user_policy(UserName="caller", PolicyArn=self.policy)
        key = self.iam.create_access_key(UserName="caller")["AccessKey"]
        self.env = server.env | {
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
            "AWS_MAX_ATTEMPTS": "1",
        }

    def prepare(self):
        """Makes what users are given: a group, one that carries just what a user shall get, a policy of the account."""
        iam = self.iam
        iam.create_group(GroupName="auditors")
        mine = iam.create_policy(PolicyName="mine", PolicyDocument=json.dumps(READ))["Policy"]["Arn"]
        iam.create_group(GroupName="alike")
        iam.attach_group_policy(GroupName="alike", PolicyArn=mine)

    def allow(self, document):
        """Gives the caller another policy in place of the one before."""
        self.iam.create_policy_version(
            PolicyArn=self.policy, PolicyDocument=json.dumps(document), SetAsDefault=True
        )

    def allow_everything_again(self):
        self.iam.set_default_policy_version(PolicyArn=self.policy, VersionId="v1")

    def run(self, *args):
        """Runs the program as the caller, whatever it ends with."""
        process = self.machine.start(*args, env=self.env)
        stdout, stderr = process.communicate(timeout=120)
        return Ended(process.returncode, stdout, stderr)

    def save(self, directory):
        """Keeps everything: the account, and the caller's machine."""
        shutil.copytree(self.machine.root, directory / "machine")
        shutil.copy(self.state_file, directory / "state.json")

    def restore(self, directory):
        """Puts everything back as it was."""
        shutil.rmtree(self.machine.root)
        shutil.copytree(directory / "machine", self.machine.root)
        beside = self.state_file.with_suffix(".restored")
        shutil.copy(directory / "state.json", beside)
        beside.chmod(0o600)
        os.replace(beside, self.state_file)

    @property
    def state_file(self):
        return self.sandbox.state / "ciuser/sandbox/state.json"

    def asked(self):
        """Returns the actions that the caller's policy was asked about, as the log has them."""
        log = self.sandbox.sandbox_state()["log"]
        own = [entry for entry in log if (entry["principal"] or "").endswith(":user/caller")]
        return {check["action"] for entry in own for check in entry.get("checks", [])}

    def shape(self):
        """Returns the account's users and groups, without what is another in each run."""
        iam = self.sandbox.sandbox_state()["iam"]
        own = {name: user for name, user in iam["users"].items() if name not in ("caller", "sandbox-admin")}
        return {
            "users": {name: shape_of_user(user) for name, user in own.items()},
            "groups": {
                name: (group["path"], sorted(group["permissions"]["attached"]), len(group["members"]))
                for name, group in iam["groups"].items()
            },
            "mfa": sorted(iam["mfa_devices"]),
        }

    def assert_stored_keys_are_live(self):
        """Checks that the key in each file is one that can be used, if its user still is there."""
        users = self.sandbox.sandbox_state()["iam"]["users"]
        for file in self.machine.work.glob("*.csv"):
            _, key_id, secret = file.read_text().splitlines()[1].split(",")
            keys = {key["id"]: key for key in users.get(file.stem, {"access_keys": []})["access_keys"]}
            if file.stem in users:
                assert (keys[key_id]["status"], keys[key_id]["secret"]) == ("Active", secret), file


def shape_of_user(user):
    return {
        "path": user["path"],
        "boundary": user["boundary"],
        "attached": sorted(user["permissions"]["attached"]),
        "inline": user["permissions"]["inline"],
        "tags": {tag["key"]: tag["value"] for tag in user["tags"] if tag["key"] != "ciuser:run"},
        "keys": sorted(key["status"] for key in user["access_keys"]),
        "others": [len(user[kind]) for kind in ("ssh_keys", "certificates", "service_credentials")],
        "password": user["login_profile"] is not None,
    }


# The stages: what the administrator does before, and what the caller runs.


def nothing(account):
    """The administrator does nothing."""


def first(account):
    (account.machine.work / "read.json").write_text(json.dumps(READ))
    spec = SPEC.format(deployer=FIRST, builder="AmazonS3FullAccess")
    (account.machine.work / "ciuser.toml").write_text(spec)


def second(account):
    account.iam.tag_user(UserName="deployer", Tags=[{"Key": "old", "Value": "yes"}])
    spec = SPEC.format(deployer=SECOND, builder="CloudFrontFullAccess")
    (account.machine.work / "ciuser.toml").write_text(spec)


def third(account):
    spec = SPEC.format(deployer=THIRD, builder="CloudFrontFullAccess")
    (account.machine.work / "ciuser.toml").write_text(spec)


def more_credentials(account):
    iam, user = account.iam, {"UserName": "deployer"}
    iam.create_login_profile(**user, Password="Correct-Horse-1")
    serial = iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")["VirtualMFADevice"]["SerialNumber"]
    iam.enable_mfa_device(**user, SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="654321")
    iam.upload_ssh_public_key(**user, SSHPublicKeyBody=PUBLIC_KEY)
    iam.upload_signing_certificate(**user, CertificateBody=PEM)
    iam.create_service_specific_credential(**user, ServiceName="codecommit.amazonaws.com")


DELETE = ("--project", "storefront", "--clear", "--yes")
STAGES = {
    "create": (
        nothing,
        ("create", "solo", "--policy", "mine", "--policy", "AmazonS3FullAccess", "--store", "csv:solo.csv", "--yes"),
    ),
    "apply": (first, ("apply", "--yes")),
    "apply a change": (second, ("apply", "--yes")),
    "apply without a boundary": (third, ("apply", "--yes")),
    "list keys": (nothing, ("key", "list", "deployer")),
    "rotate": (nothing, ("key", "rotate", "deployer", "--deactivate-old", "--yes")),
    "search the policies of the account": (nothing, ("policies", "search", "mine", "--account")),
    "delete": (more_credentials, ("delete", "deployer", "--confirm", "deployer", *DELETE)),
    "delete with a group": (nothing, ("delete", "builder", "--confirm", "builder", *DELETE)),
}


@dataclass(frozen=True)
class Stage:
    """A stage as it went with the whole policy: how things were before, what was asked, how they were afterwards."""

    command: tuple
    before: Path
    asked: set
    after: dict


@pytest.fixture(scope="module")
def lived(tmp_path_factory, program):
    """Lives through all stages with the whole policy; returns the account and the stages."""
    root = tmp_path_factory.mktemp("caller")
    sandbox = Machine(root / "sandbox", program)
    with sandbox_server(sandbox) as server:
        account = Account(root / "machine", program, server, sandbox)
        account.prepare()
        stages = {}
        for number, (name, (prepare, command)) in enumerate(STAGES.items()):
            prepare(account)
            before = root / f"before-{number}"
            before.mkdir()
            account.save(before)
            known = account.asked()
            ended = account.run(*command)
            assert ended.code == 0, f"{name}: {ended.stdout}\n{ended.stderr}"
            assert "AccessDenied" not in ended.stderr, f"{name}: {ended.stderr}"
            stages[name] = Stage(command, before, account.asked() - known, account.shape())
            account.assert_stored_keys_are_live()
        yield account, stages


def without(action):
    """Returns the policy without one of its actions."""
    statements = [
        statement | {"Action": [each for each in statement["Action"] if each != action]}
        for statement in POLICY["Statement"]
    ]
    return POLICY | {"Statement": [statement for statement in statements if statement["Action"]]}


def test_the_policy_is_enough_from_the_first_user_to_the_last(lived):
    _, stages = lived

    assert list(stages) == list(STAGES)
    assert list(stages["delete with a group"].after["users"]) == ["solo"]


@pytest.mark.parametrize("action", [action for action in ACTIONS if action != NOT_IN_THE_SANDBOX])
def test_a_missing_permission_is_named_and_nothing_is_lost(action, lived):
    account, stages = lived
    used = [stage for stage in stages.values() if action in stage.asked]
    assert used, f"{action} is in the policy and is never used"
    stage = used[0]
    account.restore(stage.before)
    before = account.shape()
    account.allow(without(action))

    ended = account.run(*stage.command)

    said = " ".join((ended.stderr + ended.stdout).split())
    assert action in said, said
    if ended.code == 1:
        assert account.shape() == before
    elif ended.code == 5:
        assert "`ciuser resume` carries on" in said
    else:
        assert ended.code == 0, said
        assert "warning" in said
    account.allow_everything_again()
    if ended.code != 0:
        again = account.run(*(stage.command if ended.code == 1 else ("resume",)))
        assert again.code == 0, f"{again.stdout}\n{again.stderr}"
    assert account.shape() == stage.after
    account.assert_stored_keys_are_live()


def held_to(path, boundary):
    """Returns the policy as the guide narrows it: to users under a path, who must have a boundary."""
    users = f"arn:aws:iam::*:user{path}*"
    resources = {
        "MakeUsers": users,
        "TagUsers": users,
        "ManageKeys": users,
        "DeleteUsers": users,
        "JoinGroups": "arn:aws:iam::*:group/ciuser/*",
    }
    statements = [
        statement | ({"Resource": resources[statement["Sid"]]} if statement["Sid"] in resources else {})
        for statement in POLICY["Statement"]
        if statement["Sid"] != "RemoveBoundaries"
    ]
    for statement in statements:
        if statement["Sid"] == "MakeUsers":
            statement["Condition"] = {"StringEquals": {"iam:PermissionsBoundary": boundary}}
    return POLICY | {"Statement": statements}


def test_ciuser_can_be_held_to_users_under_one_path_with_a_boundary(tmp_path, program, machine, sandbox):
    account = Account(tmp_path / "caller", program, sandbox, machine)
    boundary = f"{AWS}/PowerUserAccess"
    account.allow(held_to("/ci/", boundary))
    account.iam.create_user(UserName="boss")
    job = ("--for", "s3", "--store", "csv:CI_USER.csv", "--yes")
    bound = ("--path", "/ci/", "--boundary", boundary)

    other = ("--path", "/ci/", "--boundary", f"{AWS}/job-function/Billing")
    for flags in ((), bound[:2], bound[2:], other):
        refused = account.run("create", "CI_USER", *job, *flags)
        assert (refused.code, "`iam:CreateUser`" in refused.stderr) == (1, True), refused.stderr
    for attach in ("direct", "group"):
        commands = [
            ("create", "CI_USER", *job, *bound, "--attach", attach),
            ("key", "rotate", "CI_USER", "--deactivate-old", "--yes"),
            ("delete", "CI_USER", "--confirm", "CI_USER", "--clear", "--yes"),
        ]
        for command in commands:
            ended = account.run(*command)
            assert ended.code == 0, f"{command}: {ended.stdout}\n{ended.stderr}"
    refused = account.run("create", "boss", "--adopt", *job)
    assert (refused.code, "`iam:TagUser`" in refused.stderr) == (1, True), refused.stderr
    assert list(account.shape()["users"]) == ["boss"]


def test_the_policy_fits_into_a_managed_policy():
    assert len(json.dumps(POLICY, separators=(",", ":"))) <= 6144
