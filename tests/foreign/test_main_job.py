"""The main job in the sandbox: from nothing to a proven key, and every later run that changes only what differs."""

import json
import re
import shlex
import stat

import pytest

from conftest import REPOSITORY
from harness.machine import CONTEXT, POLICIES, PROJECT, SERVICES

SANDBOX = ("--sandbox", "--for", SERVICES)
FULL = (*SANDBOX, "--store", "csv:keys.csv", "--deliver", CONTEXT, "--restrict-to", "gh/acme/storefront")

SPEC = """
version = 1
project = "storefront"

[[user]]
name = "CI_USER"
path = "/ci/"
policies = ["AmazonS3FullAccess", "CloudFrontFullAccess"]
tags = {{ env = "{env}" }}

[[user.store]]
kind = "csv"
path = "keys.csv"
"""


def readme_command():
    """Returns the arguments of the first command that the README shows."""
    text = (REPOSITORY / "README.md").read_text()
    block = re.search(r"cargo run -p ciuser -- (create CI_USER --sandbox .*?)\n```", text, re.DOTALL)
    return shlex.split(block.group(1).replace("\\\n", " "))


def guide_spec():
    """Returns the spec file that the guide shows."""
    return re.search(r"```toml\n(.*?)```", (REPOSITORY / "docs/guide.md").read_text(), re.DOTALL).group(1)


def user_in(machine):
    """Returns CI_USER as the sandbox has it."""
    return machine.sandbox_state()["iam"]["users"]["ci_user"]


def secret_in(machine):
    """Returns the secret of CI_USER's only key, as the sandbox has it."""
    [key] = user_in(machine)["access_keys"]
    return key["secret"]


def plan_lines(machine, *args):
    """Returns the lines of the plan for `ciuser.toml`."""
    return machine.run("plan", "--sandbox", "--output", "json", *args).json["lines"]


