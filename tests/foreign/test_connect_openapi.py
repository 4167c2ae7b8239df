"""schemathesis holds the sandbox's Connect server to `docs/reference/sandbox-connect.openapi.yaml`.

It makes requests of its own from the description, right ones and wrong ones, and judges status, type and shape of every
answer: once for ids that nothing has, once for those of a vault and an item that are there.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import REPOSITORY

DESCRIPTION = REPOSITORY / "docs/reference/sandbox-connect.openapi.yaml"
EXAMPLES = 20
SECONDS = 200
# 405 comes without `Allow`.
LEFT_OUT = "unsupported_method,allow_header_conformance"


def sendable(description, vault):
    """Returns the description with what it cannot say: the vault of an item is that of the address."""
    description["components"]["schemas"]["SentItem"]["properties"]["vault"]["properties"]["id"] = {"enum": [vault]}
    return description


def known(description, vault, item):
    """Returns the description with the ids of what is there: whatever is asked, is asked of these."""
    parameters = description["components"]["parameters"]
    parameters["Vault"]["schema"] = {"enum": [vault]}
    parameters["Item"]["schema"] = {"enum": [item]}
    # It would be gone for all that follows.
    del description["paths"]["/v1/vaults/{vault}/items/{item}"]["delete"]
    return description


@pytest.mark.parametrize("of", ["what nobody has", "what is there"])
def test_the_sandbox_keeps_to_the_description(machine, sandbox, tmp_path, of):
    [vault] = machine.sandbox_state()["connect"]["vaults"]
    description = sendable(yaml.safe_load(DESCRIPTION.read_text()), vault["id"])
    if of == "what is there":
        machine.create("--sandbox", "--for", "s3", "--store", "1password:Infrastructure")
        [vault] = machine.sandbox_state()["connect"]["vaults"]
        description = known(description, vault["id"], vault["items"][0]["id"])
    (tmp_path / "openapi.yaml").write_text(yaml.safe_dump(description))
    ended = subprocess.run(
        [
            sys.executable, Path(sys.executable).parent / "schemathesis", "run", tmp_path / "openapi.yaml",
            "--origin", sandbox.url, "--header", f"Authorization: Bearer {sandbox.env['OP_CONNECT_TOKEN']}",
            "--exclude-checks", LEFT_OUT, "--max-examples", str(EXAMPLES), "--seed", "1", "--warnings", "off",
        ],
        cwd=tmp_path,
        env={
            "PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8",
            "PYTHONPATH": str(Path(__file__).parent), "SCHEMATHESIS_HOOKS": "harness.told_apart",
        },
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "No issues found" in ended.stdout, ended.stdout
