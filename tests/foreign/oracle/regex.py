"""Patterns of policies as regular expressions of z3, and as conditions on texts that have variables in them."""

import re

import z3

ANY_CHARACTER = z3.AllChar(z3.ReSort(z3.StringSort()))
ANYTHING = z3.Full(z3.ReSort(z3.StringSort()))
NO_COLON = z3.Union(z3.Range("\x00", "9"), z3.Range(";", chr(0x2FFFF)))
WITHIN_A_PART = z3.Star(NO_COLON)


class Unsupported(Exception):
    """A pattern that has no exact encoding here."""


def literal(text, ignoring_case=False):
    """Returns the expression of a text that stands for itself."""
    if not ignoring_case:
        return z3.Re(z3.StringVal(text))
    letters = [z3.Union(z3.Re(one.lower()), z3.Re(one.upper())) if one.lower() != one.upper() else z3.Re(one) for one in text]
    return concatenated(letters)


def concatenated(expressions):
    """Returns the expression of texts one after another."""
    expressions = [one for one in expressions if one is not None]
    if not expressions:
        return z3.Re("")
    return expressions[0] if len(expressions) == 1 else z3.Concat(*expressions)


def any_of(conditions):
    """Returns whether one of the conditions holds."""
    conditions = list(conditions)
    return z3.Or(*conditions) if conditions else z3.BoolVal(False)


def tokens(text, wildcards, variables):
    """Splits a pattern: texts, the wildcards `*` and `?` in tuples of one, and variables in tuples of key and default."""
    found = []
    for match in re.finditer(r"\$\{([^}]*)\}|[*?]|[^*?$]+|\$", text):
        part, inside = match.group(), match.group(1)
        if inside is not None and variables:
            if inside in ("*", "?", "$"):
                found.append(inside)
            else:
                key, comma, default = inside.partition(",")
                found.append((key.strip().lower(), default.strip().strip("'") if comma else None))
        elif inside is not None:
            found += tokens(part[0], wildcards, False) + tokens(part[1:], wildcards, False)
        elif part in ("*", "?") and wildcards:
            found.append((part,))
        else:
            found.append(part)
    return found


def expression(parts, ignoring_case=False, one=ANY_CHARACTER, many=ANYTHING):
    """Returns the expression of tokens without variables."""
    return concatenated(
        literal(part, ignoring_case) if isinstance(part, str) else one if part == ("?",) else many for part in parts
    )


def arn_tokens(text, variables, of_resource):
    """Splits a pattern of an ARN into the expression of what is confined to parts, if there is such, and the tokens behind it."""
    parts = text.split(":", 5)
    is_whole = len(parts) == 6
    head = [tokens(part, True, variables and not of_resource) for part in parts[:5]]
    if any(len(token) == 2 for part in head for token in part if isinstance(token, tuple)):
        raise Unsupported("a variable before the resource")
    # The wildcard at the end of a short one reaches further.
    reaches_further = not is_whole and head[-1] and head[-1][-1] == ("*",)
    behind = tokens(parts[5], True, variables) if is_whole else [head[-1].pop()] if reaches_further else []
    if all(isinstance(token, str) for part in head for token in part):
        beginning = ":".join("".join(part) for part in head) + (":" if is_whole else "")
        return None, [beginning, *behind]
    confined = []
    for number, part in enumerate(head):
        confined.append(expression(part, one=NO_COLON, many=WITHIN_A_PART))
        confined.append(literal(":") if is_whole or number < len(head) - 1 else None)
    return concatenated(confined), behind


def text_matches(text, parts, value_of, ignoring_case=False, before=None):
    """Returns the condition that a text matches tokens, behind an expression that the text begins with.

    `value_of(key, default)` gives a variable's value, and whether it has one.
    """
    at = [number for number, part in enumerate(parts) if isinstance(part, tuple) and len(part) == 2]
    if not at:
        if before is None and not ignoring_case and all(isinstance(part, str) for part in parts):
            return text == z3.StringVal("".join(parts))
        whole = expression(parts, ignoring_case)
        return z3.InRe(text, whole if before is None else z3.Concat(before, whole))
    if ignoring_case:
        raise Unsupported("a variable whatever its case")
    values = {number: value_of(*parts[number]) for number in at}
    there = [has_value for _, has_value in values.values()]
    fixed = [values[n][0] if n in values else z3.StringVal(part) if isinstance(part, str) else None for n, part in enumerate(parts)]
    first, last = at[0], at[-1]
    if all(one is not None for one in fixed[: last + 1]) and before is None:
        # All before the last variable is known: it is how the text begins.
        beginning = joined(fixed[: last + 1])
        rest = z3.SubString(text, z3.Length(beginning), z3.Length(text))
        return z3.And(*there, z3.PrefixOf(beginning, text), z3.InRe(rest, expression(parts[last + 1 :])))
    if all(one is not None for one in fixed[first:]):
        end = joined(fixed[first:])
        start = z3.SubString(text, 0, z3.Length(text) - z3.Length(end))
        head = expression(parts[:first])
        fits = z3.InRe(start, head if before is None else z3.Concat(before, head))
        return z3.And(*there, z3.SuffixOf(end, text), fits)
    raise Unsupported("a variable between wildcards")


def joined(texts):
    """Returns texts one after another."""
    texts = [text for text in texts if text is not None]
    return texts[0] if len(texts) == 1 else z3.Concat(*texts)
