"""GitHub's own description of its API finds nothing wrong with what ciuser asks, nor with what the sandbox answers."""

import json
from urllib import error, request

import pytest

from harness.openapi import GITHUB, part_of, prism_before

LEVELS = ("/repos/{owner}/{repo}/actions", "/repos/{owner}/{repo}/environments/{environment_name}", "/orgs/{org}/actions")
EACH = ("/secrets", "/secrets/public-key", "/secrets/{secret_name}", "/variables", "/variables/{name}")
PATHS = [level + path for level in LEVELS for path in EACH] + [
    "/repos/{owner}/{repo}",
    "/repos/{owner}/{repo}/actions/organization-secrets",
    "/repos/{owner}/{repo}/environments",
    "/repos/{owner}/{repo}/environments/{environment_name}",
    "/orgs/{org}/actions/secrets/{secret_name}/repositories",
    "/user/orgs",
    "/user/repos",
]
# The sandbox shows what clients of secrets read of a repository, and not the other 100 fields.
PARTLY = {"full-repository", "minimal-repository", "organization-simple", "repository", "simple-user"}
PLACES = ("github:acme/storefront", "github:acme/storefront/production", "github-organization:acme,repositories=storefront")


@pytest.fixture
def checked(sandbox, tmp_path):
    """Runs Prism before the sandbox, with the part of GitHub's description that is needed."""
    description = part_of(json.loads(GITHUB.read_text()), PATHS, "/api/v3", PARTLY)
    with prism_before(sandbox.url, description, tmp_path) as witness:
        yield witness


def test_no_call_of_a_whole_life_of_a_key_violates_the_description(machine, sandbox, checked):
    env = sandbox.env | {"GH_HOST": checked.url}
    targets = [word for place in PLACES for word in ("--deliver", place)]
    job = ("--for", "s3", "--store", "csv:keys.csv", *targets)

    first = machine.create(*job, env=env).json
    machine.create(*job, env=env)
    machine.run("key", "rotate", "CI_USER", *job[2:], "--yes", env=env)
    machine.run("key", "where", "CI_USER", env=env)
    clear = ("--clear", "--keep-user", "--confirm", "CI_USER")
    machine.run("delete", "CI_USER", *targets, *clear, env=env)

    assert [target["proof"] for target in first["targets"][1:]] == ["timestamp"] * 3
    assert checked.violations == []
    asked = {call.split()[0] for call in checked.calls}
    assert asked == {"GET", "POST", "PUT", "PATCH", "DELETE"}


def test_a_call_that_violates_it_would_be_noticed(sandbox, checked, machine):
    """The witness itself: a secret that is not sealed."""
    body = json.dumps({"encrypted_value": "not sealed", "key_id": 7}).encode()
    headers = {"Authorization": f"Bearer {sandbox.env['GH_ENTERPRISE_TOKEN']}", "Content-Type": "application/json"}
    put = request.Request(f"{checked.url}/api/v3/repos/acme/storefront/actions/secrets/X", body, headers, method="PUT")
    with pytest.raises(error.HTTPError):
        request.urlopen(put, timeout=30)
    call = "PUT /api/v3/repos/acme/storefront/actions/secrets/X"
    assert {violation[:2] for violation in checked.violations} == {(call, 422)}
    assert "key_id" in str(checked.violations)
