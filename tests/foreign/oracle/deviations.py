"""How iam-simulate deviates from AWS, as rules: each rewrites a case into one that it decides as AWS decides the original.

`simulate_deviations.json` says of each rule what they answer, what AWS does, where that is documented, and has an example.
A rule changes nothing where it has nothing to do. A case has one request.
"""

import copy
import datetime
import functools
import ipaddress
import re

from .account import FEDERATED, KEYS, OWN, ROLE, ROOT, SESSION, USER
from .documents import listed

# No resource that is asked for.
NO_RESOURCE = "arn:aws:s3:::no-such-thing"
# `Null` for which no request is: no principal is without account.
NEVER = {"aws:PrincipalAccount": "true"}
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
ONLY_WHO_I_AM = {"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"}


def documents(case):
    """Yields every document of a case."""
    single = (case[kind] for kind in ("boundary", "session", "resource"))
    yield from case["identity"]
    yield from (document for document in single if document)
    yield from (document for kind in ("scp", "rcp") for level in case[kind] for document in level)


def statements(case):
    """Yields every statement of a case, with its document."""
    for document in documents(case):
        written = document["Statement"]
        yield from ((document, statement) for statement in listed(written))


def principals(statement):
    """Returns whom a statement names."""
    named = statement.get("Principal", statement.get("NotPrincipal"))
    return [name for names in named.values() for name in listed(names)] if isinstance(named, dict) else [named]


def conditions(case):
    """Yields every condition of a case: its document, its statement, operator, key and values, which are a list."""
    for document, statement in statements(case):
        for operator, keys in statement.get("Condition", {}).items():
            for key, values in keys.items():
                yield document, statement, operator, key, listed(values)


def given(case):
    """Returns the condition keys of the request, in lower case."""
    return {key.lower(): value for key, value in case["requests"][0]["context"].items()}


def is_resolved(text, context):
    """Tells whether every variable of a text has a value."""

    def has_value(variable):
        key, comma, _ = variable.partition(",")
        return bool(comma) or key in "*?$" or isinstance(context.get(key.strip().lower()), str)

    return all(map(has_value, re.findall(r"\$\{(.*?)\}", str(text))))


def every_text(value, change):
    """Returns a document, or a part of one, with every text in it changed."""
    if isinstance(value, dict):
        return {key: every_text(part, change) for key, part in value.items()}
    if isinstance(value, list):
        return [every_text(part, change) for part in value]
    return change(value) if isinstance(value, str) else value


def rewriting(rule):
    """Makes a rule of a function that changes the case that it is given, and may return one that is to be asked besides."""

    @functools.wraps(rule)
    def rewritten(case):
        changed = copy.deepcopy(case)
        beside = rule(changed)
        return [changed, beside] if beside else [changed]

    return rewritten


@rewriting
def the_root_user_may_do_everything(case):
    if case["requests"][0]["principal"] == ROOT:
        case["identity"].append({"Version": "2012-10-17", "Statement": EVERYTHING})


@rewriting
def a_policy_that_is_not_given_is_no_policy(case):
    request = case["requests"][0]
    decides_itself = request["action"] in ("kms:Decrypt", "kms:Encrypt", "sts:AssumeRole")
    if decides_itself and case["resource"] is None:
        account = {"AWS": request["resource_account"]}
        case["resource"] = {"Version": "2012-10-17", "Statement": EVERYTHING | {"Principal": account}}


@rewriting
def a_federated_user_has_what_the_session_policy_gives(case):
    if case["requests"][0]["principal"] == FEDERATED and case["session"] is None:
        case["session"] = {"Version": "2012-10-17", "Statement": ONLY_WHO_I_AM}


@rewriting
def a_resource_without_value_is_no_resource(case):
    for document, statement in statements(case):
        if "NotResource" in statement and document.get("Version") == "2012-10-17":
            values = listed(statement["NotResource"])
            resolved = [value for value in values if is_resolved(value, given(case))]
            if resolved != values:
                statement["NotResource"] = [*resolved, NO_RESOURCE]


def matches(pattern, resource, context):
    """Tells whether a resource matches a pattern of six parts: those before the last by themselves."""

    def expression(text):
        def one(match):
            key = match.group(1)
            if key is None:
                return {"*": ".*", "?": "."}.get(match.group(), re.escape(match.group()))
            name, _, default = key.partition(",")
            return re.escape(key if key in "*?$" else context.get(name.strip().lower(), default.strip().strip("'")))

        return re.sub(r"\$\{(.*?)\}|.", one, text, flags=re.DOTALL)

    parts = zip(pattern.split(":", 5), resource.split(":", 5), strict=True)
    return is_resolved(pattern, context) and all(re.fullmatch(expression(part), of, re.DOTALL) for part, of in parts)


