"""One `ciuser.toml` with every store and every place of a CI system: applied in one run, proven, run again, looked up, and
carried on when one of them was down.

`TARGETS` says what each of them comes to. The guide has the same table, and the schema of the file the same kinds: tests
compare them, so one more store or CI system is one more entry here.
"""

import itertools
import json
import re
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from harness.desktop import desktop_on
from harness.doubles import Bitbucket, Buildkite
from harness.faults import drop_answer, faulty_proxy_to, html, refused_with, truncated
from harness.machine import Machine
from harness.password_store import password_store_on
from harness.vault_double import TOKEN as VAULT_TOKEN
from harness.vault_double import vault_double

DOCS = Path(__file__).resolve().parents[2] / "docs"
NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Target:
    """An entry of the spec file, the proxy that it is reached through, and what it comes to.

    `proof` is the strongest that its API allows. `seen` and `secret` are what `key where` knows of it, `found` how another
    machine finds it that has neither file nor journal; nothing where only these two know of the place.
    """

    kind: str
    settings: dict
    place: str
    proof: str
    service: str = "machine"
    seen: str = "value"
    secret: str = "same"
    found: tuple | None = None

    def toml(self):
        """Returns the entry of the spec file."""
        return "\n".join(f"{key} = {json.dumps(value)}" for key, value in ({"kind": self.kind} | self.settings).items())


# What shows the end of a value, and what shows the id and never the secret.
MASKED = {"seen": "mask", "found": ("mask", "same")}
VEILED = {"secret": "unknown", "found": ("value", "unknown")}
STORES = [
    Target("kdbx", {"path": "keys.kdbx", "password-file": "passphrase"}, "<work>/keys.kdbx", "value"),
    Target("1password", {"vault": "Infrastructure"}, "Infrastructure", "value", "1password", found=("value", "same")),
    Target("csv", {"path": "keys.csv"}, "<work>/keys.csv", "value"),
    Target("age", {"path": "key.age", "recipients": ["<recipient>"], "identity": "identity"}, "<work>/key.age", "value"),
    Target("pass", {"entry": "aws/storefront/<user>"}, "aws/storefront/<user>", "value"),
    Target("keyring", {"service": "ciuser"}, "ciuser", "value"),
    Target("vault", {"path": "ci/<user>"}, "secret/ci/<user>", "value", "vault"),
    Target("aws-secrets-manager", {"name": "ci/<user>"}, "ci/<user>", "value", "aws"),
    Target("aws-ssm", {"name": "/ci/<user>"}, "/ci/<user>", "value", "aws"),
]
CONTEXT = {"org": "gh/acme", "context": "storefront-deploy", "restrict-to": ["gh/acme/storefront"]}
ENVIRONMENT = {"repository": "acme/storefront", "environment": "production"}
SELECTED = {"organization": "acme", "repositories": ["storefront"]}
AT_BITBUCKET = {"repository": "acme/storefront", "url": "<bitbucket>"}
DEPLOYMENT = AT_BITBUCKET | {"deployment": "Production"}
CLUSTER = {"organization": "acme", "cluster": "Default cluster", "url": "<buildkite>"}
DELIVER = [
    Target("circleci-context", CONTEXT, "gh/acme/storefront-deploy", "mask", "circleci", **MASKED),
    Target("circleci-project", {"project": "gh/acme/storefront"}, "gh/acme/storefront", "mask", "circleci", **MASKED),
    Target("github", {"repository": "acme/storefront"}, "acme/storefront", "timestamp", "github", **VEILED),
    Target("github", ENVIRONMENT, "acme/storefront/production", "timestamp", "github", **VEILED),
    Target("github-organization", SELECTED, "acme", "timestamp", "github", **VEILED),
    Target("gitlab", {"project": "acme/storefront"}, "acme/storefront", "value", "gitlab", found=("value", "same")),
    Target("gitlab-group", {"group": "acme"}, "acme", "value", "gitlab", found=("value", "same")),
    Target("bitbucket", AT_BITBUCKET, "acme/storefront", "accepted", "bitbucket", **VEILED),
    Target("bitbucket", DEPLOYMENT, "acme/storefront/Production", "accepted", "bitbucket", **VEILED),
    Target("bitbucket-workspace", {"workspace": "acme", "url": "<bitbucket>"}, "acme", "accepted", "bitbucket", **VEILED),
    Target("buildkite", CLUSTER, "acme/Default cluster", "timestamp", "buildkite", **VEILED),
]
TARGETS = STORES + DELIVER
SURVEYED = {
    "1password": "1Password",
    "circleci": "CircleCI",
    "github": "GitHub",
    "gitlab": "GitLab",
    "bitbucket": "Bitbucket",
    "buildkite": "Buildkite",
}
# One of each sort: a store, and CI systems with each proof. What each fault does to each of them has tests of its own.
DOWN = ["1password", "vault", "circleci", "gitlab", "bitbucket", "buildkite"]


