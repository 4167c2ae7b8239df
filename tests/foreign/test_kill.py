"""`kill -9` at a chosen call, before it reaches the server or after the server has answered; then `ciuser resume`.

The calls go through a proxy that holds the chosen one, so every crash point is hit exactly, not by chance.
"""

import csv
from contextlib import contextmanager

import pytest

from harness.machine import CONTEXT
from harness.proxy import proxy_to

PROJECT = "gh/acme/storefront"
POLICIES = ["arn:aws:iam::aws:policy/AmazonS3FullAccess", "arn:aws:iam::aws:policy/CloudFrontFullAccess"]
VARIABLE = "PUT /api/v2/context/ID/environment-variable/"

# The call that is held, when, and which of its kind; what the journal has noted of the handover by then.
CHANGING, PLANNED, CREATING, CONFIRMED = "changing", "planned", "creating", "confirmed"
DELIVERING, DELIVERED = "delivering", "delivered"
CRASH_POINTS = [
    ("CreateUser", "before", 1, CHANGING),
    ("CreateUser", "after", 1, CHANGING),
    ("AttachUserPolicy", "after", 1, "user-created"),
    ("ListAccessKeys", "before", 1, PLANNED),
    ("CreateAccessKey", "before", 1, CREATING),
    ("CreateAccessKey", "after", 1, CREATING),
    ("GetCallerIdentity", "before", 2, DELIVERED),
    ("POST /api/v2/context", "before", 1, CONFIRMED),
    ("POST /api/v2/context", "after", 1, CONFIRMED),
    (f"{VARIABLE}AWS_ACCESS_KEY_ID", "before", 1, DELIVERING),
    (f"{VARIABLE}AWS_SECRET_ACCESS_KEY", "before", 1, DELIVERING),
    (f"{VARIABLE}AWS_SECRET_ACCESS_KEY", "after", 1, DELIVERING),
    ("ListAccessKeys", "before", 2, DELIVERED),
]
BEFORE_THE_PLAN = ["GetCallerIdentity", "GetAccountSummary", "GetPolicy"]


