"""What policies mean, as formulas of z3: an independent reading of AWS's documentation, to compare proofs with.

A request is an action, a resource, who asks, and condition keys. A key is absent or has values, as many as could ever tell
two policies apart. What AWS leaves open is a variable that may be true or false, the same for the same condition.
"""

import datetime
import fractions
import ipaddress
import re

import z3

from . import regex
from .documents import listed
from .regex import Unsupported, any_of

COMPARISONS = {
    "Equals": lambda given, wanted: given == wanted,
    "LessThan": lambda given, wanted: given < wanted,
    "LessThanEquals": lambda given, wanted: given <= wanted,
    "GreaterThan": lambda given, wanted: given > wanted,
    "GreaterThanEquals": lambda given, wanted: given >= wanted,
}
OPERATOR = re.compile(
    "(?:(?P<set>ForAllValues|ForAnyValue):)?"
    "(?P<sort>String|Arn|Numeric|Date|Bool|Binary|IpAddress|NotIpAddress|Null)"
    "(?P<kind>.*?)(?P<if_exists>IfExists)?"
)
EMPTY, OF_NO_SORT, OF_ITS_SORT = 0, 1, 2


def written(value):
    """Returns a condition's value as text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


class Condition:
    """One key under one operator."""

    def __init__(self, operator, key, values, version):
        found = OPERATOR.fullmatch(operator)
        if not found:
            raise Unsupported(operator)
        self.set, self.sort, kind = found["set"], found["sort"], found["kind"]
        self.negated = kind.startswith("Not") or self.sort == "NotIpAddress"
        self.kind = kind.removeprefix("Not")
        self.if_exists = bool(found["if_exists"])
        self.key = key.lower()
        self.values = sorted({written(value) for value in listed(values)})
        self.variables = version == "2012-10-17" and self.sort in ("String", "Arn")
        # What is the same for the same condition, whatever it is.
        self.name = f"{operator} {self.key} {self.values} {self.variables}"
        self.reads = {"NotIpAddress": "IpAddress", "Arn": "String", "Binary": "String"}.get(self.sort, self.sort)


class Value:
    """One value of a condition key, read as text, number, date, address or boolean."""

    def __init__(self, name, sort):
        self.sort = sort
        if sort == "String":
            self.text = z3.String(name)
            self.is_empty = self.text == ""
            return
        self.state = z3.Int(f"{name} is")
        self.is_empty = self.state == EMPTY
        self.is_right = self.state == OF_ITS_SORT
        self.read = {"Bool": z3.Bool, "IpAddress": z3.Int}.get(sort, z3.Real)(name)
        self.is_version_6 = z3.Bool(f"{name} is IPv6")

    def written(self, text):
        """Yields the variables of a value that is written so, with what they are."""
        if self.sort == "String":
            yield self.text, z3.StringVal(text)
            return
        try:
            read, is_version_6 = READERS[self.sort](text)
        except ValueError:
            yield self.state, z3.IntVal(OF_NO_SORT if text else EMPTY)
            return
        yield self.state, z3.IntVal(OF_ITS_SORT)
        yield self.read, read
        yield self.is_version_6, z3.BoolVal(is_version_6)

    def constraints(self):
        """Yields what holds of every value."""
        if self.sort != "String":
            yield z3.And(self.state >= EMPTY, self.state <= OF_ITS_SORT)
        if self.sort == "IpAddress":
            most = z3.If(self.is_version_6, z3.IntVal(2**128 - 1), z3.IntVal(2**32 - 1))
            yield z3.And(self.read >= 0, self.read <= most)


class Key:
    """A condition key: how many values it has, and which."""

    def __init__(self, name, sort, most):
        self.name, self.sort = name, sort
        self.count = z3.Int(f"values of {name}")
        self.values = [Value(f"{name} {number}", sort) for number in range(most)]
        self.empty_is_null = z3.Bool(f"an empty {name} is null")

    def constraints(self):
        """Yields what holds of every key."""
        yield z3.And(self.count >= 0, self.count <= len(self.values))
        for value in self.values:
            yield from value.constraints()

    def all_empty(self):
        """Returns whether there is nothing in the values."""
        return z3.And(*(z3.Implies(number < self.count, value.is_empty) for number, value in enumerate(self.values)))


class Request:
    """Any request at all, as far as some documents ask about it."""

    def __init__(self, documents, principal=None, most=0):
        self.action, self.resource = z3.String("action"), z3.String("resource")
        self.principal = principal
        # As many values a key is to have room for, if it may have several.
        self.most = most
        conditions = [one for document in documents for one in conditions_of(document)]
        asked = {}
        for condition in conditions:
            asked.setdefault(condition.key, []).append(condition)
        for document in documents:
            for key in variables_of(document):
                asked.setdefault(key, [])
        self.keys = {name: self.key(name, of_key) for name, of_key in asked.items()}
        self.open = {}

    def key(self, name, conditions):
        """Makes a key. Of one that nobody asks with set operators there is one value at most."""
        sorts = {condition.reads for condition in conditions if condition.sort != "Null"} or {"String"}
        if len(sorts) > 1:
            raise Unsupported(f"{name} is of several sorts")
        asked = sum(condition.set is not None for condition in conditions)
        return Key(name, sorts.pop(), max(2, asked, self.most) if asked else 1)

    def constraints(self):
        """Yields what holds of every request."""
        for key in self.keys.values():
            yield from key.constraints()
        if self.principal:
            yield from self.principal.constraints(self)

    def shown(self, witness):
        """Yields the variables of the request that the engine shows, with what they are."""
        yield self.action, z3.StringVal(witness["action"].lower())
        yield self.resource, z3.StringVal(witness["resource"])
        given = {key.lower(): values for key, values in witness["context"].items()}
        for name, key in self.keys.items():
            values = given.get(name, [])
            yield key.count, z3.IntVal(len(values))
            for value, text in zip(key.values, values, strict=False):
                yield from value.written(text)
        if self.principal:
            yield from self.principal.shown(witness["principal"])

    def value_of(self, name, default):
        """Returns the text of a variable, and whether it has one."""
        key = self.keys[name]
        if key.sort != "String":
            raise Unsupported(f"variable `{name}` is no text")
        has_one = key.count == 1
        if default is None:
            return key.values[0].text, has_one
        return z3.If(has_one, key.values[0].text, z3.StringVal(default)), z3.BoolVal(True)

    def may_be(self, name):
        """Returns something that AWS leaves open."""
        return self.open.setdefault(name, z3.Bool(f"open: {name}"))


def statements_of(document):
    """Yields the statements of a document, with its version."""
    for statement in listed(document["Statement"]):
        yield statement, document.get("Version", "2008-10-17")


def conditions_of(document):
    """Yields the conditions of a document."""
    for statement, version in statements_of(document):
        for operator, keys in statement.get("Condition", {}).items():
            for key, values in keys.items():
                yield Condition(operator, key, values, version)


def variables_of(document):
    """Yields the condition keys that a document uses as variables."""
    for statement, version in statements_of(document):
        if version == "2012-10-17":
            texts = listed(statement.get("Resource", [])) + listed(statement.get("NotResource", []))
            texts = [text.split(":", 5)[5] for text in texts if text.count(":") >= 5]
            for condition in conditions_of({"Version": version, "Statement": statement}):
                texts += condition.values if condition.variables else []
            for text in texts:
                yield from (token[0] for token in regex.tokens(text, True, True) if isinstance(token, tuple) and len(token) == 2)


# Conditions.


def passes(value, condition, request):
    """Returns whether one value of a key is one that a condition names, whether or not it asks for the contrary."""
    if condition.reads == "String":
        return any_of(text_passes(value.text, wanted, condition, request) for wanted in condition.values)
    tests = {"Bool": bool_passes, "IpAddress": address_passes, "Numeric": number_passes, "Date": date_passes}
    test = tests[condition.reads]
    return z3.And(value.is_right, any_of(test(value, wanted, condition) for wanted in condition.values))


def text_passes(text, wanted, condition, request):
    if condition.sort == "Arn":
        if wanted.count(":") < 5:
            raise Unsupported("a short ARN in a condition")
        before, parts = regex.arn_tokens(wanted, condition.variables, of_resource=False)
        return regex.text_matches(text, parts, request.value_of, before=before)
    parts = regex.tokens(wanted, condition.kind == "Like", condition.variables)
    return regex.text_matches(text, parts, request.value_of, condition.kind == "EqualsIgnoreCase")


def bool_passes(value, wanted, condition):
    if wanted.lower() not in ("true", "false"):
        raise Unsupported(wanted)
    return value.read == (wanted.lower() == "true")


def address_passes(value, wanted, condition):
    network = ipaddress.ip_network(wanted, strict=False)
    first, last = int(network.network_address), int(network.broadcast_address)
    return z3.And(value.is_version_6 == (network.version == 6), value.read >= first, value.read <= last)


def number_passes(value, wanted, condition):
    return COMPARISONS[condition.kind](value.read, real(fractions.Fraction(wanted)))


def date_passes(value, wanted, condition):
    return COMPARISONS[condition.kind](value.read, real(seconds(wanted)))


def seconds(text):
    """Returns the seconds since 1970 that a date stands for."""
    if re.fullmatch(r"\d{4}", text):
        text += "-01-01"
    elif re.fullmatch(r"\d{4}-\d{2}", text):
        text += "-01"
    elif re.fullmatch(r"-?\d+", text):
        return int(text)
    # Python's own dates end at microseconds.
    whole, fraction = re.sub(r"\.\d+", "", text), re.search(r"\.\d+", text)
    instant = datetime.datetime.fromisoformat(whole)
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=datetime.UTC)
    return int(instant.timestamp()) + fractions.Fraction(fraction.group() if fraction else 0)


def read_bool(text):
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return z3.BoolVal(text.lower() == "true"), False


def read_address(text):
    address = ipaddress.ip_address(text)
    return z3.IntVal(int(address)), address.version == 6


# How a value of a request is read, with whether it is an IPv6 address.
READERS = {
    "Bool": read_bool,
    "IpAddress": read_address,
    "Numeric": lambda text: (real(fractions.Fraction(text)), False),
    "Date": lambda text: (real(seconds(text)), False),
}


def real(number):
    """Returns a number of z3."""
    return z3.RealVal(str(fractions.Fraction(number)))


def holds(condition, request):
    """Returns whether a condition holds."""
    key = request.keys[condition.key]
    absent = key.count == 0
    if condition.sort == "Null":
        is_null = z3.If(absent, True, z3.And(key.all_empty(), key.empty_is_null))
        return z3.And(*(is_null if wanted.lower() == "true" else z3.Not(is_null) for wanted in condition.values))
    one = [passes(value, condition, request) != z3.BoolVal(condition.negated) for value in key.values]
    there = [number < key.count for number in range(len(one))]
    if condition.set == "ForAllValues":
        return z3.Or(absent, key.all_empty(), z3.And(*map(z3.Implies, there, one)))
    if condition.set == "ForAnyValue":
        without = request.may_be(f"nothing for {condition.name}") if condition.if_exists else z3.BoolVal(False)
        among = z3.And(z3.Not(key.all_empty()), any_of(map(z3.And, there, one)))
        return z3.If(absent, without, among)
    several = request.may_be(f"several for {condition.name}")
    without = z3.BoolVal(condition.if_exists or condition.negated)
    return z3.If(absent, without, z3.If(key.count == 1, one[0], several))


# Statements.


def resource_matches(pattern, version, request):
    """Returns whether the request's resource matches a value of `Resource`."""
    if set(pattern) == {"*"}:
        return z3.BoolVal(True)
    if not pattern.startswith("arn:"):
        raise Unsupported(pattern)
    before, parts = regex.arn_tokens(pattern, version == "2012-10-17", of_resource=True)
    return regex.text_matches(request.resource, parts, request.value_of, before=before)


