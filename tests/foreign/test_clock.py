"""A machine whose clock is hours wrong, and one whose clock is set between two runs (faketime)."""

import pytest

from harness.machine import CONTEXT
from harness.proxy import proxy_to

JOB = (
    "create", "CI_USER", "--for", "s3", "--store", "csv:keys.csv",
    "--deliver", CONTEXT, "--restrict-to", "gh/acme/storefront", "--yes",
)  # fmt: skip


@pytest.fixture
def proxy(sandbox):
    with proxy_to(sandbox.url) as proxy:
        yield proxy


@pytest.fixture
def at(machine, sandbox, proxy):
    """Starts the program at another time; the sandbox keeps the right one."""
    env = sandbox.env | {"AWS_ENDPOINT_URL": proxy.url, "CIRCLE_HOST": proxy.url}

    def start(offset, *args):
        return machine.start(*args, env=env, before=["faketime", "-f", offset] if offset else [])

    return start


def assert_one_live_key(machine, sandbox):
    [key] = sandbox.client("iam").list_access_keys(UserName="CI_USER")["AccessKeyMetadata"]
    assert key["Status"] == "Active"
    assert (machine.work / "keys.csv").read_text().splitlines()[1].split(",")[1] == key["AccessKeyId"]
    assert all(finished for finished, _ in machine.journal())


@pytest.mark.parametrize("offset", ["+3h", "-3h"])
def test_a_clock_that_is_hours_wrong_stops_nothing(offset, at, machine, sandbox):
    machine.end(at(offset, *JOB))
    assert_one_live_key(machine, sandbox)


@pytest.mark.parametrize("offset", ["+50m", "-50m"])
def test_a_clock_that_was_set_meanwhile_finds_the_orphan_all_the_same(offset, at, proxy, machine, sandbox):
    with proxy.holding("CreateAccessKey", "after") as gate:
        process = at(None, *JOB)  # faketime stays as its parent, and would be killed in its place
        assert gate.reached.wait(60)
        process.kill()
        process.communicate(timeout=10)
    [orphan] = sandbox.client("iam").list_access_keys(UserName="CI_USER")["AccessKeyMetadata"]

    machine.end(at(offset, "resume"))

    assert_one_live_key(machine, sandbox)
    [key] = sandbox.client("iam").list_access_keys(UserName="CI_USER")["AccessKeyMetadata"]
    assert key["AccessKeyId"] != orphan["AccessKeyId"]
