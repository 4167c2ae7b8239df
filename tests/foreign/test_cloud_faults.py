"""A write to Secrets Manager, Parameter Store or Vault meets a fault of the network or of the server.

Whatever happens to it, `resume` and the same command again come to the one right end: one live key, which the store
gives back, and one version of it.
"""

import itertools
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.faults import FAULTS, faulty_proxy_to
from harness.machine import Machine
from harness.vault_double import TOKEN, vault_double

AT_ONCE = 4
HARMLESS = {"the answer drips", "the content type is wrong"}
ONE_BY_ONE = itertools.count(1)


class InSecretsManager:
    kind, call, variable = "aws-secrets-manager", "CreateSecret", "AWS_ENDPOINT_URL_SECRETS_MANAGER"

    def __init__(self, moto):
        self.upstream, self.service = moto.url, moto.client("secretsmanager")

    def place(self, number):
        return f"ci/{number}"

    def kept(self, place):
        versions = self.service.list_secret_version_ids(SecretId=place)["Versions"]
        value = json.loads(self.service.get_secret_value(SecretId=place)["SecretString"])
        return value["AccessKeyId"], value["SecretAccessKey"], len(versions)


class InSsm:
    kind, call, variable = "aws-ssm", "PutParameter", "AWS_ENDPOINT_URL_SSM"

    def __init__(self, moto):
        self.upstream, self.service = moto.url, moto.client("ssm")

    def place(self, number):
        return f"/ci/{number}"

    def kept(self, place):
        parameter = self.service.get_parameter(Name=place, WithDecryption=True)["Parameter"]
        value = json.loads(parameter["Value"])
        return value["AccessKeyId"], value["SecretAccessKey"], parameter["Version"]


class InVault:
    kind, call, variable = "vault", "POST /v1/secret/data/", "VAULT_ADDR"

    def __init__(self, double, url):
        self.double, self.upstream = double, url

    def place(self, number):
        return f"secret/ci/{number}"

    def kept(self, place):
        versions = self.double.secrets[place].versions
        return versions[-1]["access_key"], versions[-1]["secret_key"], len(versions)


@pytest.fixture
def stores(moto):
    """Returns the three stores, each with what is behind it."""
    with vault_double() as (double, url):
        yield [InSecretsManager(moto), InSsm(moto), InVault(double, url)]


def strike(store, fault, machine, moto, number):
    """Creates a user with the fault at the first write, then goes on to the end."""
    name, place = f"ci-{number}", store.place(number)
    struck = []

    def first_write(number, call):
        if call.startswith(store.call) and not struck:
            struck.append(number)
        return struck == [number]

    with faulty_proxy_to(store.upstream, FAULTS[fault], first_write) as proxy:
        env = moto.env | {"AWS_ENDPOINT_URL": moto.url, "VAULT_TOKEN": TOKEN, store.variable: proxy.url}
        create = ("create", name, "--for", "s3", "--store", f"{store.kind}:{place}", "--yes", "--no-input")
        said = ""
        for args in (create, ("resume", "--yes", "--no-input"), create):
            process = machine.start(*args, env=env)
            stdout, stderr = process.communicate(timeout=180)
            assert "panicked" not in stderr and process.returncode in (0, 5), f"{process.returncode}\n{stderr}"
            assert process.returncode == 0 or "hint:" in stderr or "What next" in stderr, stderr
            assert process.returncode == 0 or fault not in HARMLESS, stderr
            said += stdout + stderr
        assert process.returncode == 0, said
        assert struck
    key_id, secret, versions = store.kept(place)
    [listed] = moto.client("iam").list_access_keys(UserName=name)["AccessKeyMetadata"]
    assert (listed["AccessKeyId"], listed["Status"], versions) == (key_id, "Active", 1)
    assert secret not in said and TOKEN not in said


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_happens_to_the_write_the_store_has_the_one_key_in_the_end(fault, stores, moto, tmp_path, program):
    with ThreadPoolExecutor(AT_ONCE) as pool:
        cases = {}
        for store in stores:
            number = next(ONE_BY_ONE)
            machine = Machine(tmp_path / store.kind, program)
            cases[store.kind] = pool.submit(strike, store, fault, machine, moto, number)
        wrong = {kind: str(case.exception()) for kind, case in cases.items() if case.exception()}
    assert wrong == {}
