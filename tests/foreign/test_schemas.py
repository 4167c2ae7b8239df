"""What the program writes and reads, against the schemas in `docs/reference/schema`."""

import json
import re
import tomllib
from functools import partial

import pytest
from conftest import REPOSITORY
from jsonschema import Draft202012Validator, FormatChecker
from test_kill import VARIABLE, Outside

from harness.machine import CONTEXT, PROJECT
from harness.proxy import proxy_to

REFERENCE = REPOSITORY / "docs/reference"
SCHEMAS = {path.stem: json.loads(path.read_text()) for path in (REFERENCE / "schema").glob("*.json")}
SPEC_FILE = (REFERENCE / "ciuser.toml").read_text()

SMALLEST = 'version = 1\n[[user]]\nname = "CI_USER"\n'
JOB = ("create", "CI_USER", "--for", "s3", "--store", "csv:keys.csv")
POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}]}'


def extended(schema):
    """Returns the names of the definitions that others add properties to."""
    if isinstance(schema, list):
        return set().union(*map(extended, schema))
    if not isinstance(schema, dict):
        return set()
    own = {schema["$ref"].rpartition("/")[2]} if "$ref" in schema and "properties" in schema else set()
    return own.union(*map(extended, schema.values()))


def closed(schema, leave=frozenset()):
    """Returns the schema with every object closed: readers accept unknown fields, but ours must all be described."""
    if isinstance(schema, list):
        return [closed(item, leave) for item in schema]
    if not isinstance(schema, dict):
        return schema
    copy = {
        key: {name: part if name in leave else closed(part, leave) for name, part in value.items()}
        if key in ("$defs", "properties")
        else closed(value, leave)
        for key, value in schema.items()
    }
    if "properties" in copy:
        copy["unevaluatedProperties"] = False
    return copy


def check(document):
    """Checks a document, completely, against the schema of its kind."""
    schema = SCHEMAS[document["kind"]]
    Draft202012Validator.check_schema(schema)
    strict = closed(schema, extended(schema))
    Draft202012Validator(strict, format_checker=FormatChecker()).validate(document)
    return document


def fits_schema(text):
    """Returns what the schema of the spec file says of a text."""
    return Draft202012Validator(SCHEMAS["ciuser.toml"]).is_valid(tomllib.loads(text))


class Sandboxed:
    """Runs commands in the sandbox and checks what they print."""

    def __init__(self, machine):
        self.machine = machine

    def __call__(self, *args, code=0):
        return check(self.machine.run(*args, "--sandbox", "--yes", "--output", "json", code=code).json)


@pytest.fixture
def run(machine):
    return Sandboxed(machine)


def test_every_document_of_a_users_life_fits_its_schema(run, machine):
    planned = run(*JOB, "--tag", "env=test", "--dry-run")
    assert (planned["kind"], planned["changes"]) == ("plan", True)
    item = ("--store", "1password:Infrastructure")
    created = run(*JOB, *item, "--deliver", CONTEXT, "--restrict-to", "gh/acme/storefront")
    assert [target["proof"] for target in created["targets"]] == ["value", "value", "mask"]
    assert [target["kind"] for target in created["targets"] if "references" in target] == ["1password"]
    again = run(*JOB)
    assert (again["changed"], "proven_at" in again["targets"][0]) == (False, True)
    assert run("key", "list", "CI_USER")["keys"][0]["status"] == "Active"
    assert run("key", "rotate", "CI_USER", "--deactivate-old")["key"]["issued"]


