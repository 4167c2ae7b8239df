"""Keys kept in AWS Secrets Manager, in Parameter Store and in Vault: written by ciuser, read by clients of others.

moto and ministack are the AWS; ministack verifies signatures. No Vault can be installed: a double of it answers
(`harness/vault_double.py`), and hvac, a client that many use, reads from it.
"""

import datetime
import ipaddress
import json
import re
import ssl

import hvac
import pytest
from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from harness.servers import REGION
from harness.vault_double import TOKEN, vault_double


class Job:
    """One user and one store, made and changed by commands that end in JSON."""

    def __init__(self, machine, server, name, store, env=None):
        self.machine, self.server, self.name, self.store = machine, server, name, store
        self.env = server.env | {"AWS_ENDPOINT_URL": server.url} | (env or {})

    def run(self, *args, code=0):
        return self.machine.run(*args, "--yes", "--no-input", "--output", "json", env=self.env, code=code)

    def create(self, *args, code=0):
        return self.run("create", self.name, "--for", "s3", "--store", self.store, *args, code=code)

    def rotate(self, code=0):
        return self.run("key", "rotate", self.name, "--store", self.store, code=code)

    def delete(self):
        confirmed = ("--confirm", self.name, "--store", self.store, "--clear")
        return self.machine.run("delete", self.name, *confirmed, "--no-input", "--output", "json", env=self.env)

    def works(self, key_id, secret):
        """Tells whether STS takes the key as the user's."""
        caller = self.server.client("sts", (key_id, secret)).get_caller_identity()
        return caller["Arn"].endswith(f"user/{self.name}")


def record(text):
    """Reads a record, which is what `credential_process` takes."""
    fields = json.loads(text)
    assert fields.keys() == {"Version", "AccessKeyId", "SecretAccessKey", "UserArn"}
    return fields["AccessKeyId"], fields["SecretAccessKey"]


def test_boto3_reads_what_was_kept_in_secrets_manager(machine, moto):
    job, service = Job(machine, moto, "IN_SECRETS", "aws-secrets-manager:ci/storefront"), moto.client("secretsmanager")
    made = job.create().json
    first = record(service.get_secret_value(SecretId="ci/storefront")["SecretString"])
    assert first[0] == made["key"]["id"] and job.works(*first)
    assert [target["proof"] for target in made["targets"]] == ["value"]
    tags = {tag["Key"]: tag["Value"] for tag in service.describe_secret(SecretId="ci/storefront")["Tags"]}
    assert tags.keys() == {"ciuser:account", "ciuser:user", "ciuser:run"}
    assert tags["ciuser:user"] == job.name
    assert job.create().json["changed"] is False

    second = job.rotate().json["key"]["id"]
    now = record(service.get_secret_value(SecretId="ci/storefront")["SecretString"])
    before = service.get_secret_value(SecretId="ci/storefront", VersionStage="AWSPREVIOUS")
    assert (now[0], record(before["SecretString"])) == (second, first)

    job.delete()
    assert "DeletedDate" in service.describe_secret(SecretId="ci/storefront")
    again = job.create().json
    assert record(service.get_secret_value(SecretId="ci/storefront")["SecretString"])[0] == again["key"]["id"]
    assert "DeletedDate" not in service.describe_secret(SecretId="ci/storefront")


def test_boto3_reads_what_was_kept_in_parameter_store(machine, moto):
    job, service = Job(machine, moto, "IN_SSM", "aws-ssm:/ci/storefront"), moto.client("ssm")
    first = job.create().json["key"]["id"]
    kept = service.get_parameter(Name="/ci/storefront", WithDecryption=True)["Parameter"]
    assert (kept["Type"], record(kept["Value"])[0]) == ("SecureString", first)
    assert job.works(*record(kept["Value"]))
    tags = service.list_tags_for_resource(ResourceType="Parameter", ResourceId="/ci/storefront")["TagList"]
    assert {tag["Key"] for tag in tags} == {"ciuser:account", "ciuser:user", "ciuser:run"}
    assert job.create().json["changed"] is False

    second = job.rotate().json["key"]["id"]
    history = service.get_parameter_history(Name="/ci/storefront", WithDecryption=True)["Parameters"]
    assert [record(version["Value"])[0] for version in history] == [first, second]

    shown = machine.run("delete", job.name, "--store", job.store, "--clear", "--dry-run", env=job.env)
    assert "and cannot be brought back" in " ".join(shown.stderr.split())
    job.delete()
    with pytest.raises(ClientError, match="ParameterNotFound"):
        service.get_parameter(Name="/ci/storefront")