def action_matches(pattern, request):
    """Returns whether the request's action matches a value of `Action`."""
    return regex.text_matches(request.action, regex.tokens(pattern.lower(), True, False), request.value_of)


def element(statement, name, any_matches):
    """Returns whether the request matches an element or does not match its contrary; true if it has neither."""
    if name in statement:
        return any_matches(listed(statement[name]))
    if f"Not{name}" in statement:
        return z3.Not(any_matches(listed(statement[f"Not{name}"])))
    return z3.BoolVal(True)


def matches(statement, version, request):
    """Returns whether a request matches a statement."""
    parts = [
        element(statement, "Action", lambda patterns: any_of(action_matches(one, request) for one in patterns)),
        element(statement, "Resource", lambda patterns: any_of(resource_matches(one, version, request) for one in patterns)),
    ]
    if request.principal:
        parts.append(request.principal.is_meant(statement))
    for condition in conditions_of({"Version": version, "Statement": statement}):
        parts.append(holds(condition, request))
    return z3.And(*parts)


def statements_by_effect(documents, request):
    """Returns, for each effect, whether a request matches each of its statements."""
    by_effect = {"Allow": [], "Deny": []}
    for document in documents:
        for statement, version in statements_of(document):
            by_effect[statement["Effect"]].append(matches(statement, version, request))
    return by_effect


