"""One call of the main job meets a fault of the network or of the server, whichever call and whichever fault.

Afterwards `resume` and the same command again must come to the one right end: one live key, whose secret every target
has, and nothing left over. No fault may be called a bug, and none may let a secret out.
"""

import csv
import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.faults import FAULTS, faulty_proxy_to
from harness.machine import Machine
from harness.proxy import proxy_to

# Most of a run is waiting.
AT_ONCE = 6
POLICY = "arn:aws:iam::aws:policy/AmazonS3FullAccess"
# What is answered right, only slowly or under a wrong name, is no reason to fail.
HARMLESS = {"the answer drips", "the content type is wrong"}
ONE_BY_ONE = itertools.count(1)


class Job:
    """The main job on a machine of its own, for a user and a context of its own in a sandbox that many share."""

    def __init__(self, directory, program, sandbox, state):
        self.number = next(ONE_BY_ONE)
        self.name, self.context = f"ci-{self.number}", f"context-{self.number}"
        self.machine = Machine(directory / self.name, program)
        self.sandbox, self.state = sandbox, state
        self.create = (
            "create", self.name, "--for", "s3", "--store", "csv:keys.csv",
            "--deliver", f"circleci-context:gh/acme/{self.context}", "--restrict-to", "gh/acme/storefront", "--yes",
        )  # fmt: skip

    def through(self, proxy):
        """Returns the variables with which the program goes through a proxy."""
        return self.sandbox.env | {"AWS_ENDPOINT_URL": proxy.url, "CIRCLE_HOST": proxy.url}

    def end(self, *args, proxy):
        """Runs the program to its end, whatever that is, and returns it; it may not be a bug."""
        process = self.machine.start(*args, env=self.through(proxy))
        stdout, stderr = process.communicate(timeout=180)
        assert process.returncode in (0, 1, 4, 5), f"exit {process.returncode}\n{stdout}\n{stderr}"
        assert "Traceback" not in stderr and "panicked" not in stderr
        for secret in self.secrets():
            assert secret not in stdout + stderr
        return process.returncode, stderr

    def secrets(self):
        user = self.state()["iam"]["users"].get(self.name, {})
        return [key["secret"] for key in user.get("access_keys", [])]

    def assert_done(self):
        """Checks that there is one live key, that its secret is in every target, and that nothing is left over."""
        iam = self.sandbox.client("iam")
        [policy] = iam.list_attached_user_policies(UserName=self.name)["AttachedPolicies"]
        assert policy["PolicyArn"] == POLICY
        [key] = iam.list_access_keys(UserName=self.name)["AccessKeyMetadata"]
        assert key["Status"] == "Active"
        with (self.machine.work / "keys.csv").open(newline="") as file:
            [row] = csv.DictReader(file)
        assert (row["Access key ID"], row["Secret access key"]) == (key["AccessKeyId"], self.secrets()[0])
        [context] = [one for one in self.state()["circleci"]["contexts"] if one["name"] == self.context]
        held = {name: variable["value"] for name, variable in context["variables"].items()}
        assert held["AWS_ACCESS_KEY_ID"] == row["Access key ID"]
        assert held["AWS_SECRET_ACCESS_KEY"] == row["Secret access key"]
        assert [restriction["type"] for restriction in context["restrictions"]] == ["project"]
        kept = [path.relative_to(self.machine.root) for path in self.machine.files()]
        assert [path for path in kept if {"spool", "seal"} & set(path.parts)] == []
        assert all(finished for finished, _ in self.machine.journal())


@pytest.fixture
def new_job(tmp_path, program, sandbox, machine):
    """Returns what makes jobs that share a sandbox; another one for each fault, for it gets slower as it fills up."""
    return lambda: Job(tmp_path, program, sandbox, machine.sandbox_state)


@pytest.fixture
def calls(new_job, sandbox):
    """Returns the calls of the job when nothing goes wrong, in order."""
    job = new_job()
    with proxy_to(sandbox.url) as proxy:
        code, stderr = job.end(*job.create, proxy=proxy)
        assert code == 0, stderr
    job.assert_done()
    assert len(proxy.calls) > 15
    return proxy.calls


def strike(job, fault, number):
    """Runs the job with the fault at one call, then goes on to the end."""
    with faulty_proxy_to(job.sandbox.url, FAULTS[fault], lambda this, _: this == number) as proxy:
        code, stderr = job.end(*job.create, proxy=proxy)
        if code != 0:
            assert fault not in HARMLESS, stderr
            assert "hint:" in stderr or "What next" in stderr, f"nobody is told how to go on\n{stderr}"
        # The fault has happened by now, and runs are known by their endpoint: the same way goes on.
        for args in (["resume"], job.create):
            healed, said = job.end(*args, proxy=proxy)
            assert healed == 0, f"{said}\nafter exit {code}:\n{stderr}"
    job.assert_done()


@pytest.mark.parametrize("fault", FAULTS)
def test_whichever_call_meets_it_the_job_comes_to_its_one_right_end(fault, new_job, calls):
    with ThreadPoolExecutor(AT_ONCE) as pool:
        cases = [(number, call, pool.submit(strike, new_job(), fault, number)) for number, call in enumerate(calls, 1)]
        wrong = {f"{number} {call}": case.exception() for number, call, case in cases}
    wrong = {where: str(error) for where, error in wrong.items() if error is not None}
    assert wrong == {}
