"""Fixtures: the program, a machine of one's own, and the AWS backends."""

import os
from pathlib import Path

import pytest

from harness.machine import Machine
from harness.servers import ministack_server, moto_server, sandbox_server
from harness.terraform import Terraform, why_not

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def program():
    """Returns the program that is tested."""
    path = Path(os.environ.get("CIUSER", REPOSITORY / "target/debug/ciuser"))
    assert path.is_file(), f"{path} is not there: `cargo build -p ciuser` makes it"
    return path


@pytest.fixture
def machine(tmp_path, program):
    """Returns a machine that has nothing on it but the program."""
    return Machine(tmp_path / "machine", program)


@pytest.fixture
def sandbox(machine):
    """Runs `ciuser sandbox serve` on the test's machine."""
    with sandbox_server(machine) as server:
        yield server


@pytest.fixture(scope="module")
def moto(tmp_path_factory):
    """Runs a moto server for the tests of one file: it takes seconds to load the managed policies."""
    with moto_server(tmp_path_factory.mktemp("moto") / "log") as server:
        yield server


@pytest.fixture(scope="module")
def ministack(tmp_path_factory):
    """Runs a ministack server for the tests of one file."""
    program = REPOSITORY / ".test-tools/ministack/bin/ministack"
    with ministack_server(program, tmp_path_factory.mktemp("ministack") / "log") as server:
        yield server


@pytest.fixture(scope="module")
def shared_sandbox_machine(tmp_path_factory, program):
    """Returns the machine of the sandbox that many tests share."""
    return Machine(tmp_path_factory.mktemp("shared") / "machine", program)


@pytest.fixture(scope="module")
def shared_sandbox(shared_sandbox_machine):
    """Runs one sandbox for tests that keep apart by the names that they use."""
    with sandbox_server(shared_sandbox_machine) as server:
        yield server


@pytest.fixture
def terraform(tmp_path):
    """Returns what makes a Terraform directory; skips the test, and says why, where there is no Terraform."""
    if reason := why_not():
        pytest.skip(reason)
    return lambda configuration, env=None: Terraform(tmp_path / "terraform", configuration, env)
