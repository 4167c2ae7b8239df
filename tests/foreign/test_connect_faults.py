"""A write to a Connect server meets a fault of the network or of the server.

Whatever happens to it, `resume` and the same command again come to the one right end: one live key, in one item. The
oddities of a real server are played too: an item that is shown late, a conflict, an update that is answered with the item
of before, a deletion that is answered with 500.
"""

import itertools
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.faults import FAULTS, faulty_proxy_to
from harness.machine import Machine

AT_ONCE = 2
HARMLESS = {"the answer drips", "the content type is wrong"}
ONE_BY_ONE = itertools.count(1)
STORE = ("--store", "1password:Infrastructure")
NEW, UPDATE = "POST /v1/vaults/", "PUT /v1/vaults/"


class Job:
    """A user of its own, on a machine of its own, in a sandbox that many share."""

    def __init__(self, directory, program, sandbox, state):
        self.name = f"ci-{next(ONE_BY_ONE)}"
        self.machine = Machine(directory / self.name, program)
        self.sandbox, self.state, self.said = sandbox, state, ""
        self.create = ("create", self.name, "--for", "s3", *STORE, "--yes", "--no-input")
        self.rotate = ("key", "rotate", self.name, *STORE, "--yes", "--no-input")

    def end(self, *args, proxy):
        """Runs the program to its end, whatever that is; it may not be a bug, and says how to go on."""
        process = self.machine.start(*args, env=self.sandbox.env | {"OP_CONNECT_HOST": proxy.url})
        stdout, stderr = process.communicate(timeout=180)
        assert "panicked" not in stderr and process.returncode in (0, 5), f"{process.returncode}\n{stdout}\n{stderr}"
        assert process.returncode == 0 or "resume" in stderr, stderr
        self.said += stdout + stderr
        return process.returncode

    def strike(self, fault, call, *command):
        """Runs a command with a fault at its first call of this kind, then goes on to the end."""
        struck = []

        def first(number, name):
            if name.startswith(call) and not struck:
                struck.append(number)
            return struck == [number]

        with faulty_proxy_to(self.sandbox.url, FAULTS[fault], first) as proxy:
            code = self.end(*command, proxy=proxy)
            assert code == 0 or fault not in HARMLESS, self.said
            assert code == 0 or self.end("resume", "--yes", "--no-input", proxy=proxy) == 0, self.said
            assert self.end(*self.create, proxy=proxy) == 0, self.said
        assert struck

    def assert_done(self, version):
        """Checks that one item has the newest key, which works, and that nobody was told its secret."""
        keys = self.state()["iam"]["users"][self.name]["access_keys"]
        newest = max(keys, key=lambda key: key["created"])
        [vault] = self.state()["connect"]["vaults"]
        [item] = [one for one in vault["items"] if f" {self.name} " in one["content"]["title"]]
        values = {field["id"]: field["value"] for field in item["content"]["fields"]}
        assert (values["access_key_id"], values["secret_access_key"]) == (newest["id"], newest["secret"])
        assert item["version"] in version
        assert not any(key["secret"] in self.said for key in keys)
        assert self.sandbox.env["OP_CONNECT_TOKEN"] not in self.said
        left = [path.relative_to(self.machine.root) for path in self.machine.files()]
        assert [path for path in left if {"spool", "seal"} & set(path.parts)] == []


@pytest.fixture
def new_job(tmp_path, program, sandbox, machine):
    """Returns what makes jobs that share a sandbox."""
    return lambda: Job(tmp_path, program, sandbox, machine.sandbox_state)


def first_key(job, fault):
    job.strike(fault, NEW, *job.create)
    job.assert_done([1])


def next_key(job, fault):
    with faulty_proxy_to(job.sandbox.url) as proxy:
        assert job.end(*job.create, proxy=proxy) == 0
    job.strike(fault, UPDATE, *job.rotate)
    # An update that was done and not answered is sent again.
    job.assert_done([2, 3, 4, 5])


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_happens_to_the_write_one_item_has_the_key_in_the_end(fault, new_job):
    with ThreadPoolExecutor(AT_ONCE) as pool:
        cases = {each.__name__: pool.submit(each, new_job(), fault) for each in (first_key, next_key)}
        wrong = {name: str(case.exception()) for name, case in cases.items() if case.exception()}
    assert wrong == {}


def test_the_oddities_of_a_real_server_are_lived_with(machine):
    def odd(**faults):
        path = machine.state / "ciuser/sandbox/state.json"
        state = json.loads(path.read_text())
        state["connect"]["faults"] |= faults
        path.write_text(json.dumps(state))

    def item():
        [vault] = machine.sandbox_state()["connect"]["vaults"]
        [item] = vault["items"]
        return item["id"], item["version"]

    machine.run("key", "list", "NOBODY", "--sandbox", code=1)
    odd(hidden_looks=2, conflicting_writes=1)
    machine.create("--sandbox", "--for", "s3", *STORE)
    made, _ = item()
    odd(old_answers=True, conflicting_writes=1)
    machine.run("key", "rotate", "CI_USER", "--sandbox", *STORE, "--yes")
    assert item() == (made, 2)
    odd(failing_deletions=5)
    machine.run("delete", "CI_USER", "--sandbox", *STORE, "--clear", "--confirm", "CI_USER", "--no-input")
    assert machine.sandbox_state()["connect"]["vaults"][0]["items"] == []
