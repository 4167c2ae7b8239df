"""Every operation that the sandbox serves, asked by boto3, the AWS CLI and the AWS SDK for JavaScript."""

import re

import pytest

from conftest import REPOSITORY
from conversations import ALL
from conversations.words import filled, read
from harness.machine import Machine
from harness.players import Refusal, player
from harness.servers import sandbox_server

CLIENTS = ["boto3", "AWS CLI", "JavaScript"]


@pytest.fixture(scope="module", params=CLIENTS)
def client(request, tmp_path_factory, program):
    """Runs a client with a sandbox of its own, and returns it with what is known from the start: the account."""
    machine = Machine(tmp_path_factory.mktemp("conversations") / "machine", program)
    with sandbox_server(machine) as server, player(request.param, server, machine.home) as asking:
        account = server.client("sts").get_caller_identity()["Account"]
        yield asking, {"account": account}


@pytest.mark.parametrize("conversation", ALL)
def test_a_conversation(conversation, client):
    asking, known = client
    kept = dict(known)
    for number, step in enumerate(ALL[conversation], 1):
        found = asking.ask(step.service, step.operation, filled(step.parameters, kept))
        expected = filled(step.expected, kept)
        assert read(expected, found, kept) == expected, f"step {number}: {step.operation} {step.parameters}"


def served():
    """Returns the operations that the sandbox serves, as its reference page has them."""
    page = (REPOSITORY / "docs/reference/sandbox-operations.md").read_text()
    return re.findall(r"^- `(iam|sts):(\w+)`$", page, re.M)


def test_every_operation_that_is_served_is_asked():
    asked = {(step.service, step.operation) for steps in ALL.values() for step in steps}

    assert [operation for operation in served() if operation not in asked] == []
    assert [operation for operation in asked if operation not in served()] == []


def test_every_operation_says_yes_and_no():
    never_refused = {"GetCallerIdentity", "GetAccountSummary"}
    steps = [step for steps in ALL.values() for step in steps]
    yes = {step.operation for step in steps if not isinstance(step.expected, Refusal)}
    no = {step.operation for step in steps if isinstance(step.expected, Refusal)}

    assert [name for _, name in served() if name not in yes] == []
    assert [name for _, name in served() if name not in no] == sorted(never_refused)
