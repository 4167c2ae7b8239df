"""1Password's own clients of a Connect server, and the core of its SDKs, meet ciuser at the sandbox's Connect server: each
reads what the other wrote.
"""

import json
import os
import re
import subprocess

import pytest
from onepassword import Secrets
from onepasswordconnectsdk.client import new_client
from onepasswordconnectsdk.errors import FailedToRetrieveItemException, FailedToRetrieveVaultException

from harness.players import JS

STORE = ("--store", "1password:Infrastructure")
JOB = ("--sandbox", "--for", "s3", *STORE)
SPEC = """
version = 1
[[user]]
name = "CI_USER"
policies = ["AmazonS3FullAccess"]
[[user.store]]
kind = "1password"
vault = "Infrastructure"
"""
REFERENCE = re.compile(r"op://[^\s\"`,]+")


@pytest.fixture
def client(sandbox):
    """Returns the client in Python."""
    return new_client(sandbox.env["OP_CONNECT_HOST"], sandbox.env["OP_CONNECT_TOKEN"])


@pytest.fixture
def javascript(sandbox):
    """Returns what calls the client in JavaScript."""

    def call(method, *parameters):
        command = ["node", JS / "connect.mjs", json.dumps({"method": method, "parameters": parameters})]
        env = {name: sandbox.env[name] for name in ("OP_CONNECT_HOST", "OP_CONNECT_TOKEN")} | {"PATH": os.environ["PATH"]}
        ended = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout)

    return call


def kept(machine):
    """Returns the one item in the vault, as the sandbox remembers it."""
    [vault] = machine.sandbox_state()["connect"]["vaults"]
    [item] = vault["items"]
    return vault["id"], item


def values(fields):
    """Returns the values of fields by their labels."""
    return {field["label"]: field["value"] for field in fields}


def verified(machine, code):
    """Returns how the target of the spec file stands."""
    (machine.work / "ciuser.toml").write_text(SPEC)
    document = machine.run("key", "verify", "--sandbox", "--output", "json", code=code).json
    [target] = document["users"][0]["targets"]
    return target["state"], target["note"]


def test_the_python_client_reads_an_item_whose_key_works(machine, sandbox, client):
    document = machine.create(*JOB).json

    [target] = document["targets"]
    assert (target["kind"], target["proof"]) == ("1password", "value")
    key = document["key"]["id"]
    vault = client.get_vault_by_title("Infrastructure")
    item = client.get_item_by_title(f"AWS {document['account']} CI_USER {key}", vault.id)
    assert (item.category, item.version) == ("API_CREDENTIAL", 1)
    assert set(item.tags) == {"aws", "ciuser", f"aws-key-{key}", f"aws-user-{document['account']}-ci_user"}
    fields = {field.label: (field.type, field.value) for field in item.fields}
    assert fields["access key id"] == ("STRING", key)
    assert fields["default region"] == ("STRING", "us-east-1")
    kind, secret = fields["secret access key"]
    assert kind == "CONCEALED"
    caller = sandbox.client("sts", (key, secret)).get_caller_identity()
    assert caller["Arn"] == fields["user arn"][1]


def test_the_javascript_client_reads_the_same_item(machine, javascript):
    document = machine.create(*JOB).json
    vault_id, item = kept(machine)

    vault = javascript("getVaultByTitle", "Infrastructure")["answer"]
    listed = javascript("listItems", vault_id)["answer"]
    read = javascript("getItemByTitle", vault_id, item["content"]["title"])["answer"]

    assert vault["id"] == vault_id
    assert [(one["id"], one.get("fields")) for one in listed] == [(item["id"], None)]
    assert values(read["fields"])["access key id"] == document["key"]["id"]
    assert values(read["fields"]) == values(item["content"]["fields"])


def test_both_clients_are_refused_as_1password_refuses_them(machine, sandbox, client, javascript):
    with pytest.raises(FailedToRetrieveItemException, match="Found 0 vaults"):
        client.get_vault_by_title("Nowhere")
    stranger = new_client(sandbox.url, "eyJstranger")
    with pytest.raises(FailedToRetrieveVaultException, match="401"):
        stranger.get_vaults()
    machine.create(*JOB)
    vault_id, _ = kept(machine)
    assert "No Items found" in javascript("getItemByTitle", vault_id, "nothing")["error"]["message"]
    assert javascript("getItemById", vault_id, "a" * 26)["error"]["status"] == 404


def test_a_rotation_updates_the_item_and_a_second_run_writes_nothing(machine, client):
    first = machine.create(*JOB).json
    vault_id, before = kept(machine)
    assert machine.create(*JOB).json["changed"] is False
    assert kept(machine) == (vault_id, before)

    second = machine.run("key", "rotate", "CI_USER", "--sandbox", *STORE, "--yes", "--output", "json").json

    item = client.get_item(before["id"], vault_id)
    assert item.version == 2
    assert item.title == f"AWS {first['account']} CI_USER {second['key']['id']}"
    _, after = kept(machine)
    assert after["history"] == [before["content"]]
    assert values(after["history"][0]["fields"])["access key id"] == first["key"]["id"]


