"""`ciuser circleci config`: what it prints and what it merges, by CircleCI's own schema, by bash, and by AWS's own CLI."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

SPEC = """\
version = 1

[[user]]
name = "CI_USER"
path = "/ci/"
policies = ["AmazonS3FullAccess", "CloudFrontFullAccess", "AdministratorAccess-AWSElasticBeanstalk"]

[[user.store]]
kind = "csv"
path = "keys.csv"

[[user.deliver]]
kind = "circleci-context"
org = "gh/acme"
context = "storefront-deploy"
restrict-to = ["gh/acme/storefront"]
"""
SECOND = """
[[user]]
name = "backup"
policies = ["AmazonS3FullAccess"]
store = [{ kind = "csv", path = "backup.csv" }]
deliver = [{ kind = "circleci-project", project = "gh/acme/storefront", names = { AWS_ACCESS_KEY_ID = "BACKUP_ID" } }]
"""
THEIRS = """\
# Kept by hand.
version: 2.1

orbs:
  node: circleci/node@5.2.0   # pinned on purpose

jobs:
  # Builds the site.
  build:
    docker: [{image: cimg/node:22.11}]
    steps:
    - checkout
    - run: |
        npm ci

        # not a comment
        npm run build
    - persist_to_workspace: {root: ., paths: [build]}

# What runs when.
workflows:
  ship:
    jobs:
      - build   # always
      - node/test:
          requires: [build]
"""
VALUES = {
    "user": ":user/ci/CI_USER", "directory": "build", "bucket": "web", "distribution": "E2QWRUHEXAMPLE", "application": "shop",
    "environment": "shop-production", "access-key-id": "A", "secret-access-key": "B", "region": "C", "default-region": "D",
}  # fmt: skip


@pytest.fixture
def config(machine):
    """Runs `circleci config` on a machine with a spec file."""
    (machine.work / "ciuser.toml").write_text(SPEC)
    return lambda *args, code=0: machine.run("circleci", "config", *args, code=code)


@pytest.fixture
def pipeline(machine):
    """Returns the pipeline file of a repository."""
    path = machine.work / ".circleci/config.yml"
    path.parent.mkdir()
    path.write_text(THEIRS)
    return path


def assert_circleci_accepts(path):
    """Asks CircleCI's published schema."""
    program = Path(sys.executable).parent / "check-jsonschema"
    command = [sys.executable, program, "--builtin-schema", "vendor.circle-ci", path]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def commands(text):
    """Returns the shell commands of all jobs, by job and step, with parameters filled in."""

    def of(job, steps):
        for step in steps:
            if "when" in step:
                yield from of(job, step["when"]["steps"])
            elif "run" in step:
                command = step["run"]["command"]
                for name, value in VALUES.items():
                    command = command.replace(f"<< parameters.{name} >>", value)
                assert "<<" not in command
                yield (job, step["run"]["name"].split(" << ")[0]), command

    return {name: command for job, body in yaml.safe_load(text)["jobs"].items() for name, command in of(job, body["steps"])}


def bash(command, env=None):
    """Runs a command as CircleCI does."""
    env = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"} | (env or {})
    return subprocess.run(["bash", "-eo", "pipefail", "-c", command], env=env, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("--canary",),
        ("--for", "s3"),
        ("--for", "s3,cloudfront", "--bucket", "web", "--distribution", "E2QWRUHEXAMPLE", "--site-directory", "out dir"),
        ("--for", "elasticbeanstalk", "--application", "my shop", "--environment", "${STAGE}", "--branch", "/release-.*/"),
        ("--canary", "--requires", "build", "--workflow", "ship it", "--image", "registry.example.com:5000/aws@sha256:0a"),
    ],
)
def test_what_is_printed_is_a_whole_file_that_circleci_accepts(config, machine, args):
    for users in (SPEC, SPEC + SECOND):
        (machine.work / "ciuser.toml").write_text(users)
        printed = machine.work / "printed.yml"
        printed.write_text(config(*args).stdout)
        assert_circleci_accepts(printed)
        for command in commands(printed.read_text()).values():
            checked = subprocess.run(["bash", "-n"], input=command, capture_output=True, text=True, timeout=60)
            assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("workflow", ["ship", "another"])
def test_a_merged_file_keeps_every_line_and_the_same_again_changes_nothing(config, pipeline, workflow):
    job = ("--write", "--canary", "--workflow", workflow, *(("--requires", "build") if workflow == "ship" else ()))
    config(*job)
    once = pipeline.read_text()

    merged = iter(once.splitlines())
    assert all(line in merged for line in THEIRS.splitlines()), once
    assert_circleci_accepts(pipeline)
    before, after = yaml.safe_load(THEIRS), yaml.safe_load(once)
    assert after["orbs"] == before["orbs"]
    assert after["jobs"]["build"] == before["jobs"]["build"]
    ours = ["check-aws-key", "deploy-static-site", "deploy-elastic-beanstalk"]
    [*first, build, test] = after["workflows"]["ship"]["jobs"] if workflow == "ship" else [None, "build", {"node/test": {"requires": ["build"]}}]
    assert [build, test] == before["workflows"]["ship"]["jobs"]
    placed = first if workflow == "ship" else after["workflows"]["another"]["jobs"]
    assert [next(iter(item)) for item in placed] == ours

    again = config(*job, "--output", "json").json
    assert (again["changed"], again["file"]) == (False, ".circleci/config.yml")
    assert pipeline.read_text() == once


