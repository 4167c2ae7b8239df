"""What policy documents are made of."""


def listed(values):
    """Returns a list as it is, and anything else as the only thing in one."""
    return values if isinstance(values, list) else [values]