def changes(call):
    """Tells whether a call changes anything, by the name that the proxy gives it."""
    method, _, path = call.partition(" ")
    if not path:
        return not method.startswith(("Get", "List", "Describe"))
    return method != "GET" and path != "/v1/sys/capabilities-self"


class World:
    """A machine with a desktop, and every service behind a proxy of its own."""

    def __init__(self, stack, machine, moto, sandbox, user):
        self.machine, self.user = machine, user
        vault, self.vault_url = stack.enter_context(vault_double())
        self.doubles = [stack.enter_context(kind().running()) for kind in (Bitbucket, Buildkite)]
        upstreams = {
            "aws": moto.url,
            "vault": self.vault_url,
            "1password": sandbox.url,
            "circleci": sandbox.url,
            "github": sandbox.url,
            "gitlab": sandbox.url,
            "bitbucket": self.doubles[0].url,
            "buildkite": self.doubles[1].url,
        }
        self.proxies = {name: stack.enter_context(faulty_proxy_to(url)) for name, url in upstreams.items()}
        urls = {name: proxy.url for name, proxy in self.proxies.items()}
        self.desktop = stack.enter_context(desktop_on(machine))
        self.password_store = stack.enter_context(password_store_on(machine))
        (machine.work / "passphrase").write_text("correct horse\n")
        subprocess.run(["age-keygen", "-o", machine.work / "identity"], check=True, capture_output=True, timeout=60)
        said = subprocess.run(
            ["age-keygen", "-y", machine.work / "identity"], check=True, capture_output=True, text=True, timeout=60
        )
        self.known = urls | {"user": user, "work": machine.work, "recipient": said.stdout.strip()}
        self.services = moto.env | {
            "AWS_ENDPOINT_URL": urls["aws"],
            "CIRCLE_HOST": urls["circleci"],
            "CIRCLE_TOKEN": sandbox.env["CIRCLE_TOKEN"],
            "GH_HOST": urls["github"],
            "GH_ENTERPRISE_TOKEN": sandbox.env["GH_ENTERPRISE_TOKEN"],
            "GITLAB_HOST": urls["gitlab"],
            "GITLAB_TOKEN": sandbox.env["GITLAB_TOKEN"],
            "OP_CONNECT_HOST": urls["1password"],
            "OP_CONNECT_TOKEN": sandbox.env["OP_CONNECT_TOKEN"],
            "VAULT_ADDR": urls["vault"],
            "VAULT_TOKEN": VAULT_TOKEN,
            **Bitbucket.env,
            **Buildkite.env,
        }
        self.write_spec()

    def write_spec(self):
        head = ["version = 1", 'project = "storefront"', "[[user]]", f'name = "{self.user}"']
        head.append('policies = ["AmazonS3FullAccess"]')
        entries = [f"[[user.store]]\n{one.toml()}" for one in STORES]
        entries += [f"[[user.deliver]]\n{one.toml()}" for one in DELIVER]
        (self.machine.work / "ciuser.toml").write_text(self.filled("\n".join([*head, *entries]) + "\n"))

    def filled(self, text):
        """Fills in what is known of this run."""
        return re.sub("<(\\w+)>", lambda name: str(self.known[name[1]]), text)

    def run(self, *args, code=0, machine=None):
        """Runs the program to its end on the machine, or on another one that reaches the same services."""
        machine = machine or self.machine
        desktop = self.desktop.environment if machine is self.machine else {}
        return machine.run(*args, env=desktop | self.services, code=code)

    def json(self, *args, code=0, machine=None):
        return self.run(*args, "--output", "json", code=code, machine=machine).json

    def place(self, target):
        """Returns kind and place of a target as the program names them."""
        return target.kind, self.filled(target.place)

    def calls(self):
        return {name: len(proxy.calls) for name, proxy in self.proxies.items()}

    def changed_since(self, calls):
        """Returns the calls that changed something since then, by service."""
        since = {name: proxy.calls[calls[name] :] for name, proxy in self.proxies.items()}
        return {name: found for name, seen in since.items() if (found := [call for call in seen if changes(call)])}

    def kept(self):
        """Returns digests of all that the stores on this machine keep."""
        files = [path for path in self.machine.work.iterdir() if path.suffix in (".kdbx", ".csv", ".age")]
        files += (self.machine.home / ".password-store").rglob("*.gpg")
        digests = {path.name: sha256(path.read_bytes()).hexdigest() for path in files}
        return digests | {"keyring": self.desktop.lookup(f"123456789012/{self.user}")}

    def down(self, service):
        """Lets every call fail that changes something at a service."""
        proxy = self.proxies[service]
        proxy.fault, proxy.strikes = refused_with(503), lambda _, call: changes(call)

    def up(self, service):
        self.proxies[service].strikes = None


@pytest.fixture
def world(machine, moto, sandbox):
    """Puts everything up; the user has a name that no other test of the file has, for they share moto."""
    with ExitStack() as stack:
        yield World(stack, machine, moto, sandbox, f"CI_USER_{next(NUMBERS)}")


