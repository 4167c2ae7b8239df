"""Whether IAM accepts a document, asked of moto's validator too: its rules and messages were found by asking AWS.

Where the two differ, `policy_deviations.json` says why. Generated documents keep to what is not in that list.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto.iam.exceptions import MalformedPolicyDocument
from moto.iam.policy_validation import IAMPolicyDocumentValidator, IAMTrustPolicyDocumentValidator

DEVIATIONS = json.loads((Path(__file__).parent / "policy_deviations.json").read_text())
LISTED = (Path(__file__).resolve().parents[2] / "docs/design/deviations.md").read_text()

ACTIONS = ["*", "s3:*", "s3:Get*", "ec2:Describe?", "iam: odd name ", "a.b-c:x"] * 4 + [
    "",
    "GetObject",
    "s3:Get:Object",
    "a a:x",
    "a_b:x",
]
RESOURCES = [
    "*",
    "arn:aws:s3:::bucket",
    "arn:aws:s3:::bucket/a:b/*",
    "arn:*:logs:*:*:log-group:/x:*",
    "arn:aws:anything",
    "arn:aws:waf:*",
    "arn:aws-cn:ec2:region:account-id:instance/*",
    "arn:aws:iam::111122223333:user/${aws:username}",
    "arn:aws:iam::aws:policy/*",
    "arn:aws:s3:us-west-2:111122223333:accesspoint/a/object/*",
] * 3 + [
    "bucket",
    "a:b",
    "a:b:c",
    "a:b:c:d:e:f:g",
    "aws:s3:::bucket",
    "arn:error:s3:::bucket",
    "arn:error:s3::bucket",
    "arn:${Partition}:s3:::bucket",
    "arn:aws",
    "arn:aws:s3::bucket",
    "arn:aws:sqs::queue",
    "arn:aws:iam:us-east-1::user/x",
    "arn:aws:iam:::bucket",
    "arn:aws:iam::111122223333:*/*",
    "arn:aws:s3:us-east-1::bucket",
]
SERVICELESS = ["arn:aws::::x"]
OPERATORS = ["StringLike", "BoolIfExists", "ForAnyValue:ArnEquals", "ForAllValues:StringNotLikeIfExists", "Null"]
DATES = [
    "2026-11-29T12:00:00Z",
    "2026-11-29t1:2:3.593194+23",
    "2026-11",
    "01T",
    "-292275054",
    "1480896000",
    "9223372036854775807",
]
NO_DATES = ["soon", "234-13", "2026-11-32", "2026-11-29T12:00:00+1", "2026-11-29T12:00:00.1999999999+10", "9223372036854775808"]
# A change to a statement that breaks its structure.
ODD = [
    {"Effect": "Permit"},
    {"Effect": ""},
    {"Effect": 1},
    {"Sid": {}},
    {"Actions": "s3:*"},
    {"Action": "s3:*", "NotAction": []},
    {"Resource": "*", "NotResource": "*"},
    {"Action": {}},
    {"Action": [[]]},
    {"Resource": ["*", {}]},
    {"Condition": []},
    {"Condition": {"Bool": "x"}},
    {"Condition": {"Bool": {"a": {}}}},
    {"Condition": {"StringLikes": {"a": "x"}}},
    {"Condition": {"stringlike": {"a": "x"}}},
    {"Condition": {"ForAnyValue::StringLike": {"a": "x"}}},
]


def one_or_list(values):
    """Draws one of the values, or a list of some."""
    return st.one_of(st.sampled_from(values), st.lists(st.sampled_from(values), max_size=3))


def conditions():
    """Draws a condition block."""
    keys = st.dictionaries(st.sampled_from("abc"), one_or_list(["x", "*", True, "2"]), max_size=2)
    blocks = st.dictionaries(st.sampled_from(OPERATORS), keys, max_size=2)
    dates = st.dictionaries(st.just("a"), one_or_list(DATES * 3 + NO_DATES), max_size=1)
    dated = st.dictionaries(st.sampled_from(["DateEquals", "ForAnyValue:DateLessThanIfExists"]), dates, max_size=1)
    return st.one_of(blocks, dated, st.just({"Nonsense": {}}))


@st.composite
def statements(draw):
    """Draws a statement."""
    parts = {
        "Sid": st.sampled_from(["", "a", "b", "Read1"]),
        "Effect": st.sampled_from(["Allow", "Deny"] * 9 + ["allow", "DENY"]),
        draw(st.sampled_from(["Action"] * 3 + ["NotAction"])): one_or_list(ACTIONS),
        draw(st.sampled_from(["Resource"] * 3 + ["NotResource"])): one_or_list(RESOURCES + SERVICELESS),
        "Condition": conditions(),
    }
    left_out = draw(st.sampled_from(["Sid", "Condition"] * 9 + ["Action", "NotAction", "Resource"]))
    return {name: draw(part) for name, part in parts.items() if name != left_out}


@st.composite
def documents(draw):
    """Draws a document."""
    written = draw(st.lists(statements(), min_size=1, max_size=3))
    document = {"Version": "2012-10-17", "Statement": written}
    match draw(st.sampled_from(["nothing"] * 20 + ["single"] * 5 + ["version", "top", "statement", "odd", "odd", "odd"])):
        case "single":
            document["Statement"] = written[0]
        case "version":
            document["Version"] = draw(st.sampled_from(["2008-10-17", "2013-10-17", 2012]))
        case "top":
            document |= draw(st.sampled_from([{"Id": "x"}, {"Id": []}, {"statement": {}}]))
        case "statement":
            document["Statement"] = draw(st.sampled_from([[], "x", ["x"], None]))
        case "odd":
            written[-1] |= draw(st.sampled_from(ODD))
    if draw(st.sampled_from([False] * 19 + [True])):
        del document["Version"]
    return document


class Accept:
    """The example program, which says what ciuser says of a document."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def messages(self, kind, document):
        """Returns the messages of all that is wrong with a document, the one of IAM first."""
        self.process.stdin.write(json.dumps({"kind": kind, "document": document}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())["messages"]

    def end(self):
        """Lets it end."""
        self.process.stdin.close()
        assert self.process.wait(timeout=10) == 0


@pytest.fixture(scope="module")
def accept():
    """Runs the example."""
    program = Path(os.environ.get("CIUSER", Path(__file__).resolve().parents[2] / "target/debug/ciuser"))
    path = program.parent / "examples/accept"
    assert path.is_file(), f"{path} is not there: `cargo build -p ciuser-policy --example accept` makes it"
    accept = Accept(path)
    yield accept
    accept.end()


def moto_says(kind, document):
    """Returns moto's message, or nothing if it takes the document."""
    validator = IAMTrustPolicyDocumentValidator if kind == "Trust" else IAMPolicyDocumentValidator
    try:
        validator(document).validate()
    except MalformedPolicyDocument as refused:
        return refused.message
    return None


def is_about_resources(message):
    """Tells messages about a resource that moto keeps until it has seen all of them."""
    return message is not None and ("esource" in message) and message != "Policy statement must contain resources."


@settings(max_examples=600, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(document=documents())
def test_iam_and_moto_name_the_same_fault(accept, document):
    text = json.dumps(document)
    ours, theirs = accept.messages("Managed", text), moto_says("Managed", text)
    if is_about_resources(theirs) and len({message for message in ours if is_about_resources(message)}) > 1:
        # Of several it names the last that it sorts (`policy_deviations.json`).
        assert theirs in ours and is_about_resources(ours[0])
    elif any(serviceless in text for serviceless in SERVICELESS) and theirs != "The policy failed legacy parsing":
        # In a list it does not look (`policy_deviations.json`).
        assert "The policy failed legacy parsing" in ours
    else:
        assert (ours[0] if ours else None) == theirs


def row(deviation):
    """Returns the row of a deviation in the table of `docs/design/deviations.md`."""
    usual = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", '
    document = deviation["document"].replace(usual, "… ").replace("\n", "⏎")
    verdicts = ["accepts" if deviation[side] is None else "refuses" for side in ["moto", "ciuser"]]
    if verdicts == ["refuses", "refuses"]:
        verdicts = [deviation[side] for side in ["moto", "ciuser"]]
    return f"| `{document}` | {' | '.join(verdicts)} | {deviation['why']} |"


def test_the_page_lists_every_deviation():
    missing = [row(deviation) for deviation in DEVIATIONS if row(deviation) not in LISTED]
    assert missing == [], "\n".join(missing)


@pytest.mark.parametrize("deviation", DEVIATIONS, ids=lambda one: one["why"])
def test_a_deviation_is_one_still(accept, deviation):
    ours = accept.messages(deviation["kind"], deviation["document"])
    theirs = moto_says(deviation["kind"], deviation["document"])
    assert (theirs, ours[0] if ours else None) == (deviation["moto"], deviation["ciuser"])
    assert deviation["moto"] != deviation["ciuser"]
