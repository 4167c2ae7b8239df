"""Keys kept in 1Password by way of the program `op`: a strict stand-in for it (`harness/fake_op.py`), for the program needs
an account. AWS is the sandbox's.
"""

import json
import os
import sys
from pathlib import Path

import pytest
from onepassword import Secrets
from test_canary import holders

from harness import fake_op

STORE = ("--store", "1password:Infrastructure")
JOB = ("--for", "s3", *STORE)
TOKEN = "ops_eyJzaWduSW5BZGRyZXNzIjoiZXhhbXBsZSJ9"


class Account:
    """An account of 1Password, and the machine on which somebody is signed in to it."""

    def __init__(self, machine, sandbox):
        self.machine = machine
        self.bin = machine.root / "bin"
        self.bin.mkdir()
        (self.bin / "op").symlink_to(Path(fake_op.__file__))
        # One that is found by a program of pyenv's would want to see its variables.
        (self.bin / "python3").symlink_to(os.path.realpath(sys.executable))
        self.file = self.bin / "op.json"
        machine.variables["PATH"] = f"{self.bin}:{os.environ['PATH']}"
        self.env = {name: value for name, value in sandbox.env.items() if not name.startswith("OP_")}
        self.set(**fake_op.fresh())

    @property
    def state(self):
        """Returns what `op` remembers, after it had nothing to complain of in how it was called."""
        state = json.loads(self.file.read_text())
        assert state["violations"] == []
        return state

    def set(self, **more):
        state = self.state if self.file.exists() else {}
        self.file.write_text(json.dumps(state | more))

    def fault(self, command, error, moment="before"):
        self.set(faults=[{"command": command, "moment": moment, "error": error}])

    def run(self, *args, code=0, env=None):
        """Runs ciuser, and checks that it says nothing of any secret."""
        ended = self.machine.run(*args, env=self.env | (env or {}), code=code)
        for secret in [*self.secrets(), TOKEN]:
            assert secret not in ended.stdout + ended.stderr
        return ended

    def create(self, *args, code=0, env=None):
        asked = ("create", "CI_USER", *JOB, *args, "--yes", "--no-input", "--output", "json", "-vvv")
        return self.run(*asked, code=code, env=env).json

    def secrets(self):
        items = self.state["items"]
        contents = [item for item in items] + [version for item in items for version in item["history"]]
        return [field["value"] for content in contents for field in content["fields"] if field["type"] == "CONCEALED"]

    def item(self):
        """Returns the one item that is in use, and the values of its fields."""
        [item] = [item for item in self.state["items"] if not item.get("archived")]
        return item, {field["id"]: field.get("value") for field in item["fields"]}

    def users(self):
        return self.machine.sandbox_state()["iam"]["users"]


@pytest.fixture
def account(machine, sandbox):
    return Account(machine, sandbox)


def test_a_whole_life_of_a_key(account, sandbox):
    made = account.create()
    item, values = account.item()
    assert [(target["kind"], target["proof"]) for target in made["targets"]] == [("1password", "value")]
    assert values["access_key_id"] == made["key"]["id"]
    caller = sandbox.client("sts", (made["key"]["id"], values["secret_access_key"])).get_caller_identity()
    assert caller["Arn"] == values["user_arn"]
    assert item["title"] == f"AWS {made['account']} CI_USER {made['key']['id']}"
    for reference in made["targets"][0]["references"].values():
        Secrets.validate_secret_reference(reference)
        assert reference.startswith(f"op://{item['vault']['id']}/{item['id']}/")

    writes = [call for call in account.state["calls"] if call[:2] in (["item", "create"], ["item", "edit"])]
    assert account.create()["changed"] is False
    assert [call for call in account.state["calls"] if call[:2] in (["item", "create"], ["item", "edit"])] == writes

    rotated = account.run("key", "rotate", "CI_USER", *STORE, "--yes", "--output", "json").json
    after, now = account.item()
    assert (after["id"], after["version"], now["access_key_id"]) == (item["id"], 2, rotated["key"]["id"])
    before = {field["id"]: field.get("value") for field in after["history"][0]["fields"]}
    assert before["secret_access_key"] == values["secret_access_key"]

    for key in (values, now):
        assert holders(key["secret_access_key"], account.machine.root, but=["op.json", "state.json"]) == []
    assert holders(TOKEN, account.machine.root, but=["op.json"]) == []

    shown = account.run("delete", "CI_USER", *STORE, "--clear", "--dry-run")
    assert "`op` puts it into the archive" in " ".join(shown.stderr.split())
    account.run("delete", "CI_USER", *STORE, "--clear", "--confirm", "CI_USER", "--no-input")
    assert [item["archived"] for item in account.state["items"]] == [True]