def test_plan_and_apply_of_a_file_fit_their_schemas(run, machine):
    (machine.work / "deploy.json").write_text(POLICY)
    spec = """
        version = 1
        [[user]]
        name = "CI_USER"
        policies = ["AmazonS3FullAccess"]
        attach = "group"
        inline = { deploy = "deploy.json" }
        [[user.store]]
        kind = "csv"
        path = "keys.csv"
    """
    (machine.work / "ciuser.toml").write_text(spec)
    first = run("plan")
    assert {step["call"] for step in first["plan"]["users"][0]["steps"]} == {
        "CreateUser", "CreateGroup", "AttachGroupPolicy", "AddUserToGroup", "PutUserPolicy",
    }  # fmt: skip
    assert len(run("apply")["users"]) == 1
    changed = spec.replace("inline = { deploy", 'boundary = "arn:aws:iam::aws:policy/PowerUserAccess" #')
    changed = changed.replace('policies = ["AmazonS3FullAccess"]', 'policies = []\n        tags = { env = "test" }')
    (machine.work / "ciuser.toml").write_text(changed)
    second = run("plan", "--out", "reviewed.json")
    assert {step["call"] for step in second["plan"]["users"][0]["steps"]} >= {"TagUser", "PutUserPermissionsBoundary"}
    check(json.loads((machine.work / "reviewed.json").read_text()) | {"changes": True, "lines": []})
    assert run("apply", "reviewed.json")["changed"]
    assert not run("apply")["changed"]


def test_a_key_from_a_store_and_a_key_that_no_store_has_fit_the_schema_of_plans(run, machine):
    run(*JOB)
    added = run(*JOB, "--deliver", PROJECT, "--dry-run")
    assert added["plan"]["users"][0]["key"]["key"] == "deliver"
    (machine.work / "keys.csv").unlink()
    lost = run(*JOB, "--tag", "env=test", "--dry-run")
    assert lost["plan"]["users"][0]["key"]["key"] == "unavailable"


def test_refusals_and_failures_fit_their_schemas(run, machine):
    assert run("plan", code=2)["kind"] == "error"
    assert run("create", "CI_USER", "--policy", "NoSuchPolicy", "--store", "csv:keys.csv", code=4)["kind"] == "error"


def test_what_serve_announces_fits_its_schema(machine):
    process = machine.start("sandbox", "serve", "--output", "json")
    try:
        lines = iter(process.stdout.readline, "}\n")
        served = check(json.loads("".join(lines) + "}"))
    finally:
        process.terminate()
        process.communicate(timeout=10)
    assert served["env"]["AWS_ENDPOINT_URL"] == served["url"]


def test_a_run_that_was_killed_fits_the_schemas_of_history_and_resume(machine, sandbox):
    with proxy_to(sandbox.url) as proxy:
        outside = Outside(machine, sandbox, proxy)
        with outside.killed_at(f"{VARIABLE}AWS_SECRET_ACCESS_KEY", "before"):
            pass
        run = partial(machine.run, "--output", "json", env=outside.env)
        [left] = check(run("history").json)["runs"]
        shown = check(run("history", "show", left["run"]).json)
        assert "sealed" in [entry["entry"] for entry in shown["entries"]]
        [resumed] = check(run("resume").json)["runs"]
    assert (resumed["run"], resumed["unfinished"]) == (left["run"], [])


# For every kind of document, the commands of which the last one writes it.
WRITERS = {
    "apply": [("apply",)],
    "check": [("policies", "check", "AmazonS3FullAccess")],
    "circleci-config": [("circleci", "config", "--for", "s3")],
    "compare": [("policies", "compare", "AmazonS3FullAccess", "AmazonS3FullAccess")],
    "create": [JOB],
    "delete": [JOB, ("delete", "CI_USER", "--clear", "--confirm", "CI_USER")],
    "error": [("key", "rotate", "NOBODY")],
    "explain": [("policies", "explain", "AmazonS3FullAccess")],
    "export": [("export", "terraform")],
    "history": [JOB, ("history",)],
    "history-prune": [JOB, ("history", "prune")],
    "history-run": [JOB, ("history", "show", "r-")],
    "init": [JOB, ("init", "new.toml", "--from-user", "CI_USER")],
    "key-list": [JOB, ("key", "list", "CI_USER")],
    "key-rotate": [JOB, ("key", "rotate", "CI_USER")],
    "key-verify": [("apply",), ("key", "verify")],
    "key-where": [JOB, ("key", "where", "CI_USER")],
    "minimise": [("policies", "minimise", "AmazonS3FullAccess")],
    "plan": [("plan",)],
    "policies-search": [("policies", "search", "s3")],
    "policy": [("policies", "show", "AmazonS3FullAccess")],
    "resume": [("resume",)],
    "sandbox-add-project": [("sandbox", "add-project", "gh/acme/another")],
    "sandbox-reset": [("sandbox", "reset")],
    "simulate": [("policies", "simulate", "--policy", "AmazonS3FullAccess", "--action", "s3:PutObject")],
}


