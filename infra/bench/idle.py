"""Connections that are open and ask nothing, as thousands of phones and devices hold them."""

from __future__ import annotations

import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from infra.bench.contenders import PATH, Contender
from infra.local.environment import HOST

_PORTS_PER_ADDRESS = 20_000


@contextmanager
def held(contender: Contender, token: str, *, count: int) -> Iterator[list[socket.socket]]:
    """`count` kept-alive connections, each of which has had one answer; RuntimeError where it has not."""
    allow_files(count + 1000)
    request = f"GET {PATH} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    with ExitStack() as stack:
        sockets: list[socket.socket] = []
        for number in range(count):
            # An address has 28 000 ports for outgoing connections on Linux; all of 127/8 is this machine.
            source = f"127.0.0.{1 + number // _PORTS_PER_ADDRESS}"
            made = socket.create_connection((HOST, contender.port), timeout=10, source_address=(source, 0))
            sockets.append(stack.enter_context(made))
            made.sendall(request)
            if not made.recv(65536).startswith(b"HTTP/1.1 200"):
                raise RuntimeError(f"connection {number} was refused")
        yield sockets


def alive(sockets: list[socket.socket]) -> int:
    """How many of them the other side has not closed."""
    return sum(map(_is_open, sockets))


def _is_open(each: socket.socket) -> bool:
    each.setblocking(False)
    try:
        while each.recv(65536):
            pass
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def allow_files(count: int) -> None:
    """RuntimeError where this process may not open that many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < count:
        if hard != resource.RLIM_INFINITY and hard < count:
            raise RuntimeError(f"{count} open files are needed, {hard} are allowed: raise `ulimit -n`")
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))
