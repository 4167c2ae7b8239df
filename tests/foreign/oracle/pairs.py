"""Random pairs of policies, an old one and a new one that is mostly near to it."""

import copy
import random

ACTIONS = ["s3:get", "s3:gets", "s3:put", "s3:g*", "s3:*t", "s3:?et", "s3:*", "ec2:get", "ec2:*", "*"]
RESOURCES = ["a", "ab", "a*", "*b", "a?", "?b*", "*", "a/b", "a/*", "*/*"]
NAMES = ["a", "ab", "b", "a*b", "A"]
LIKE = ["a", "a*", "*b", "?", "a?*", "*", "ab", "b*"]
ARNS = [
    "arn:aws:sns:eu:1:a",
    "arn:aws:sns:*:1:a",
    "arn:aws:sns:*:*:*",
    "arn:aws:s*:eu:?:a*",
    "arn:*:*:*:*:*",
    "arn:aws:sns:eu:1:*:b",
]
NETWORKS = ["10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9", "10.1.2.3", "10.1.2.2/31", "0.0.0.0/0", "2001:db8::/32", "2001:db8::1", "::/0"]
DATES = ["2026-01-01", "2026", "2026-01-01T00:00:00Z", "2026-06-01T12:00:00+02:00", "1780308000", "2026-06"]
NUMBERS = ["1", "2", "2.5", "3", "-1", "3.0"]
RELATIONS = ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"]
# Operators, and values that they are asked with, for the keys of each sort.
SORTS = {
    "text": [(f"String{kind}", NAMES) for kind in ("Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase")]
    + [(f"String{kind}", LIKE) for kind in ("Like", "NotLike")],
    "arn": [(f"Arn{kind}", ARNS) for kind in ("Like", "NotLike", "Equals", "NotEquals")],
    "address": [(kind, NETWORKS) for kind in ("IpAddress", "NotIpAddress")],
    "number": [(f"Numeric{relation}", NUMBERS) for relation in RELATIONS],
    "date": [(f"Date{relation}", DATES) for relation in RELATIONS],
    "boolean": [("Bool", ["true", "false", "TRUE"])],
}
KEYS = {"k": "text", "l": "text", "m": "text", "r": "arn", "i": "address", "n": "number", "d": "date", "b": "boolean"}
# Of these only is asked with set operators: of the others a request has no more than one value.
SEVERAL = ("m",)

ACCOUNT, OTHER = "111111111111", "222222222222"
USER, ROLE = f"arn:aws:iam::{ACCOUNT}:user/ci/x", f"arn:aws:iam::{ACCOUNT}:role/y"
SESSION, FEDERATED = f"arn:aws:sts::{ACCOUNT}:assumed-role/y/s", f"arn:aws:sts::{ACCOUNT}:federated-user/f"
PRINCIPALS = [
    "*",
    {"AWS": ACCOUNT},
    {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    {"AWS": [ACCOUNT, OTHER]},
    {"AWS": USER},
    {"AWS": [USER, ROLE]},
    {"AWS": ROLE},
    {"AWS": SESSION},
    {"AWS": [SESSION, FEDERATED]},
    {"Service": "ec2.amazonaws.com"},
    {"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"], "AWS": ROLE},
    {"Federated": "accounts.google.com"},
]
EXCEPTED = [{"AWS": [USER, ACCOUNT]}, {"AWS": [SESSION, ROLE, ACCOUNT]}, {"AWS": OTHER}, {"AWS": [FEDERATED, ACCOUNT]}]
PRINCIPAL_ARNS = [USER, ROLE, f"arn:aws:iam::{ACCOUNT}:*", f"arn:aws:iam::{ACCOUNT}:role/*", "arn:aws:iam::*:user/ci/*", "arn:*:sts::*:*"]


