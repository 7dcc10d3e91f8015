"""An open loop: requests leave by the clock, whether the ones before are answered or not.

A closed loop stops asking while the server stalls, and so never sees how long others would have waited
("coordinated omission"). Here each latency counts from the moment at which the request was due.
"""

from __future__ import annotations

import select
import socket
import statistics
import time
from collections import deque
from dataclasses import dataclass

from infra.bench.contenders import PATH, Contender
from infra.local.environment import HOST

_LAST_ANSWERS_SECONDS = 0.5
_NEVER_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Latencies:
    """Milliseconds from the due moment to the last byte of the answer."""

    rate: float
    answered: int
    median_ms: float
    p99_ms: float

    @property
    def spread(self) -> float:
        """How many times the median the slowest hundredth waits."""
        return self.p99_ms / self.median_ms


class _Caller:
    """A kept-alive connection that has one request under way at most."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.due = 0.0
        self._received = b""

    def ask(self, request: bytes, due: float) -> None:
        self.due = due
        self.socket.sendall(request)

    def answered(self) -> bool:
        """Reads what is there; whether the answer is whole. RuntimeError for one that is not 200."""
        piece = self.socket.recv(65536)
        self._received += piece
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not piece or (found and not head.startswith(b"HTTP/1.1 200 ")):
            raise RuntimeError(f"not 200: {self._received[:200]!r}")
        if not found or len(body) < _content_length(head):
            return False
        self._received = b""
        return True


def measure(
    contender: Contender, token: str, *, rate: float, seconds: float, connections: int = 32
) -> Latencies:
    """`rate` requests a second for that long; RuntimeError for an answer that is not 200."""
    request = (
        f"GET {PATH} HTTP/1.1\r\nHost: {HOST}:{contender.port}\r\nAuthorization: Bearer {token}\r\n\r\n"
    ).encode()
    free = deque(_Caller(contender.port) for _ in range(connections))
    busy: dict[socket.socket, _Caller] = {}
    every = [caller.socket for caller in free]
    latencies: list[float] = []
    began = time.perf_counter()
    sent, planned = 0, int(rate * seconds)
    try:
        while len(latencies) < planned:
            moment = time.perf_counter()
            if moment > began + seconds + _LAST_ANSWERS_SECONDS:
                break
            while free and sent < planned and began + sent / rate <= moment:
                caller = free.popleft()
                caller.ask(request, began + sent / rate)
                busy[caller.socket] = caller
                sent += 1
            next_due = began + sent / rate if free and sent < planned else moment + 0.1
            # select, as its time-out counts in microseconds; epoll's and an event loop's in milliseconds.
            ready, _, _ = select.select(busy, (), (), max(0.0, next_due - time.perf_counter()))
            for readable in ready:
                caller = busy[readable]
                if caller.answered():
                    latencies.append(time.perf_counter() - caller.due)
                    free.append(busy.pop(readable))
    finally:
        for each in every:
            each.close()
    return summary(rate, latencies, missing=planned - len(latencies))


def summary(rate: float, latencies: list[float], *, missing: int) -> Latencies:
    """What was not answered in time counts as an hour: a server that falls behind has no good percentile."""
    every = sorted([*latencies, *[_NEVER_SECONDS] * missing])
    return Latencies(
        rate=rate,
        answered=len(latencies),
        median_ms=statistics.median(every) * 1000,
        p99_ms=every[int(len(every) * 0.99)] * 1000,
    )


def _content_length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    if not found:
        raise RuntimeError(f"no Content-Length: {head[:200]!r}")
    return int(rest.split(b"\r\n", 1)[0])
