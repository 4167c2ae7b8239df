"""Prism between a client and a server: whatever goes through is checked against a description of the API."""

import json
import subprocess
from contextlib import contextmanager
from pathlib import Path

from .proxy import Proxy, serving
from .servers import ended_at_exit, free_port, wait_for

MODULES = Path(__file__).resolve().parents[1] / "js/node_modules"
GITHUB = MODULES / "@octokit/openapi/generated/api.github.com.json"
PRISM = MODULES / "@stoplight/prism-cli/dist/index.js"


def part_of(description, paths, prefix, partly):
    """Returns the part of a description that these paths need, each below a prefix.

    Of the schemas in `partly` the server may leave fields out.
    """
    kept = {prefix + path: description["paths"][path] for path in paths}
    components, waiting = {}, [kept]
    while waiting:
        for kind, name in references(waiting.pop()):
            if name not in components.setdefault(kind, {}):
                component = dict(description["components"][kind][name])
                if kind == "schemas" and name in partly:
                    component.pop("required", None)
                components[kind][name] = component
                waiting.append(component)
    return {"openapi": description["openapi"], "info": description["info"], "paths": kept, "components": components}


def references(node):
    """Returns what a part of a description refers to, as `(kind, name)`."""
    if isinstance(node, list):
        return [reference for each in node for reference in references(each)]
    if not isinstance(node, dict):
        return []
    own = [tuple(node["$ref"].removeprefix("#/components/").split("/"))] if isinstance(node.get("$ref"), str) else []
    return own + [reference for each in node.values() for reference in references(each)]


class Witness(Proxy):
    """A proxy that notes what Prism finds wrong, by the call."""

    def __init__(self, upstream):
        super().__init__(upstream)
        self.violations = []

    def answer(self, handler, call, number, ask):
        super().answer(handler, call, number, lambda: self.look(call, ask()))

    def look(self, call, answer):
        """Notes the violations of an answer and of the request before it. That the description does not speak of a
        status, as of the 404 of what is not there, is a warning and not a violation.
        """
        status, headers, body = answer
        for name, value in headers:
            if name.lower() == "sl-violations":
                found = [each for each in json.loads(value) if each["severity"] == "Error"]
                self.violations += [(call, status, each["location"], each["message"]) for each in found]
        if b"stoplight.io/prism/errors" in body:
            self.violations.append((call, status, json.loads(body)["title"]))
        return answer


@contextmanager
def prism_before(upstream, description, directory):
    """Runs Prism before a server, and a witness before Prism."""
    file = directory / "openapi.json"
    file.write_text(json.dumps(description))
    port = free_port()
    argv = ["node", PRISM, "proxy", file, upstream, "--host", "127.0.0.1", "--port", str(port)]
    with (directory / "prism.log").open("wb") as log:
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        with ended_at_exit(process):
            url = f"http://127.0.0.1:{port}"
            wait_for(url, process)
            with serving(Witness(url)) as witness:
                yield witness
