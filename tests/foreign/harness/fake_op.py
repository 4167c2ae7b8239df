#!/usr/bin/env python3
"""A strict stand-in for 1Password's program `op`, which needs an account and cannot be run here.

It answers in the shapes and with the words that are recorded of `op` 2, and refuses what `op` refuses, or what nobody should
do with it: an item on anything but a pipe, a pipe without an item, a secret among the arguments, variables that it has no
use for. What it remembers is in `op.json` beside the link by which it is called (`fresh()` makes one); every call is noted.
"""

import fcntl
import json
import os
import re
import stat
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path

ALLOWED = {
    "HOME", "PATH", "USER", "LOGNAME", "TMPDIR", "LC_ALL", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR",
    "XDG_CONFIG_HOME", "DBUS_SESSION_BUS_ADDRESS", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE",
    "SSL_CERT_DIR", "OP_SERVICE_ACCOUNT_TOKEN", "OP_ACCOUNT", "OP_BIOMETRIC_UNLOCK_ENABLED", "OP_CONFIG_DIR", "OP_DEVICE",
    "OP_FORMAT", "OP_CACHE",
}  # fmt: skip
SECRET = re.compile(r"(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])")
SIGNED_OUT = "account is not signed in"
DELETED = "Signin failed. Server: (403) (Forbidden (Service Account Deleted)), the service account was deleted."


class Refused(Exception):
    """What `op` complains of."""


def new_id():
    """Returns an id as 1Password makes them: 26 lower-case letters and digits."""
    alphabet = "abcdefghijklmnopqrstuvwxyz234567"
    number = uuid.uuid4().int
    return "".join(alphabet[number >> 5 * place & 31] for place in range(26))


def now():
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def fresh(vaults=("Infrastructure",), **more):
    """Returns the state of an account with these vaults, where somebody is signed in."""
    return {
        "version": "2.31.1",
        "signed_in": True,
        "accounts": ["acme.1password.com"],
        "service_token": None,
        "service_deleted": False,
        "vaults": [{"id": new_id(), "name": name} for name in vaults],
        "items": [],
        "faults": [],
        "calls": [],
        "violations": [],
    } | more


