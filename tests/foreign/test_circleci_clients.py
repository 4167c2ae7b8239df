"""pycircleci and circleci-env-cli read from the sandbox's CircleCI what ciuser wrote to it."""

import subprocess
import sys
from pathlib import Path

import pytest
from pycircleci.api import Api

from harness.machine import CONTEXT, PROJECT

NAMES = ["AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_SECRET_ACCESS_KEY"]


@pytest.fixture
def created(machine, sandbox):
    """Delivers a key to a context and to a project, and returns what ciuser said."""
    job = ("--for", "s3", "--store", "csv:keys.csv", "--deliver", CONTEXT, "--restrict-to", "gh/acme/storefront")
    return machine.create("--sandbox", *job, "--deliver", PROJECT).json


def env_cli(sandbox, *args):
    """Runs circleci-env-cli and returns the lines that it prints."""
    program = Path(sys.executable).parent / "circleci-env-cli"
    ended = subprocess.run(
        [sys.executable, program, "--api-url", f"{sandbox.url}/api", *args],
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "CIRCLE_TOKEN": sandbox.env["CIRCLE_TOKEN"]},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.splitlines()


def test_pycircleci_reads_the_context_and_its_variables(created, sandbox):
    api = Api(token=sandbox.env["CIRCLE_TOKEN"], url=f"{sandbox.url}/api")

    [context] = api.get_contexts(username="acme", paginate=True)
    variables = {each["variable"]: each for each in api.get_context_envvars(context["id"], paginate=True)}

    assert context["name"] == "storefront-deploy"
    assert sorted(variables) == NAMES
    assert variables["AWS_ACCESS_KEY_ID"]["truncated_value"] == created["key"]["id"][-4:]


def test_pycircleci_reads_the_variables_of_the_project(created, sandbox):
    api = Api(token=sandbox.env["CIRCLE_TOKEN"], url=f"{sandbox.url}/api")

    variables = {each["name"]: each["value"] for each in api.list_envvars("acme", "storefront")}

    assert sorted(variables) == NAMES
    assert variables["AWS_ACCESS_KEY_ID"] == f"xxxx{created['key']['id'][-4:]}"


def test_circleci_env_cli_lists_the_variables_of_both(created, sandbox):
    in_context = env_cli(sandbox, "--context", "storefront-deploy", "--project", "github/acme", "--list-envs")
    in_project = env_cli(sandbox, "--project", "github/acme/storefront", "--list-envs")

    assert in_context == ["> Context variables (4):", *NAMES]
    assert in_project == ["> Project variables (4):", *NAMES]


def test_a_variable_that_another_client_changed_is_noticed_and_put_right_only_when_asked(created, machine, sandbox):
    changed = ("--env", "AWS_ACCESS_KEY_ID=AKIAOTHERSOTHERSOTHE")
    env_cli(sandbox, "--context", "storefront-deploy", "--project", "github/acme", *changed)
    job = ("--sandbox", "--for", "s3", "--store", "csv:keys.csv", "--deliver", CONTEXT)

    machine.create(*job, code=4)
    document = machine.create(*job, "--overwrite", CONTEXT).json

    assert document["key"]["id"] == created["key"]["id"]
    [context] = machine.sandbox_state()["circleci"]["contexts"]
    assert context["variables"]["AWS_ACCESS_KEY_ID"]["value"] == created["key"]["id"]