def table(document):
    """Returns the targets of a run as `[(kind, place, proof), ...]`."""
    [user] = document["users"]
    return [(one["kind"], one["place"], one["proof"]) for one in user["targets"]]


def whole(world):
    """Returns what the table is when all is well."""
    return [(*world.place(target), target.proof) for target in TARGETS]


def test_every_target_is_applied_in_one_run_proven_and_found_again(world):
    applied = world.json("apply", "--yes")
    assert table(applied) == whole(world)
    [key] = [user["key"]["id"] for user in applied["users"]]

    calls, kept = world.calls(), world.kept()
    again = world.run("apply", "--yes", "--output", "json")
    assert again.json["changed"] is False
    assert sorted(table(again.json)) == sorted(whole(world))
    assert (world.changed_since(calls), world.kept()) == ({}, kept)
    said = " ".join(again.stderr.split())
    assert "context `storefront-deploy` also sets `AWS_ACCESS_KEY_ID`" in said and "it wins over the project's" in said
    assert "project `gh/acme/storefront` has its own `AWS_ACCESS_KEY_ID`" in said

    verified = world.json("key", "verify")
    [user] = verified["users"]
    states = [(one["kind"], one["place"], one["state"], one["proof"], one["key"]) for one in user["targets"]]
    state = {"accepted": "accepted"}
    assert states == [(*world.place(one), state.get(one.proof, "proven"), one.proof, key) for one in TARGETS]

    located = world.json("key", "where", key, "-f", "ciuser.toml")
    [found] = located["keys"]
    assert (located["user"], found["id"], found["status"]) == (world.user, key, "Active")
    places = [(one["kind"], one["place"], one["seen"], one["secret"]) for one in found["places"]]
    assert places == [(*world.place(one), one.seen, one.secret) for one in TARGETS]
    assert world.changed_since(calls) == {}


def test_another_machine_finds_the_key_wherever_a_service_lists_its_places(world, tmp_path, program):
    [user] = world.json("apply", "--yes")["users"]
    elsewhere = Machine(tmp_path / "elsewhere", program)
    # Of the two that have no variable for their address, the file of another user says it.
    spec = (world.machine.work / "ciuser.toml").read_text().replace(world.user, "CI_OTHER")
    (elsewhere.work / "ciuser.toml").write_text(spec)

    located = world.json("key", "where", user["key"]["id"], "-f", "ciuser.toml", machine=elsewhere)

    [found] = located["keys"]
    places = {(one["kind"], one["place"]): (one["seen"], one["secret"]) for one in found["places"]}
    assert places == {world.place(one): one.found for one in TARGETS if one.found}
    unseen = " ".join(one["what"] for one in located["not_looked_at"])
    # 1Password alone hides nothing of what it lists.
    assert [service for service, system in SURVEYED.items() if system not in unseen] == ["1password"]

    # Whatever becomes of one of them, it is said, and the others are looked through.
    faults = itertools.cycle((drop_answer, html, refused_with(429), refused_with(500), truncated))
    for (service, system), fault in zip(SURVEYED.items(), faults):
        world.proxies[service].fault, world.proxies[service].strikes = fault, lambda *_: True
        located = world.json("key", "where", user["key"]["id"], "-f", "ciuser.toml", machine=elsewhere)
        world.up(service)
        places = {(one["kind"], one["place"]) for one in located["keys"][0]["places"]}
        assert places == {world.place(one) for one in TARGETS if one.found and one.service != service}
        assert system in [one["what"] for one in located["not_looked_at"]]


@pytest.mark.parametrize("service", DOWN)
def test_one_that_is_down_leaves_the_others_proven_and_resume_finishes(world, service):
    world.down(service)
    partly = world.json("apply", "--yes", code=5)

    broken = [one for one in TARGETS if one.service == service]
    assert table(partly) == [(*world.place(one), None if one in broken else one.proof) for one in TARGETS]
    assert len(partly["unfinished"]) == len(broken)

    world.up(service)
    world.run("resume")
    finished = world.json("apply", "--yes")
    assert finished["changed"] is False
    assert sorted(table(finished)) == sorted(whole(world))


def test_the_guide_has_the_same_table():
    rows = re.findall(r"^\| (`[^|]+`) \| `(value|mask|timestamp|accepted)` \|", (DOCS / "guide.md").read_text(), re.MULTILINE)
    said = {kind: proof for kinds, proof in rows for kind in re.findall(r"`([^`]+)`", kinds)}
    assert said == {target.kind: target.proof for target in TARGETS}


def test_no_kind_that_the_file_knows_is_missing_here():
    schema = json.loads((DOCS / "reference/schema/ciuser.toml.json").read_text())
    known = {
        one["properties"]["kind"]["const"]
        for definition in ("StoreSpec", "ProviderSpec")
        for one in schema["$defs"][definition]["oneOf"]
    }
    assert {target.kind for target in TARGETS} == known
