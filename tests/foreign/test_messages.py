"""What a person sees when something goes wrong: what happened, how things stand, what to type next.

Every picture is in `snapshots/`; `CIUSER_WRITE_SNAPSHOTS=1` writes them. Afterwards each test goes on as its message
says, and comes to the end.
"""

import signal
import sqlite3
from dataclasses import replace

import pytest

from harness.confined import confined_machine
from harness.faults import aws_error, cut_after, drop_answer, faulty_proxy_to, html, json_error, refused_with
from harness.place import Place
from harness.snapshot import assert_seen

VARIABLE = "PUT /api/v2/context/ID/environment-variable/AWS_SECRET_ACCESS_KEY"
DENIED = aws_error(
    403, "AccessDenied", "User: arn:aws:iam::111122223333:user/me is not authorized to perform: iam:CreateUser"
)
CREATE_KEY_DENIED = aws_error(
    403, "AccessDenied", "User: arn:aws:iam::111122223333:user/me is not authorized to perform: iam:CreateAccessKey"
)
CUT = cut_after(b"<SecretAccessKey>", 12)


@pytest.fixture
def place(tmp_path, program, shared_sandbox):
    """Runs a machine at work on the shared sandbox, through a proxy that can do faults."""
    with confined_machine(tmp_path / "machine", program) as machine, faulty_proxy_to(shared_sandbox.url) as proxy:
        yield Place(machine, shared_sandbox, proxy)


def assert_comes_to_its_end(place, *resume):
    """Goes on as the messages say, and checks that the one live key is the store's and nothing is left over."""
    place.run(*(resume or ("resume",)))
    place.run(*place.job, *place.context)
    assert place.live_keys() == [place.stored()]
    assert place.spool() == []


# Nothing was changed yet.


@pytest.mark.parametrize(
    ("name", "fault", "call"),
    [
        ("no-answer-of-sts", drop_answer, "GetCallerIdentity"),
        ("login-page-for-sts", html, "GetCallerIdentity"),
        ("throttled-while-reading", refused_with(429), "ListUsers"),
        ("unavailable-while-reading", refused_with(503), "GetAccountSummary"),
        ("reading-denied", aws_error(403, "AccessDenied", "not authorized to perform: iam:ListUsers"), "ListUsers"),
        ("circleci-token-unknown", json_error(401, "Invalid token provided."), "GET /api/v2/context"),
        ("circleci-in-trouble", json_error(500, "An internal server error occurred."), "GET /api/v2/context"),
        ("creating-user-denied", DENIED, "CreateUser"),
    ],
)
def test_before_anything_is_changed(name, fault, call, place):
    with place.proxy.doing(fault, call):
        ended = place.run(*place.job, *place.context, code=1)
    assert_seen(name, ended)
    assert place.name not in place.users()
    assert_comes_to_its_end(place)


def test_nobody_listens_at_the_endpoint(place):
    env = place.env | {"AWS_ENDPOINT_URL": "http://127.0.0.1:10009"}
    assert_seen("endpoint-refuses-connections", place.machine.run(*place.job, env=env, code=1))


# Some of it is done.


@pytest.mark.parametrize(
    ("name", "fault", "call"),
    [
        ("attaching-in-trouble", refused_with(500), "AttachUserPolicy"),
        ("creating-key-denied", CREATE_KEY_DENIED, "CreateAccessKey"),
        ("circleci-fails-while-writing", json_error(500, "An internal server error occurred."), VARIABLE),
        ("circleci-token-revoked-midway", json_error(401, "Invalid token provided."), VARIABLE),
    ],
)
def test_after_something_is_done(name, fault, call, place):
    with place.proxy.doing(fault, call):
        ended = place.run(*place.job, *place.context, code=5)
    assert_seen(name, ended)
    assert_comes_to_its_end(place)