@pytest.mark.parametrize("kind", ["aws-secrets-manager:taken", "aws-ssm:/taken"])
def test_what_somebody_else_keeps_there_is_not_overwritten_unseen(machine, moto, kind):
    name = kind.split(":")[1]
    ssm, secrets = moto.client("ssm"), moto.client("secretsmanager")
    if kind.startswith("aws-ssm"):
        ssm.put_parameter(Name=name, Value="my diary", Type="SecureString")
    else:
        secrets.create_secret(Name=name, SecretString="my diary")

    def read():
        if kind.startswith("aws-ssm"):
            return ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
        return secrets.get_secret_value(SecretId=name)["SecretString"]

    job = Job(machine, moto, f"NOT_{kind[4:7].upper()}", kind)

    refused = job.create(code=4)

    assert "something that is not an access key" in refused.stdout + refused.stderr
    assert "diary" not in refused.stdout + refused.stderr
    assert read() == "my diary"
    made = job.create("--overwrite", name).json
    assert record(read())[0] == made["key"]["id"]


@pytest.mark.parametrize("store", ["aws-secrets-manager:ci/signed", "aws-ssm:/ci/signed"])
def test_a_server_that_verifies_signatures_takes_ours(machine, ministack, store):
    name = "SIGNED_" + store.split(":")[0][4:7].upper()
    job = Job(machine, ministack, name, store)
    key = job.create().json["key"]["id"]
    assert job.rotate().json["key"]["id"] != key


def test_the_region_of_the_store_is_where_it_is_kept(machine, moto):
    job = Job(machine, moto, "ELSEWHERE", "aws-ssm:/ci/elsewhere,region=eu-west-3")
    job.create()
    assert moto.client("ssm", region="eu-west-3").get_parameter(Name="/ci/elsewhere")
    with pytest.raises(ClientError, match="ParameterNotFound"):
        moto.client("ssm", region=REGION).get_parameter(Name="/ci/elsewhere")


def test_the_sandbox_names_what_it_has_instead(machine):
    for store in ("aws-secrets-manager:x", "aws-ssm:x", "vault:secret/x"):
        ended = machine.run("create", "X", "--for", "s3", "--sandbox", "--store", store, "--yes", code=1)
        assert f"the sandbox has no `{store.split(':')[0]}`" in ended.stderr
        assert "such as `kdbx` or `csv`" in ended.stderr


@pytest.fixture
def vault():
    """Runs a double of Vault."""
    with vault_double() as (double, url):
        yield double, url


def test_hvac_reads_what_was_kept_in_vault(machine, moto, vault):
    double, url = vault
    job = Job(machine, moto, "IN_VAULT", "vault:secret/ci/storefront", {"VAULT_ADDR": url, "VAULT_TOKEN": TOKEN})
    client = hvac.Client(url, token=TOKEN).secrets.kv.v2
    first = job.create().json["key"]["id"]
    read = client.read_secret_version("ci/storefront", raise_on_deleted_version=True)["data"]
    assert job.works(read["data"]["access_key"], read["data"]["secret_key"])
    assert read["metadata"]["custom_metadata"] == {
        "ciuser-account": "123456789012",
        "ciuser-key": first,
        "ciuser-user": job.name,
    }
    assert job.create().json["changed"] is False

    second = job.rotate().json["key"]["id"]
    assert [version["access_key"] for version in double.secrets["secret/ci/storefront"].versions] == [first, second]

    job.delete()
    assert [bool(version) for version in double.secrets["secret/ci/storefront"].versions] == [True, False]
    job.create()
    assert client.read_secret_version("ci/storefront", raise_on_deleted_version=True)["data"]["metadata"]["version"] == 3


