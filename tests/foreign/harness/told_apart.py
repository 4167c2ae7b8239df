"""A hook of schemathesis: leaves out what the description of Connect cannot say that it must not be sent."""

import schemathesis

APART = {"sections": ("id", "label"), "fields": ("id",)}


def repeats(entries, name):
    """Returns whether two of the entries have the same there."""
    values = [entry[name] for entry in entries if isinstance(entry, dict) and entry.get(name) is not None]
    return any(value in values[:place] for place, value in enumerate(values))


@schemathesis.hook
def filter_case(context, case):
    """Returns whether the sections and the fields of an item are told apart by their ids, sections by their labels, too."""
    body = case.body if isinstance(case.body, dict) else {}
    lists = {name: body[name] for name in APART if isinstance(body.get(name), list)}
    return not any(repeats(entries, name) for place, entries in lists.items() for name in APART[place])
