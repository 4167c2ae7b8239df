"""Conversations with the sandbox: every operation that it serves, what it answers, and how it says no.

They are data: `test_conversations.py` holds each of them with several clients. A conversation leaves the account as it
found it.
"""

from conversations import account, credentials, groups, policies, users

ALL = {
    f"{room.__name__.rpartition('.')[2]}: {name.replace('_', ' ')}": steps
    for room in (users, groups, policies, credentials, account)
    for name, steps in room.CONVERSATIONS.items()
}
