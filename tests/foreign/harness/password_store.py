"""A password store of `pass`, with a GnuPG key of its own."""

import subprocess
import tempfile
from contextlib import contextmanager


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


@contextmanager
def password_store_on(machine):
    """Makes a password store; the agent of its GnuPG ends with the block."""
    with tempfile.TemporaryDirectory(prefix="gpg-", dir="/tmp") as gnupg:
        store = PasswordStore(machine, gnupg)
        try:
            yield store
        finally:
            store.run("gpgconf", "--kill", "all")
