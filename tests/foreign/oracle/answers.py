"""Who decides and proves: iam-simulate and the engine, each a process that answers a line of JSON with another one."""

import json
import subprocess
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
SIMULATE = ("node", str(REPOSITORY / "tests/foreign/js/simulate.mjs"))
ENGINE = (str(REPOSITORY / "target/debug/examples/ask"),)
THEIR_WORDS = {"Allowed": "Allowed", "ImplicitlyDenied": "ImplicitDeny", "ExplicitlyDenied": "ExplicitDeny"}


@contextmanager
def answering(command):
    """Starts a process; gives a function that asks it."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(question):
        process.stdin.write(f"{json.dumps(question)}\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        assert answer, f"no answer to {json.dumps(question)}"
        return json.loads(answer)

    try:
        yield ask
    finally:
        process.stdin.close()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def decisions_of_simulate(ask, case):
    """Returns the decisions of iam-simulate about the requests of a case, which it must have understood."""
    decisions = []
    for answer in ask(case):
        assert not answer.get("refused") and not answer["ignored"], f"{answer}: {json.dumps(case)}"
        decisions.append(THEIR_WORDS[answer["decision"]])
    return decisions