def allowed(documents, request):
    """Returns whether documents of one kind allow a request together."""
    by_effect = statements_by_effect(documents, request)
    return z3.And(any_of(by_effect["Allow"]), z3.Not(any_of(by_effect["Deny"])))


class Question:
    """Whether there is a request that new policies allow and old ones do not."""

    def __init__(self, old, new, principal=None, witness=None):
        self.old, self.new = old, new
        most = max(map(len, witness["context"].values()), default=0) if witness else 0
        self.request = Request([*old, *new], principal, most)
        self.shown = list(self.request.shown(witness)) if witness else []

    def answer(self, milliseconds):
        """Returns what z3 says: sat, unsat or unknown. Each `Allow` of the new policies is a question of its own."""
        by_effect = statements_by_effect(self.new, self.request)
        beyond = [*self.request.constraints(), z3.Not(any_of(by_effect["Deny"])), z3.Not(allowed(self.old, self.request))]
        answers = set()
        for allows in by_effect["Allow"]:
            solver = z3.Solver()
            solver.set("timeout", milliseconds)
            solver.add(z3.simplify(z3.substitute(z3.And(allows, *beyond), *self.shown)))
            answers.add(str(solver.check()))
            if "sat" in answers:
                return "sat"
        return "unknown" if "unknown" in answers else "unsat"
