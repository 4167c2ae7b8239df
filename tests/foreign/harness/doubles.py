"""Test doubles of Bitbucket Cloud and Buildkite: small servers written from their documentation, for neither can be run
here. They keep what is written to them, page early, and check what the documentation says of requests.
"""

import base64
import json
import re
import threading
import uuid
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

# Small, so that paging is met by every test.
PAGE = 2
TOKEN = "double-0123456789abcdef"
EMAIL = "me@example.com"


class Double:
    """A running double. `calls` is what was asked, in order."""

    def __init__(self):
        self.calls = []
        self.lock = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def handler(double):  # noqa: N805 - the handler below has a `self` of its own
        """Returns the handler class of this double."""

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                where = urlsplit(self.path)
                path = [unquote(part) for part in where.path.split("/")[1:]]
                query = {name: values[0] for name, values in parse_qs(where.query).items()}
                with double.lock:
                    double.calls.append(f"{self.command} {where.path}")
                    if not double.lets_in(self.headers):
                        status, headers, answer = 401, {}, {"message": "Authentication required"}
                    else:
                        asked = json.loads(body) if body else None
                        base = f"http://{self.headers['Host']}"
                        status, headers, answer = double.handle(self.command, path, query, asked, base)
                text = b"" if answer is None else json.dumps(answer).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_PUT = do_DELETE = answer

            def log_message(self, *_):
                pass

        return Handler

    @contextmanager
    def running(self):
        """Runs the double for the time of a block."""
        thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.server.shutdown()
            self.server.server_close()
            thread.join(timeout=10)


class Bitbucket(Double):
    """Variables of the workspace `acme`, its repository `acme/storefront`, and its environments Test and Production."""

    env = {"BITBUCKET_TOKEN": TOKEN}

    def __init__(self):
        self.environments = [{"uuid": f"{{{uuid.uuid4()}}}", "name": name} for name in ("Test", "Staging", "Production")]
        repository = "repositories/acme/storefront"
        self.variables = {f"{repository}/pipelines_config/variables": {}, "workspaces/acme/pipelines-config/variables": {}}
        for one in self.environments:
            self.variables[f"{repository}/deployments_config/environments/{one['uuid']}/variables"] = {}
        super().__init__()

    def lets_in(self, headers):
        basic = base64.b64encode(f"{EMAIL}:{TOKEN}".encode()).decode()
        return headers.get("Authorization") in (f"Bearer {TOKEN}", f"Basic {basic}")

    def held(self, collection):
        """Returns the values of a collection by key."""
        return {one["key"]: one["value"] for one in self.variables[collection].values()}

    def handle(self, method, path, query, body, base):
        assert path[0] == "2.0", path
        name = "/".join(path[1:])
        listings = {
            "user/workspaces": [{"workspace": {"slug": "acme"}, "administrator": True}],
            "repositories/acme": [{"full_name": "acme/storefront", "slug": "storefront"}],
            "repositories/acme/storefront/environments": self.environments,
        }
        if method == "GET" and name in listings:
            return self.page(listings[name], name, query, base)
        collection = self.variables.get(name)
        if collection is not None and method == "GET":
            return self.page([self.shown(one) for one in collection.values()], name, query, base)
        if collection is not None and method == "POST":
            if any(one["key"] == body["key"] for one in collection.values()):
                return self.refused(409, "A variable with the provided key already exists.")
            new = {"uuid": f"{{{uuid.uuid4()}}}", **body}
            collection[new["uuid"]] = new
            return 201, {}, self.shown(new)
        one = self.variables.get("/".join(path[1:-1]), {}).get(path[-1])
        if one and method == "PUT":
            one.update(body)
            return 200, {}, self.shown(one)
        if one and method == "DELETE":
            del self.variables["/".join(path[1:-1])][path[-1]]
            return 204, {}, None
        return self.refused(404, f"{name} not found")

    @staticmethod
    def shown(one):
        return {name: value for name, value in one.items() if name != "value" or not one["secured"]}

    @staticmethod
    def page(items, name, query, base):
        number = int(query.get("page", 1))
        page = {"values": items[(number - 1) * PAGE : number * PAGE], "page": number, "size": len(items)}
        if number * PAGE < len(items):
            page["next"] = f"{base}/2.0/{name}?page={number + 1}"
        return 200, {}, page

    @staticmethod
    def refused(status, message):
        return status, {}, {"type": "error", "error": {"message": message}}


class Buildkite(Double):
    """The secrets of three clusters of the organisation `acme`."""

    env = {"BUILDKITE_API_TOKEN": TOKEN}

    def __init__(self):
        self.clusters = [{"id": str(uuid.uuid4()), "name": name} for name in ("Linux", "macOS", "Default cluster")]
        self.secrets = {one["id"]: {} for one in self.clusters}
        self.ticks = 0
        super().__init__()

    def lets_in(self, headers):
        return headers.get("Authorization") == f"Bearer {TOKEN}"

    def held(self, cluster):
        """Returns the values of a cluster by key."""
        [number] = [one["id"] for one in self.clusters if one["name"] == cluster]
        return {one["key"]: one["value"] for one in self.secrets[number].values()}

    def now(self):
        """Returns a time that is later than any before."""
        self.ticks += 1
        return datetime.fromtimestamp(1_760_000_000 + self.ticks, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    def handle(self, method, path, query, body, base):
        name = "/".join(path)
        if (method, name) == ("GET", "v2/organizations"):
            return self.page([{"id": "1", "slug": "acme", "name": "Acme"}], name, query, base)
        if (method, name) == ("GET", "v2/organizations/acme/clusters"):
            return self.page(self.clusters, name, query, base)
        found = re.fullmatch(r"v2/organizations/acme/clusters/([^/]+)/secrets(?:/([^/]+))?(/value)?", name)
        secrets = self.secrets.get(found[1]) if found else None
        if secrets is None:
            return 404, {}, {"message": "No cluster found"}
        if found[2] is None:
            if method == "GET":
                return self.page([self.shown(one) for one in secrets.values()], name, query, base)
            return self.make(secrets, body)
        one = secrets.get(found[2])
        if one is None:
            return 404, {}, {"message": "No secret found"}
        if method == "DELETE":
            del secrets[found[2]]
            return 204, {}, None
        allowed = {"value"} if found[3] else {"description", "policy"}
        if set(body) - allowed:
            return 422, {}, {"message": "The parameter cannot be updated on this endpoint."}
        one.update(body, updated_at=self.now())
        return 200, {}, self.shown(one)

    def make(self, secrets, body):
        if any(one["key"] == body["key"] for one in secrets.values()):
            return 422, {}, {"message": "Validation failed", "errors": [{"field": "key", "code": "already_exists"}]}
        assert re.fullmatch(r"(?!(?i:bk|buildkite))[A-Za-z]\w{0,254}", body["key"]), body["key"]
        now = self.now()
        new = {"id": str(uuid.uuid4()), "policy": None, "created_at": now, "updated_at": now, "last_read_at": None, **body}
        secrets[new["id"]] = new
        return 201, {}, self.shown(new)

    @staticmethod
    def shown(one):
        return {name: value for name, value in one.items() if name != "value"}

    @staticmethod
    def page(items, name, query, base):
        number = int(query.get("page", 1))
        more = number * PAGE < len(items)
        headers = {"Link": f'<{base}/{name}?page={number + 1}>; rel="next"'} if more else {}
        return 200, headers, items[(number - 1) * PAGE : number * PAGE]
