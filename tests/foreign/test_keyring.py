"""GNOME Keyring on a session bus of its own: libsecret and the AWS CLI read what ciuser wrote."""

import json

import pytest

from harness.desktop import desktop_on

SANDBOX = ("--sandbox", "--for", "s3", "--store", "keyring")


@pytest.fixture
def desktop(machine):
    with desktop_on(machine) as desktop:
        yield desktop


def test_libsecret_finds_a_key_that_works_in_the_form_of_a_credential_process(machine, sandbox, desktop):
    document = machine.create(*SANDBOX, env=desktop.environment).json

    assert [(one["kind"], one["proof"]) for one in document["targets"]] == [("keyring", "value")]
    kept = json.loads(desktop.lookup(f"{document['account']}/CI_USER"))
    assert (kept["Version"], kept["AccessKeyId"]) == (1, document["key"]["id"])
    key = (kept["AccessKeyId"], kept["SecretAccessKey"])
    assert sandbox.client("sts", key).get_caller_identity()["Arn"].endswith(":user/CI_USER")
    assert machine.create(*SANDBOX, env=desktop.environment).json["changed"] is False


def test_a_machine_without_a_keyring_is_told_before_anything_is_made(machine, sandbox):
    refused = machine.create(*SANDBOX, code=1)
    assert refused.json["errors"][0]["message"].endswith("no keyring answers here: this is no session of a desktop")
    assert "ci_user" not in machine.sandbox_state()["iam"]["users"]
