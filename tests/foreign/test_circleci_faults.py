"""One write to CircleCI meets a fault of the network or of the server: of every sort of write that ciuser makes there.

`test_faults.py` does this to every call of the main job; here are the writes that it does not have: conditions,
variables of projects, over v2 and over v1.1, and removals.
"""

import itertools
from contextlib import contextmanager

import pytest

from harness.faults import FAULTS, FaultyProxy, html, json_error, refused_with
from harness.machine import Machine
from harness.proxy import send, serving

MAIN = 'pipeline.git.branch == "main"'
NUMBERS = itertools.count(1)
HARMLESS = {"the answer drips", "the content type is wrong"}
WRITES = {
    "a condition": ("POST /api/v2/context/ID/restrictions", "create"),
    "a variable of a project": ("POST /api/v2/project/gh/acme/{project}/envvar", "create"),
    "a variable of a project on an old server": ("POST /api/v1.1/project/github/acme/{project}/envvar", "create"),
    "the removal of a context's variable": ("DELETE /api/v2/context/ID/environment-variable/AWS_SECRET_ACCESS_KEY", "delete"),
    "the removal of a project's variable": ("DELETE /api/v2/project/gh/acme/{project}/envvar/AWS_ACCESS_KEY_ID", "delete"),
}


class OldServer(FaultyProxy):
    """A server that has projects in v1.1 only, and otherwise a proxy with faults."""

    is_old = False

    def answer(self, handler, call, number, ask):
        if self.is_old and "/api/v2/project/" in call:
            send(handler, 404, [("Content-Type", "text/html")], b"<html>Not found</html>")
        else:
            super().answer(handler, call, number, ask)


@contextmanager
def old_server(upstream, is_old):
    """Runs a proxy that leaves projects out of v2, or is a plain one."""
    proxy = OldServer(upstream)
    proxy.is_old = is_old
    with serving(proxy):
        yield proxy


class Job:
    """A user, a context and a project of its own in a sandbox."""

    def __init__(self, directory, program, sandbox, owner):
        number = next(NUMBERS)
        self.name, self.context, self.project = f"ci-{number}", f"context-{number}", f"project-{number}"
        self.machine, self.sandbox, self.state = Machine(directory / self.name, program), sandbox, owner.sandbox_state
        owner.run("sandbox", "add-project", f"gh/acme/{self.project}")
        self.create = (
            "create", self.name, "--for", "s3", "--store", "csv:keys.csv", "--yes",
            "--deliver", f"circleci-context:gh/acme/{self.context},expression={MAIN}",
            "--deliver", f"circleci-project:gh/acme/{self.project}",
        )  # fmt: skip
        self.delete = ("delete", self.name, "--clear", "--confirm", self.name)

    def run(self, args, proxy):
        """Runs the program through a proxy and returns how it ended and all that it said; it is no bug, and shows no secret."""
        env = self.sandbox.env | {"AWS_ENDPOINT_URL": proxy.url, "CIRCLE_HOST": proxy.url}
        process = self.machine.start(*args, env=env)
        stdout, stderr = process.communicate(timeout=180)
        assert process.returncode in (0, 1, 4, 5), f"exit {process.returncode}\n{stdout}\n{stderr}"
        said = stdout + stderr
        assert "<h1>" not in said and "panicked" not in said
        for secret in self.secrets():
            assert secret not in said
        return process.returncode, said

    def secrets(self):
        user = self.state()["iam"]["users"].get(self.name, {})
        return [key["secret"] for key in user.get("access_keys", [])]

    def held(self):
        """Returns the values that the context and the project have."""
        circleci = self.state()["circleci"]
        [context] = [one for one in circleci["contexts"] if one["name"] == self.context]
        [project] = [one for one in circleci["projects"] if one["name"] == self.project]
        restrictions = [(one["type"], one["value"]) for one in context["restrictions"]]
        assert restrictions == [("expression", MAIN)]
        return [{name: one["value"] for name, one in place["variables"].items()} for place in (context, project)]

    def assert_delivered(self):
        _, key, secret = (self.machine.work / "keys.csv").read_text().splitlines()[1].split(",")
        assert self.secrets() == [secret]
        for place in self.held():
            assert (place["AWS_ACCESS_KEY_ID"], place["AWS_SECRET_ACCESS_KEY"]) == (key, secret)
        kept = [path.relative_to(self.machine.root) for path in self.machine.files()]
        assert [path for path in kept if {"spool", "seal"} & set(path.parts)] == []


@pytest.fixture
def new_job(tmp_path, program, sandbox, machine):
    """Returns what makes jobs that share a sandbox; another one for each test, for every job looks at all contexts there are."""
    return lambda: Job(tmp_path, program, sandbox, machine)


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_happens_to_a_write_the_job_comes_to_its_right_end(new_job, fault, write):
    job = new_job()
    call, command = WRITES[write]
    call = call.format(project=job.project)
    with old_server(job.sandbox.url, "old server" in write) as proxy:
        if command == "delete":
            assert job.run(job.create, proxy)[0] == 0
        once = iter([True])
        proxy.fault, proxy.strikes = FAULTS[fault], lambda _, this: this == call and next(once, False)
        code, said = job.run(getattr(job, command), proxy)
        assert next(once, None) is None, f"{call} never came: {proxy.calls}"
        if code != 0:
            assert fault not in HARMLESS, said
            assert "hint:" in said or "What next" in said, f"nobody is told how to go on\n{said}"
        rest = (["resume"], job.create) if command == "create" else (["resume"],)
        for args in rest:
            healed, later = job.run(args, proxy)
            assert healed == 0, f"{later}\nafter exit {code}:\n{said}"
    if command == "create":
        job.assert_delivered()
    else:
        for place in job.held():
            assert set(place) <= {"AWS_REGION", "AWS_DEFAULT_REGION"}


def test_an_old_server_gets_says_and_loses_the_variables_over_v1_1(new_job):
    job = new_job()
    with old_server(job.sandbox.url, True) as proxy:
        code, said = job.run(job.create, proxy)
        assert code == 0, said
        job.assert_delivered()
        code, said = job.run(job.create, proxy)
        assert code == 0, said
        code, said = job.run(job.delete, proxy)
        assert code == 0, said
    assert {call.split("/envvar")[0] for call in proxy.calls if "/v1.1/" in call} == {
        f"{method} /api/v1.1/project/github/acme/{job.project}" for method in ("GET", "POST", "DELETE")
    }


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (json_error(401, "Invalid token provided."), "make a new one in CircleCI's user settings"),
        (json_error(403, "Forbidden"), "lacks the right"),
        (html, "check the address of CircleCI"),
        (refused_with(429, ("RateLimit-Reset", "1")), "try again in a few minutes"),
        (refused_with(302, ("Location", "https://example.com/login")), "check the address of CircleCI"),
    ],
)
def test_what_stays_wrong_is_said_with_what_to_do(new_job, fault, says):
    job = new_job()
    with old_server(job.sandbox.url, False) as proxy:
        with proxy.doing(fault, f"POST /api/v2/project/gh/acme/{job.project}/envvar"):
            code, said = job.run(job.create, proxy)
        assert code == 5
        assert says in " ".join(said.split())
        code, said = job.run(["resume"], proxy)
        assert code == 0, said
    job.assert_delivered()
