"""Three clients that hold the same conversations: boto3, the AWS CLI and the AWS SDK for JavaScript.

Each asks an operation by its name with its parameters as the API has them, and gives the answer in one form: dates in
ISO 8601, policy documents as JSON, nothing of the client's own. A refusal is code and message.
"""

import datetime
import json
import os
import re
import select
import subprocess
import sys
import urllib.parse
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3
import botocore.exceptions
from botocore import xform_name
from botocore.config import Config

from harness.servers import ended_at_exit

JS = Path(__file__).resolve().parents[1] / "js"
ANSWER_SECONDS = 60
DOCUMENTS = ("PolicyDocument", "Document")
# What the clients add of their own; and the seed of an MFA device, which the AWS CLI writes to a file instead.
OWN = ("ResponseMetadata", "$metadata", "Base32StringSeed", "QRCodePNG")


@dataclass(frozen=True)
class Refusal:
    """How AWS says no."""

    code: str
    message: str


def plain(answer):
    """Returns an answer in the one form that is compared."""
    if isinstance(answer, dict):
        return {
            name: document(value) if name in DOCUMENTS else plain(value)
            for name, value in answer.items()
            if name not in OWN
        }
    if isinstance(answer, list):
        return [plain(each) for each in answer]
    if isinstance(answer, datetime.datetime):
        return answer.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(answer, str):
        return re.sub(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.000Z|\+00:00)$", r"\1Z", answer)
    return answer


def document(value):
    """Returns a policy document: the SDK for JavaScript leaves it as it was on the wire."""
    return json.loads(urllib.parse.unquote(value)) if isinstance(value, str) else value


class Boto3:
    """boto3, with its own validation of parameters off: the sandbox shall say no."""

    def __init__(self, server):
        self.clients = {service: client(server, service) for service in ("iam", "sts")}

    def ask(self, service, operation, parameters):
        """Asks one operation."""
        try:
            return plain(getattr(self.clients[service], xform_name(operation))(**parameters))
        except botocore.exceptions.ClientError as error:
            return Refusal(error.response["Error"]["Code"], error.response["Error"]["Message"])

    def pages(self, operation, parameters, size):
        """Returns all pages as the client's paginator gives them, or None where it has none."""
        if not self.clients["iam"].can_paginate(xform_name(operation)):
            return None
        paginator = self.clients["iam"].get_paginator(xform_name(operation))
        return [plain(page) for page in paginator.paginate(**parameters, PaginationConfig={"PageSize": size})]


def client(server, service):
    """Returns a boto3 client that asks once and checks nothing itself."""
    return boto3.client(
        service,
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id=server.env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=server.env["AWS_SECRET_ACCESS_KEY"],
        config=Config(retries={"total_max_attempts": 1}, read_timeout=60, parameter_validation=False),
    )


class Lines:
    """A client in a process of its own that answers line by line."""

    def __init__(self, process):
        self.process = process

    def exchange(self, request):
        """Sends one line and returns the answer to it."""
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        ready, _, _ = select.select([self.process.stdout], [], [], ANSWER_SECONDS)
        assert ready, f"no answer after {ANSWER_SECONDS} s: {request}"
        line = self.process.stdout.readline()
        assert line, f"the client ended: {self.process.stderr.read()}"
        return json.loads(line)


class Cli(Lines):
    """The AWS CLI."""

    def run(self, *argv):
        """Runs one command and returns its streams; it must succeed."""
        ended = self.exchange(list(argv))
        assert ended["code"] == 0, ended
        return ended["stdout"]

    def ask(self, service, operation, parameters):
        """Asks one operation."""
        ended = self.exchange(
            [service, command(operation), *arguments(operation, parameters), "--no-paginate", "--output", "json"]
        )
        if ended["code"] == 0:
            return plain(json.loads(ended["stdout"])) if ended["stdout"].strip() else {}
        said = re.fullmatch(
            r"\s*An error occurred \((\w+)\) when calling the \w+ operation: (.*)\n", ended["stderr"], re.S
        )
        assert said, ended
        return Refusal(*said.groups())

    def pages(self, operation, parameters, size):
        """Returns the CLI's own merge of all pages, as one page."""
        paging = ("--page-size", str(size), "--output", "json")
        said = self.run("iam", command(operation), *arguments(operation, parameters), *paging)
        return [plain(json.loads(said))]


def command(operation):
    """Returns an operation's name on the CLI's command line."""
    return xform_name(operation, "-")


def arguments(operation, parameters):
    """Returns the parameters as the CLI takes them: as JSON, but for the one command that it has changed."""
    if operation != "CreateVirtualMFADevice":
        return ["--cli-input-json", json.dumps(parameters)]
    argv = ["--bootstrap-method", "QRCodePNG", "--outfile", "seed.png"]
    for name, value in parameters.items():
        text = value if isinstance(value, str) else json.dumps(value)
        argv += [f"--{xform_name(name, '-')}", text]
    return argv


class JavaScript(Lines):
    """The AWS SDK for JavaScript."""

    def request(self, request, **details):
        """Makes a request and returns its answer, or the refusal."""
        said = self.exchange({"request": request, **details})
        assert "broken" not in said, said["broken"]
        return Refusal(said["code"], said["message"]) if "code" in said else plain(said.get("answer"))

    def ask(self, service, operation, parameters):
        """Asks one operation."""
        return self.request("ask", service=service, operation=operation, parameters=parameters)

    def pages(self, operation, parameters, size):
        """Returns all pages as the client's paginator gives them, or None where it has none."""
        return self.request("pages", operation=operation, parameters=parameters, size=size)


@contextmanager
def player(name, server, home):
    """Runs a client against a server."""
    if name == "boto3":
        yield Boto3(server)
        return
    config = home / "config"
    config.write_text("[default]\nparameter_validation = false\ncli_timestamp_format = iso8601\n")
    env = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "AWS_CONFIG_FILE": str(config),
        "AWS_MAX_ATTEMPTS": "1",
    } | server.env
    programs = {
        "AWS CLI": (Cli, [sys.executable, Path(__file__).with_name("cli_player.py")]),
        "JavaScript": (JavaScript, ["node", JS / "player.mjs"]),
    }
    kind, argv = programs[name]
    pipe = subprocess.PIPE
    process = subprocess.Popen(argv, env=env, cwd=home, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    with ended_at_exit(process):
        yield kind(process)
