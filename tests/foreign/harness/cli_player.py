"""Plays calls with the AWS CLI: its arguments as JSON on each line of stdin, its answer on a line of stdout.

The CLI's own entry point is called for each, in one process: starting it takes longer than most calls.
"""

import contextlib
import io
import json
import sys

from awscli.clidriver import create_clidriver


def run(driver, argv):
    """Runs one command and returns exit code and both streams."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = driver.main(argv)
    return {"code": code, "stdout": out.getvalue(), "stderr": err.getvalue()}


def main():
    driver = create_clidriver()
    for line in sys.stdin:
        print(json.dumps(run(driver, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
