"""`key where` and `key verify` against moto and the sandbox's CircleCI, with what other clients do to keys in between."""

import pytest
from pycircleci.api import Api

from harness.faults import drop_answer, faulty_proxy_to, json_error, refused_with

SPEC = """
version = 1
project = "storefront"
[[user]]
name = "CI_USER"
policies = ["AmazonS3FullAccess"]
[[user.store]]
kind = "csv"
path = "keys.csv"
[[user.deliver]]
kind = "circleci-context"
org = "gh/acme"
context = "storefront-deploy"
restrict-to = ["gh/acme/storefront"]
[[user.deliver]]
kind = "circleci-project"
project = "gh/acme/storefront"
"""
VARIABLES = "GET /api/v2/context/ID/environment-variable"


class Delivered:
    """A machine whose user has its key everywhere, AWS being moto and CircleCI the sandbox's, behind a proxy."""

    def __init__(self, machine, moto, sandbox, proxy):
        self.machine, self.moto, self.sandbox, self.proxy = machine, moto, sandbox, proxy
        self.env = moto.env | {"AWS_ENDPOINT_URL": moto.url, "CIRCLE_HOST": proxy.url}
        self.env["CIRCLE_TOKEN"] = sandbox.env["CIRCLE_TOKEN"]
        (machine.work / "ciuser.toml").write_text(SPEC)
        self.key = self.json("apply", "--yes")["users"][0]["key"]["id"]

    def run(self, *args, code=0):
        """Runs the program to its end; nothing of the secret may be seen."""
        ended = self.machine.run(*args, env=self.env, code=code)
        secret = (self.machine.work / "keys.csv").read_text().split(",")[-1].strip()
        assert secret not in ended.stdout + ended.stderr
        return ended

    def json(self, *args, code=0):
        return self.run(*args, "--output", "json", code=code).json

    def states(self, code):
        targets = self.json("key", "verify", code=code)["users"][0]["targets"]
        return {target["kind"]: (target["state"], target["proof"]) for target in targets}

    def circleci(self):
        return Api(token=self.sandbox.env["CIRCLE_TOKEN"], url=f"{self.sandbox.url}/api")


@pytest.fixture
def delivered(machine, moto, sandbox):
    with faulty_proxy_to(sandbox.url) as proxy:
        delivered = Delivered(machine, moto, sandbox, proxy)
        yield delivered
    iam = moto.client("iam")
    for key in iam.list_access_keys(UserName="CI_USER")["AccessKeyMetadata"]:
        iam.delete_access_key(UserName="CI_USER", AccessKeyId=key["AccessKeyId"])
    iam.detach_user_policy(UserName="CI_USER", PolicyArn="arn:aws:iam::aws:policy/AmazonS3FullAccess")
    iam.delete_user(UserName="CI_USER")


def test_verify_proves_every_target_and_sends_no_write(delivered):
    calls = len(delivered.proxy.calls)
    assert delivered.states(0) == {
        "csv": ("proven", "value"),
        "circleci-context": ("proven", "mask"),
        "circleci-project": ("proven", "mask"),
    }
    assert {call.split()[0] for call in delivered.proxy.calls[calls:]} == {"GET"}


def test_verify_finds_what_another_client_wrote(delivered):
    api = delivered.circleci()
    api.add_envvar("acme", "storefront", "AWS_SECRET_ACCESS_KEY", "somebody-elses-secret-0123456789abcdefgh")
    [context] = api.get_contexts(username="acme", paginate=True)
    api.add_context_envvar(context["id"], "AWS_ACCESS_KEY_ID", "AKIAI44QH8DHBEXAMPLE")
    assert delivered.states(5) == {
        "csv": ("proven", "value"),
        "circleci-context": ("foreign", None),
        "circleci-project": ("stale", None),
    }
    ended = delivered.run("key", "where", delivered.key)
    said = " ".join(ended.stderr.split())
    wrong = f"`circleci-project:gh/acme/storefront` holds {delivered.key} with another secret than the others"
    assert f"{wrong}: jobs fail there" in said


def test_a_place_that_cannot_be_looked_at_is_said_and_the_others_are_proven(delivered):
    with delivered.proxy.doing(json_error(403, "Forbidden."), VARIABLES):
        assert delivered.states(5)["circleci-context"] == ("unknown", None)
        unseen = delivered.json("key", "where", "CI_USER")["not_looked_at"]
        assert [one["what"] for one in unseen][0] == "circleci-context:gh/acme/storefront-deploy"
    assert delivered.states(0)["circleci-context"] == ("proven", "mask")


@pytest.mark.parametrize("fault", [drop_answer, refused_with(429, ("Retry-After", "0")), refused_with(500)])
def test_a_survey_that_meets_trouble_ends_and_says_what_it_left_out(fault, delivered):
    with delivered.proxy.doing(fault, "GET /api/v1.1/projects"):
        located = delivered.json("key", "where", delivered.key)
    assert [place["kind"] for place in located["keys"][0]["places"]] == ["csv", "circleci-context", "circleci-project"]
    assert "the projects that you follow" in [one["what"] for one in located["not_looked_at"]]


def test_a_token_that_is_gone_leaves_the_stores(delivered):
    delivered.env["CIRCLE_TOKEN"] = "gone"
    located = delivered.json("key", "where", "CI_USER")
    assert [place["kind"] for place in located["keys"][0]["places"]] == ["csv"]
    # There is no 1Password on this machine either.
    unseen = {one["what"]: one["why"] for one in located["not_looked_at"] if one["what"] != "1Password"}
    refused = [what for what, why in unseen.items() if "the CircleCI token was refused" in why]
    assert refused == [
        "circleci-context:gh/acme/storefront-deploy",
        "circleci-project:gh/acme/storefront",
        "CircleCI",
    ]
    tokenless = [what for what in unseen if what not in refused]
    assert tokenless == [f"the places of {system}" for system in ("GitHub", "GitLab", "Bitbucket", "Buildkite")]
    assert delivered.states(5) == {
        "csv": ("proven", "value"),
        "circleci-context": ("unknown", None),
        "circleci-project": ("unknown", None),
    }