def test_a_file_that_is_missing_is_made(config, machine):
    document = config("--write", "--output", "json").json
    assert document["changed"]
    assert document["variables"] == ["EB_APPLICATION", "EB_ENVIRONMENT", "SITE_BUCKET", "SITE_DISTRIBUTION"]
    assert document["deploys"] == [
        {"user": "CI_USER", "services": ["s3", "cloudfront", "elasticbeanstalk"], "contexts": ["storefront-deploy"]}
    ]
    assert_circleci_accepts(machine.work / ".circleci/config.yml")


@pytest.mark.parametrize(
    "broken",
    [
        THEIRS.replace("2.1", "2.0"),
        THEIRS.replace("  build:\n", "  deploy-static-site:\n"),
        THEIRS.replace("jobs:\n      - build   # always", "jobs: [build,"),
        THEIRS + "---\nversion: 2.1\n",
    ],
)
def test_a_file_that_cannot_be_merged_is_left_as_it_is(config, pipeline, broken):
    pipeline.write_text(broken)
    refused = config("--write", code=4)
    assert pipeline.read_text() == broken
    assert "without `--write` the jobs are printed" in refused.stderr


def test_a_spec_without_anything_to_deploy_is_refused(config, machine):
    (machine.work / "ciuser.toml").write_text(SPEC.replace("policies =", "policies = [] #"))
    assert "--for s3,cloudfront,elasticbeanstalk" in config(code=2).stderr
    (machine.work / "ciuser.toml").write_text(SPEC.split("[[user.deliver]]")[0])
    assert "circleci-context" in config(code=2).stderr


def test_the_canary_knows_the_key_that_was_delivered_from_another(config, machine, sandbox):
    """The job's own command, with AWS's CLI, with the variables that a job would get."""
    machine.run("apply", "--yes", "--sandbox")
    command = commands(config("--canary").stdout)["check-aws-key", "Ask AWS whose key this is"]
    [context] = machine.sandbox_state()["circleci"]["contexts"]
    key = {name: variable["value"] for name, variable in context["variables"].items()}
    endpoint = {"AWS_ENDPOINT_URL": sandbox.url, "AWS_DEFAULT_REGION": "us-east-1", "HOME": str(machine.home)}

    right = bash(command, endpoint | key)
    assert right.returncode == 0, right.stderr
    assert right.stdout.endswith(f":user/ci/CI_USER, by the access key that ends in {key['AWS_ACCESS_KEY_ID'][-4:]}\n")
    assert key["AWS_SECRET_ACCESS_KEY"] not in right.stdout

    other = bash(command, endpoint | {name: sandbox.env[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")})
    assert other.returncode == 1
    assert other.stdout.endswith("this is not :user/ci/CI_USER\n")


def fake_aws(directory, answers):
    """Puts an `aws` into a directory that notes its words, and answers by the first that fits."""
    cases = "".join(f'*"{words}"*) echo "{answer}";;\n' for words, answer in answers.items())
    program = directory / "aws"
    program.write_text(f'#!/bin/sh\necho "$*" >> {directory}/calls\ncase "$*" in\n{cases}esac\n')
    program.chmod(0o755)
    return lambda: (directory / "calls").read_text().splitlines()


def test_the_deploy_jobs_ask_for_what_they_should(config, tmp_path):
    found = commands(config().stdout)
    calls = fake_aws(tmp_path, {"create-storage-location": "eb-bucket", "describe-environments": "build-7-0123456789ab"})
    (tmp_path / "build").mkdir()
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin", "CIRCLE_BUILD_NUM": "7", "CIRCLE_SHA1": "0123456789abcdef"}

    def run(job, step):
        return bash(f"cd {tmp_path}\n{found[job, step]}", env)

    empty = run("deploy-static-site", "Copy")
    assert (empty.returncode, empty.stdout) == (1, "build is empty, and would empty the bucket\n")
    (tmp_path / "build/index.html").write_text("hello")
    assert run("deploy-static-site", "Copy").returncode == 0
    assert run("deploy-static-site", "Have CloudFront fetch it anew").returncode == 0
    deployed = run("deploy-elastic-beanstalk", "Deploy")
    assert deployed.returncode == 0, deployed.stderr
    label = "build-7-0123456789ab"
    sync, invalidate, location, copy, version, *rest = calls()
    assert sync == "s3 sync build s3://web --delete"
    assert invalidate == "cloudfront create-invalidation --distribution-id E2QWRUHEXAMPLE --paths /*"
    assert location == "elasticbeanstalk create-storage-location --query S3Bucket --output text"
    assert copy.endswith(f"/{label}.zip s3://eb-bucket/shop/{label}.zip")
    assert version == (
        f"elasticbeanstalk create-application-version --application-name shop --version-label {label} "
        f"--source-bundle S3Bucket=eb-bucket,S3Key=shop/{label}.zip"
    )
    assert rest == [
        f"elasticbeanstalk update-environment --environment-name shop-production --version-label {label}",
        "elasticbeanstalk wait environment-updated --environment-names shop-production",
        "elasticbeanstalk describe-environments --environment-names shop-production "
        "--query Environments[0].VersionLabel --output text",
    ]

    fake_aws(tmp_path, {"create-storage-location": "eb-bucket", "describe-environments": "build-6"})
    rolled_back = run("deploy-elastic-beanstalk", "Deploy")
    assert rolled_back.returncode == 1
    assert "runs build-6" in rolled_back.stdout


def test_the_jobs_have_no_secret_and_json_has_the_same_text(config, machine):
    printed = config("--canary").stdout
    assert config("--canary", "--output", "json").json["text"] == printed
    assert json.dumps(yaml.safe_load(printed)).count("AWS_SECRET_ACCESS_KEY") == 0
