"""Proofs of the policy engine beside z3's, which gets its formulas from AWS's documentation by itself (`oracle/meaning.py`).

What the engine proves, z3 must find no request against; of a request that the engine shows and has confirmed, z3 must say
that the new policies allow it and the old ones do not. `CIUSER_ORACLE_SEED` and `CIUSER_ORACLE_PROOFS`, the number of
random pairs of each kind, make other and longer runs.
"""

import json
import os
from collections import Counter
from pathlib import Path

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from oracle.answers import ENGINE, answering
from oracle.changes import Changes
from oracle.meaning import Question
from oracle.pairs import Pairs
from oracle.regex import Unsupported
from oracle.somebody import Somebody

SEED = os.environ.get("CIUSER_ORACLE_SEED", "1")
PAIRS = int(os.environ.get("CIUSER_ORACLE_PROOFS", "100"))
MILLISECONDS = 2_000
# The verdicts that AWS states for `CheckNoNewAccess`; they are not part of the checkout.
BESIDE = Path(__file__).resolve().parents[3] / "shared/data"
VERDICTS = Path(os.environ.get("CIUSER_CONFORMANCE_DATA", BESIDE)) / "access-analyzer-cases.json"
# AWS says FAIL, but the candidate's ARN is `acl-123456`, which is not the reference's `acl-sensitive`.
MISLABELLED = "ec2-network-acl: Candidate policy 3"


@pytest.fixture(scope="module")
def engine():
    """Asks the engine."""
    with answering(ENGINE) as ask:
        yield ask


class Compared:
    """What came of comparisons, counted."""

    def __init__(self, engine):
        self.engine = engine
        self.counted = Counter()

    def compare(self, old, new, kind="Identity"):
        """Asks engine and z3, which must not contradict each other; returns what both say."""
        answer = self.engine({"old": [old], "new": [new]})
        assert answer["decided"], f"not decided: {json.dumps([old, new])}"
        witness = answer.get("witness")
        is_confirmed = bool(witness and witness["confirmed"])
        ours = "proven" if answer["proven"] else "confirmed" if is_confirmed else "not proven"
        principal = Somebody() if kind == "Resource" else None
        try:
            theirs = Question([old], [new], principal, witness if is_confirmed else None).answer(MILLISECONDS)
        except Unsupported:
            theirs = "not asked"
        assert (ours, theirs) not in (("proven", "sat"), ("confirmed", "unsat")), f"{ours}: {json.dumps([old, new, witness])}"
        self.counted[ours, theirs] += 1
        return ours, theirs

    def report(self, what, rarely):
        """Prints what there was; what z3 did not know, or could not be asked, must be rare, and the engine must not be timid."""
        print(f"{what}, seed {SEED}: {dict(self.counted)}")
        everything = sum(self.counted.values())
        assert sum(times for (_, theirs), times in self.counted.items() if theirs in ("unknown", "not asked")) <= rarely * everything
        assert self.counted["not proven", "unsat"] <= 0.01 * everything


@pytest.mark.parametrize("kind", ["Identity", "Resource"])
def test_random_policies_are_compared_as_z3_compares_them(kind, engine):
    compared = Compared(engine)
    for number in range(PAIRS):
        compared.compare(*Pairs(SEED, number, kind.lower()).pair(), kind)
    compared.report(f"{kind} policies", rarely=0.06)
    assert compared.counted["proven", "unsat"] > PAIRS / 4
    assert compared.counted["confirmed", "sat"] > PAIRS / 4


def test_managed_policies_with_a_change_are_compared_as_z3_compares_them(engine):
    policies = json.loads(aws_managed_policies_data)
    compared = Compared(engine)
    for number in range(PAIRS):
        changes = Changes(SEED, number)
        policy = policies[changes.choice(sorted(policies))]["Document"]
        compared.compare(*changes.pair(policy))
    compared.report("managed policies", rarely=0.1)
    assert compared.counted["proven", "unsat"] > PAIRS / 8
    assert compared.counted["confirmed", "sat"] > PAIRS / 8


def test_the_verdicts_of_access_analyzer_are_those_of_z3_and_ours(engine):
    if not VERDICTS.is_file():
        print(f"verdicts of Access Analyzer NOT COMPARED: {VERDICTS} is not there")
        return
    compared, others = Compared(engine), []
    for case in json.loads(VERDICTS.read_text())["cases"]:
        old, new = (json.loads(json.dumps(case[side]).replace("<ACCOUNT ID>", "111111111111")) for side in ("reference", "candidate"))
        answers = compared.compare(old, new, {"identity": "Identity", "resource": "Resource"}[case["kind"]])
        if answers != {"PASS": ("proven", "unsat"), "FAIL": ("confirmed", "sat")}[case["expect"]]:
            others.append(case["id"])
    print(f"verdicts of Access Analyzer: {dict(compared.counted)}")
    assert len(others) == 1 and others[0].startswith(MISLABELLED), others