# What is one line of many.
LINES = ("simulate-request", "simulate-result")

DELIVERED = """
[[user.deliver]]
kind = "circleci-context"
org = "gh/acme"
context = "deploy"
restrict-to = ["gh/acme/storefront"]
"""


@pytest.mark.parametrize("kind", sorted(SCHEMAS.keys() - {"ciuser.toml", "sandbox-serve", *LINES}))
def test_a_document_of_every_kind_is_written_and_fits(run, machine, kind):
    (machine.work / "ciuser.toml").write_text(SMALLEST + '[[user.store]]\nkind = "csv"\n' + DELIVERED)
    documents = [run(*command, code=1 if kind == "error" else 0) for command in WRITERS[kind]]
    assert documents[-1]["kind"] == kind


def properties(schema):
    """Returns the names of all properties that a schema knows, wherever."""
    if isinstance(schema, list):
        return set().union(*map(properties, schema))
    if not isinstance(schema, dict):
        return set()
    return set(schema.get("properties", ())).union(*map(properties, schema.values()))


def test_the_reference_file_has_every_key_that_the_schema_knows():
    for key in properties(SCHEMAS["ciuser.toml"]):
        assert re.search(rf"\b{re.escape(key)}\b( =|\])", SPEC_FILE), f"`{key}` is not in docs/reference/ciuser.toml"


@pytest.fixture
def parses(machine):
    """Returns whether the program takes a text for a spec file; what is wrong in the account is another matter."""
    (machine.work / "deploy.json").write_text(POLICY)

    def parses(text):
        (machine.work / "ciuser.toml").write_text(text)
        process = machine.start("plan", "--sandbox", "--no-input", "--output", "json")
        stdout, _ = process.communicate(timeout=60)
        assert process.returncode in (0, 1, 2, 4), stdout
        return process.returncode != 2

    return parses


def test_parser_and_schema_accept_the_files_that_we_show(parses):
    guide = (REPOSITORY / "docs/guide.md").read_text()
    shown = re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)
    assert shown
    for text in (SPEC_FILE, *shown):
        assert (parses(text), fits_schema(text)) == (True, True), text


def test_parser_and_schema_accept_the_smallest_file(parses):
    for text in (SMALLEST, SMALLEST + '[[user.store]]\nkind = "csv"\n', SMALLEST + "[user.tags]\n"):
        assert (parses(text), fits_schema(text)) == (True, True), text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version = 1", ""),
        ("version = 1", "version = 2"),
        ("version = 1", 'version = "1"'),
        ("version = 1", "version = 1\nprojekt = 'x'"),
        ("version = 1", "version = 1\nproject = 'a b'"),
        ("version = 1", "version = 1\nproject = 7"),
        ("version = 1", "version = 1\naccount = 'x'"),
        ("version = 1", "version = 1\n[account]\nid = '12'"),
        ("version = 1", "version = 1\n[account]\nname = 'x'"),
        ("version = 1", "version = 1\n[account]\nregion = 'Mars'"),
        ("version = 1", "version = 1\n[seal]\nkey = 'x'"),
        ('[[user]]\nname = "CI_USER"\n', ""),
        ("[[user]]", "[user]"),
        ('name = "CI_USER"', ""),
        ('name = "CI_USER"', 'name = "a b"'),
        ('"CI_USER"\n', '"CI_USER"\npath = "ci"\n'),
        ('"CI_USER"\n', '"CI_USER"\npolicies = "AmazonS3FullAccess"\n'),
        ('"CI_USER"\n', '"CI_USER"\npolicies = [1]\n'),
        ('"CI_USER"\n', '"CI_USER"\nattach = "both"\n'),
        ('"CI_USER"\n', '"CI_USER"\ngroups = ["a b"]\n'),
        ('"CI_USER"\n', '"CI_USER"\ninline = { "a b" = "deploy.json" }\n'),
        ('"CI_USER"\n', '"CI_USER"\ntags = { env = 1 }\n'),
        ('"CI_USER"\n', '"CI_USER"\nuntag = [1]\n'),
        ('"CI_USER"\n', '"CI_USER"\nboundary = "ci-boundary"\n'),
        ('"CI_USER"\n', '"CI_USER"\nstore = "kdbx"\n'),
        ('"CI_USER"\n', '"CI_USER"\n[[user.store]]\nkind = "paper"\n'),
        ('"CI_USER"\n', '"CI_USER"\n[[user.store]]\npath = "x"\n'),
        ('"CI_USER"\n', '"CI_USER"\n[[user.store]]\nkind = "csv"\nkey-file = "x"\n'),
        ('"CI_USER"\n', '"CI_USER"\n[[user.store]]\nkind = "csv"\nformat = "tsv"\n'),
        ('"CI_USER"\n', '"CI_USER"\n[[user.deliver]]\nkind = "circleci-context"\norg = "gh/acme"\n'),
        ('"CI_USER"\n', '"CI_USER"\n[[user.deliver]]\nkind = "circleci-project"\nproject = 1\n'),
    ],
)
def test_parser_and_schema_refuse_the_same_mistakes(parses, old, new):
    text = SMALLEST.replace(old, new, 1)
    assert text != SMALLEST
    assert (parses(text), fits_schema(text)) == (False, False), text


