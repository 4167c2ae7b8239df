"""Credentials and endpoints as the AWS CLI's configuration files give them, against moto; MFA codes on a terminal."""

import json
import os
import pty
import select
import subprocess
import termios
import time

import pytest

from harness.proxy import Proxy, name_of, serving

PHONE = "arn:aws:iam::123456789012:mfa/me"
BASE = "[profile base]\naws_access_key_id = AKIAMOTOADMINISTRATO\naws_secret_access_key = s\n"
PROCESS = {
    "Version": 1,
    "AccessKeyId": "ASIAFROMAPROCESS0001",
    "SecretAccessKey": "s",
    "SessionToken": "t",
    "Expiration": "2099-01-01T00:00:00Z",
}
LOOK = ("--for", "s3", "--store", "csv:keys.csv", "--region", "us-east-1", "--dry-run")


def services(url):
    """Returns a section that sends IAM and STS to a server, as a profile names it."""
    return f"[services local]\niam =\n  endpoint_url = {url}\nsts =\n  endpoint_url = {url}\n"


def configured(machine, text):
    """Writes the machine's AWS configuration."""
    directory = machine.home / ".aws"
    directory.mkdir(exist_ok=True)
    (directory / "config").write_text(text)


class Noting(Proxy):
    """A proxy that notes each call of an AWS client once, though it be sent again because the answer was late."""

    def __init__(self, upstream):
        super().__init__(upstream)
        self.invocations = {}

    def ask(self, method, path, body, headers):
        self.invocations.setdefault(headers["amz-sdk-invocation-id"], name_of(method, path, body))
        return super().ask(method, path, body, headers)

    def once(self):
        """Returns the calls in the order in which they were made first."""
        return list(self.invocations.values())


@pytest.fixture
def proxy(moto):
    """Runs a proxy that notes the calls to moto."""
    with serving(Noting(moto.url)) as running:
        yield running


def test_the_key_of_a_role_two_profiles_away_does_the_job(machine, proxy):
    configured(
        machine,
        BASE
        + "[profile hop]\nrole_arn = arn:aws:iam::123456789012:role/Hop\nsource_profile = base\nexternal_id = t-7\n"
        + "[profile admin]\nrole_arn = arn:aws:iam::123456789012:role/Admin\nsource_profile = hop\n"
        + "role_session_name = me@acme\nduration_seconds = 900\nregion = us-east-1\nservices = local\n"
        + services(proxy.url),
    )

    job = ("--profile", "admin", "--for", "s3", "--store", "csv:keys.csv", "--yes", "--output", "json")
    ended = machine.run("create", "BY_ROLE", *job)

    assert "assumed-role/Admin/me@acme" in ended.stderr
    assert proxy.once()[:3] == ["AssumeRole", "AssumeRole", "GetCallerIdentity"]
    assert proxy.once().count("AssumeRole") == 2
    assert ended.json["unfinished"] == []


def test_a_credential_process_and_a_services_section_are_all_it_takes(machine, proxy):
    keys = machine.home / "keys.json"
    keys.write_text(json.dumps(PROCESS))
    configured(machine, f"[default]\ncredential_process = cat {keys}\nservices = local\n" + services(proxy.url))

    machine.run("create", "FROM_PROCESS", *LOOK)

    assert proxy.once()[0] == "GetCallerIdentity"
    assert [call for call in proxy.once() if not call.startswith(("Get", "List"))] == []


def test_iam_and_sts_can_be_at_different_endpoints(machine, moto, proxy):
    env = moto.env | {"AWS_ENDPOINT_URL_IAM": proxy.url, "AWS_ENDPOINT_URL_STS": moto.url}

    machine.run("create", "ELSEWHERE", *LOOK, env=env)

    assert "ListUsers" in proxy.once()
    assert "GetCallerIdentity" not in proxy.once()


def with_mfa(machine, url):
    """Configures a profile whose role needs an MFA code."""
    role = f"role_arn = arn:aws:iam::123456789012:role/Admin\nsource_profile = base\nmfa_serial = {PHONE}\n"
    configured(machine, f"{BASE}[profile admin]\n{role}services = local\n{services(url)}")


@pytest.mark.parametrize("manner", [(), ("--no-input",), ("--output", "json")])
def test_without_a_terminal_a_profile_with_mfa_is_refused_at_once(machine, proxy, manner):
    with_mfa(machine, proxy.url)
    begun = time.monotonic()

    ended = machine.run("create", "WITHOUT_CODE", *LOOK, "--profile", "admin", *manner, code=4)

    assert time.monotonic() - begun < 10
    assert proxy.once() == []
    said = " ".join((ended.stderr + ended.stdout).split())
    assert f"the role of profile `admin` needs the code of the MFA device `{PHONE}`, and nobody gave one" in said
    assert "aws configure export-credentials --profile admin --format env" in said


def test_on_a_terminal_the_code_is_asked_for_and_not_shown(machine, proxy):
    with_mfa(machine, proxy.url)

    code, shown = on_a_terminal(
        machine, ["create", "WITH_CODE", *LOOK, "--profile", "admin"], f"MFA code of {PHONE}: ", "246813"
    )

    assert code == 0, shown
    assert "assumed-role/Admin/ciuser-r-" in shown
    assert "246813" not in shown
    assert proxy.once()[:2] == ["AssumeRole", "GetCallerIdentity"]
    everything = b"".join(path.read_bytes() for path in machine.files())
    assert b"246813" not in everything


def test_on_a_terminal_what_is_no_code_is_not_sent(machine, proxy):
    with_mfa(machine, proxy.url)

    code, shown = on_a_terminal(
        machine, ["create", "WITH_NO_CODE", *LOOK, "--profile", "admin"], "MFA code of", "one two"
    )

    assert (code, proxy.once()) == (1, [])
    assert f"that is no code of the MFA device `{PHONE}`: it has six digits" in " ".join(shown.split())


def test_a_machine_without_credentials_says_so_soon(machine):
    begun = time.monotonic()

    ended = machine.run("create", "CI_USER", *LOOK, env={"AWS_EC2_METADATA_DISABLED": "true"}, code=1)

    assert time.monotonic() - begun < 10
    assert "no credentials found; name a profile, or set `AWS_ACCESS_KEY_ID` and its kin" in " ".join(
        ended.stderr.split()
    )


def echo_is_off(terminal):
    """Returns whether what is typed is not shown."""
    return not termios.tcgetattr(terminal)[3] & termios.ECHO


def on_a_terminal(machine, args, question, answer):
    """Runs the program on a terminal, answers one question, and returns exit code and all that was shown."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [machine.program, *args], cwd=machine.work, env=machine.environment | {"TERM": "dumb", "COLUMNS": "200"},
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        preexec_fn=lambda: os.close(os.open(os.ttyname(0), os.O_RDWR)),
    )  # fmt: skip
    os.close(theirs)
    shown, answered, deadline = "", False, time.monotonic() + 60
    try:
        while time.monotonic() < deadline:
            if select.select([ours], [], [], 0.05)[0]:
                try:
                    shown += os.read(ours, 4096).decode()
                except OSError:
                    # The other end is closed: the program has ended.
                    break
            # Echo is off a moment after the question is there; a person takes longer to type.
            if not answered and question in shown and echo_is_off(ours):
                os.write(ours, f"{answer}\n".encode())
                answered = True
        return process.wait(timeout=10), shown
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        os.close(ours)
