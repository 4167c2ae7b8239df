"""schemathesis holds the sandbox's CircleCI to `docs/reference/sandbox-circleci.openapi.yaml`.

It makes requests of its own from the description, right ones and wrong ones, and judges status, type and shape of every
answer: once for ids that nothing has, once for those of a context, a project and a variable that are there.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import REPOSITORY
from pycircleci.api import Api

from harness.machine import CONTEXT, PROJECT

DESCRIPTION = REPOSITORY / "docs/reference/sandbox-circleci.openapi.yaml"
EXAMPLES = 20
SECONDS = 200
# 405 comes without `Allow`; and a variable of a project has several addresses (v2 and v1.1, `gh` and `github`), so that what
# was removed at one is rightly missing at another.
LEFT_OUT = "unsupported_method,allow_header_conformance,ensure_resource_availability,use_after_free"


def known(description, context, organization):
    """Returns the description with ids of what is there: whatever is asked, is asked of these."""
    parameters = description["components"]["parameters"]
    parameters["ContextId"]["schema"] = {"enum": [context]}
    parameters["VariableName"]["schema"] = {"enum": ["AWS_REGION", "OTHER"]}
    owner = {"enum": [organization]}
    contexts = description["paths"]["/v2/context"]
    contexts["get"]["parameters"][0]["schema"] = owner
    contexts["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]["owner"]["properties"]["id"] = owner
    for path, operations in description["paths"].items():
        if "/project/" in path:
            for parameter, value in zip(operations["parameters"], (["gh", "github"], ["acme"], ["storefront"])):
                parameter["schema"] = {"enum": value}
    # It would be gone for all that follows.
    del description["paths"]["/v2/context/{context-id}"]["delete"]
    return description


@pytest.mark.parametrize("of", ["what nobody has", "what is there"])
def test_the_sandbox_keeps_to_the_description(machine, sandbox, tmp_path, of):
    description = yaml.safe_load(DESCRIPTION.read_text())
    if of == "what is there":
        job = ("--for", "s3", "--store", "csv:keys.csv", "--deliver", CONTEXT, "--restrict-to", "gh/acme/storefront")
        machine.create("--sandbox", *job, "--deliver", PROJECT)
        api = Api(token=sandbox.env["CIRCLE_TOKEN"], url=f"{sandbox.url}/api")
        [context] = api.get_contexts(username="acme")
        [organization] = [state["id"] for state in machine.sandbox_state()["circleci"]["organizations"]]
        description = known(description, context["id"], organization)
    (tmp_path / "openapi.yaml").write_text(yaml.safe_dump(description))
    ended = subprocess.run(
        [
            sys.executable, Path(sys.executable).parent / "schemathesis", "run", tmp_path / "openapi.yaml",
            "--origin", sandbox.url, "--header", f"Circle-Token: {sandbox.env['CIRCLE_TOKEN']}",
            "--exclude-checks", LEFT_OUT, "--max-examples", str(EXAMPLES), "--seed", "1", "--warnings", "off",
        ],
        cwd=tmp_path, env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "No issues found" in ended.stdout, ended.stdout