def test_what_is_found_out_about_policies_fits_its_schemas(run, machine):
    (machine.work / "deploy.json").write_text(POLICY)
    (machine.work / "wrong.json").write_text(POLICY.replace("Action", "Actions"))
    asked = ("--action", "s3:PutObject", "s3:GetObject", "--context", "aws:RequestedRegion=eu-west-1")
    simulated = run("policies", "simulate", "--policy", "deploy.json", "--scp", "ReadOnlyAccess", *asked)
    assert [one["decision"] for one in simulated["decisions"]] == ["ImplicitDeny", "ImplicitDeny"]
    within = ("--old", "AmazonS3FullAccess", "--new", "deploy.json")
    assert run("policies", "compare", *within)["proven"]
    assert run("policies", "compare", "deploy.json", "CloudFrontFullAccess", code=4)["witness"]["confirmed"]
    explained = run("policies", "explain", "deploy.json", "AdministratorAccess-AWSElasticBeanstalk")
    assert [one["policy"] for one in explained["policies"]][0] == "deploy.json"
    checked = run("policies", "check", "deploy.json", "wrong.json", code=4)
    ids = [[finding["id"] for finding in one["findings"]] for one in checked["policies"]]
    assert ids == [[], ["MalformedPolicyDocument"] * 2]
    (machine.work / "long.json").write_text(POLICY.replace('"s3:PutObject"', '["s3:PutObject", "s3:Put*"]'))
    minimised = run("policies", "minimise", "deploy.json", "long.json")
    assert [one["size"] < one["size_before"] for one in minimised["policies"]] == [True, True]


def test_requests_and_their_results_fit_the_schemas_of_lines(machine):
    requests = [
        {"action": "s3:PutObject", "resource": "arn:aws:s3:::a/b", "context": {"aws:SourceIp": "192.0.2.1", "a": ["b", True, 3]}},
        {"action": "iam:PassRole", "principal": "arn:aws:iam::111122223333:user/you", "resource_account": "111122223333"},
    ]  # fmt: skip
    (machine.work / "deploy.json").write_text(POLICY)
    (machine.work / "asked.jsonl").write_text("".join(json.dumps(request) + "\n" for request in requests))
    ended = machine.run("policies", "simulate", "--policy", "deploy.json", "--requests", "asked.jsonl")
    results = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [result["decision"] for result in results] == ["Allowed", "ImplicitDeny"]
    for name, lines in zip(LINES, (requests, results), strict=True):
        schema = closed(SCHEMAS[name])
        for line in lines:
            Draft202012Validator(schema, format_checker=FormatChecker()).validate(line)
    for wrong in ({}, {"action": "s3:PutObject", "ressource": "*"}, {"action": "s3:PutObject", "context": {"a": None}}):
        assert not Draft202012Validator(SCHEMAS["simulate-request"]).is_valid(wrong)
        (machine.work / "asked.jsonl").write_text(json.dumps(wrong))
        machine.run("policies", "simulate", "--policy", "deploy.json", "--requests", "asked.jsonl", code=1)