def test_vault_says_what_is_wrong_before_a_user_is_made(machine, moto, vault):
    double, url = vault
    env = {"VAULT_ADDR": url, "VAULT_TOKEN": TOKEN}

    def refused(store="vault:secret/ci/x", **other):
        ended = Job(machine, moto, "NOT_MADE", store, env | other).create(code=1)
        assert TOKEN not in ended.stdout + ended.stderr
        return ended.stderr

    assert "KV of version 1" in refused("vault:old/x")
    assert "is `pki`, not KV" in refused("vault:pki/x")
    assert "no KV engine of version 2 at `nowhere`" in refused("vault:nowhere/x")
    assert "`vault login`" in refused(VAULT_TOKEN="hvs.expired")
    double.denied = {"secret/data/ci/x"}
    assert "policies of the Vault token" in refused()
    double.sealed = True
    assert "unseal" in refused()
    users = [user["UserName"] for user in moto.client("iam").list_users()["Users"]]
    assert "NOT_MADE" not in users


def self_signed(path):
    """Writes a certificate for 127.0.0.1, and its key into the same file."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "vault")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(private, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    form, clear = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(made.public_bytes(pem) + private.private_bytes(pem, form, clear))


def test_vault_is_trusted_by_its_own_certificate_and_found_by_its_own_files(machine, moto, tmp_path):
    certificate = tmp_path / "vault.pem"
    self_signed(certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    (machine.home / ".vault-token").write_text(f"{TOKEN}\n")
    with vault_double(context) as (double, url):
        job = Job(machine, moto, "BY_FILES", "vault:secret/ci/x", {"VAULT_ADDR": url})
        [error] = job.create(code=1).json["errors"]
        assert "UnknownIssuer" in error["message"] and "VAULT_CACERT" in error["hint"]
        job.env["VAULT_CACERT"] = str(certificate)
        job.create()
    assert len(double.secrets["secret/ci/x"].versions) == 1


def test_one_name_in_two_regions_and_at_two_servers_is_four_places(machine, moto):
    with vault_double() as (one, first), vault_double() as (other, second):
        stores = [f'kind = "aws-ssm"\nname = "/ci/twin"\nregion = "{region}"' for region in ("eu-west-1", REGION)]
        stores += [f'kind = "vault"\npath = "ci/twin"\nurl = "{url}"' for url in (first, second)]
        head = 'version = 1\nproject = "twins"\n[[user]]\nname = "TWIN"\npolicies = ["AmazonS3FullAccess"]\n'
        (machine.work / "ciuser.toml").write_text(head + "".join(f"[[user.store]]\n{store}\n" for store in stores))
        env = moto.env | {"AWS_ENDPOINT_URL": moto.url, "VAULT_TOKEN": TOKEN}

        applied = machine.run("apply", "--yes", "--output", "json", env=env)

        [user] = applied.json["users"]
        at = ["region=eu-west-1", f"region={REGION}", f"url={first}", f"url={second}"]
        assert [(target["at"], target["proof"]) for target in user["targets"]] == [(where, "value") for where in at]
        lines = re.findall(r"\+ Deliver +(\S+)", applied.stderr)
        assert lines == [f"aws-ssm:/ci/twin,{at[0]}", f"aws-ssm:/ci/twin,{at[1]}"] + [
            f"vault:secret/ci/twin,{where}" for where in at[2:]
        ]
        key = user["key"]["id"]
        for region in ("eu-west-1", REGION):
            parameter = moto.client("ssm", region=region).get_parameter(Name="/ci/twin", WithDecryption=True)
            assert record(parameter["Parameter"]["Value"])[0] == key
        assert [double.secrets["secret/ci/twin"].versions[0]["access_key"] for double in (one, other)] == [key, key]
        assert machine.run("apply", "--yes", "--output", "json", env=env).json["changed"] is False

        # What happens to one of them is not said of the other.
        moto.client("ssm", region="eu-west-1").delete_parameter(Name="/ci/twin")
        other.secrets.clear()
        states = machine.run("key", "verify", "--output", "json", env=env, code=5).json["users"][0]["targets"]
        assert [one["state"] for one in states] == ["missing", "proven", "proven", "missing"]
