"""`pass` with GnuPG, as Debian has them: what ciuser wrote is an entry like any other."""

import pytest

from harness.password_store import password_store_on

SANDBOX = ("--sandbox", "--for", "s3")
STORE = ("--store", "pass:aws/storefront/CI_USER")


@pytest.fixture
def password_store(machine):
    with password_store_on(machine) as store:
        yield store


def test_the_first_line_is_a_secret_that_works_and_the_others_say_whose_it_is(machine, sandbox, password_store):
    document = machine.create(*SANDBOX, *STORE).json

    assert [(one["kind"], one["proof"]) for one in document["targets"]] == [("pass", "value")]
    secret, lines = password_store.entry()
    assert lines["access key id"] == document["key"]["id"]
    assert (lines["user"], lines["account"]) == ("CI_USER", document["account"])
    caller = sandbox.client("sts", (document["key"]["id"], secret)).get_caller_identity()
    assert caller["Arn"] == lines["arn"]
    assert machine.create(*SANDBOX, *STORE).json["changed"] is False


def test_git_has_the_key_of_before(machine, password_store):
    password_store.run("pass", "git", "init", "-q")
    machine.create(*SANDBOX, *STORE)
    old, _ = password_store.entry()
    machine.run("key", "rotate", "CI_USER", "--sandbox", *STORE, "--yes")
    new, _ = password_store.entry()
    assert new != old
    password_store.run("pass", "git", "checkout", "-q", "HEAD~1", "--", "aws")
    assert password_store.entry()[0] == old


def test_an_entry_of_a_person_is_refused_and_left_as_it_is(machine, password_store):
    password_store.run("pass", "insert", "-m", "aws/storefront/CI_USER", said="hunter2\nurl: https://example.org\n")
    refused = machine.create(*SANDBOX, *STORE, code=4)
    assert "an entry that ciuser did not write" in refused.json["errors"][0]["message"]
    assert password_store.entry() == ("hunter2", {"url": "https://example.org"})
    assert "hunter2" not in refused.stdout + refused.stderr


def test_without_a_password_store_nothing_is_begun(machine):
    refused = machine.create(*SANDBOX, *STORE, code=1)
    assert "is not a password store" in refused.json["errors"][0]["message"]
    assert "ci_user" not in machine.sandbox_state()["iam"]["users"]