def test_the_readme_command_does_the_whole_procedure_and_asks_nothing(machine):
    ended = machine.run(*readme_command())

    user = user_in(machine)
    assert set(user["permissions"]["attached"]) == POLICIES
    tags = {tag["key"]: tag["value"] for tag in user["tags"]}
    assert tags.pop("ciuser:run").startswith("r-")
    assert tags == {"project": "storefront", "env": "production", "ciuser:project": "default"}
    assert user["login_profile"] is None
    [context] = machine.sandbox_state()["circleci"]["contexts"]
    [restriction] = context["restrictions"]
    [project] = machine.sandbox_state()["circleci"]["projects"]
    assert (restriction["type"], restriction["value"]) == ("project", project["id"])
    [key] = user["access_keys"]
    assert {name: variable["value"] for name, variable in context["variables"].items()} == {
        "AWS_ACCESS_KEY_ID": key["id"],
        "AWS_SECRET_ACCESS_KEY": key["secret"],
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    assert ended.stdout.count("proven") == 3
    assert "is ready" in ended.stdout


def test_the_readme_command_run_again_changes_nothing_and_says_so(machine):
    machine.run(*readme_command())
    before = {path: path.read_bytes() for path in machine.data.rglob("*") if path.is_file()}
    user = user_in(machine)

    again = machine.run(*readme_command())

    assert "Nothing to do" in again.stderr
    assert {path: path.read_bytes() for path in machine.data.rglob("*") if path.is_file()} == before
    after = user_in(machine)
    for each in (user, after):
        each["access_keys"][0].pop("last_used")
    assert after == user


def test_the_json_has_the_shape_that_scripts_rely_on(machine):
    document = machine.create(*FULL).json

    user = user_in(machine)
    account = machine.sandbox_state()["account_id"]
    promised = ("format_version", "kind", "changed", "account", "user", "unfinished")
    assert {name: document[name] for name in promised} == {
        "format_version": 1,
        "kind": "create",
        "changed": True,
        "account": account,
        "user": {"name": "CI_USER", "arn": f"arn:aws:iam::{account}:user/CI_USER"},
        "unfinished": [],
    }
    assert document["key"]["id"] == user["access_keys"][0]["id"]
    targets = [{name: target[name] for name in ("kind", "place", "proof", "proven")} for target in document["targets"]]
    assert targets == [
        {"kind": "csv", "place": str(machine.work / "keys.csv"), "proof": "value", "proven": True},
        {"kind": "circleci-context", "place": "gh/acme/storefront-deploy", "proof": "mask", "proven": True},
    ]


def test_a_second_run_reports_unchanged_with_the_same_key_and_the_same_proofs(machine):
    first = machine.create(*FULL).json
    second = machine.create(*FULL).json

    assert second["changed"] is False
    assert second["key"]["id"] == first["key"]["id"]
    shape = [(target["kind"], target["place"], target["proof"], target["proven"]) for target in first["targets"]]
    assert [(t["kind"], t["place"], t["proof"], t["proven"]) for t in second["targets"]] == shape


def test_a_target_added_later_gets_the_same_key_from_a_store(machine):
    first = machine.create(*FULL).json
    secret = secret_in(machine)

    second = machine.create(*FULL, "--deliver", PROJECT).json

    assert second["changed"] is True
    assert second["key"]["id"] == first["key"]["id"]
    [project] = machine.sandbox_state()["circleci"]["projects"]
    assert project["variables"]["AWS_SECRET_ACCESS_KEY"]["value"] == secret


def test_an_edited_file_changes_only_what_differs(machine):
    spec = machine.work / "ciuser.toml"
    spec.write_text(SPEC.format(env="staging"))
    machine.run("apply", "--sandbox", "--yes")
    key = user_in(machine)["access_keys"]

    spec.write_text(SPEC.format(env="production").replace(', "CloudFrontFullAccess"', ""))
    assert plan_lines(machine) == [
        "TagUser env=production",
        "DetachUserPolicy arn:aws:iam::aws:policy/CloudFrontFullAccess",
    ]
    document = machine.run("apply", "--sandbox", "--yes", "--output", "json").json

    assert (document["kind"], document["changed"], document["unfinished"]) == ("apply", True, [])
    user = user_in(machine)
    assert user["permissions"]["attached"] == ["arn:aws:iam::aws:policy/AmazonS3FullAccess"]
    assert [each["id"] for each in user["access_keys"]] == [each["id"] for each in key]
    assert plan_lines(machine) == []


def test_the_spec_file_of_the_guide_is_carried_out(machine):
    (machine.work / "ciuser.toml").write_text(guide_spec())

    document = machine.run("apply", "--sandbox", "--yes", "--output", "json").json

    assert document["unfinished"] == []
    [project] = machine.sandbox_state()["circleci"]["projects"]
    assert project["variables"]["DEPLOY_REGION"]["value"] == "eu-west-1"


def test_plan_exits_with_3_while_there_are_changes_and_with_0_when_there_are_none(machine):
    (machine.work / "ciuser.toml").write_text(SPEC.format(env="staging"))

    machine.run("plan", "--sandbox", "--detailed-exit-code", code=3)
    machine.run("apply", "--sandbox", "--yes")
    machine.run("plan", "--sandbox", "--detailed-exit-code", code=0)


def test_a_plan_touches_nothing(machine):
    (machine.work / "ciuser.toml").write_text(SPEC.format(env="staging"))

    machine.run("plan", "--sandbox")

    assert machine.sandbox_state()["iam"]["users"] == {}
    assert not (machine.work / "keys.csv").exists()


def test_a_reviewed_plan_is_carried_out_as_it_was_written(machine):
    (machine.work / "ciuser.toml").write_text(SPEC.format(env="staging"))
    machine.run("plan", "--sandbox", "--out", "reviewed.plan")
    planned = json.loads((machine.work / "reviewed.plan").read_text())
    (machine.work / "ciuser.toml").unlink()

    machine.run("apply", "reviewed.plan", "--sandbox", "--no-input")

    assert planned["format_version"] == 1
    assert stat.S_IMODE((machine.work / "reviewed.plan").stat().st_mode) == 0o600
    assert user_in(machine)["path"] == "/ci/"
    assert len(user_in(machine)["access_keys"]) == 1


def test_a_plan_for_a_world_that_has_moved_is_refused(machine, sandbox):
    (machine.work / "ciuser.toml").write_text(SPEC.format(env="staging"))
    machine.run("apply", "--sandbox", "--yes")
    (machine.work / "ciuser.toml").write_text(SPEC.format(env="production"))
    machine.run("plan", "--sandbox", "--out", "reviewed.plan")
    sandbox.client("iam").tag_user(UserName="CI_USER", Tags=[{"Key": "env", "Value": "moved"}])

    ended = machine.run("apply", "reviewed.plan", "--sandbox", "--no-input", code=4)

    assert "made for another state" in " ".join(ended.stderr.split())
    assert {"key": "env", "value": "moved"} in user_in(machine)["tags"]


def test_without_yes_and_without_a_terminal_nothing_is_done(machine):
    machine.run("create", "CI_USER", *FULL, code=4)

    assert machine.sandbox_state()["iam"]["users"] == {}


def test_a_user_that_ciuser_does_not_manage_is_refused_until_it_is_adopted(machine, sandbox):
    iam = sandbox.client("iam")
    iam.create_user(UserName="CI_USER", Tags=[{"Key": "owner", "Value": "somebody"}])

    refused = machine.create(*SANDBOX, "--store", "csv:keys.csv", code=4)
    assert "--adopt" in refused.json["errors"][0]["hint"]
    assert [tag["key"] for tag in user_in(machine)["tags"]] == ["owner"]

    machine.create(*SANDBOX, "--store", "csv:keys.csv", "--adopt", code=5)
    assert {"owner", "ciuser:project"} <= {tag["key"] for tag in user_in(machine)["tags"]}
    assert user_in(machine)["access_keys"] == [], "adoption mints nothing"


def test_a_user_of_another_project_is_refused(machine):
    machine.create(*FULL, "--project", "storefront")

    refused = machine.create(*FULL, "--project", "other", code=4)

    assert "belongs to project `storefront`" in refused.json["errors"][0]["message"]


def test_a_store_that_holds_something_else_is_refused_until_it_may_be_overwritten(machine):
    foreign = "Access key ID,Secret access key\r\nAKIAIOSFODNN7EXAMPLE,wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\r\n"
    (machine.work / "keys.csv").write_text(foreign)

    refused = machine.create(*SANDBOX, "--store", "csv:keys.csv", code=4)
    assert "AKIAIOSFODNN7EXAMPLE" in refused.json["errors"][0]["message"]
    assert (machine.work / "keys.csv").read_text() == foreign.replace("\r\n", "\n")
    assert machine.sandbox_state()["iam"]["users"] == {}

    place = f"csv:{machine.work / 'keys.csv'}"
    machine.create(*SANDBOX, "--store", "csv:keys.csv", "--overwrite", place)
    assert secret_in(machine) in (machine.work / "keys.csv").read_text()


def test_a_context_that_holds_another_key_is_refused_until_it_may_be_overwritten(machine):
    machine.run("create", "OTHER", *FULL[:3], "--store", "csv:other.csv", *FULL[5:], "--yes")
    others = machine.sandbox_state()["circleci"]["contexts"]

    machine.create(*FULL, code=4)
    assert machine.sandbox_state()["circleci"]["contexts"] == others
    assert "ci_user" not in machine.sandbox_state()["iam"]["users"]

    machine.create(*FULL, "--overwrite", CONTEXT)
    [context] = machine.sandbox_state()["circleci"]["contexts"]
    assert context["variables"]["AWS_SECRET_ACCESS_KEY"]["value"] == secret_in(machine)


@pytest.mark.parametrize("flag", [("--expect-account", "111122223333"), ("--policy", "AmazonS3FulAccess")])
def test_what_does_not_fit_the_account_is_refused_before_the_first_write(machine, flag):
    machine.create(*FULL, *flag, code=4)

    assert machine.sandbox_state()["iam"]["users"] == {}


def test_a_rotation_brings_a_new_key_to_every_target_and_makes_the_old_one_inactive(machine):
    old = machine.create(*FULL).json["key"]["id"]

    document = machine.run(
        "key", "rotate", "CI_USER", "--sandbox", "--deactivate-old", "--yes", "--output", "json"
    ).json

    new = document["key"]["id"]
    assert {key["id"]: key["status"] for key in user_in(machine)["access_keys"]} == {old: "Inactive", new: "Active"}
    secret = next(key["secret"] for key in user_in(machine)["access_keys"] if key["id"] == new)
    [context] = machine.sandbox_state()["circleci"]["contexts"]
    assert context["variables"]["AWS_ACCESS_KEY_ID"]["value"] == new
    assert context["variables"]["AWS_SECRET_ACCESS_KEY"]["value"] == secret
    assert f"{new},{secret}" in (machine.work / "keys.csv").read_text()


def test_the_environment_of_a_real_account_does_not_reach_the_sandbox(machine):
    elsewhere = {
        "AWS_ACCESS_KEY_ID": "AKIAREALREALREALREAL",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_PROFILE": "production",
        "CIRCLE_HOST": "http://127.0.0.1:9",
        "CIRCLE_TOKEN": "real",
    }
    assert machine.create(*FULL, env=elsewhere).json["unfinished"] == []
