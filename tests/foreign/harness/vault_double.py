"""A double of Vault, for want of a server that could be installed: the calls that stores and their readers make, with the
answers that HashiCorp documents for KV version 2.
"""

import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = "hvs.CAESIJdoubleofvaultdoubleofvault"
A_MOMENT = "2026-11-24T05:00:00.000000000Z"
CAS = "check-and-set parameter did not match the current version"


class Secret:
    """Versions, each a dict or None when it was deleted, and what is said of all of them."""

    def __init__(self):
        self.versions, self.custom = [], None

    def metadata(self, number):
        deleted = self.versions[number - 1] is None
        return {
            "created_time": A_MOMENT,
            "custom_metadata": self.custom,
            "deletion_time": A_MOMENT if deleted else "",
            "destroyed": False,
            "version": number,
        }


class VaultDouble:
    """The state: engines by mount (`kv` of version 1 or 2, or another type), secrets, and whether it is sealed."""

    def __init__(self):
        self.engines = {"secret": ("kv", "2"), "old": ("kv", "1"), "pki": ("pki", None)}
        self.secrets, self.sealed, self.denied = {}, False, set()
        self.lock = threading.Lock()

    def answer(self, method, path, token, body):
        """Returns status and document of an answer."""
        if self.sealed:
            return 503, {"errors": ["Vault is sealed"]}
        if token != TOKEN:
            return 403, {"errors": ["permission denied"]}
        if path == "auth/token/lookup-self":
            return 200, {"data": {"ttl": 3600, "num_uses": 0, "policies": ["ci"]}}
        if path == "sys/capabilities-self":
            all_rights = ["create", "delete", "read", "update"]
            return 200, {one: ["deny"] if one in self.denied else all_rights for one in body["paths"]}
        if found := re.fullmatch(r"sys/internal/ui/mounts/(\w+).*", path):
            return self.mount(found[1])
        if found := re.fullmatch(r"(\w+)/(data|metadata|delete|undelete)/(.+)", path):
            mount, part, name = found.groups()
            if self.engines.get(mount) != ("kv", "2"):
                return 404, {"errors": [f'no handler for route "{path}". route entry not found.']}
            if f"{mount}/{part}/{name}" in self.denied:
                return 403, {"errors": ["1 error occurred:\n\t* permission denied\n\n"]}
            return self.of_secret(method, part, f"{mount}/{name}", body)
        return 404, {"errors": [f'no handler for route "{path}". route entry not found.']}

    def mount(self, name):
        if name not in self.engines:
            what = f'preflight capability check returned 403, please ensure client\'s policies grant access to path "{name}/"'
            return 403, {"errors": [what]}
        kind, version = self.engines[name]
        return 200, {"data": {"type": kind, "path": f"{name}/", "options": version and {"version": version}}}

    def of_secret(self, method, part, name, body):
        secret = self.secrets.get(name)
        if (method, part) == ("POST", "data"):
            secret = secret or Secret()
            if body.get("options", {}).get("cas", len(secret.versions)) != len(secret.versions):
                return 400, {"errors": [CAS]}
            self.secrets[name] = secret
            secret.versions.append(body["data"])
            return 200, {"data": secret.metadata(len(secret.versions))}
        if secret is None:
            return 404, {"errors": []}
        if (method, part) == ("GET", "data"):
            newest = secret.versions[-1]
            return 200 if newest else 404, {"data": {"data": newest, "metadata": secret.metadata(len(secret.versions))}}
        if (method, part) == ("GET", "metadata"):
            versions = {str(n): secret.metadata(n) for n in range(1, len(secret.versions) + 1)}
            current = len(secret.versions)
            return 200, {"data": {"current_version": current, "custom_metadata": secret.custom, "versions": versions}}
        if (method, part) == ("POST", "metadata"):
            secret.custom = body.get("custom_metadata", secret.custom)
            return 204, None
        if (method, part) == ("POST", "delete"):
            for number in body["versions"]:
                secret.versions[number - 1] = None
            return 204, None
        return 405, {"errors": ["unsupported operation"]}


def handler(double):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def serve(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            path = self.path.removeprefix("/v1/")
            with double.lock:
                token = self.headers.get("X-Vault-Token")
                status, document = double.answer(self.command, path, token, json.loads(body) if body else {})
            answer = b"" if document is None else json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = do_PUT = serve

        def log_message(self, *_):
            pass

    return Handler


@contextmanager
def vault_double(certificate=None):
    """Runs a double of Vault on a free port; yields it and its address. With a certificate it speaks TLS."""
    double = VaultDouble()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(double))
    if certificate:
        server.socket = certificate.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield double, f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)
