"""The same job against moto, an AWS-compatible server that the project did not write."""

import csv
import json
import subprocess
import sys
from pathlib import Path

from harness.machine import CONTEXT, POLICIES, SERVICES
from harness.proxy import proxy_to

JOB = ("--for", SERVICES, "--tag", "project=storefront", "--store", "csv:keys.csv")

# What cannot be left out: who is calling, whether the user is there, the three policies, the account's quotas,
# CreateUser, three attachments, the keys before and after, CreateAccessKey, three proofs by STS.
LOWER_BOUND = 1 + 1 + 3 + 1 + 1 + 3 + 2 + 1 + 3
# What it takes now. A change that needs more calls says so here.
CALLS = 17


def aws(server, machine, *args):
    """Runs the AWS CLI and returns its answer."""
    ended = aws_ended(server, machine, *args)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout) if ended.stdout.strip() else None


def aws_ended(server, machine, *args):
    """Runs the AWS CLI to its end, whatever that is."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(machine.home), "AWS_CONFIG_FILE": "/nonexistent", **server.env}
    program = Path(sys.executable).parent / "aws"
    argv = [sys.executable, program, "--endpoint-url", server.url, "--output", "json", *args]
    return subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=120)


def key_in(path):
    """Returns id and secret from a CSV file."""
    with path.open(newline="") as file:
        [row] = csv.DictReader(file)
    return row["Access key ID"], row["Secret access key"]


def test_the_job_is_done_there_too_and_its_calls_are_counted(machine, moto, capsys):
    with proxy_to(moto.url) as proxy:
        document = machine.create(*JOB, "--endpoint-url", proxy.url, env=moto.env).json

    attached = aws(moto, machine, "iam", "list-attached-user-policies", "--user-name", "CI_USER")["AttachedPolicies"]
    assert {policy["PolicyArn"] for policy in attached} == POLICIES
    [listed] = aws(moto, machine, "iam", "list-access-keys", "--user-name", "CI_USER")["AccessKeyMetadata"]
    key_id, secret = key_in(machine.work / "keys.csv")
    assert (listed["AccessKeyId"], document["key"]["id"]) == (key_id, key_id)
    assert moto.client("sts", (key_id, secret)).get_caller_identity()["Arn"] == document["user"]["arn"]
    assert document["unfinished"] == []
    with capsys.disabled():
        print(f"\n{len(proxy.calls)} AWS calls, lower bound {LOWER_BOUND}: {' '.join(proxy.calls)}")
    assert proxy.calls.count("CreateAccessKey") == 1
    assert LOWER_BOUND <= len(proxy.calls) <= CALLS
    moto.client("iam").delete_access_key(UserName="CI_USER", AccessKeyId=key_id)


def test_the_job_reaches_circleci_by_its_own_url(machine, moto, sandbox):
    env = moto.env | {"CIRCLE_TOKEN": sandbox.env["CIRCLE_TOKEN"]}
    job = ("--for", "s3", "--store", "csv:keys.csv", "--deliver", CONTEXT, "--restrict-to", "gh/acme/storefront")
    ended = machine.run(
        "create", "MOTO_AND_CIRCLECI", *job, "--endpoint-url", moto.url, "--circleci-url", sandbox.url,
        "--yes", "--output", "json", env=env,
    )  # fmt: skip

    key_id, secret = key_in(machine.work / "keys.csv")
    [context] = machine.sandbox_state()["circleci"]["contexts"]
    assert {name: variable["value"] for name, variable in context["variables"].items()} == {
        "AWS_ACCESS_KEY_ID": key_id,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    assert [target["proof"] for target in ended.json["targets"]] == ["value", "mask"]
    assert machine.sandbox_state()["iam"]["users"].keys() == {"sandbox-admin"}


def test_a_second_run_there_changes_nothing(machine, moto):
    job = ("create", "TWICE", "--for", "s3", "--store", "csv:keys.csv", "--endpoint-url", moto.url, "--yes")
    machine.run(*job, env=moto.env)

    with proxy_to(moto.url) as proxy:
        again = machine.run(*job[:-3], "--endpoint-url", proxy.url, "--yes", env=moto.env)

    assert "Nothing to do" in again.stderr
    assert [call for call in proxy.calls if not call.startswith(("Get", "List"))] == []
