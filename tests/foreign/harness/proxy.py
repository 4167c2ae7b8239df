"""A proxy in front of a server that notes every call, and can hold one to let a test act in that very moment."""

import http.client
import re
import threading
import urllib.parse
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOLD_SECONDS = 60


class Gate:
    """Holds one call: before it reaches the server, or after the server has answered and the client has not heard.

    `call` is the name, or None for a call of any name.
    """

    def __init__(self, call, moment, nth=1, answers=False):
        assert moment in ("before", "after")
        self.call, self.moment, self.left, self.answers = call, moment, nth, answers
        self.reached = threading.Event()
        self.released = threading.Event()
        self.lock = threading.Lock()

    def pass_through(self, call, moment):
        """Returns whether the call may go on. One that was held goes on only with `answers`: else its client is gone."""
        if self.call not in (None, call) or moment != self.moment:
            return True
        with self.lock:
            self.left -= 1
            if self.left != 0:
                return True
        self.reached.set()
        self.released.wait(HOLD_SECONDS)
        return self.answers


class Proxy:
    """A running proxy. `calls` is what went through it, in order; `secrets` are those of the keys that were made."""

    def __init__(self, upstream):
        self.upstream = urllib.parse.urlsplit(upstream).netloc
        self.calls, self.secrets = [], []
        self.lock = threading.Lock()
        self.gate = None
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def handler(proxy):  # noqa: N805 - the handler below has a `self` of its own
        """Returns the handler class of this proxy."""

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def forward(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                call = name_of(self.command, self.path, body, self.headers.get("X-Amz-Target"))
                with proxy.lock:
                    proxy.calls.append(call)
                    number = len(proxy.calls)
                try:
                    proxy.answer(self, call, number, lambda: proxy.ask(self.command, self.path, body, self.headers))
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True  # the client was killed

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = forward

            def log_message(self, *_):
                pass

        return Handler

    def answer(self, handler, call, number, ask):
        """Answers the call, which is the so manyth; a gate may hold it on either side of the server."""
        if self.gate and not self.gate.pass_through(call, "before"):
            handler.close_connection = True
            return
        answer = ask()
        if self.gate and not self.gate.pass_through(call, "after"):
            handler.close_connection = True
            return
        send(handler, *answer)

    def ask(self, method, path, body, headers):
        """Asks the server, with the client's own headers: `Host` is signed."""
        connection = http.client.HTTPConnection(self.upstream, timeout=60)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            body = answer.read()
            self.secrets += re.findall(r"<SecretAccessKey>([^<]+)", body.decode("utf-8", "replace"))
            return answer.status, answer.getheaders(), body
        finally:
            connection.close()

    @contextmanager
    def holding(self, call, moment, nth=1, answers=False):
        """Holds the nth such call from now on; `reached` is set when it is there. Let go at the end of the block."""
        self.gate = Gate(call, moment, nth, answers)
        try:
            yield self.gate
        finally:
            self.gate.released.set()
            self.gate = None


def name_of(method, path, body, target=None):
    """Names a call: an AWS action by its name, anything else by method and path, ids left out."""
    if target:
        return target.rsplit(".", 1)[1]
    action = urllib.parse.parse_qs(body.decode("utf-8", "replace")).get("Action")
    if action:
        return action[0]
    path = urllib.parse.unquote(urllib.parse.urlsplit(path).path)
    return f"{method} {re.sub(r'[0-9a-f]{8}-[0-9a-f-]{27}', 'ID', path)}"


def send(handler, status, headers, body, length=None):
    """Sends an answer; `length` is what it claims, if that is not the truth."""
    handler.send_response(status)
    for name, value in headers:
        if name.lower() not in ("transfer-encoding", "connection", "content-length", "date", "server"):
            handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body) if length is None else length))
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def proxy_to(upstream):
    """Runs a proxy in front of a server."""
    with serving(Proxy(upstream)) as proxy:
        yield proxy


@contextmanager
def serving(proxy):
    """Runs a proxy for the time of a block."""
    thread = threading.Thread(target=proxy.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        if proxy.gate:
            proxy.gate.released.set()
        proxy.server.shutdown()
        proxy.server.server_close()
        thread.join(timeout=10)
