"""Who asks, as formulas of z3: somebody of any kind and account, for policies that name principals."""

import z3

from . import regex
from .documents import listed
from .regex import Unsupported, any_of

USER, SESSION, FEDERATED_USER, ROOT, SERVICE, PROVIDER, ANYBODY = range(7)
KINDS = ["User", "RoleSession", "FederatedUser", "Root", "Service", "Federated", "Anonymous"]
OF_ACCOUNTS = (USER, SESSION, FEDERATED_USER, ROOT)
# How far an allowance reaches: to an account, which decides itself; to a role, within its limits; to the very principal.
ACCOUNT, ROLE, ITSELF = range(3)

DIGITS = z3.Loop(z3.Range("0", "9"), 12, 12)
NO_SLASH = z3.Union(z3.Range("\x00", "."), z3.Range("0", chr(0x2FFFF)))
NAME = z3.Plus(NO_SLASH)
# What is between the slashes of a path may be a slash.
PATH = z3.Option(z3.Concat(z3.Plus(regex.ANY_CHARACTER), z3.Re("/")))
PARTITION = z3.Plus(regex.NO_COLON)


def text(value):
    """Returns a text of z3."""
    return z3.StringVal(value)


class Somebody:
    """A principal of whom nothing is known."""

    def __init__(self):
        self.kind, self.reach = z3.Int("kind"), z3.Int("reach")
        self.partition, self.account = z3.String("partition"), z3.String("account")
        self.path, self.name, self.session = z3.String("path"), z3.String("name"), z3.String("session")
        # The user who asked for the federated session, and the name of a service or an identity provider.
        self.federated_by, self.vouched = z3.String("federated by"), z3.String("service or provider")

    def arn(self, service, *resource):
        """Returns an ARN of the principal's account."""
        head = (text("arn:"), self.partition, text(f":{service}::"), self.account, text(":"))
        return z3.Concat(*head, *(text(part) if isinstance(part, str) else part for part in resource))

    def identities(self):
        """Returns what the principal may be named by, besides its account: the kinds of principals that have it, the ARN, and how
        far an allowance for it reaches."""
        return [
            ((USER,), self.arn("iam", "user/", self.path, self.name), ITSELF),
            ((SESSION,), self.arn("sts", "assumed-role/", self.name, "/", self.session), ITSELF),
            ((SESSION,), self.arn("iam", "role/", self.path, self.name), ROLE),
            ((FEDERATED_USER,), self.arn("sts", "federated-user/", self.name), ITSELF),
            ((FEDERATED_USER,), self.arn("iam", "user/", self.federated_by), ROLE),
        ]

    def constraints(self, request):
        """Yields what holds of everybody."""
        yield z3.And(self.kind >= USER, self.kind <= ANYBODY, self.reach >= ACCOUNT, self.reach <= ITSELF)
        yield z3.InRe(self.account, DIGITS)
        yield z3.InRe(self.partition, PARTITION)
        yield z3.InRe(self.path, PATH)
        for name in (self.name, self.session):
            yield z3.InRe(name, NAME)
        # An account's root user may ask for a session too: then no user did.
        yield z3.InRe(self.federated_by, z3.Option(z3.Concat(PATH, NAME)))
        if key := request.keys.get("aws:principalarn"):
            arn = key.values[0].text
            yield key.count == z3.If(self.is_of(*OF_ACCOUNTS), 1, 0)
            user, _, role, federated, _ = self.identities()
            for kind, of_kind in ((USER, user[1]), (SESSION, role[1]), (FEDERATED_USER, federated[1]), (ROOT, self.arn("iam", "root"))):
                yield z3.Implies(self.kind == kind, arn == of_kind)

    def shown(self, who):
        """Yields the variables of the principal that the engine shows, with what they are."""
        yield self.kind, z3.IntVal(KINDS.index(who["kind"]))
        if "name" in who:
            yield self.vouched, text(who["name"])
        if "account" in who:
            yield self.account, text(who["account"])
        if arn := who.get("arn"):
            _, partition, _, _, account, resource = arn.split(":", 5)
            yield from ((self.partition, text(partition)), (self.account, text(account)))
            yield from self.shown_names(resource, (who.get("behind") or ":").rpartition(":")[2])

    def shown_names(self, resource, behind):
        """Yields the names in the last part of an ARN, and in that of the role or the user behind it."""
        kind, _, name = resource.partition("/")
        if kind == "federated-user":
            yield from ((self.name, text(name)), (self.federated_by, text(behind.removeprefix("user/"))))
            return
        if kind == "assumed-role":
            yield self.session, text(name.partition("/")[2])
            name = behind.removeprefix("role/")
        path, slash, name = name.rpartition("/")
        yield from ((self.path, text(path + slash)), (self.name, text(name)))

    def is_of(self, *kinds):
        """Returns whether the principal is of one of some kinds."""
        return any_of(self.kind == kind for kind in kinds)

    def named(self, kind, value):
        """Yields how the principal can be named by a value of `Principal`, with how far that reaches."""
        if value == "*" and kind == "AWS":
            yield z3.BoolVal(True), ITSELF
        elif kind in ("Service", "Federated"):
            of_kind = self.is_of(SERVICE if kind == "Service" else PROVIDER)
            yield (of_kind if value == "*" else z3.And(of_kind, self.vouched == value)), ITSELF
        elif kind == "AWS" and value.removeprefix("arn:aws:iam::").removesuffix(":root").isdigit():
            account = value.removeprefix("arn:aws:iam::").removesuffix(":root")
            yield z3.And(self.is_of(*OF_ACCOUNTS), self.account == account), ACCOUNT
        elif kind == "AWS" and value.startswith("arn:"):
            for kinds, arn, reach in self.identities():
                yield z3.And(self.is_of(*kinds), arn == value), reach
        else:
            raise Unsupported(f"principal {value}")

    def is_meant(self, statement):
        """Returns whether a statement is about the principal, an `Allow` as far as it has to reach."""
        element = statement.get("Principal", statement.get("NotPrincipal"))
        element = {"AWS": "*"} if element == "*" else element
        values = [(kind, value) for kind, values in element.items() for value in listed(values)]
        if "NotPrincipal" in statement:
            if statement["Effect"] == "Allow":
                raise Unsupported("Allow with NotPrincipal")
            return z3.Not(self.is_excepted(values))
        ways = [way for kind, value in values for way in self.named(kind, value)]
        if statement["Effect"] == "Deny":
            return any_of(is_named for is_named, _ in ways)
        return any_of(z3.And(is_named, self.reach <= reach) for is_named, reach in ways)

    def is_excepted(self, values):
        """Returns whether all that the principal may be named by is named, its account too."""
        everybody = ("AWS", "*") in values
        accounts = [is_named for kind, value in values for is_named, reach in self.named(kind, value) if reach == ACCOUNT]
        whole = []
        # AWS's page speaks of a role and its session; of a federated user's session and the user who got it, it does not.
        for kinds, arn, _ in self.identities()[:-1]:
            is_named = any_of(arn == value for kind, value in values if kind == "AWS" and ":root" not in value)
            whole.append(z3.Implies(self.is_of(*kinds), is_named))
        vouched = [is_named for kind, value in values for is_named, _ in self.named(kind, value) if kind != "AWS"]
        of_account = z3.And(any_of(accounts), *whole)
        return z3.Or(z3.BoolVal(everybody), z3.If(self.is_of(*OF_ACCOUNTS), of_account, any_of(vouched)))
