"""Debian's `age` opens what ciuser encrypted, and ciuser opens what `age` encrypted."""

import configparser
import subprocess

import pytest

SANDBOX = ("--sandbox", "--for", "s3")


def run(*command, text=None):
    """Runs one of age's programs and returns what it prints."""
    ended = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.fixture
def people(machine):
    """Makes two identities; returns their files and recipients."""
    made = []
    for name in ("one", "other"):
        path = machine.work / name
        run("age-keygen", "-o", path)
        made.append((path, run("age-keygen", "-y", path).strip()))
    return made


def store(people, identity=False):
    """Spells the store, for both of them."""
    recipients = ",".join(f"recipients={recipient}" for _, recipient in people)
    return f"age:key.age,{recipients}" + (f",identity={people[0][0]}" if identity else "")


def profile(text):
    """Reads a profile as the AWS CLI does."""
    parser = configparser.ConfigParser()
    parser.read_string(text)
    user = parser["CI_USER"]
    return user["aws_access_key_id"], user["aws_secret_access_key"]


def test_each_of_them_opens_a_profile_that_works_and_the_file_is_proven_by_reading_it_back(machine, sandbox, people):
    document = machine.create(*SANDBOX, "--store", store(people, identity=True)).json

    assert [(one["kind"], one["proof"]) for one in document["targets"]] == [("age", "value")]
    key = [profile(run("age", "-d", "-i", identity, machine.work / "key.age")) for identity, _ in people]
    assert key[0] == key[1] and key[0][0] == document["key"]["id"]
    assert sandbox.client("sts", key[0]).get_caller_identity()["Arn"].endswith(":user/CI_USER")


def test_without_an_identity_the_key_is_accepted_and_the_next_run_changes_nothing(machine, people):
    document = machine.create(*SANDBOX, "--store", store(people)).json
    assert [(one["proof"], one["proven"]) for one in document["targets"]] == [("accepted", False)]
    assert document["unfinished"] == []
    before = (machine.work / "key.age").read_bytes()
    secret = profile(run("age", "-d", "-i", people[1][0], machine.work / "key.age"))[1]

    again = machine.create(*SANDBOX, "--store", store(people))
    assert again.json["changed"] is False
    assert (machine.work / "key.age").read_bytes() == before
    rotated = machine.run("key", "rotate", "CI_USER", "--sandbox", "--store", store(people), "--yes")
    assert "cannot be read back here" in rotated.stderr
    new = profile(run("age", "-d", "-i", people[1][0], machine.work / "key.age"))
    assert new[1] != secret
    assert secret not in rotated.stderr + rotated.stdout and new[1] not in rotated.stderr + rotated.stdout
    assert (machine.work / "key.age.bak").read_bytes() == before


def test_what_age_itself_encrypted_is_read(machine, people):
    machine.create(*SANDBOX, "--store", store(people, identity=True))
    file = machine.work / "key.age"
    text = run("age", "-d", "-i", people[0][0], file)
    file.write_text(run("age", "-a", "-r", people[0][1], text=text))

    assert machine.create(*SANDBOX, "--store", store(people, identity=True)).json["changed"] is False


def test_a_ci_system_gets_no_key_that_nobody_here_can_read_back(machine, people):
    context = ("--deliver", "circleci-project:gh/acme/storefront")
    refused = machine.create(*SANDBOX, "--store", store(people), *context, code=2)
    assert "has no store that gives its secret back" in refused.json["errors"][0]["message"]