@rewriting
def a_wildcard_may_stand_for_the_kind_of_resource(case):
    def is_taken_otherwise(pattern):
        kind = re.match("arn:(?:[^:]*:){4}([^:/]*[:/]|.*)", pattern)
        return kind and kind[1] != "*" and re.search(r"[*?]|\$\{", kind[1])

    settle(case, is_taken_otherwise)


@rewriting
def every_part_of_an_arn_has_a_case(case):
    settle(case, lambda pattern: re.search("[A-Z]", pattern.rpartition(":")[0]) and pattern.count(":") >= 5)


def settle(case, is_taken_otherwise):
    """Puts the request's own resource, or none, in the place of patterns that are taken otherwise."""
    resource, context = case["requests"][0]["resource"], given(case)
    if resource == "*":
        return

    def settled(pattern):
        if not is_taken_otherwise(pattern):
            return pattern
        return resource if matches(pattern, resource, context) else NO_RESOURCE

    for _, statement in statements(case):
        for element in {"Resource", "NotResource"} & set(statement):
            statement[element] = [settled(value) for value in listed(statement[element])]


@rewriting
def a_short_arn_is_one_everywhere(case):
    def whole(pattern):
        return pattern if pattern == "*" else pattern + ":*" * (5 - pattern.count(":"))

    for _, statement in statements(case):
        for element in {"Resource", "NotResource"} & set(statement):
            statement[element] = [whole(value) for value in listed(statement[element])]


@rewriting
def what_the_session_itself_is_granted_is_not_limited(case):
    request, policy = case["requests"][0], case["resource"]
    is_own = request["principal"] in (SESSION, FEDERATED) and request["resource_account"] == OWN
    if policy and case["session"] and is_own:
        named = ("*", request["principal"])
        allowing = [statement for statement in listed(policy["Statement"]) if statement["Effect"] == "Allow"]
        direct = [statement for statement in allowing if set(principals(statement)) & set(named)]
        to_all = [statement | {"Principal": {"AWS": request["principal"]}} for statement in direct]
        if to_all:
            alone = {"identity": [], "boundary": None, "session": None, "resource": policy | {"Statement": to_all}}
            return copy.deepcopy(case) | alone


@rewriting
def all_of_a_principal_is_excepted_or_none(case):
    request = case["requests"][0]
    identities = {USER: {USER, OWN}, SESSION: {SESSION, ROLE, OWN}, FEDERATED: {FEDERATED, OWN}, ROOT: {OWN}}
    if case["resource"]:
        kept = []
        for statement in listed(case["resource"]["Statement"]):
            if "NotPrincipal" in statement:
                named = {OWN if name == ROOT else name for name in principals(statement)}
                # Nobody who has a boundary is excepted.
                if identities[request["principal"]] <= named and not case["boundary"]:
                    continue
                statement = {key: value for key, value in statement.items() if key != "NotPrincipal"} | {"Principal": "*"}
            kept.append(statement)
        nobody = EVERYTHING | {"Principal": {"AWS": "333333333333"}}
        case["resource"]["Statement"] = kept or nobody


@rewriting
def no_address_is_in_a_network_of_the_other_version(case):
    for _, statement, operator, key, values in list(conditions(case)):
        value = given(case).get(key.lower())
        if "NotIpAddress" in operator and isinstance(value, str):
            of_version = [network for network in values if (":" in network) == (":" in value)]
            if of_version:
                statement["Condition"][operator][key] = of_version
            else:
                del statement["Condition"][operator][key]


@rewriting
def one_value_of_a_key_that_may_have_several_is_one_value(case):
    for _, statement, operator, key, values in list(conditions(case)):
        value = given(case).get(key.lower())
        if isinstance(value, list) and len(value) == 1 and ":" not in operator and operator != "Null":
            del statement["Condition"][operator][key]
            statement["Condition"].setdefault(f"ForAnyValue:{operator}", {})[key] = values


@rewriting
def an_address_may_end_in_dots(case):
    def in_hexadecimal(text):
        if text.startswith("::ffff:") and "." in text:
            return str(ipaddress.IPv6Address(text))
        return text

    case.update(every_text(case, in_hexadecimal))


