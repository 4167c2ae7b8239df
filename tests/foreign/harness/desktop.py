"""A session bus with GNOME Keyring on it."""

import subprocess
import time
from contextlib import contextmanager

from .machine import RUN_SECONDS, Machine

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


@contextmanager
def desktop_on(machine):
    """Runs a session bus and a keyring for the time of a block."""
    desktop = Desktop(machine)
    try:
        yield desktop
    finally:
        desktop.end()
