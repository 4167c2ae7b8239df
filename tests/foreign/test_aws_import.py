"""`aws configure import` of the AWS CLI v2 reads the CSV file that ciuser writes; version 1 has no such command."""

import os
import subprocess
from pathlib import Path

import pytest

from test_moto import key_in


@pytest.fixture(scope="module")
def aws2():
    """Returns the AWS CLI v2: a Python environment may have version 1 further to the front of the PATH."""
    for directory in os.environ["PATH"].split(os.pathsep):
        program = Path(directory) / "aws"
        if program.is_file() and version(program).startswith("aws-cli/2"):
            return program
    pytest.fail("no AWS CLI v2 on the PATH: Debian's `awscli` is one")


def version(program):
    """Returns what a program says to `--version`."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60)
    return said.stdout + said.stderr


def imported(aws2, machine, *args):
    """Imports `keys.csv` into an empty home directory."""
    argv = [aws2, "configure", "import", "--csv", f"file://{machine.work}/keys.csv", *args]
    return subprocess.run(argv, env=machine.environment, capture_output=True, text=True, timeout=60)


def test_the_csv_file_is_imported_as_the_profile_of_the_user(aws2, machine):
    machine.create("--sandbox", "--for", "s3", "--store", "csv:keys.csv")

    ended = imported(aws2, machine)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "Successfully imported 1 profile(s)\n", "")
    key_id, secret = key_in(machine.work / "keys.csv")
    credentials = machine.home / ".aws/credentials"
    assert credentials.read_text() == f"[CI_USER]\naws_access_key_id = {key_id}\naws_secret_access_key = {secret}\n"
    assert credentials.stat().st_mode & 0o777 == 0o600


def test_a_user_name_with_every_other_symbol_is_imported(aws2, machine):
    name = "ci+=.@-_1"
    machine.run("create", name, "--sandbox", "--for", "s3", "--store", "csv:keys.csv", "--yes", "--no-input")

    assert imported(aws2, machine, "--profile-prefix", "acme-").returncode == 0

    assert (machine.home / ".aws/credentials").read_text().startswith(f"[acme-{name}]\n")


def test_a_user_name_with_a_comma_is_refused_for_the_import_would_take_the_wrong_columns(aws2, machine):
    job = ("create", "a,b", "--sandbox", "--for", "s3", "--store", "csv:keys.csv", "--yes", "--no-input")

    refused = machine.run(*job, code=2)

    assert "error: user name `a,b` has a comma: `aws configure import` would read the wrong columns" in refused.stderr
    assert not (machine.work / "keys.csv").exists()
    # What it would have done: success, with the rest of the name for the id and the id for the secret.
    (machine.work / "keys.csv").write_text(
        "User Name,Access key ID,Secret access key\r\na,b,AKIAIOSFODNN7EXAMPLE,secret\r\n", newline=""
    )
    assert imported(aws2, machine).returncode == 0
    assert "aws_secret_access_key = AKIAIOSFODNN7EXAMPLE\n" in (machine.home / ".aws/credentials").read_text()


def test_the_console_form_is_what_the_import_refuses_as_it_refuses_the_consoles_own(aws2, machine):
    machine.create("--sandbox", "--for", "s3", "--store", "csv:keys.csv", "--csv-format", "console")

    ended = imported(aws2, machine)

    assert ended.returncode != 0
    assert 'Expected header "User Name" not found' in ended.stderr
    assert not (machine.home / ".aws/credentials").exists()
