"""PyGithub, PyNaCl and python-gitlab meet ciuser at the sandbox's GitHub and GitLab: each reads what the other wrote."""

import base64
import csv
import json
import re

import gitlab
import pytest
from github import Auth, Github
from nacl.public import PrivateKey, SealedBox

from harness.proxy import Proxy, serving

NAMES = ["AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_SECRET_ACCESS_KEY"]
SECRETS = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
VARIABLES = ["AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_REGION"]
JOB = ("--for", "s3", "--store", "csv:keys.csv")
FOREIGN = {"AWS_ACCESS_KEY_ID": "AKIAOTHERSOTHERSOTHE", "AWS_SECRET_ACCESS_KEY": "somebody-elses-secret"}


@pytest.fixture
def repository(sandbox):
    """Returns the sandbox's repository, as PyGithub sees it."""
    auth = Auth.Token(sandbox.env["GH_ENTERPRISE_TOKEN"])
    with Github(base_url=f"{sandbox.url}/api/v3", auth=auth) as hub:
        yield hub.get_repo("acme/storefront")


@pytest.fixture
def project(sandbox):
    """Returns the sandbox's project, as python-gitlab sees it."""
    with gitlab.Gitlab(sandbox.url, private_token=sandbox.env["GITLAB_TOKEN"]) as lab:
        yield lab.projects.get("acme/storefront")


def stored(machine):
    """Returns the key in the CSV file, under the names that pipelines know."""
    with (machine.work / "keys.csv").open(newline="") as file:
        [row] = csv.DictReader(file)
    return {"AWS_ACCESS_KEY_ID": row["Access key ID"], "AWS_SECRET_ACCESS_KEY": row["Secret access key"]}


def deliver(machine, *places, overwrite=(), code=0):
    """Delivers a key to these places in the sandbox."""
    words = [word for place in places for word in ("--deliver", place)]
    allowed = [word for place in overwrite for word in ("--overwrite", place)]
    return machine.create("--sandbox", *JOB, *words, *allowed, code=code).json


def test_pygithub_reads_names_and_variables_of_repository_and_environment(machine, repository):
    document = deliver(machine, "github:acme/storefront", "github:acme/storefront/production")

    environment = repository.get_environment("production")
    for level in (repository, environment):
        assert sorted(secret.name for secret in level.get_secrets()) == SECRETS
        variables = {variable.name: variable.value for variable in level.get_variables()}
        assert sorted(variables) == VARIABLES
        assert variables["AWS_ACCESS_KEY_ID"] == document["key"]["id"]


def test_what_pygithub_sealed_is_opened_as_what_ciuser_sealed_is(machine, repository):
    deliver(machine, "github:acme/storefront")
    repository.create_secret("OTHER", "sealed-by-pynacl")

    [state] = machine.sandbox_state()["github"]["repositories"]
    held = {name: secret["value"] for name, secret in state["locker"]["secrets"].items()}
    assert held == stored(machine) | {"OTHER": "sealed-by-pynacl"}


def test_secrets_of_somebody_else_are_seen_and_replaced_only_when_asked(machine, repository):
    for name, value in FOREIGN.items():
        repository.create_secret(name, value)
    place = "github:acme/storefront"

    assert "holds values that cannot be known" in json.dumps(deliver(machine, place, code=4))
    document = deliver(machine, place, overwrite=[place])

    assert document["targets"][1]["proof"] == "timestamp"
    assert repository.get_variable("AWS_ACCESS_KEY_ID").value == document["key"]["id"]


class Envelopes(Proxy):
    """A proxy that keeps the bodies of the secrets that go through it."""

    def __init__(self, upstream):
        super().__init__(upstream)
        self.sealed = {}

    def ask(self, method, path, body, headers):
        if method == "PUT" and "/secrets/" in path:
            self.sealed[path.rsplit("/", 1)[1]] = json.loads(body)
        return super().ask(method, path, body, headers)


