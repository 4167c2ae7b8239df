"""Places that are full or read-only: small file systems in a mount namespace of one's own.

A read-only directory does not stop root, and a full disk cannot be had otherwise. Nothing outside the namespace is
changed. The namespace lives as long as its holder, a process that sleeps. The program sees the machine under a short
path that is always the same, so that what it prints is laid out in the same way on every computer.
"""

import errno
import os
import shlex
import subprocess
from contextlib import contextmanager
from pathlib import Path

from .machine import Machine
from .servers import ended_at_exit

HOLD_SECONDS = 600
SEEN = Path("/mnt")


class ConfinedMachine(Machine):
    """A machine whose program sees file systems of a size, each mounted over one of its directories."""

    holder = None

    def start(self, *args, env=None):
        enter = [*self.entering, f"--wdns={self.seen(self.work)}"]
        seen = {name: value.replace(str(self.root), str(SEEN)) for name, value in self.environment.items()}
        return super().start(*args, env=seen | (env or {}), before=enter)

    @property
    def entering(self):
        return ["nsenter", f"--target={self.holder.pid}", "--user", "--mount", "--preserve-credentials"]

    def seen(self, path):
        """Returns a path of the machine as the program sees it."""
        return SEEN / path.relative_to(self.root)

    def inside(self, path):
        """Returns where a path of the machine can be read and written from outside."""
        return Path(f"/proc/{self.holder.pid}/root{self.seen(path)}")

    def fill(self, directory):
        """Takes every byte that is left in a directory's file system."""
        with (self.inside(directory) / "filler").open("wb", buffering=0) as filler:
            for size in (65536, 4096, 1):
                try:
                    while True:
                        filler.write(b"\0" * size)
                except OSError as error:
                    assert error.errno == errno.ENOSPC, error

    def free(self, directory):
        """Gives the bytes back."""
        (self.inside(directory) / "filler").unlink()

    def remount(self, directory, options):
        """Makes a file system read-only (`ro`) or writable (`rw`)."""
        command = ["mount", "-o", f"remount,{options}", str(self.seen(directory))]
        subprocess.run([*self.entering, *command], check=True, timeout=30, capture_output=True)


@contextmanager
def confined_machine(root, program, **sizes):
    """Runs a machine with file systems of these sizes over its directories: `state="1m"`, `work="256k"`."""
    machine = ConfinedMachine(root, program)
    bind = f"mount --bind {shlex.quote(str(root))} {SEEN}"
    mounts = [f"mount -t tmpfs -o size={size},mode=0700 none {SEEN / name}" for name, size in sizes.items()]
    script = " && ".join([bind, *mounts, "echo ready", f"exec sleep {HOLD_SECONDS}"])
    holder = subprocess.Popen(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    with ended_at_exit(holder):
        assert holder.stdout.readline() == "ready\n", f"no namespace of our own: {holder.stderr.read()}"
        machine.holder = holder
        yield machine
