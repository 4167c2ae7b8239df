"""A machine of one's own for each test: a home, XDG directories, a clean environment, and the program."""

import json
import os
import shlex
import sqlite3
import subprocess
from dataclasses import dataclass
from pathlib import Path

# The longest that one run may take: settling a lost answer waits for 30 s.
RUN_SECONDS = 120

CONTEXT = "circleci-context:gh/acme/storefront-deploy"
PROJECT = "circleci-project:gh/acme/storefront"
SERVICES = "s3,cloudfront,elasticbeanstalk"
POLICIES = {
    "arn:aws:iam::aws:policy/AdministratorAccess-AWSElasticBeanstalk",
    "arn:aws:iam::aws:policy/AmazonS3FullAccess",
    "arn:aws:iam::aws:policy/CloudFrontFullAccess",
}


@dataclass(frozen=True)
class Ended:
    """What a run of the program left: exit code and both streams."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self):
        """Returns the one JSON document on stdout."""
        return json.loads(self.stdout)


class Machine:
    """A machine that has nothing on it but the program."""

    def __init__(self, root: Path, program: Path):
        self.root = root
        self.program = program
        self.home = root / "home"
        self.state = root / "state"
        self.data = root / "data"
        self.config = root / "config"
        self.work = root / "work"
        self.variables = {}
        for directory in (self.home, self.state, self.data, self.config, self.work):
            directory.mkdir(parents=True)

    @property
    def environment(self):
        """Returns the environment of every process on this machine."""
        return {
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "PATH": os.environ["PATH"],
            "XDG_CONFIG_HOME": str(self.config),
            "XDG_DATA_HOME": str(self.data),
            "XDG_STATE_HOME": str(self.state),
            **self.variables,
        }

    def start(self, *args, env=None, before=()):
        """Starts the program, by way of another command if there is one before it; the caller ends it."""
        return subprocess.Popen(
            [*before, self.program, *args],
            cwd=self.work,
            env=self.environment | (env or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *args, env=None, code=0):
        """Runs the program to its end and checks its exit code."""
        return self.end(self.start(*args, env=env), code)

    @staticmethod
    def end(process, code=0):
        """Waits for the end of a program that was started, and checks its exit code."""
        try:
            stdout, stderr = process.communicate(timeout=RUN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            stdout, stderr = process.communicate()
            command = shlex.join(map(str, process.args))
            raise AssertionError(f"no end after {RUN_SECONDS} s: {command}\n{stdout}\n{stderr}") from None
        ended = Ended(process.returncode, stdout, stderr)
        command = shlex.join(map(str, process.args))
        assert ended.code == code, f"exit {ended.code}, not {code}: {command}\n{stdout}\n{stderr}"
        return ended

    def create(self, *args, env=None, code=0):
        """Runs `create CI_USER` with JSON output, nothing asked."""
        return self.run("create", "CI_USER", *args, "--yes", "--no-input", "--output", "json", env=env, code=code)

    def files(self):
        """Returns every file of the machine."""
        return sorted(path for path in self.root.rglob("*") if path.is_file())

    def sandbox_state(self):
        """Returns what the sandbox of this machine remembers, as its state file has it."""
        return json.loads((self.state / "ciuser/sandbox/state.json").read_text())

    def journal(self):
        """Returns the journal outside the sandbox: all runs, with whether they are finished and their entries."""
        return read_journal(self.state / "ciuser/journal.sqlite")


def read_journal(path):
    """Returns the runs of a journal as `[(finished, [entry, ...]), ...]`, the oldest first."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        runs = connection.execute("SELECT run, finished FROM runs ORDER BY id").fetchall()
        entries = connection.execute("SELECT run, entry FROM entries ORDER BY id").fetchall()
    finally:
        connection.close()
    return [
        (bool(finished), [json.loads(entry)["entry"] for owner, entry in entries if owner == run])
        for run, finished in runs
    ]
