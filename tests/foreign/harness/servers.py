"""Servers on free loopback ports: moto, ministack, and the sandbox behind `ciuser sandbox serve`. Each is ended by its
own id.
"""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3
from botocore.config import Config

START_SECONDS = 60
REGION = "us-east-1"


@dataclass(frozen=True)
class Server:
    """A running server, and the variables with which clients use it."""

    url: str
    env: dict

    def client(self, service, key=None, url=None, region=REGION):
        """Returns a boto3 client of an AWS service; of the caller's own key, or of `(id, secret)`."""
        key = key or (self.env["AWS_ACCESS_KEY_ID"], self.env["AWS_SECRET_ACCESS_KEY"])
        return boto3.client(
            service,
            endpoint_url=url or self.url,
            region_name=region,
            aws_access_key_id=key[0],
            aws_secret_access_key=key[1],
            config=Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=60),
        )


def free_port():
    """Returns a loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def ended_at_exit(process):
    """Ends a process with the block, by its own id."""
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(url, process):
    """Waits until the server answers, whatever it answers."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the server for {url} ended with {process.returncode}"
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"no answer from {url} after {START_SECONDS} s")


@contextmanager
def moto_server(log: Path):
    """Runs moto with AWS's managed policies."""
    port = free_port()
    argv = [Path(sys.executable).parent / "moto_server", "-H", "127.0.0.1", "-p", str(port)]
    env = {"PATH": os.environ["PATH"], "MOTO_IAM_LOAD_MANAGED_POLICIES": "true"}
    with log.open("wb") as output:
        process = subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        with ended_at_exit(process):
            url = f"http://127.0.0.1:{port}"
            wait_for(f"{url}/moto-api/", process)
            yield Server(
                url,
                {
                    "AWS_ACCESS_KEY_ID": "AKIAMOTOADMINISTRATO",
                    "AWS_SECRET_ACCESS_KEY": "moto-does-not-look-at-secrets",
                    "AWS_REGION": REGION,
                    "AWS_DEFAULT_REGION": REGION,
                },
            )


@contextmanager
def ministack_server(program: Path, log: Path):
    """Runs ministack, which verifies signatures and enforces policies, with an administrator of its own: by itself it
    knows the account's root user only.
    """
    assert program.is_file(), f"{program} is not there: `./test` installs it"
    port = free_port()
    environment = {
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "HOME": str(log.parent),
        "PATH": os.environ["PATH"],
        "S3_DATA_DIR": str(log.parent / "s3"),
        "STATE_DIR": str(log.parent / "state"),
    }
    with log.open("wb") as output:
        process = subprocess.Popen([program], env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        with ended_at_exit(process):
            url = f"http://127.0.0.1:{port}"
            wait_for(url, process)
            env = {"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}
            root = Server(url, env | {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"})
            iam = root.client("iam")
            iam.create_user(UserName="admin")
            iam.attach_user_policy(UserName="admin", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
            key = iam.create_access_key(UserName="admin")["AccessKey"]
            admin = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
            yield Server(url, env | admin)


@contextmanager
def sandbox_server(machine):
    """Runs `ciuser sandbox serve` on a machine, and reads what `--env` prints for a shell to evaluate."""
    process = machine.start("sandbox", "serve", "--env")
    with ended_at_exit(process):
        env = {}
        while "CIRCLE_TOKEN" not in env:
            line = process.stdout.readline()
            assert line, f"`sandbox serve` ended early: {process.stderr.read()}"
            name, value = re.fullmatch(r"export (\w+)='([^']*)'\n", line).groups()
            env[name] = value
        yield Server(env["AWS_ENDPOINT_URL"], env)
