"""Bitbucket and Buildkite get a key, as test doubles written from their documentation understand them.

Each write meets each fault of the network once; afterwards the place holds the one live key, or the message says how to
go on, and the same command again comes to the end.
"""

import csv
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.doubles import EMAIL, TOKEN, Bitbucket, Buildkite
from harness.faults import FAULTS, faulty_proxy_to
from harness.machine import Machine
from harness.proxy import proxy_to
from harness.snapshot import assert_seen

REPOSITORY = "repositories/acme/storefront/pipelines_config/variables"
AT_ONCE = 6
# What is answered right, only slowly or under a wrong name, is no reason to fail.
HARMLESS = {"the answer drips", "the content type is wrong"}


def stored(machine):
    """Returns id and secret as the store has them."""
    with (machine.work / "keys.csv").open(newline="") as file:
        [row] = csv.DictReader(file)
    return row["Access key ID"], row["Secret access key"]


def expected(machine):
    """Returns what a place holds once it has the key."""
    key, secret = stored(machine)
    region = {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}
    return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret} | region


class Kind:
    """A kind of double, a place there, what the place holds, and how far it proves it."""

    def __init__(self, double, deliver, held, proof):
        self.double, self.deliver, self.held, self.proof = double, deliver, held, proof

    def create(self, name, url):
        """Returns the command that makes a user and delivers its key to the place."""
        return ("create", name, "--for", "s3", "--store", "csv:keys.csv", "--yes", "--deliver", f"{self.deliver},url={url}")


KINDS = {
    "bitbucket": Kind(Bitbucket, "bitbucket:acme/storefront", lambda double: double.held(REPOSITORY), "accepted"),
    "buildkite": Kind(
        Buildkite, "buildkite:acme/Default cluster", lambda double: double.held("Default cluster"), "timestamp"
    ),
}


@pytest.fixture(params=KINDS)
def kind(request):
    return KINDS[request.param]


@pytest.fixture
def double(kind):
    with kind.double().running() as double:
        yield double


def test_a_key_is_delivered_once_rotated_and_cleared(kind, double, machine, shared_sandbox):
    env = shared_sandbox.env | double.env
    name = f"ci-{kind.deliver.partition(':')[0]}"
    create = (*kind.create(name, double.url), "--output", "json")
    [place] = [one for one in machine.run(*create, env=env).json["targets"] if one["kind"] != "csv"]
    assert place["proof"] == kind.proof
    assert kind.held(double) == expected(machine)

    calls = len(double.calls)
    assert machine.run(*create, env=env).json["changed"] is False
    assert {call.split()[0] for call in double.calls[calls:]} == {"GET"}

    first = stored(machine)
    machine.run("key", "rotate", name, "--yes", env=env)
    assert stored(machine) != first
    assert kind.held(double) == expected(machine)

    where = machine.run("key", "where", stored(machine)[0], "--output", "json", env=env).json
    [found] = [one for one in where["keys"][0]["places"] if one["kind"] == place["kind"]]
    assert (found["place"], found["seen"]) == (place["place"], "value")

    machine.run("delete", name, "--confirm", name, "--clear", env=env)
    assert set(kind.held(double)) == {"AWS_REGION", "AWS_DEFAULT_REGION"}


def test_another_users_key_is_not_overwritten_unseen(kind, double, machine, shared_sandbox):
    env = shared_sandbox.env | double.env
    names = [f"{word}-{kind.proof}" for word in ("first", "second")]
    machine.run(*kind.create(names[0], double.url), env=env)
    before = kind.held(double)
    second = [argument.replace("keys.csv", "other.csv") for argument in kind.create(names[1], double.url)]
    ended = machine.run(*second, env=env, code=4)
    assert "--overwrite" in ended.stderr
    assert kind.held(double) == before


@pytest.mark.parametrize("fault", FAULTS)
def test_whichever_write_meets_a_fault_the_place_gets_the_key(fault, kind, tmp_path, program, shared_sandbox):
    def strike(number):
        """Runs the job on a machine of its own with the fault at one call, then goes on to the end."""
        machine = Machine(tmp_path / str(number), program)
        with kind.double().running() as double, faulty_proxy_to(double.url, FAULTS[fault], lambda n, _: n == number) as proxy:
            env = shared_sandbox.env | double.env
            name = f"{kind.proof}-{list(FAULTS).index(fault)}-{number}"
            create = kind.create(name, proxy.url)
            process = machine.start(*create, env=env)
            stdout, stderr = process.communicate(timeout=180)
            assert process.returncode in (0, 1, 5), f"exit {process.returncode}\n{stdout}\n{stderr}"
            assert "panicked" not in stderr and "hotel" not in stderr and TOKEN not in stdout + stderr
            if process.returncode != 0:
                assert fault not in HARMLESS, stderr
                assert "hint:" in stderr or "What next" in stderr, f"nobody is told how to go on\n{stderr}"
            machine.run("resume", env=env)
            machine.run(*create, env=env)
            assert kind.held(double) == expected(machine)
            assert expected(machine)["AWS_SECRET_ACCESS_KEY"] not in stdout + stderr

    with kind.double().running() as double, proxy_to(double.url) as proxy:
        machine = Machine(tmp_path / "calls", program)
        name = f"{kind.proof}-{list(FAULTS).index(fault)}-calls"
        machine.run(*kind.create(name, proxy.url), env=shared_sandbox.env | double.env)
        writes = [number for number, call in enumerate(proxy.calls, 1) if not call.startswith("GET ")]
        assert len(writes) == 4, proxy.calls
    with ThreadPoolExecutor(AT_ONCE) as pool:
        cases = {number: pool.submit(strike, number) for number in (1, *writes)}
        wrong = {number: str(case.exception()) for number, case in cases.items() if case.exception()}
    assert wrong == {}


def test_a_deployment_environment_is_found_by_name_on_a_later_page(machine, shared_sandbox):
    with Bitbucket().running() as double:
        email = {"BITBUCKET_EMAIL": EMAIL, "BITBUCKET_API_TOKEN": TOKEN}
        create = Kind(Bitbucket, "bitbucket:acme/storefront/Production", None, "accepted").create("ci-prod", double.url)
        machine.run(*create, env=shared_sandbox.env | email)
        production = double.environments[-1]["uuid"]
        collection = f"repositories/acme/storefront/deployments_config/environments/{production}/variables"
        assert double.held(collection) == expected(machine)
        secured = {one["key"]: one["secured"] for one in double.variables[collection].values()}
        assert secured == {name: name == "AWS_SECRET_ACCESS_KEY" for name in secured}


@pytest.mark.parametrize("name", KINDS)
def test_a_token_that_is_refused_says_where_the_next_one_comes_from(name, machine, shared_sandbox):
    kind = KINDS[name]
    with kind.double().running() as double:
        wrong = {variable: "wrong" for variable in double.env}
        ended = machine.run(*kind.create(f"refused-{name}", double.url), env=shared_sandbox.env | wrong, code=1)
    assert_seen(f"{name}-token-refused", ended)
