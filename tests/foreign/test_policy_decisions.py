"""Decisions of the policy engine beside those of iam-simulate, about random policies and requests.

Where iam-simulate deviates from AWS, a rule says so (`oracle/deviations.py`), and with it both must agree. What AWS leaves
open is `Undetermined` here, and anything there: it must be rare. `CIUSER_ORACLE_SEED` and `CIUSER_ORACLE_DECISIONS`, a
number of cases with ten requests each, make other and longer runs.
"""

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from oracle.answers import ENGINE, REPOSITORY, SIMULATE, answering, decisions_of_simulate
from oracle.deviations import RULES, corrected, together
from oracle.draw import Draw

SEED = os.environ.get("CIUSER_ORACLE_SEED", "1")
CASES = int(os.environ.get("CIUSER_ORACLE_DECISIONS", "500"))
REQUESTS = 10
LISTED = (REPOSITORY / "docs/design/deviations.md").read_text()
DEVIATIONS = json.loads((Path(__file__).parent / "oracle/simulate_deviations.json").read_text())
NO_POLICIES = {"identity": [], "boundary": None, "session": None, "scp": [], "rcp": [], "resource": None}


@pytest.fixture(scope="module")
def engine():
    """Asks the engine."""
    with answering(ENGINE) as ask:
        yield ask


@pytest.fixture(scope="module")
def simulate():
    """Asks iam-simulate."""
    with answering(SIMULATE) as ask:
        yield lambda case: decisions_of_simulate(ask, case)


def decision_with(rules, case, simulate):
    """Returns what iam-simulate decides about the one request of a case when rules have corrected it."""
    return together([simulate(one)[0] for one in corrected(case, rules)])


def test_decisions_are_those_of_iam_simulate_but_for_its_known_deviations(engine, simulate):
    counted = Counter()
    for number in range(CASES):
        case = Draw(SEED, number).case(REQUESTS)
        for request, ours, theirs in zip(case["requests"], engine(case), simulate(case), strict=True):
            counted[ours] += 1
            if ours in ("Undetermined", theirs):
                continue
            one = case | {"requests": [request]}
            as_aws = decision_with(RULES, one, simulate)
            assert as_aws == ours, f"seed {SEED}, case {number}: they say {theirs}, corrected {as_aws}, we {ours}\n{json.dumps(one)}"
            counted["deviations"] += 1
    print(f"seed {SEED}: {dict(counted)}")
    # As a whole the requests must be worth asking.
    assert min(counted[decision] for decision in ("Allowed", "ExplicitDeny", "ImplicitDeny")) > CASES
    assert counted["Undetermined"] < 0.02 * CASES * REQUESTS


@pytest.mark.parametrize("deviation", DEVIATIONS, ids=lambda deviation: deviation["rule"])
def test_a_known_deviation_still_shows(deviation, engine, simulate):
    [rule] = [rule for rule in RULES if rule.__name__ == deviation["rule"]]
    case = NO_POLICIES | deviation["policies"] | {"requests": [deviation["request"]]}
    answers = {"they": simulate(case)[0], "aws": engine(case)[0]}
    assert answers == deviation["answers"]
    assert decision_with([rule], case, simulate) == deviation["answers"]["aws"]


def test_every_rule_is_listed():
    assert [deviation["rule"] for deviation in DEVIATIONS] == [rule.__name__ for rule in RULES]
    assert [rule.__name__ for rule in RULES if f"| `{rule.__name__}` |" not in LISTED] == []
