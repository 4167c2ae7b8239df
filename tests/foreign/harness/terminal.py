"""A terminal of 80 columns and 24 lines that a program runs on: tmux, with a socket of its own."""

import shlex
import subprocess
import tempfile
import time
from pathlib import Path

WAIT_SECONDS = 60
TURN_SECONDS = 0.05

# What runs on the terminal: the program, then how it ended and how it left the terminal.
SCRIPT = """
sh -c 'echo $$ > {pid}; exec "$@"' sh {program}; code=$?
case $(stty -a) in *-icanon*|*-echo\\ *) left=raw ;; *) left=sane ;; esac
echo "ended with $code, terminal $left"
sleep 600
"""


class Terminal:
    """A terminal with one program on it. Ended with its tmux server, by the socket."""

    def __init__(self, machine, args, env=None, size=(80, 24)):
        # Each has a directory of its own: the server of an earlier one may still be ending.
        own = Path(tempfile.mkdtemp(prefix="t", dir=machine.root))
        self.socket = own / "tmux"
        self.pid_file = own / "pid"
        environment = machine.environment | {"TERM": "screen-256color"} | (env or {})
        program = shlex.join([str(machine.program), *args])
        script = own / "script"
        script.write_text(SCRIPT.format(program=program, pid=self.pid_file))
        clean = ["env", "-i", *(f"{name}={value}" for name, value in environment.items())]
        width, height = (str(side) for side in size)
        self.tmux("new-session", "-d", "-x", width, "-y", height, "-c", str(machine.work), *clean, "sh", str(script))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(self.command("kill-server"), check=False, capture_output=True)

    def command(self, *args):
        """Returns the tmux command for this server and no other."""
        return ["tmux", "-S", str(self.socket), "-f", "/dev/null", *args]

    def tmux(self, *args):
        """Runs a tmux command and returns what it prints."""
        ended = subprocess.run(self.command(*args), capture_output=True, text=True, timeout=30, check=False)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def pid(self):
        """Returns the id of the program's process."""
        return int(self.pid_file.read_text())

    def keys(self, *keys):
        """Presses keys by their tmux names."""
        self.tmux("send-keys", *keys)

    def type(self, text):
        """Types a text as it is."""
        self.tmux("send-keys", "-l", text)

    def screen(self):
        """Returns what is on the screen now, without blanks at the ends of lines."""
        return "\n".join(line.rstrip() for line in self.tmux("capture-pane", "-p").splitlines())

    def steady(self):
        """Returns the screen once it stays as it is."""
        deadline = time.monotonic() + WAIT_SECONDS
        before, now = None, self.screen()
        while before != now:
            assert time.monotonic() < deadline, f"the screen does not come to rest:\n{now}"
            time.sleep(5 * TURN_SECONDS)
            before, now = now, self.screen()
        return now

    def scrolled(self):
        """Returns what is and was on the screen, long lines whole."""
        return self.tmux("capture-pane", "-p", "-J", "-S", "-500")

    def styles(self):
        """Returns the screen with its escape sequences."""
        return self.tmux("capture-pane", "-p", "-e")

    def is_taken(self):
        """Returns whether a program shows a screen of its own."""
        return self.tmux("display-message", "-p", "#{alternate_on}").strip() == "1"

    def shows_cursor(self):
        """Returns whether the cursor can be seen."""
        return self.tmux("display-message", "-p", "#{cursor_flag}").strip() == "1"

    def resize(self, width, height):
        """Gives the terminal another size."""
        self.tmux("resize-window", "-x", str(width), "-y", str(height))

    def wait_for(self, text, gone=False):
        """Waits until a text is on the screen, or gone from it, and returns the screen once it is drawn to its end."""
        deadline = time.monotonic() + WAIT_SECONDS
        before = None
        while True:
            screen = self.screen()
            if (text in screen) != gone and screen == before:
                return screen
            before = screen
            assert time.monotonic() < deadline, f"{text!r} {'stays' if gone else 'does not come'}:\n{screen}"
            time.sleep(TURN_SECONDS)

    def wait_for_prompt(self, question):
        """Waits until a question is the last line, and nothing is typed behind it."""
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            last = (self.screen().rstrip().splitlines() or [""])[-1]
            if last.startswith(question) and last.endswith(":"):
                return
            assert time.monotonic() < deadline, f"{question!r} is not asked:\n{self.screen()}"
            time.sleep(TURN_SECONDS)

    def ended(self):
        """Waits for the end of the program; returns its exit code and whether it left the terminal sane."""
        last = next(line for line in reversed(self.wait_for("ended with ").splitlines()) if "ended with " in line)
        words = last.split()
        sane = words[-1] == "sane" and not self.is_taken() and self.shows_cursor()
        return int(words[2].rstrip(",")), sane
