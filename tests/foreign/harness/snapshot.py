"""What a person sees, kept in a file beside the tests: both streams and the exit code, without what changes by itself.

`CIUSER_WRITE_SNAPSHOTS=1` writes the files; the difference is to be read before it is checked in.
"""

import os
import re
from pathlib import Path

SNAPSHOTS = Path(__file__).resolve().parents[1] / "snapshots"


def assert_seen(name, ended):
    """Compares what a run showed with the file of that name."""
    talk = "".join(line for line in ended.stderr.splitlines(keepends=True) if not line.startswith("DEBUG "))
    text = still(f"{talk}--- stdout, exit {ended.code}\n{ended.stdout}")
    path = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("CIUSER_WRITE_SNAPSHOTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert path.is_file(), f"{path.name} is not there; it would be:\n{text}"
    assert text == path.read_text(), f"{path.name} differs"


def still(text):
    """Returns the text with names of the same length in the place of ids, times and ports."""
    text = numbered(text, r"\bAKIA[A-Z0-9]{16}\b", "AKIA{:0>16}")
    text = numbered(text, r"\br-[0-9a-f]{16}\b", "r-{:0>16}")
    text = re.sub(r"\bCI_USER_\d{3}\b", "CI_USER_000", text)
    text = re.sub(r"127\.0\.0\.1:\d{5}", "127.0.0.1:PORT..", text)
    text = re.sub(r"\b\d{12}\b", "111122223333", text)
    text = re.sub(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "00000000-0000-0000-0000-000000000000", text)
    return re.sub(r"\b\d{4}-\d\d-\d\d([ T])\d\d:\d\d", r"2026-11-23\g<1>10:00", text)


def numbered(text, pattern, name):
    """Gives each different match a number, in the order in which they come."""
    seen = {}
    return re.sub(pattern, lambda match: seen.setdefault(match[0], name.format(len(seen) + 1)), text)