class Outside:
    """The machine with the sandbox as an outside server, reached through a proxy."""

    def __init__(self, machine, sandbox, proxy):
        self.machine, self.sandbox, self.proxy = machine, sandbox, proxy
        self.env = sandbox.env | {"AWS_ENDPOINT_URL": proxy.url, "CIRCLE_HOST": proxy.url}
        self.job = (
            "create", "CI_USER", "--for", "s3,cloudfront", "--store", "csv:keys.csv",
            "--deliver", CONTEXT, "--restrict-to", PROJECT, "--yes", "--output", "json",
        )  # fmt: skip

    @contextmanager
    def killed_at(self, call, moment, nth=1):
        """Runs the job until the call is held, and kills it there with signal 9."""
        with self.proxy.holding(call, moment, nth) as gate:
            process = self.machine.start(*self.job, env=self.env)
            reached = gate.reached.wait(90)  # the orphan is looked for for 30 s first
            yield process
            process.kill()
            stdout, stderr = process.communicate(timeout=10)
        assert reached, f"{call} was never called\n{stdout}\n{stderr}"
        assert process.returncode == -9

    def assert_done(self):
        """Checks that there is one live key, that its secret is in every target, and that nothing is left over."""
        iam = self.sandbox.client("iam")
        attached = iam.list_attached_user_policies(UserName="CI_USER")["AttachedPolicies"]
        assert sorted(policy["PolicyArn"] for policy in attached) == POLICIES
        [key] = iam.list_access_keys(UserName="CI_USER")["AccessKeyMetadata"]
        assert key["Status"] == "Active"
        with (self.machine.work / "keys.csv").open(newline="") as file:
            [row] = csv.DictReader(file)
        assert row["Access key ID"] == key["AccessKeyId"]
        caller = self.sandbox.client("sts", (row["Access key ID"], row["Secret access key"])).get_caller_identity()
        assert caller["Arn"].endswith(":user/CI_USER")
        [context] = self.machine.sandbox_state()["circleci"]["contexts"]
        assert {name: variable["value"] for name, variable in context["variables"].items()} == {
            "AWS_ACCESS_KEY_ID": row["Access key ID"],
            "AWS_SECRET_ACCESS_KEY": row["Secret access key"],
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        assert [restriction["type"] for restriction in context["restrictions"]] == ["project"]
        assert all(finished for finished, _ in self.machine.journal())
        kept = [path.relative_to(self.machine.root) for path in self.machine.files()]
        assert [path for path in kept if {"spool", "seal"} & set(path.parts)] == []


@pytest.fixture
def outside(machine, sandbox):
    """Returns the machine, with every call to AWS and CircleCI going through a proxy."""
    with proxy_to(sandbox.url) as proxy:
        yield Outside(machine, sandbox, proxy)


@pytest.mark.parametrize(("call", "moment", "nth", "noted"), CRASH_POINTS)
def test_killed_after_the_plan_was_journaled_resume_ends_with_one_live_key(outside, call, moment, nth, noted):
    with outside.killed_at(call, moment, nth):
        [(finished, entries)] = outside.machine.journal()
    assert not finished
    assert entries[-1] == noted, entries

    resumed = outside.machine.run("resume", "--output", "json", env=outside.env).json

    assert [run["unfinished"] for run in resumed["runs"]] == [[]]
    outside.assert_done()


@pytest.mark.parametrize("call", BEFORE_THE_PLAN)
def test_killed_before_the_plan_was_journaled_there_is_nothing_to_resume_and_the_command_does_the_job(outside, call):
    with outside.killed_at(call, "before"):
        assert not (outside.machine.state / "ciuser/journal.sqlite").exists()

    assert outside.machine.run("resume", "--output", "json", env=outside.env).json["runs"] == []
    outside.machine.run(*outside.job, env=outside.env)
    outside.assert_done()


@pytest.mark.parametrize("crash", [("CreateAccessKey", "after"), (f"{VARIABLE}AWS_SECRET_ACCESS_KEY", "before")])
def test_repeating_the_command_carries_on_the_run_that_was_killed(outside, crash):
    with outside.killed_at(*crash):
        pass

    again = outside.machine.run(*outside.job, env=outside.env).json

    assert again["unfinished"] == []
    outside.assert_done()


def test_killed_twice_resume_still_ends_with_one_live_key(outside):
    with outside.killed_at("CreateAccessKey", "after"):
        pass
    with outside.proxy.holding(f"{VARIABLE}AWS_SECRET_ACCESS_KEY", "after") as gate:
        process = outside.machine.start("resume", env=outside.env)
        reached = gate.reached.wait(90)  # the orphan is looked for for 30 s first
        process.kill()
        process.communicate(timeout=10)
    assert reached

    outside.machine.run("resume", env=outside.env)
    outside.assert_done()


def test_a_dropped_answer_of_create_access_key_is_settled_in_the_same_run(outside):
    with outside.proxy.holding("CreateAccessKey", "after") as gate:
        process = outside.machine.start(*outside.job, env=outside.env)
        assert gate.reached.wait(90)
        [orphan] = outside.sandbox.client("iam").list_access_keys(UserName="CI_USER")["AccessKeyMetadata"]
        gate.released.set()
        stdout, stderr = process.communicate(timeout=120)

    assert process.returncode == 0, f"{stdout}\n{stderr}"
    assert outside.proxy.calls.count("CreateAccessKey") == 2
    [key] = outside.sandbox.client("iam").list_access_keys(UserName="CI_USER")["AccessKeyMetadata"]
    assert key["AccessKeyId"] != orphan["AccessKeyId"]
    outside.assert_done()


def test_a_second_process_does_not_work_on_the_same_user_at_the_same_time(outside):
    with outside.proxy.holding("CreateAccessKey", "before") as gate:
        process = outside.machine.start(*outside.job, env=outside.env)
        assert gate.reached.wait(90)
        outside.machine.run("resume", env=outside.env, code=4)
        assert outside.sandbox.client("iam").list_access_keys(UserName="CI_USER")["AccessKeyMetadata"] == []
        process.kill()
        process.communicate(timeout=10)