def test_pynacl_opens_the_boxes_that_went_over_the_wire(machine, sandbox):
    with serving(Envelopes(sandbox.url)) as proxy:
        env = sandbox.env | {"GH_HOST": proxy.url}
        machine.create(*JOB, "--deliver", "github:acme/storefront", env=env)

    [state] = machine.sandbox_state()["github"]["repositories"]
    box = SealedBox(PrivateKey(base64.b64decode(state["locker"]["private_key"])))
    opened = {name: box.decrypt(base64.b64decode(put["encrypted_value"])) for name, put in proxy.sealed.items()}
    assert opened == {name: value.encode() for name, value in stored(machine).items()}
    assert {put["key_id"] for put in proxy.sealed.values()} == {state["locker"]["key_id"]}


def test_python_gitlab_reads_the_variables_and_how_they_are_kept(machine, project):
    deliver(machine, "gitlab:acme/storefront", "gitlab:acme/storefront:production,hidden=true")

    everywhere = {each.key: each for each in project.variables.list(get_all=True) if each.environment_scope == "*"}
    assert sorted(everywhere) == NAMES
    assert {name: everywhere[name].value for name in SECRETS} == stored(machine)
    assert {name: each.masked for name, each in everywhere.items()} == {name: name in SECRETS for name in NAMES}
    assert all(each.raw and not each.protected for each in everywhere.values())
    hidden = project.variables.get("AWS_SECRET_ACCESS_KEY", filter={"environment_scope": "production"})
    assert (hidden.value, hidden.hidden, hidden.masked) == (None, True, True)


def test_a_variable_of_somebody_else_is_seen_and_replaced_only_when_asked(machine, project):
    for name, value in FOREIGN.items():
        project.variables.create({"key": name, "value": value})
    place = "gitlab:acme/storefront"

    assert FOREIGN["AWS_ACCESS_KEY_ID"] in json.dumps(deliver(machine, place, code=4))
    document = deliver(machine, place, overwrite=[place])

    assert document["targets"][1]["proof"] == "value"
    assert project.variables.get("AWS_ACCESS_KEY_ID").value == document["key"]["id"]


def test_a_secret_that_python_gitlab_deleted_is_written_again(machine, project):
    first = deliver(machine, "gitlab:acme/storefront")
    project.variables.delete("AWS_SECRET_ACCESS_KEY")

    again = deliver(machine, "gitlab:acme/storefront")

    assert again["key"]["id"] == first["key"]["id"]
    assert project.variables.get("AWS_SECRET_ACCESS_KEY").value == stored(machine)["AWS_SECRET_ACCESS_KEY"]


def test_a_key_that_other_clients_put_under_other_names_is_found_and_what_is_hidden_is_said(machine, repository, project):
    key = machine.create("--sandbox", *JOB).json["key"]["id"]
    secret = stored(machine)["AWS_SECRET_ACCESS_KEY"]
    project.variables.create({"key": "DEPLOY_ID", "value": key})
    project.variables.create({"key": "DEPLOY_SECRET", "value": secret})
    project.variables.create({"key": "UNRELATED", "value": "glpat-0123456789abcdefghij0123456789abcdef"})
    repository.create_variable("DEPLOY_ID", key)
    repository.create_secret("DEPLOY_SECRET", secret)
    repository.create_environment("staging").create_secret("AWS_ACCESS_KEY_ID", key)

    ended = machine.run("key", "where", key, "--sandbox", "--output", "json")

    [found] = ended.json["keys"]
    places = {(one["kind"], one["place"]): (one["seen"], one["secret"], one["variable"]) for one in found["places"]}
    assert places == {
        ("csv", str(machine.work / "keys.csv")): ("value", "same", None),
        ("github", "acme/storefront"): ("value", "unknown", "DEPLOY_ID"),
        ("gitlab", "acme/storefront"): ("value", "same", "DEPLOY_ID"),
    }
    unseen = {one["what"]: one["why"] for one in ended.json["not_looked_at"]}
    assert unseen["values of other names at GitHub (1)"] == "it does not show them"
    assert re.fullmatch("it has `AWS_ACCESS_KEY_ID` of .*Z, and does not show whose key that is", unseen["github:acme/storefront/staging"])
    assert secret not in ended.stdout + ended.stderr and "glpat-" not in ended.stdout + ended.stderr
