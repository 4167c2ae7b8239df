"""One write to GitHub or GitLab meets a fault of the network or of the server, whichever write and whichever fault.

Afterwards `resume` and the same command again must come to the one right end: every place has the key that the store has.
"""

import csv
import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.faults import (
    drop_answer,
    faulty_proxy_to,
    html,
    refused_with,
    status_after,
    truncated,
    wrong_content_type,
)
from harness.machine import Machine

# Most of a run is waiting.
AT_ONCE = 11
FAULTS = {
    "the answer is dropped": drop_answer,
    "429 with Retry-After": refused_with(429, ("Retry-After", "1")),
    "403 with Retry-After": refused_with(403, ("Retry-After", "1")),
    "500": refused_with(500),
    "500 although it was done": status_after(500),
    "a page answers": html,
    "the answer is truncated": truncated,
    "the content type is wrong": wrong_content_type,
}
WRITES = ("PUT /api/v", "POST /api/v", "PATCH /api/v")
ONE_BY_ONE = itertools.count(1)
NAMES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


class Job:
    """A job on a machine of its own, for an environment and a scope of its own in a sandbox that many share."""

    def __init__(self, directory, program, sandbox, state):
        self.name = f"ci-{next(ONE_BY_ONE)}"
        self.machine = Machine(directory / self.name, program)
        self.sandbox, self.state = sandbox, state
        places = (f"github:acme/storefront/{self.name}", f"gitlab:acme/storefront:{self.name}")
        targets = [word for place in places for word in ("--deliver", place)]
        self.create = ("create", self.name, "--for", "s3", "--store", "csv:keys.csv", *targets, "--yes")

    def end(self, *args, proxy):
        """Runs the program to its end, whatever that is, and returns it; it may not be a bug."""
        env = self.sandbox.env | {"GH_HOST": proxy.url, "GITLAB_HOST": proxy.url}
        process = self.machine.start(*args, env=env)
        stdout, stderr = process.communicate(timeout=180)
        assert process.returncode in (0, 5), f"exit {process.returncode}\n{stdout}\n{stderr}"
        assert "panicked" not in stderr
        for secret in self.stored().values():
            assert secret.startswith("AKIA") or secret not in stdout + stderr
        return process.returncode, stderr

    def stored(self):
        """Returns the key in the CSV file, under the names that pipelines know."""
        with (self.machine.work / "keys.csv").open(newline="") as file:
            [row] = csv.DictReader(file)
        return dict(zip(NAMES, (row["Access key ID"], row["Secret access key"]), strict=True))

    def assert_done(self):
        """Checks that both places have the key of the store, and that nothing is left over."""
        state = self.state()
        [repository] = state["github"]["repositories"]
        [environment] = [one for one in repository["environments"] if one["name"] == self.name]
        secrets = {name: one["value"] for name, one in environment["locker"]["secrets"].items()}
        [project] = state["gitlab"]["projects"]
        scoped = [one for one in project["variables"] if one["environment_scope"] == self.name]
        variables = {one["key"]: one["value"] for one in scoped if one["key"] in NAMES}
        assert (secrets, variables) == (self.stored(), self.stored())
        assert environment["locker"]["variables"]["AWS_ACCESS_KEY_ID"]["value"] == secrets["AWS_ACCESS_KEY_ID"]
        assert len(scoped) == 4
        left = [path.relative_to(self.machine.root) for path in self.machine.files()]
        assert [path for path in left if {"spool", "seal"} & set(path.parts)] == []


@pytest.fixture
def new_job(tmp_path, program, sandbox, machine):
    """Returns what makes jobs that share a sandbox."""
    return lambda: Job(tmp_path, program, sandbox, machine.sandbox_state)


def nth_write(number):
    """Returns what strikes at the so manyth write."""
    written = itertools.count(1)
    return lambda _, call: call.startswith(WRITES) and next(written) == number


def strike(job, fault, number):
    """Runs the job with the fault at one write, then goes on to the end."""
    with faulty_proxy_to(job.sandbox.url, FAULTS[fault], nth_write(number)) as proxy:
        code, stderr = job.end(*job.create, proxy=proxy)
        if code != 0:
            assert "resume" in stderr, f"nobody is told how to go on\n{stderr}"
        # What did not even make it stop leaves nothing to resume.
        for args in ([["resume"]] if code else []) + [job.create]:
            healed, said = job.end(*args, proxy=proxy)
            assert healed == 0, f"{said}\nafter exit {code}:\n{stderr}"
    job.assert_done()
    return code


@pytest.mark.parametrize("fault", FAULTS)
def test_whichever_write_meets_it_both_places_get_the_key(fault, new_job, sandbox):
    job = new_job()
    with faulty_proxy_to(sandbox.url) as proxy:
        assert job.end(*job.create, proxy=proxy)[0] == 0
    job.assert_done()
    writes = [call for call in proxy.calls if call.startswith(WRITES)]
    assert len(writes) == 11

    with ThreadPoolExecutor(AT_ONCE) as pool:
        cases = [(call, pool.submit(strike, new_job(), fault, number)) for number, call in enumerate(writes, 1)]
        wrong = {call: str(case.exception()) for call, case in cases if case.exception() is not None}
    assert wrong == {}
    if fault != "a page answers":
        assert {case.result() for _, case in cases} == {0}, "it is not even noticed"