class Op:
    """One call."""

    def __init__(self, state, arguments):
        self.state, self.flags, self.words = state, {}, []
        arguments = iter(arguments)
        for word in arguments:
            if word in ("--archive", "--version"):
                self.flags[word] = True
            elif word.startswith("--"):
                self.flags[word] = next(arguments)
            else:
                self.words.append(word)

    def violates(self, what):
        self.state["violations"].append(what)
        raise Refused(f"strict: {what}")

    def check_surroundings(self, arguments):
        """Refuses what no caller should do."""
        odd = {name for name in os.environ if name not in ALLOWED and not name.startswith("OP_SESSION")}
        if odd:
            self.violates(f"variables that op has no use for: {sorted(odd)}")
        if (os.environ.get("OP_FORMAT"), os.environ.get("OP_CACHE")) != ("json", "false"):
            self.violates("OP_FORMAT is not json, or OP_CACHE is not false")
        known = [field["value"] for item in self.state["items"] for field in item["fields"] if field["type"] == "CONCEALED"]
        for argument in arguments:
            if SECRET.search(argument) or any(value in argument for value in known):
                self.violates("a secret among the arguments")
        reads = self.words[:2] in (["item", "create"], ["item", "edit"])
        mode = os.fstat(0).st_mode
        if reads and not stat.S_ISFIFO(mode):
            self.violates("an item is sent, and not on a pipe")
        if not reads and (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
            self.violates("a pipe, and no item is sent: op would read one")

    def sign_in(self):
        token = os.environ.get("OP_SERVICE_ACCOUNT_TOKEN")
        if token is not None:
            if self.state["service_deleted"]:
                raise Refused(DELETED)
            if token != self.state["service_token"]:
                raise Refused("Signin failed. Server: (401) (Unauthorized), check the token.")
            return
        account = self.flags.get("--account")
        if account is not None and account not in self.state["accounts"]:
            raise Refused(f'found no accounts for filter "{account}"')
        if not self.state["signed_in"]:
            raise Refused(SIGNED_OUT)

    def fault(self, moment):
        """Lets a fault happen that was asked for."""
        command = " ".join(self.words[:2])
        for fault in self.state["faults"]:
            if (fault["command"], fault["moment"]) == (command, moment):
                self.state["faults"].remove(fault)
                raise Refused(fault["error"])

    def answer(self):
        if "--version" in self.flags:
            return self.state["version"]
        self.sign_in()
        self.fault("before")
        commands = {
            ("whoami",): self.whoami,
            ("vault", "list"): self.vault_list,
            ("item", "list"): self.item_list,
            ("item", "get"): self.item_get,
            ("item", "create"): self.item_create,
            ("item", "edit"): self.item_edit,
            ("item", "delete"): self.item_delete,
        }
        command = commands.get(tuple(self.words[:2]))
        if command is None:
            self.violates(f"a command that is not played: {self.words}")
        answer = command()
        self.fault("after")
        return "" if answer is None else json.dumps(answer, indent=2)

    def whoami(self):
        return {"url": "https://acme.1password.com", "user_uuid": "A" * 26, "account_uuid": "B" * 26}

    def vault_list(self):
        times = {"content_version": 1, "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}
        return [vault | times for vault in self.state["vaults"]]

    def vault(self):
        """Returns the vault that a command names."""
        name = self.flags.get("--vault")
        for vault in self.state["vaults"]:
            if name in (vault["id"], vault["name"]):
                return vault
        raise Refused(f'"{name}" isn\'t a vault in this account. Specify the vault with its ID or name.')

    def item(self):
        """Returns the item that a command names: by its id, else by its title."""
        vault, name = self.vault(), self.words[2]
        inside = [item for item in self.state["items"] if item["vault"]["id"] == vault["id"] and not item.get("archived")]
        for found in ([item for item in inside if item[by] == name] for by in ("id", "title")):
            if len(found) > 1:
                ids = "".join(f'\n\t* for the item "{name}" in vault {vault["name"]}: {item["id"]}' for item in found)
                raise Refused(f'More than one item matches "{name}". Try again and specify the item by its ID:{ids}')
            if found:
                return found[0]
        raise Refused(f'"{name}" isn\'t an item in the "{vault["name"]}" vault. Specify the item with its UUID, name, or domain.')

    def item_list(self):
        vault, tags = self.vault(), set(self.flags.get("--tags", "").split(",")) - {""}
        shown = []
        for item in self.state["items"]:
            fits = not tags or tags & set(item.get("tags", []))
            if item["vault"]["id"] == vault["id"] and fits and not item.get("archived"):
                summary = ("id", "title", "tags", "version", "vault", "category", "created_at", "updated_at")
                shown.append({name: item[name] for name in summary if item.get(name)})
        return shown

    def item_get(self):
        return self.shown(self.item())

    def read(self):
        """Reads an item from the pipe."""
        try:
            sent = json.load(sys.stdin)
        except ValueError:
            self.violates("invalid JSON")
        if {"--title", "--category", "--template", "--tags"} & self.flags.keys():
            self.violates("an item on the pipe, and flags that take parts of it away")
        if not sent.get("title") or not isinstance(sent.get("fields"), list):
            self.violates("an item without title or fields")
        for field in sent["fields"]:
            if not {"id", "type"} <= field.keys():
                self.violates("a field without id or type")
        return sent

    def item_create(self):
        vault, sent = self.vault(), self.read()
        if self.words[2:] != ["-"] or sent.get("category") != "API_CREDENTIAL":
            self.violates("not `item create -` of an API_CREDENTIAL")
        notes = {"id": "notesPlain", "type": "STRING", "purpose": "NOTES", "label": "notesPlain"}
        item = sent | {"id": new_id(), "vault": vault, "version": 1, "history": []}
        item |= {"fields": [notes, *sent["fields"]], "created_at": now(), "updated_at": now()}
        self.state["items"].append(item)
        return self.shown(item)

    def item_edit(self):
        item, sent = self.item(), self.read()
        if sent.get("id") != item["id"]:
            self.violates("the item on the pipe is another one")
        item["history"].append({"title": item["title"], "fields": item["fields"]})
        item.update({name: sent.get(name) for name in ("title", "tags", "fields")})
        item.update({"version": item["version"] + 1, "updated_at": now()})
        return self.shown(item)

    def item_delete(self):
        item = self.item()
        if "--archive" not in self.flags:
            self.violates("deleted for good")
        item["archived"] = True

    @staticmethod
    def shown(item):
        start = f"op://{item['vault']['name']}/{item['title']}"
        fields = [field | {"reference": f"{start}/{field['label']}"} for field in item["fields"]]
        return {name: value for name, value in item.items() if name not in ("history", "archived")} | {"fields": fields}


def main():
    place = Path(sys.argv[0]).parent
    with (place / "op.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        state = json.loads((place / "op.json").read_text())
        state["calls"].append(sys.argv[1:])
        op = Op(state, sys.argv[1:])
        try:
            op.check_surroundings(sys.argv[1:])
            answer, complaint = op.answer(), None
        except Refused as refused:
            answer, complaint = "", str(refused)
        (place / "op.json").write_text(json.dumps(state))
    if complaint is None:
        print(answer)
        return 0
    print(f"[ERROR] {datetime.now(UTC):%Y/%m/%d %H:%M:%S} {complaint}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
