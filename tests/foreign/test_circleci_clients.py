"""Clients of CircleCI that others wrote read from the sandbox what ciuser wrote to it, and write what ciuser then reads."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from circleci_api_python import CircleCI, CircleCIError
from pycircleci.api import Api

from harness.machine import CONTEXT, PROJECT
from harness.players import JS

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


MAIN = 'pipeline.git.branch == "main"'
SOMEBODY_ELSE = "AKIAOTHERSOTHERSOTHE"


@pytest.fixture
def api_python(sandbox, monkeypatch):
    """Returns circleci-api-python, which has restrictions."""
    monkeypatch.setattr(CircleCI, "BASE_URL", sandbox.url)
    return CircleCI(sandbox.env["CIRCLE_TOKEN"], logging=False, max_retries=0)


@pytest.fixture
def circle_client(sandbox):
    """Returns what calls circle-client, a client in JavaScript."""

    def call(method, *parameters):
        command = ["node", JS / "circleci.mjs", json.dumps({"method": method, "parameters": parameters})]
        env = {name: sandbox.env[name] for name in ("CIRCLE_HOST", "CIRCLE_TOKEN")} | {"PATH": os.environ["PATH"]}
        ended = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout)

    return call


def organization(api_python):
    [organization] = api_python.get_user_collaborations().raw_data["response"]
    return organization["id"]


def job(place, *more):
    """Returns the flags of a job that delivers to one place."""
    return ("--sandbox", "--for", "s3", "--store", "csv:keys.csv", "--deliver", place, *more)


def test_circleci_api_python_reads_the_restrictions_and_the_variables(machine, api_python):
    created = machine.create(*job(f"{CONTEXT},expression={MAIN}", "--restrict-to", "gh/acme/storefront")).json
    [context] = machine.sandbox_state()["circleci"]["contexts"]
    restrictions = api_python.get_context_restrictions(context["id"]).raw_data["items"]
    project = api_python.get_project("gh/acme/storefront").raw_data
    assert [(one["restriction_type"], one["restriction_value"], one["name"]) for one in restrictions] == [
        ("project", project["id"], "storefront"),
        ("expression", MAIN, None),
    ]
    variables = api_python.list_environment_variables_in_context(context["id"]).raw_data["items"]
    assert [one["variable"] for one in variables] == NAMES
    assert variables[0]["truncated_value"] == created["key"]["id"][-4:]


def test_ciuser_sees_the_restrictions_and_variables_that_circleci_api_python_wrote(machine, api_python):
    context = api_python.create_context("storefront-deploy", organization(api_python)).raw_data["id"]
    api_python.create_context_restriction(context, "expression", "not job.ssh.enabled")
    api_python.add_or_update_env_variable(context, "AWS_ACCESS_KEY_ID", SOMEBODY_ELSE)
    api_python.add_or_update_env_variable(context, "AWS_SECRET_ACCESS_KEY", "somebody-elses-secret")
    asked = ("create", "CI_USER", *job(f"{CONTEXT},expression={MAIN}"), "--yes")
    assert SOMEBODY_ELSE[-4:] in machine.run(*asked, code=4).stderr
    reviewed = machine.run(*asked, "--overwrite", CONTEXT)
    said = " ".join((reviewed.stdout + reviewed.stderr).split())
    assert "is restricted to expression `not job.ssh.enabled`, and not to jobs where" in said
    with pytest.raises(CircleCIError):
        api_python.create_context_restriction(context, "expression", "not job.ssh.enabled")


def test_circle_client_reads_what_ciuser_wrote(created, circle_client, machine):
    [context] = machine.sandbox_state()["circleci"]["contexts"]
    [listed] = circle_client("listContexts", {"ownerSlug": "gh/acme"})["items"]
    assert (listed["id"], listed["name"]) == (context["id"], "storefront-deploy")
    variables = circle_client("listContextEnvVars", context["id"])["items"]
    assert [one["variable"] for one in variables] == NAMES
    variables = circle_client("listEnvVars")["items"]
    assert [one["name"] for one in variables] == NAMES
    assert circle_client("getEnvVar", "AWS_ACCESS_KEY_ID")["value"] == f"xxxx{created['key']['id'][-4:]}"


def test_ciuser_sees_the_variable_that_circle_client_wrote(circle_client, machine):
    circle_client("createEnvVar", "AWS_ACCESS_KEY_ID", SOMEBODY_ELSE)
    circle_client("createEnvVar", "AWS_SECRET_ACCESS_KEY", "somebody-elses-secret")
    refused = machine.run("create", "CI_USER", *job(PROJECT), "--yes", code=4)
    assert SOMEBODY_ELSE[-4:] in refused.stderr
    document = machine.create(*job(PROJECT), "--overwrite", PROJECT).json
    assert circle_client("getEnvVar", "AWS_ACCESS_KEY_ID")["value"] == f"xxxx{document['key']['id'][-4:]}"


def test_slugs_of_ids_work_as_names_do(machine, sandbox, api_python):
    slug = machine.run("sandbox", "add-project", "circleci/initech/website").stdout.strip()
    owner = slug.rpartition("/")[0]
    deliver = ("--deliver", f"circleci-context:{owner}/deploy", "--restrict-to", slug, "--deliver", f"circleci-project:{slug}")
    created = machine.create("--sandbox", "--for", "s3", "--store", "csv:keys.csv", *deliver).json
    assert [target["proof"] for target in created["targets"]] == ["value", "mask", "mask"]
    variables = api_python.get_all_env_vars(slug).raw_data["items"]
    assert [one["name"] for one in variables] == NAMES