@pytest.mark.parametrize(("name", "fault"), [("key-answer-lost", drop_answer), ("key-answer-cut-in-the-secret", CUT)])
def test_the_answer_with_the_secret_does_not_come(name, fault, place):
    with place.proxy.doing(fault, "CreateAccessKey"):
        ended = place.run(*place.job, *place.context, "-vvv", code=5)
    assert_seen(name, ended)
    assert len(place.proxy.secrets) == 2
    assert not [secret for secret in place.proxy.secrets if secret[:10] in ended.stdout + ended.stderr]
    assert place.live_keys() == []
    assert_comes_to_its_end(place)


def test_killed_then_history_and_resume(place):
    with place.proxy.holding(VARIABLE, "before") as gate:
        process = place.start(*place.job, *place.context)
        assert gate.reached.wait(60)
        process.kill()
        process.communicate(timeout=10)
    assert_seen("killed-history", place.run("history"))
    assert_seen("killed-resume", place.run("resume"))
    assert_comes_to_its_end(place)


def read_until(text, stream):
    """Returns the lines of a stream up to the first that has this text."""
    lines = ""
    while text not in lines:
        line = stream.readline()
        assert line, f"the end, and no {text!r} in:\n{lines}"
        lines += line
    return lines


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_the_key_is_made_waits_until_its_secret_is_sealed(number, place):
    with place.proxy.holding("CreateAccessKey", "after", answers=True) as gate:
        process = place.start(*place.job, *place.context)
        assert gate.reached.wait(60)
        process.send_signal(number)
        talk = read_until(" noted", process.stderr)
        gate.released.set()
        ended = place.machine.end(process, code=5)
    assert_seen(f"signal-{number.name.lower()}-while-creating", replace(ended, stderr=talk + ended.stderr))
    assert len(place.live_keys()) == 1
    assert len(place.spool()) == 1
    assert_comes_to_its_end(place)


def test_a_signal_while_targets_are_written_stops_after_the_write(place):
    with place.proxy.holding(VARIABLE, "after", answers=True) as gate:
        process = place.start(*place.job, *place.context)
        assert gate.reached.wait(60)
        process.send_signal(signal.SIGINT)
        gate.released.set()
        code = process.wait(timeout=60)
        stdout, stderr = process.communicate(timeout=10)
    assert code in (0, 5), f"{stdout}\n{stderr}"
    assert_comes_to_its_end(place)


def test_two_runs_on_one_user(place):
    with place.proxy.holding("CreateAccessKey", "after", answers=True) as gate:
        first = place.start(*place.job, *place.context)
        assert gate.reached.wait(60)
        assert_seen("another-run", place.run(*place.job, *place.context, code=4))
        gate.released.set()
        place.machine.end(first, code=0)
    assert_comes_to_its_end(place)


# The journal.


def journal_of(place):
    return place.machine.state / "ciuser/journal.sqlite"


def test_a_journal_of_a_newer_version_is_refused_with_a_way_out(place):
    place.run(*place.job)
    with sqlite3.connect(journal_of(place)) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = journal_of(place).read_bytes()
    assert_seen("journal-newer", place.run(*place.job, *place.context, code=1))
    assert_seen("journal-newer-resume", place.run("resume", code=1))
    assert journal_of(place).read_bytes() == before


def test_a_damaged_journal_is_refused_with_a_way_out_and_never_deleted(place):
    place.run(*place.job)
    damaged = journal_of(place).read_bytes()[:4096] + b"\xff" * 8192
    journal_of(place).write_bytes(damaged)
    assert_seen("journal-damaged", place.run(*place.job, *place.context, code=1))
    assert_seen("journal-damaged-history", place.run("history", code=1))
    assert journal_of(place).read_bytes() == damaged
    for file in journal_of(place).parent.glob("journal.sqlite*"):
        file.rename(file.with_name(file.name.replace("journal", "old")))
    place.run(*place.job)
    assert place.live_keys() == [place.stored()]
