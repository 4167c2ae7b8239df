"""What lint finds, asked of parliament too, the linter of Duo Labs.

Its list of AWS's actions is of April 2025, so the documents here name only what was there then. Of its findings five classes
are compared; its mistakes are in `MISTAKES`, with the reason.
"""

import itertools
import json
import os
import subprocess
from pathlib import Path

import parliament
import pytest

COMPARED = {"UNKNOWN_PREFIX", "UNKNOWN_ACTION", "MALFORMED", "INVALID_ARN", "RESOURCE_MISMATCH"}

OURS = {
    "unknown-service": "UNKNOWN_PREFIX",
    "unknown-action": "UNKNOWN_ACTION",
    "action-without-resource": "RESOURCE_MISMATCH",
}

ACTIONS = {
    "s3:GetObject": "object",
    "S3:putobject": "object",
    "s3:ListBucket": "bucket",
    "s3:ListBuckets": "unknown",
    "s4:GetObject": "unknown",
    "sqs:SendMessage": "queue",
    "sqs:Send*": "queue",
    "sqs:Snd*": "unknown",
    "sns:Publish": "topic",
    "dynamodb:GetItem": "table",
    "lambda:InvokeFunction": "function",
    "iam:GetUser": "user",
    "iam:PassRole": "role",
    "cloudfront:CreateInvalidation": "distribution",
}
RESOURCES = {
    "arn:aws:s3:::web/*": "object",
    "arn:aws:s3:::web/site/index.html": "object",
    "arn:aws:sqs:eu-west-1:111122223333:jobs": "queue",
    "arn:aws:sns:*:111122223333:alarms": "topic",
    "arn:aws:dynamodb:*:*:table/orders": "table",
    "arn:aws:lambda:eu-west-1:111122223333:function:site-*": "function",
    "arn:aws:iam::111122223333:user/ci/*": "user",
    "arn:aws:iam::*:role/deploy": "role",
    "arn:aws:cloudfront::111122223333:distribution/E2QWRUHEXAMPLE": "distribution",
}

# Where the two differ: the statement, what parliament says, what ciuser says, and why ciuser is right.
MISTAKES = [
    {
        "why": "AWS has services that are newer than parliament's list",
        "statement": {"Action": "bedrock-agentcore:InvokeCodeInterpreter", "Resource": "*"},
        "parliament": ["UNKNOWN_PREFIX"],
        "ciuser": [],
    },
    {
        "why": "a pattern of actions is right when some of its actions take the resources; parliament wants all of them to",
        "statement": {"Action": "s3:*", "Resource": ["arn:aws:s3:::web", "arn:aws:s3:::web/*"]},
        "parliament": ["RESOURCE_MISMATCH"],
        "ciuser": [],
    },
    {
        "why": "IAM takes an ARN that is short, as AWS documents",
        "statement": {"Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:*"},
        "parliament": ["INVALID_ARN"],
        "ciuser": [],
    },
]


class Lint:
    """The example program, which says what lint finds."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def classes(self, document):
        """Returns parliament's names of what is found."""
        self.process.stdin.write(json.dumps({"document": json.dumps(document)}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if answer["faults"]:
            return {"MALFORMED"}
        return {OURS[finding["id"]] for finding in answer["findings"] if finding["id"] in OURS}

    def end(self):
        """Lets it end."""
        self.process.stdin.close()
        assert self.process.wait(timeout=10) == 0


@pytest.fixture(scope="module")
def lint():
    """Runs the example."""
    program = Path(os.environ.get("CIUSER", Path(__file__).resolve().parents[2] / "target/debug/ciuser"))
    path = program.parent / "examples/lint"
    assert path.is_file(), f"{path} is not there: `cargo build -p ciuser-policy --example lint` makes it"
    lint = Lint(path)
    yield lint
    lint.end()


def document(statement):
    """Returns a document of a statement that allows, unless it says otherwise."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow"} | statement]}


def parliament_says(policy):
    """Returns the classes of what parliament finds, of those that are compared."""
    found = {finding.issue for finding in parliament.analyze_policy_string(json.dumps(policy)).findings}
    # It has two names for a document that is none.
    return {"MALFORMED" if "MALFORMED" in issue else issue for issue in found} & COMPARED


def test_every_action_with_every_resource(lint):
    for action, resource in itertools.product(ACTIONS, RESOURCES):
        policy = document({"Action": action, "Resource": resource})
        assert lint.classes(policy) == parliament_says(policy), (action, resource)


def test_every_action_with_everything(lint):
    for action in ACTIONS:
        policy = document({"Action": action, "Resource": "*"})
        assert lint.classes(policy) == parliament_says(policy), action


@pytest.mark.parametrize(
    "statement",
    [
        {"Action": "s3:GetObject"},
        {"Resource": "*"},
        {"Action": "s3:GetObject", "NotAction": "s3:PutObject", "Resource": "*"},
        {"Action": "s3:GetObject", "Resource": "*", "Effect": "Permit"},
        {"Action": "s3:GetObject", "Resource": "*", "Conditions": {}},
    ],
    ids=json.dumps,
)
def test_what_is_no_statement_is_none_for_both(lint, statement):
    policy = document(statement)
    assert lint.classes(policy) == parliament_says(policy) == {"MALFORMED"}


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda one: one["why"])
def test_a_mistake_is_one_still(lint, mistake):
    policy = document(mistake["statement"])
    assert parliament_says(policy) == set(mistake["parliament"])
    assert lint.classes(policy) == set(mistake["ciuser"])
