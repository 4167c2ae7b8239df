"""`pass` with GnuPG, as Debian has them: what ciuser wrote is an entry like any other."""

import subprocess
import tempfile

import pytest

SANDBOX = ("--sandbox", "--for", "s3")
STORE = ("--store", "pass:aws/storefront/CI_USER")


class PasswordStore:
    """A password store in the home of a machine, with a GnuPG key of its own."""

    def __init__(self, machine, gnupg):
        self.machine = machine
        # The agent's socket lies there, and its path may be no longer than 107 bytes.
        machine.variables["GNUPGHOME"] = str(gnupg)
        made = ("--quick-gen-key", "ci@example.org", "future-default", "default", "never")
        self.run("gpg", "--batch", "--pinentry-mode", "loopback", "--passphrase", "", *made)
        self.run("git", "config", "--global", "user.email", "ci@example.org")
        self.run("git", "config", "--global", "user.name", "CI")
        self.run("pass", "init", "ci@example.org")

    def run(self, *command, said=None):
        """Runs a program of the person's, and returns what it prints."""
        ended = subprocess.run(
            command, input=said, env=self.machine.environment, capture_output=True, text=True, timeout=60
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def entry(self):
        """Returns the secret and the other lines of the entry."""
        secret, *lines = self.run("pass", "show", "aws/storefront/CI_USER").splitlines()
        return secret, dict(line.split(": ", 1) for line in lines)


@pytest.fixture
def password_store(machine):
    """Makes a password store; the agent of its GnuPG ends with it."""
    with tempfile.TemporaryDirectory(prefix="gpg-", dir="/tmp") as gnupg:
        store = PasswordStore(machine, gnupg)
        yield store
        store.run("gpgconf", "--kill", "all")


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