def test_a_secret_that_the_python_client_changed_is_noticed(machine, client):
    machine.create(*JOB)
    assert verified(machine, 0) == ("proven", None)
    vault_id, item = kept(machine)

    changed = client.get_item(item["id"], vault_id)
    for field in changed.fields:
        if field.label == "secret access key":
            field.value = "somebody-elses-secret"
    client.update_item(item["id"], vault_id, changed)

    state, note = verified(machine, 5)
    assert (state, "STS refuses it" in note) == ("stale", True)
    rotated = machine.run("key", "rotate", "CI_USER", "--sandbox", *STORE, "--yes", "--output", "json").json
    assert verified(machine, 0) == ("proven", None)
    _, after = kept(machine)
    assert (after["id"], after["version"]) == (item["id"], 3)
    assert rotated["key"]["id"] in after["content"]["title"]


def test_what_the_javascript_client_added_stays_and_what_it_deleted_is_missing(machine, javascript):
    machine.create(*JOB)
    vault_id, item = kept(machine)
    read = javascript("getItemById", vault_id, item["id"])["answer"]
    read["title"] = "Deployments"
    read["fields"].append({"id": "owner", "type": "STRING", "label": "owner", "value": "Ann"})
    assert "answer" in javascript("updateItem", vault_id, read)

    machine.run("key", "rotate", "CI_USER", "--sandbox", *STORE, "--yes")
    _, after = kept(machine)
    assert (after["content"]["title"], values(after["content"]["fields"])["owner"]) == ("Deployments", "Ann")

    assert "answer" in javascript("deleteItem", vault_id, item["id"])
    assert verified(machine, 5) == ("missing", "nothing is there")


def test_the_end_of_a_user_says_what_becomes_of_the_item_and_takes_it_away(machine):
    machine.create(*JOB)
    shown = machine.run("delete", "CI_USER", "--sandbox", *STORE, "--clear", "--dry-run")
    assert "a Connect server deletes it for good" in " ".join(shown.stderr.split())
    cleared = ("--clear", "--confirm", "CI_USER", "--no-input", "--output", "json")
    document = machine.run("delete", "CI_USER", "--sandbox", *STORE, *cleared).json
    assert [target["cleared"] for target in document["deletion"]["targets"]] == [True]
    assert machine.sandbox_state()["connect"]["vaults"][0]["items"] == []


@pytest.mark.parametrize("name", ["CI_USER", "ci+deploy@x,y=z.1-2"])
def test_every_reference_that_is_printed_is_one_that_1passwords_core_accepts(machine, name):
    asked = ("create", name, *JOB, "--yes")
    said = machine.run(*asked).stdout
    rotated = machine.run("key", "rotate", name, "--sandbox", *STORE, "--yes", "--output", "json").json
    [target] = rotated["targets"]

    references = REFERENCE.findall(" ".join(said.split())) + list(target["references"].values())
    assert len(references) == 4 and len(set(references)) == 2
    vault_id, item = kept(machine)
    fields = {field["id"]: field["value"] for field in item["content"]["fields"]}
    for reference in references:
        Secrets.validate_secret_reference(reference)
        vault, place, field = reference.removeprefix("op://").split("/")
        assert (vault, place) == (vault_id, item["id"])
        assert fields[field]
    assert f"item {item['id']}" in " ".join(said.split()) and fields["secret_access_key"] not in said


def test_a_key_is_found_in_the_vaults_that_the_token_sees(machine, sandbox):
    document = machine.create("--sandbox", "--for", "s3", "--store", "csv:keys.csv", *STORE).json
    key = document["key"]["id"]
    # Another machine: its journal knows of no target.
    env = sandbox.env | {"XDG_STATE_HOME": str(machine.root / "other")}

    located = machine.run("key", "where", key, "--output", "json", env=env).json

    [found] = located["keys"]
    [place] = found["places"]
    assert (place["kind"], place["place"], place["seen"], place["secret"]) == ("1password", "Infrastructure", "value", "same")
    assert place["written"].endswith("Z")
    assert not any("1Password" in one["what"] for one in located["not_looked_at"])


def test_a_key_that_is_in_a_target_and_in_a_survey_is_named_once(machine):
    machine.create(*JOB)
    located = machine.run("key", "where", "CI_USER", "--sandbox", "--output", "json").json
    assert [place["place"] for place in located["keys"][0]["places"]] == ["Infrastructure"]


def test_with_the_sandbox_the_variables_of_a_real_account_are_ignored(machine):
    real = {"OP_CONNECT_HOST": "http://127.0.0.1:9", "OP_CONNECT_TOKEN": "real", "OP_SERVICE_ACCOUNT_TOKEN": "ops_real"}
    assert machine.create(*JOB, env=real).json["targets"][0]["proof"] == "value"


def test_half_a_configuration_is_refused_before_anything_is_made(machine, sandbox):
    env = sandbox.env | {"OP_CONNECT_TOKEN": ""}
    refused = machine.create("--for", "s3", *STORE, env=env, code=1)
    assert "OP_CONNECT_HOST is set, and OP_CONNECT_TOKEN is not" in refused.json["errors"][0]["message"]
    assert "ci_user" not in machine.sandbox_state()["iam"]["users"]