class Pairs(random.Random):
    """A source of random pairs: the same seed and number give the same."""

    def __init__(self, seed, number, kind="identity"):
        super().__init__(f"{seed}-{kind}-{number}")
        self.kind = kind
        self.keys = self.sample(sorted(KEYS), self.choice([1, 2, 2, 3]))
        self.has_variables = kind == "identity" and self.random() < 0.2

    def often(self, probability):
        """Returns whether something that has a probability is so."""
        return self.random() < probability

    def some(self, values, most=3):
        """Returns a few of the values, each once."""
        return self.sample(values, min(len(values), self.choice([1, 1, 2, most])))

    def with_variable(self, text):
        """Returns a text with a variable at its end or its beginning."""
        variable = self.choice(["${aws:username}", "${k}", "${aws:username, 'a'}"])
        return self.choice([f"{text}{variable}", f"{variable}{text}", f"{variable}*", variable])

    def condition(self):
        """Returns an operator, a key and values."""
        key = self.choice(self.keys)
        if self.kind == "resource" and self.often(0.3):
            return self.choice(["ArnLike", "ArnNotLike", "StringEquals"]), "aws:PrincipalArn", self.some(PRINCIPAL_ARNS, 2)
        if self.often(0.15):
            return "Null", key, self.choice(["true", "false"])
        operator, values = self.choice(SORTS[KEYS[key]])
        values = self.some(values)
        if self.has_variables and operator in ("StringEquals", "StringNotEquals", "StringLike") and self.often(0.4):
            values[0] = self.with_variable(self.choice(["", "a"]))
        if key in SEVERAL:
            operator = self.choice(["ForAllValues:", "ForAnyValue:"] * 4 + [""]) + operator
        return operator + ("IfExists" if self.often(0.2) else ""), key, values

    def conditions(self):
        """Returns a condition block, empty often."""
        block = {}
        for _ in range(self.choice([0, 0, 1, 1, 1, 2])):
            operator, key, values = self.condition()
            block.setdefault(operator, {}).setdefault(key, values)
        return block

    def resource(self):
        """Returns a value of `Resource`."""
        if self.often(0.15):
            return "*"
        name = self.choice(RESOURCES)
        if self.has_variables and self.often(0.4):
            name = self.with_variable(self.choice(["", "a/"]))
        return self.choice(["arn:aws:s3:::"] * 5 + ["arn:*:s3:::", "arn:aws:sqs:*:*:"]) + name

    def statement(self, effect=None):
        """Returns a statement."""
        statement = {"Effect": effect or self.choice(["Allow", "Allow", "Allow", "Deny"])}
        if self.kind == "resource":
            excepts = statement["Effect"] == "Deny" and self.often(0.3)
            statement["NotPrincipal" if excepts else "Principal"] = self.choice(EXCEPTED if excepts else PRINCIPALS)
        statement["NotAction" if self.often(0.1) else "Action"] = self.some(ACTIONS)
        statement["NotResource" if self.often(0.1) else "Resource"] = list(dict.fromkeys(self.resource() for _ in range(self.choice([1, 1, 2]))))
        if block := self.conditions():
            statement["Condition"] = block
        return statement

    def document(self):
        """Returns a document."""
        statements = [self.statement("Allow")] + [self.statement() for _ in range(self.choice([0, 1, 1, 2]))]
        return {"Version": "2012-10-17", "Statement": statements}

    # Changes.

    def changed(self, document):
        """Returns a document that is near to another one."""
        document = copy.deepcopy(document)
        statements = document["Statement"]
        for _ in range(self.choice([1, 1, 2])):
            at = self.randrange(len(statements))
            match self.choice(["drop", "deny", "allow", "shuffle", "values", "values", "condition", "condition", "split"]):
                case "drop" if len(statements) > 1:
                    del statements[at]
                case "deny":
                    statements.append(self.statement("Deny"))
                case "allow":
                    statements.insert(at, self.statement("Allow"))
                case "shuffle":
                    self.shuffle(statements)
                case "values":
                    self.change_values(statements[at])
                case "condition":
                    self.change_condition(statements[at])
                case "split":
                    statements[at : at + 1] = self.split(statements[at])
        return document

    def change_values(self, statement):
        """Changes, adds or takes away a value of an element."""
        element = self.choice([name for name in statement if name.endswith(("Action", "Resource"))])
        values = statement[element]
        if len(values) > 1 and self.often(0.5):
            values.pop(self.randrange(len(values)))
        elif value := self.choice(ACTIONS) if element.endswith("Action") else self.resource():
            values[self.randrange(len(values))] = value

    def change_condition(self, statement):
        """Changes, adds or takes away a condition."""
        block = statement.get("Condition", {})
        if block and self.often(0.5):
            operator = self.choice(sorted(block))
            key = self.choice(sorted(block[operator]))
            values = block[operator][key]
            if isinstance(values, list) and len(values) > 1 and self.often(0.6):
                values.pop(self.randrange(len(values)))
            else:
                del block[operator][key]
                if not block[operator]:
                    del block[operator]
        else:
            operator, key, values = self.condition()
            block.setdefault(operator, {})[key] = values
        statement.pop("Condition", None)
        if block:
            statement["Condition"] = block

    def split(self, statement):
        """Returns statements that mean the same together, where one list can be taken apart."""
        lists = [name for name in ("Action", "Resource") if len(statement.get(name, [])) > 1]
        if not lists:
            return [statement]
        element = self.choice(lists)
        return [statement | {element: [value]} for value in statement[element]]

    def pair(self):
        """Returns an old and a new document."""
        old = self.document()
        if self.often(0.2):
            return old, self.document()
        new = self.changed(old)
        return (new, old) if self.often(0.3) else (old, new)
