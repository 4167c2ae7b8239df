"""Changes to policies that somebody might make."""

import copy
import random

from .documents import listed


class Changes(random.Random):
    """A source of random changes: the same seed and number give the same."""

    def __init__(self, seed, number):
        super().__init__(f"{seed}-change-{number}")

    def pair(self, policy):
        """Returns a policy and what became of it, the one or the other of them the older."""
        policy = copy.deepcopy(policy)
        policy["Statement"] = listed(policy["Statement"])
        changed = copy.deepcopy(policy)
        changes = [self.drop_an_action, self.narrow_a_resource, self.deny_something, self.change_a_condition, self.widen_an_action]
        for change in self.sample(changes, self.choice([1, 1, 2])):
            change(changed["Statement"])
        return (policy, changed) if self.random() < 0.6 else (changed, policy)

    def element(self, statements, name):
        """Returns a statement with the name of its element, `Action` or `NotAction` say, whose value is made a list."""
        statement = self.choice(statements)
        name = name if name in statement else f"Not{name}"
        statement[name] = list(listed(statement[name]))
        return statement, name

    def drop_an_action(self, statements):
        statement, name = self.element(statements, "Action")
        if len(statement[name]) > 1:
            statement[name].pop(self.randrange(len(statement[name])))

    def widen_an_action(self, statements):
        statement, name = self.element(statements, "Action")
        at = self.randrange(len(statement[name]))
        service, _, operation = statement[name][at].partition(":")
        if operation:
            statement[name][at] = f"{service}:{operation[: self.randint(0, len(operation))]}*"

    def narrow_a_resource(self, statements):
        statement, name = self.element(statements, "Resource")
        at = self.randrange(len(statement[name]))
        resource = statement[name][at]
        if resource == "*":
            statement[name][at] = "arn:aws:s3:::bucket/*"
        elif resource.endswith("*") and resource.count(":") >= 5:
            statement[name][at] = resource[:-1] + "a*"

    def deny_something(self, statements):
        statement, name = self.element(statements, "Action")
        action = self.choice(statement[name])
        statements.append({"Effect": "Deny", "Action": action, "Resource": self.choice(["*", "arn:aws:s3:::bucket/*"])})

    def change_a_condition(self, statements):
        statement = self.choice(statements)
        if "Condition" in statement and self.random() < 0.5:
            operator = self.choice(sorted(statement["Condition"]))
            del statement["Condition"][operator]
            if not statement["Condition"]:
                del statement["Condition"]
        else:
            block = statement.setdefault("Condition", {})
            block.setdefault("StringEquals", {})["aws:RequestedRegion"] = self.choice(["eu-west-1", ["eu-west-1", "us-east-1"]])
