"""The words that conversations are made of: steps, and what stands for a value that is another in each run.

`$name` in a parameter or an expectation is a value that an earlier step kept; `$account` is there from the start.
"""

import re
import string
from dataclasses import dataclass

from harness.players import Refusal


@dataclass(frozen=True)
class Step:
    """One operation, and what it must answer: the whole answer, or the refusal."""

    service: str
    operation: str
    parameters: dict
    expected: object


@dataclass(frozen=True)
class Form:
    """Stands for a text of this form; with a name, the text is kept under it."""

    pattern: str
    keep: str | None = None


DATE = Form(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def unique(prefix, length=17, keep=None):
    """Stands for one of IAM's unique ids."""
    return Form(rf"{prefix}[A-Z2-7]{{{length}}}", keep)


def iam(operation, /, expected=None, **parameters):
    """Asks IAM; without an expectation the answer is empty."""
    return Step("iam", operation, parameters, {} if expected is None else expected)


def sts(operation, /, expected=None, **parameters):
    """Asks STS."""
    return Step("sts", operation, parameters, expected)


def no(code, message):
    """Stands for a refusal."""
    return Refusal(code, message)


def no_user(name):
    """Stands for the refusal of a user that is not there."""
    return no("NoSuchEntity", f"The user with name {name} cannot be found.")


def no_group(name):
    """Stands for the refusal of a group that is not there."""
    return no("NoSuchEntity", f"The group with name {name} cannot be found.")


def no_policy(arn):
    """Stands for the refusal of a managed policy that is not there."""
    return no("NoSuchEntity", f"Policy {arn} was not found.")


def invalid(field, rule):
    """Stands for the refusal of a parameter."""
    message = f"1 validation error detected: Value at '{field}' failed to satisfy constraint: Member must {rule}"
    return no("ValidationError", message)


def conflict(message):
    """Stands for the refusal to delete what something else hangs on."""
    return no("DeleteConflict", message)


def tags(**pairs):
    """Returns a list of tags."""
    return [{"Key": key, "Value": value} for key, value in pairs.items()]


def listing(name, items, **more):
    """Stands for the only page of a listing."""
    return {name: items, "IsTruncated": False} | more


def filled(value, kept):
    """Returns a value with what was kept in the place of `$name`."""
    if isinstance(value, str):
        return string.Template(value).safe_substitute(kept)
    if isinstance(value, dict):
        return {name: filled(each, kept) for name, each in value.items()}
    if isinstance(value, list):
        return [filled(each, kept) for each in value]
    if isinstance(value, Refusal):
        return Refusal(value.code, filled(value.message, kept))
    return value


def read(expected, found, kept):
    """Returns what was found, with forms in the place of texts that have them; keeps what is to be kept.

    So that one comparison shows the whole difference.
    """
    if isinstance(expected, Form):
        if not isinstance(found, str) or not re.fullmatch(expected.pattern, found):
            return found
        if expected.keep:
            kept[expected.keep] = found
        return expected
    if isinstance(expected, dict) and isinstance(found, dict):
        return {name: read(expected.get(name), value, kept) for name, value in found.items()}
    if isinstance(expected, list) and isinstance(found, list):
        return [read(*pair, kept) for pair in zip(expected, found, strict=False)] + found[len(expected) :]
    return found