def test_a_connect_server_counts_before_a_service_account_and_that_before_who_is_signed_in(account, sandbox):
    account.set(service_token=TOKEN, signed_in=False)
    account.create(env={"OP_SERVICE_ACCOUNT_TOKEN": TOKEN})
    assert account.item()[0]["version"] == 1
    calls = account.state["calls"]
    connect = {name: value for name, value in sandbox.env.items() if name.startswith("OP_")}
    account.run("key", "rotate", "CI_USER", *STORE, "--yes", env=connect | {"OP_SERVICE_ACCOUNT_TOKEN": TOKEN})
    assert account.state["calls"] == calls
    [vault] = account.machine.sandbox_state()["connect"]["vaults"]
    assert len(vault["items"]) == 1


REFUSED = {
    "nobody is signed in": ({"signed_in": False}, 4, "nobody can be asked", "OP_SERVICE_ACCOUNT_TOKEN"),
    "no such vault": ({"vaults": [{"id": "a" * 26, "name": "Infra"}]}, 1, "no vault `Infrastructure`", "did you mean `Infra`?"),
    "two such vaults": (
        {"vaults": [{"id": one * 26, "name": "Infrastructure"} for one in "ab"]},
        1,
        "2 vaults of 1Password are called",
        "a" * 26,
    ),
    "op is too old": ({"version": "2.20.0"}, 1, "`op` is version 2.20.0", "update"),
    "another op": ({"version": "Usage: op [options]"}, 1, "does not say its version", "PATH"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_wrong_is_said_before_a_user_is_made(account, case):
    change, code, message, hint = REFUSED[case]
    account.set(**change)
    [error] = account.create(code=code)["errors"]
    assert message in error["message"] and hint in error["hint"]
    assert "ci_user" not in account.users()


def test_a_service_account_that_was_deleted_is_said_before_a_user_is_made(account):
    account.set(service_token=TOKEN, service_deleted=True)
    [error] = account.create(code=1, env={"OP_SERVICE_ACCOUNT_TOKEN": TOKEN})["errors"]
    assert "Service Account Deleted" in error["message"] and "the service account is gone" in error["hint"]
    assert "ci_user" not in account.users()


def test_a_machine_without_op_is_told_what_to_install(account):
    (account.bin / "op").unlink()
    [error] = account.create(code=1)["errors"]
    assert "the program `op` was not found" in error["message"]
    assert "OP_CONNECT_HOST" in error["hint"]


FAILED = {
    "403": ("Couldn't create the item. Server: (403) (Forbidden), you have no permission.", "the right to view, create and edit"),
    "rate limit": ("Server: (429) (Too Many Requests), rate limit exceeded.", "`op service-account ratelimit`"),
    "two items": ('More than one item matches "X". Try again and specify the item by its ID:', "another title"),
}


@pytest.mark.parametrize("case", FAILED)
def test_what_fails_once_the_key_is_made_is_carried_on_by_resume(account, case):
    error, hint = FAILED[case]
    account.fault("item create", error)
    left = account.create(code=5)
    assert hint in left["unfinished"][0]
    account.run("resume", "--yes", "--no-input")
    _, values = account.item()
    [key] = account.users()["ci_user"]["access_keys"]
    assert (values["access_key_id"], values["secret_access_key"]) == (key["id"], key["secret"])


LOST = "Couldn't create the item: dial tcp 127.0.0.1:443: i/o timeout"


@pytest.mark.parametrize(("error", "moment"), [("Server: (409) (Conflict)", "before"), (LOST, "before"), (LOST, "after")])
def test_a_conflict_and_a_lost_answer_are_settled_in_the_same_run(account, error, moment):
    account.fault("item create", error, moment)
    made = account.create()
    assert account.item()[1]["access_key_id"] == made["key"]["id"]
    account.fault("item edit", error.replace("create", "edit"), moment)
    rotated = account.run("key", "rotate", "CI_USER", *STORE, "--yes", "--output", "json").json
    assert account.item()[1]["access_key_id"] == rotated["key"]["id"]


def test_two_items_of_one_user_are_refused_and_left_alone(account):
    account.create()
    state = account.state
    account.set(items=[*state["items"], state["items"][0] | {"id": "b" * 26}])
    before = account.state["items"]
    # What cannot be looked at is no reason to make a second key.
    refused = account.create(code=1)
    assert "2 items of the vault say that they are of user `CI_USER`" in json.dumps(refused)
    assert account.state["items"] == before


def test_key_where_looks_through_the_vaults_and_asks_nobody(account):
    made = account.create()
    account.set(vaults=[*account.state["vaults"], {"id": "c" * 26, "name": "Other"}])
    other = {"XDG_STATE_HOME": str(account.machine.root / "other")}
    located = account.run("key", "where", made["key"]["id"], "--output", "json", env=other).json
    [place] = located["keys"][0]["places"]
    assert (place["kind"], place["place"], place["secret"]) == ("1password", "Infrastructure", "same")
    account.set(signed_in=False)
    located = account.run("key", "where", made["key"]["id"], "--output", "json", env=other).json
    assert any("sign in" in one["why"] for one in located["not_looked_at"] if one["what"] == "1Password")
