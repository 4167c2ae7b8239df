"""GNOME Keyring on a session bus of its own: libsecret and the AWS CLI read what ciuser wrote."""

import json
import subprocess
import time

import pytest

from harness.machine import RUN_SECONDS, Machine

SANDBOX = ("--sandbox", "--for", "s3", "--store", "keyring")

# A bus that starts nothing by itself: a question before the keyring is up would start a second one, without a login.
BUS = """
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class Desktop:
    """A session bus with an unlocked keyring, on a machine."""

    def __init__(self, machine: Machine):
        self.machine = machine
        config = machine.root / "bus.conf"
        config.write_text(BUS)
        self.bus = subprocess.Popen(
            ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address"],
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.address = self.bus.stdout.readline().strip()
        self.keyring = subprocess.Popen(
            ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.keyring.stdin.write("the password of the login")
        self.keyring.stdin.close()
        until = time.monotonic() + RUN_SECONDS
        while "collection/login" not in self.default_keyring():
            assert time.monotonic() < until, "the keyring did not come up"
            time.sleep(0.1)

    @property
    def environment(self):
        """Returns what a session of the desktop sees."""
        session = {"XDG_RUNTIME_DIR": str(self.machine.home)}
        if hasattr(self, "address"):
            session["DBUS_SESSION_BUS_ADDRESS"] = self.address
        return self.machine.environment | session

    def default_keyring(self):
        """Asks the Secret Service for its default keyring."""
        to = ["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.secrets", "/org/freedesktop/secrets"]
        command = [*to, "org.freedesktop.Secret.Service.ReadAlias", "string:default"]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=60).stdout

    def end(self):
        """Ends both."""
        for process in (self.keyring, self.bus):
            process.kill()
            process.wait(timeout=RUN_SECONDS)

    def lookup(self, username):
        """Looks an item up as a person does."""
        command = ["secret-tool", "lookup", "service", "ciuser", "username", username]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=60).stdout


@pytest.fixture
def desktop(machine):
    """Runs a session bus and a keyring."""
    desktop = Desktop(machine)
    yield desktop
    desktop.end()


def test_libsecret_finds_a_key_that_works_in_the_form_of_a_credential_process(machine, sandbox, desktop):
    document = machine.create(*SANDBOX, env=desktop.environment).json

    assert [(one["kind"], one["proof"]) for one in document["targets"]] == [("keyring", "value")]
    kept = json.loads(desktop.lookup(f"{document['account']}/CI_USER"))
    assert (kept["Version"], kept["AccessKeyId"]) == (1, document["key"]["id"])
    key = (kept["AccessKeyId"], kept["SecretAccessKey"])
    assert sandbox.client("sts", key).get_caller_identity()["Arn"].endswith(":user/CI_USER")
    assert machine.create(*SANDBOX, env=desktop.environment).json["changed"] is False


def test_a_machine_without_a_keyring_is_told_before_anything_is_made(machine, sandbox):
    refused = machine.create(*SANDBOX, code=1)
    assert refused.json["errors"][0]["message"].endswith("no keyring answers here: this is no session of a desktop")
    assert "ci_user" not in machine.sandbox_state()["iam"]["users"]
