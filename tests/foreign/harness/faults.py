"""What a network and a server do to one call: a proxy that does it to the nth call that goes through it."""

import json
import os
import socket
import struct
import time
from contextlib import contextmanager

from .proxy import Proxy, send, serving

HTML = b"<!DOCTYPE html><html><body><h1>Welcome to the hotel's network</h1></body></html>"
DRIP_SECONDS = 3
NO_ID = "00000000-0000-0000-0000-000000000000"


def drop_request(handler, ask):
    """The request is read and goes nowhere."""
    handler.close_connection = True


def drop_answer(handler, ask):
    """The server has done it; the answer is lost."""
    ask()
    handler.close_connection = True


def reset_mid_body(handler, ask):
    """Half of the answer comes, then a reset."""
    status, headers, body = ask()
    send(handler, status, headers, body[: len(body) // 2], length=len(body))
    handler.wfile.flush()
    # A socket that lingers for no time is closed by a reset; nobody else shall say goodbye first.
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(handler.connection.detach())
    handler.close_connection = True


def slow_drip(handler, ask):
    """The answer comes, in small pieces, over seconds."""
    status, headers, body = ask()
    send(handler, status, headers, b"", length=len(body))
    size = max(1, len(body) // 20)
    for start in range(0, len(body), size):
        handler.wfile.write(body[start : start + size])
        handler.wfile.flush()
        time.sleep(DRIP_SECONDS / 20)


def truncated(handler, ask):
    """The answer ends in the middle of a tag, and claims to be whole."""
    status, headers, body = ask()
    send(handler, status, headers, body[: len(body) * 2 // 3])


def cut_after(mark, more):
    """The answer ends so many bytes after a mark in it, and claims to be whole."""

    def fault(handler, ask):
        status, headers, body = ask()
        assert mark in body
        send(handler, status, headers, body[: body.index(mark) + len(mark) + more])

    return fault


def wrong_content_type(handler, ask):
    """The answer is right, and says that it is something else."""
    status, headers, body = ask()
    headers = [(name, value) for name, value in headers if name.lower() != "content-type"]
    send(handler, status, [*headers, ("Content-Type", "image/png")], body)


def html(handler, ask):
    """Somebody else answers, with a page."""
    send(handler, 200, [("Content-Type", "text/html")], HTML)


def refused_with(status, *headers):
    """The server answers with a status, and did nothing."""

    def fault(handler, ask):
        send(handler, status, [("Content-Type", "text/html"), *headers], HTML)

    return fault


def status_after(status):
    """The server has done it, and answers with a status all the same."""

    def fault(handler, ask):
        ask()
        send(handler, status, [("Content-Type", "text/html")], HTML)

    return fault


def aws_error(status, code, message):
    """IAM says no, in its own form."""
    body = (
        f'<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>{code}</Code>'
        f"<Message>{message}</Message></Error><RequestId>{NO_ID}</RequestId></ErrorResponse>"
    )

    def fault(handler, ask):
        send(handler, status, [("Content-Type", "text/xml")], body.encode())

    return fault


def json_error(status, message):
    """CircleCI says no, in its own form."""

    def fault(handler, ask):
        send(handler, status, [("Content-Type", "application/json")], json.dumps({"message": message}).encode())

    return fault


FAULTS = {
    "the request is dropped": drop_request,
    "the answer is dropped": drop_answer,
    "the connection is reset amid the answer": reset_mid_body,
    "the answer drips": slow_drip,
    "the answer is truncated": truncated,
    "the content type is wrong": wrong_content_type,
    "a page answers": html,
    "429": refused_with(429),
    "429 with Retry-After": refused_with(429, ("Retry-After", "1")),
    "500": refused_with(500),
    "500 although it was done": status_after(500),
    "503": refused_with(503),
}


class FaultyProxy(Proxy):
    """A proxy that lets one fault happen to the calls that `strikes` chooses, by number and name."""

    def __init__(self, upstream, fault=None, strikes=None):
        super().__init__(upstream)
        self.fault, self.strikes = fault, strikes

    def answer(self, handler, call, number, ask):
        if self.strikes and self.strikes(number, call):
            self.fault(handler, ask)
        else:
            super().answer(handler, call, number, ask)

    @contextmanager
    def doing(self, fault, to):
        """Lets the fault happen to every call of a name, for the time of a block."""
        self.fault, self.strikes = fault, lambda _, call: call == to
        try:
            yield
        finally:
            self.strikes = None


@contextmanager
def faulty_proxy_to(upstream, fault=None, strikes=None):
    """Runs a proxy that does this fault to the calls that are chosen; none at first, if there is none."""
    with serving(FaultyProxy(upstream, fault, strikes)) as proxy:
        yield proxy
