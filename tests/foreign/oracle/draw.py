"""Random policies with requests that they have something to say to."""

import random

from . import account
from .account import ACTIONS, GLOBAL, KEYS, OTHER, OWN

OPERATORS = {
    "text": ["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike"],
    "arn": ["ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike", "StringLike", "StringNotEquals"],
    "address": ["IpAddress", "NotIpAddress"],
    "boolean": ["Bool"],
    "number": [f"Numeric{relation}" for relation in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")],
    "date": [f"Date{relation}" for relation in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")],
}
OPERATORS["epoch"] = OPERATORS["date"]
NETWORKS = ["10.0.0.0/8", "10.1.2.3", "10.1.0.0/16", "10.1.2.3/31", "0.0.0.0/0", "192.0.2.7/32", "2001:db8::/32", "::/0", "2001:db8::1", "::ffff:0:0/96"]
DATES = ["2026-11-29", "2026", "2026-11", "2026-11-29T13:36Z", "1795959360", "2026-11-29T12:36:00-01:00"]
NUMBERS = ["9", "10", "9.50", "-1", "0", "1", "3600"]


class Draw(random.Random):
    """A source of random policies and requests: the same seed and number give the same."""

    def __init__(self, seed, number):
        super().__init__(f"{seed}-{number}")
        # What policies and requests of one case have in common.
        self.actions = self.sample(ACTIONS, self.choice([1, 1, 2, 3]))
        own = {key for action in self.actions for key in action.keys}
        self.keys = self.sample(GLOBAL, 3) + self.sample(sorted(own), min(len(own), 2))
        self.principal = self.choice([account.USER] * 4 + [account.SESSION] * 4 + [account.FEDERATED, account.ROOT])
        self.resource_account = OTHER if self.often(0.25) else OWN
        self.is_trust = [action.name for action in self.actions] == ["sts:AssumeRole"]
        self.values = {}

    def often(self, probability):
        """Returns whether something that has a probability is so."""
        return self.random() < probability

    def some(self, make, most):
        """Returns what is made a few times; itself, if that is once and chance has it."""
        made = [make() for _ in range(self.randint(1, most))]
        return made[0] if len(made) == 1 and self.often(0.5) else made

    # Requests.

    def resource_of(self, action):
        """Returns a resource that the action takes."""
        return self.choice(action.resources).replace("ACCOUNT", self.resource_account)

    def value_of(self, key):
        """Returns a value of a condition key; one that policies mention, if chance has it."""
        known = self.values.get(key, [])
        return self.choice(known) if known and self.often(0.5) else self.choice(KEYS[key].values)

    def context_of(self, action):
        """Returns the condition keys of a request, with those that follow from who asks."""
        context = {}
        for key in self.keys:
            if (key in action.keys or key in GLOBAL) and KEYS[key].values and self.often(0.7):
                context[key] = [self.value_of(key) for _ in range(self.choice([1, 1, 2, 3]))] if KEYS[key].several else self.value_of(key)
        return context | account.PRINCIPALS[self.principal] | {"aws:PrincipalAccount": OWN}

    def request(self):
        """Returns a request."""
        action = self.choice(self.actions if self.often(0.9) else ACTIONS)
        resource = self.resource_of(action)
        return {
            "action": action.name,
            "resource": resource,
            "resource_account": OWN if resource == "*" else self.resource_account,
            "principal": self.principal,
            "context": self.context_of(action),
        }

    # Policies.

    def pattern(self, text):
        """Returns a pattern that the text matches, or one near to it."""
        for _ in range(self.choice([0, 1, 1, 2])):
            start = self.randint(0, len(text))
            end = min(len(text), start + self.choice([0, 1, 1, 3, 8, 30]))
            text = text[:start] + self.choice(["*", "*", "?", "*?"]) + text[end:]
        return self.swapped(text)

    def swapped(self, text):
        """Returns the text, seldom with a letter in another case."""
        if text and self.often(0.06):
            at = self.randrange(len(text))
            return text[:at] + text[at].swapcase() + text[at + 1 :]
        return text

    def variable(self):
        """Returns a variable, or a character that is written like one. AWS has them of keys with one value only."""
        of_one = [key for key in self.keys if not KEYS[key].several]
        key = self.choice(["aws:username", "aws:PrincipalTag/Team", "aws:userid", "AWS:UserName", "aws:principaltag/team", *of_one])
        return self.choice([f"${{{key}}}"] * 6 + [f"${{{key}, 'blue'}}"] * 2 + ["${*}", "${?}", "${$}", "${"])

    def with_variable(self, text):
        """Returns the text with a variable in the place of a part of it."""
        named = [value for value in ("deploy", "blue", "Bob") if value in text]
        if named:
            return text.replace(self.choice(named), self.variable(), 1)
        at = self.randint(0, len(text))
        return text[:at] + self.variable() + text[at:]

    def action_pattern(self, kind):
        """Returns a value of `Action`."""
        name = self.choice(self.actions if self.often(0.85) else ACTIONS).name
        service, _, operation = name.partition(":")
        operation = self.choice([operation, operation, self.pattern(operation), operation.upper(), "*"])
        anything = [] if kind == "rcp" else ["*"]
        return self.choice([f"{service}:{operation}"] * 8 + [f"{service.upper()}:{operation}", *anything])

    def resource_pattern(self, kind):
        """Returns a value of `Resource`."""
        resource = self.resource_of(self.choice(self.actions if self.often(0.9) else ACTIONS))
        if resource == "*" or self.often(0.25):
            return "*"
        parts = resource.split(":", 5)
        # IAM takes no patterns for its own kinds of resources.
        kind, slash, name = parts[5].rpartition("/") if parts[2] == "iam" else ("", "", parts[5])
        parts[5] = kind + slash + (self.with_variable(name) if self.often(0.2) else self.pattern(name))
        for at in (3, 4):
            if parts[at] and self.often(0.15):
                parts[at] = self.pattern(parts[at])
        if self.often(0.1):
            parts[1] = "*"
        if self.often(0.04):
            return ":".join(parts[:3]) + self.choice(["*", ":*"])
        # AWS completes an incomplete ARN of an identity-based policy; IAM takes none of its own.
        if kind == "identity" and parts[2] != "iam" and self.often(0.04):
            return ":".join(parts[: self.choice([number for number in (3, 4, 5) if parts[number - 1]])])
        return ":".join(parts)

    def arn_pattern(self, arn):
        """Returns a pattern of six parts that the ARN matches, or one near to it."""
        parts = arn.split(":", 5)
        at = self.choice([1, 2, 3, 4, 5, 5, 5])
        parts[at] = self.with_variable(parts[at]) if at == 5 and self.often(0.2) else self.pattern(parts[at])
        return ":".join(parts)

    def condition_value(self, key, operator):
        """Returns a value for a condition key in a policy."""
        sort = KEYS[key].sort
        value = self.choice(KEYS[key].values or [account.USER, account.ROLE, account.SESSION, account.FEDERATED])
        if sort in ("text", "arn"):
            if self.often(0.12) and sort == "text":
                return self.with_variable(value)
            if "Arn" in operator:
                value = self.arn_pattern(value)
            else:
                value = self.pattern(value) if "Like" in operator or self.often(0.1) else self.swapped(value)
            if sort == "text":
                self.values.setdefault(key, []).append(value)
            return value
        if sort == "address":
            return self.choice(NETWORKS)
        if sort == "boolean":
            return self.choice(["true", "false", "True", True, False])
        if sort == "number":
            return self.choice([value, *NUMBERS, 10, 9.5])
        return self.choice([value, *DATES])

    def condition(self):
        """Returns an operator, a key and values."""
        key = self.choice(self.keys)
        if self.often(0.1):
            return "Null", key, self.choice(["true", "false", True])
        operator = name = self.choice(OPERATORS[KEYS[key].sort])
        if self.often(0.2):
            name += "IfExists"
        if self.often(0.9 if KEYS[key].several else 0.07):
            name = self.choice(["ForAllValues:", "ForAnyValue:"]) + name
        return name, self.swapped(key) if self.often(0.2) else key, self.some(lambda: self.condition_value(key, operator), 3)

    def conditions(self):
        """Returns a condition block."""
        block = {}
        for _ in range(self.choice([0, 0, 0, 1, 1, 1, 2, 3])):
            operator, key, values = self.condition()
            block.setdefault(operator, {}).setdefault(key, values)
        return block

    def statement(self, kind):
        """Returns a statement of an identity's policy, a resource's, or a control policy."""
        statement = {"Effect": "Deny" if kind == "rcp" or self.often(0.3) else "Allow"}
        if kind == "rcp":
            statement["Principal"] = "*"
        elif kind == "resource":
            excepts = statement["Effect"] == "Deny" and self.often(0.25)
            statement["NotPrincipal" if excepts else "Principal"] = self.choice(account.EXCEPTED if excepts else account.NAMED)
        not_action = kind not in ("rcp",) and self.often(0.1)
        statement["NotAction" if not_action else "Action"] = self.some(lambda: self.action_pattern(kind), 3)
        if kind != "resource" or not self.is_trust:
            not_resource = self.often(0.1)
            statement["NotResource" if not_resource else "Resource"] = self.some(lambda: self.resource_pattern(kind), 3)
        if block := self.conditions():
            statement["Condition"] = block
        return statement

    def document(self, kind="identity"):
        """Returns a document."""
        document = {"Version": self.choice(["2012-10-17"] * 8 + ["2008-10-17", None])}
        if document["Version"] is None or kind in ("scp", "rcp"):
            document = {"Version": "2012-10-17"} if kind in ("scp", "rcp") else {}
        return document | {"Statement": self.some(lambda: self.statement(kind), 3)}

    def level(self, kind):
        """Returns the control policies of one level; those of services mostly begin with all that is allowed."""
        everything = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
        drawn = [self.document(kind) for _ in range(self.choice([0, 1, 1, 2]))]
        if kind == "scp" and (self.often(0.7) or not drawn):
            drawn.insert(0, everything)
        return drawn

    def case(self, requests):
        """Returns policies and requests."""
        levels = [0, 0, 0, 1, 2]
        is_root = self.principal == account.ROOT
        case = {
            "identity": [self.document() for _ in range(self.choice([1, 1, 2, 3]))],
            "boundary": self.document() if self.often(0.25) and self.principal in (account.USER, account.SESSION) else None,
            "session": self.document() if self.often(0.4) and self.principal in (account.SESSION, account.FEDERATED) else None,
            "scp": [self.level("scp") for _ in range(self.choice(levels))],
            "rcp": [level for level in (self.level("rcp") for _ in range(self.choice(levels))) if level],
            "resource": self.document("resource") if self.often(0.9 if self.resource_account == OTHER or is_root else 0.4) else None,
        }
        return case | {"requests": [self.request() for _ in range(requests)]}