@rewriting
def a_network_may_be_everything(case):
    for _, statement, operator, key, values in conditions(case):
        if "0.0.0.0/0" in values:
            halves = ["0.0.0.0/1", "128.0.0.0/1"]
            statement["Condition"][operator][key] = [value for value in values if value != "0.0.0.0/0"] + halves


@rewriting
def variables_are_of_version_2012(case):
    for document in documents(case):
        if document.get("Version") != "2012-10-17":
            document["Statement"] = every_text(document["Statement"], lambda text: text.replace("${", "${$}{"))


@rewriting
def not_equal_to_a_variable_without_value(case):
    context = given(case)
    for document, statement, operator, key, values in conditions(case):
        if document.get("Version") == "2012-10-17" and "Not" in operator:
            resolved = [value for value in values if is_resolved(value, context)]
            if resolved != values:
                nothing = "arn:no:such:thing::" if "Arn" in operator else "no such value"
                statement["Condition"][operator][key] = [*resolved, nothing]


@rewriting
def epoch_times_are_seconds(case):
    def as_date(value):
        text = str(value)
        if re.fullmatch(r"\d{4}", text):
            return f"{text}-01-01T00:00:00Z"
        if not re.fullmatch(r"\d{5,}|0", text):
            return value
        return datetime.datetime.fromtimestamp(int(text), datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    for _, statement, operator, key, values in conditions(case):
        if "Date" in operator:
            statement["Condition"][operator][key] = [as_date(value) for value in values]
    context = case["requests"][0]["context"]
    for key, value in context.items():
        if KEYS.get(key) and KEYS[key].sort == "epoch":
            context[key] = as_date(value)


@rewriting
def only_empty_values_are_no_values_for_set_operators(case):
    for _, statement, operator, key, _ in list(conditions(case)):
        value = given(case).get(key.lower())
        if operator.startswith("For") and value is not None and not any(listed(value)):
            del statement["Condition"][operator][key]
            if operator.startswith("ForAnyValue"):
                statement["Condition"].setdefault("Null", {}).update(NEVER)


@rewriting
def an_empty_value_may_be_null(case):
    for _, statement, operator, key, _ in list(conditions(case)):
        value = given(case).get(key.lower())
        if operator == "Null" and value is not None and not any(listed(value)):
            statement["Condition"]["Null"] = NEVER


@rewriting
def an_empty_value_is_a_value_of_a_variable(case):
    context = given(case)

    def filled_in(text):
        return re.sub(r"\$\{([^},]*)(,[^}]*)?\}", lambda found: "" if context.get(found[1].strip().lower()) == "" else found[0], text)

    for document in documents(case):
        if document.get("Version") == "2012-10-17":
            document["Statement"] = every_text(document["Statement"], filled_in)


@rewriting
def any_character_may_be_a_line_feed(case):
    case.update(every_text(case, lambda text: text.replace("\n", "\u00b6")))


RULES = [
    variables_are_of_version_2012,
    the_root_user_may_do_everything,
    a_policy_that_is_not_given_is_no_policy,
    a_federated_user_has_what_the_session_policy_gives,
    a_resource_without_value_is_no_resource,
    a_wildcard_may_stand_for_the_kind_of_resource,
    every_part_of_an_arn_has_a_case,
    a_short_arn_is_one_everywhere,
    what_the_session_itself_is_granted_is_not_limited,
    all_of_a_principal_is_excepted_or_none,
    no_address_is_in_a_network_of_the_other_version,
    only_empty_values_are_no_values_for_set_operators,
    an_empty_value_may_be_null,
    one_value_of_a_key_that_may_have_several_is_one_value,
    an_address_may_end_in_dots,
    a_network_may_be_everything,
    an_empty_value_is_a_value_of_a_variable,
    not_equal_to_a_variable_without_value,
    epoch_times_are_seconds,
    any_character_may_be_a_line_feed,
]


def corrected(case, rules=RULES):
    """Returns the cases that iam-simulate is to be asked in the place of one: a deny of one counts, then an allowance."""
    cases = [case]
    for rule in rules:
        cases = [changed for case in cases for changed in rule(case)]
    return cases


def together(decisions):
    """Returns the decision that follows from those of several cases."""
    for decision in ("ExplicitDeny", "Allowed"):
        if decision in decisions:
            return decision
    return "ImplicitDeny"
