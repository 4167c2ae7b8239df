"""The canary: the secret is in the stores and at the CI system, and nowhere else.

Looked for in every way in which a program lets secrets out: both streams, JSON, debug logs, journal, spool, plan
files, every other file it leaves, arguments and environment of its process.
"""

import base64
import os
import urllib.parse
from pathlib import Path

import pytest

from harness.machine import CONTEXT, PROJECT
from harness.proxy import proxy_to

SPEC = """
version = 1
[[user]]
name = "CI_USER"
policies = ["AmazonS3FullAccess"]
[[user.store]]
kind = "csv"
path = "keys.csv"
[[user.store]]
kind = "kdbx"
path = "keys.kdbx"
key-file = "keys.keyx"
[[user.store]]
kind = "1password"
vault = "Infrastructure"
[[user.deliver]]
kind = "circleci-context"
org = "gh/acme"
context = "storefront-deploy"
restrict-to = ["gh/acme/storefront"]
"""

ONE_MORE = """
[[user.deliver]]
kind = "circleci-project"
project = "gh/acme/storefront"
[[user.deliver]]
kind = "github"
repository = "acme/storefront"
[[user.deliver]]
kind = "gitlab"
project = "acme/storefront"
"""


def disguises(secret):
    """Returns the forms in which the secret could be lying about."""
    raw = secret.encode()
    forms = {raw, raw[::-1], raw.hex().encode(), secret.encode("utf-16-le")}
    forms |= {urllib.parse.quote(secret, safe="").encode(), secret.replace("/", "\\/").encode()}
    # Base64 looks different at each of three offsets; the ends depend on the neighbours and are cut off.
    return forms | {base64.b64encode(bytes(offset) + raw)[4:-4] for offset in range(3)}


def holders(secret, root, but=()):
    """Returns the files under a directory that hold the secret in any form."""
    found = []
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if any(form in content for form in disguises(secret)) and path.name not in but:
            found.append(path.relative_to(root))
    return found


def assert_silent(secret, *texts):
    """Checks that none of the texts has the secret."""
    for text in texts:
        assert not any(form in text.encode() for form in disguises(secret)), text


def test_the_canary_is_found_where_it_may_be(machine):
    machine.create("--sandbox", "--for", "s3", "--store", "csv:keys.csv")

    [key] = machine.sandbox_state()["iam"]["users"]["ci_user"]["access_keys"]
    assert [str(path) for path in holders(key["secret"], machine.root)] == [
        "state/ciuser/sandbox/state.json",
        "work/keys.csv",
    ]


def test_no_command_lets_the_secret_out(machine):
    (machine.work / "ciuser.toml").write_text(SPEC)
    said = []

    def run(*args):
        ended = machine.run(*args, "--sandbox", "-vvv", env={"RUST_LOG": "trace", "RUST_BACKTRACE": "full"})
        said.extend((ended.stdout, ended.stderr))

    run("plan", "--out", "first.plan")
    run("apply", "first.plan")
    [first] = [key["secret"] for key in machine.sandbox_state()["iam"]["users"]["ci_user"]["access_keys"]]
    (machine.work / "ciuser.toml").write_text(SPEC + ONE_MORE)
    run("plan", "--output", "json")
    run("plan", "--out", "second.plan")
    run("apply", "second.plan", "--output", "json")
    run("apply", "--yes")
    run("key", "list", "CI_USER", "--output", "json")
    run("key", "rotate", "CI_USER", "--deactivate-old", "--yes", "--output", "json")
    run("key", "list", "CI_USER")
    run("resume")

    secrets = {key["secret"] for key in machine.sandbox_state()["iam"]["users"]["ci_user"]["access_keys"]}
    assert len(secrets) == 2
    for secret in secrets:
        assert_silent(secret, *said)
        # The old key stays in the copy that the CSV store makes before it replaces the file.
        expected = ["keys.csv.bak" if secret == first else "keys.csv"]
        assert [path.name for path in holders(secret, machine.root, but=["state.json"])] == expected


def test_a_failing_run_does_not_let_the_secret_out(machine):
    (machine.work / "blocked").mkdir()
    (machine.work / "blocked/keys.csv").mkdir()
    for job in (("--store", "csv:blocked/keys.csv"), ("--deliver", "circleci-context:gh/nobody/x", "--open-context")):
        ended = machine.create("--sandbox", "--for", "s3", "--store", "csv:keys.csv", *job, "-vvv", code=1)
        assert not (machine.work / "keys.csv").exists()
        assert ended.json["kind"] == "error"


def test_the_secret_is_not_in_the_process_nor_in_plain_text_in_the_spool(machine, sandbox):
    """Looks at a process that holds the secret, while it waits for CircleCI."""
    job = ("create", "CI_USER", "--for", "s3", "--store", "csv:keys.csv", "--deliver", CONTEXT, "--open-context")
    with proxy_to(sandbox.url) as proxy:
        env = sandbox.env | {"AWS_ENDPOINT_URL": proxy.url, "CIRCLE_HOST": proxy.url}
        with proxy.holding("POST /api/v2/context", "before") as gate:
            process = machine.start(*job, "--yes", "-vvv", env=env)
            assert gate.reached.wait(90)
            secret = (machine.work / "keys.csv").read_text().strip().rsplit(",", 1)[1]
            for name in ("cmdline", "environ"):
                assert secret.encode() not in Path(f"/proc/{process.pid}/{name}").read_bytes()
            assert os.listdir(machine.state / "ciuser/spool") != []
            found = holders(secret, machine.root, but=["keys.csv", "state.json"])
            process.kill()
            stdout, stderr = process.communicate(timeout=10)
        assert found == []
        assert_silent(secret, stdout, stderr)

        resumed = machine.run("resume", "-vvv", "--output", "json", env=env)
    assert_silent(secret, resumed.stdout, resumed.stderr)
    assert holders(secret, machine.root, but=["keys.csv", "state.json"]) == []


@pytest.mark.parametrize(
    ("flag", "place", "variable"),
    [
        ("--deliver", PROJECT, "CIRCLE_TOKEN"),
        ("--deliver", "github:acme/storefront", "GH_ENTERPRISE_TOKEN"),
        ("--deliver", "gitlab:acme/storefront", "GITLAB_TOKEN"),
        ("--store", "1password:Infrastructure", "OP_CONNECT_TOKEN"),
    ],
)
def test_the_token_of_a_target_is_let_out_as_little(flag, place, variable, machine, sandbox):
    job = ("--for", "s3", "--store", "csv:keys.csv", flag, place, "-vvv")
    ended = machine.create(*job, env=sandbox.env | {"RUST_LOG": "trace"})

    token = sandbox.env[variable]
    assert_silent(token, ended.stdout, ended.stderr)
    assert holders(token, machine.root, but=["state.json"]) == []
