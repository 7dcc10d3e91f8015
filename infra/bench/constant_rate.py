"""An open loop: requests leave by the clock, whether the ones before are answered or not.

A closed loop stops asking while the server stalls, and so never sees how long others would have waited
("coordinated omission"). Here each latency counts from the moment at which the request was due: what this process
itself is late is counted as well, and told beside (`late_p99_ms`), so that a reader sees whose time it was.
"""

from __future__ import annotations

import gc
import os
import select
import socket
import statistics
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from infra.bench.contenders import PATH, Contender
from infra.local.environment import HOST

_LAST_ANSWERS_SECONDS = 0.5
_NEVER_SECONDS = 3600.0
_TIMER_SLACK = Path("/proc/self/timerslack_ns")


@dataclass(frozen=True, slots=True)
class Latencies:
    """Milliseconds from the due moment to the last byte of the answer."""

    rate: float
    answered: int
    median_ms: float
    p99_ms: float
    late_p99_ms: float
    """Within them: from the moment at which a request was due and had a free connection, to its leaving."""

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
    lateness: list[float] = []
    sent, planned = 0, int(rate * seconds)
    with _prompt(), _closed_after(every):
        began = freed = time.perf_counter()
        while len(latencies) < planned:
            moment = time.perf_counter()
            if moment > began + seconds + _LAST_ANSWERS_SECONDS:
                break
            while free and sent < planned and (due := began + sent / rate) <= moment:
                caller = free.popleft()
                caller.ask(request, due)
                lateness.append(time.perf_counter() - max(due, freed))
                busy[caller.socket] = caller
                sent += 1
            next_due = began + sent / rate if free and sent < planned else moment + 0.1
            # select, as its time-out counts in microseconds; epoll's and an event loop's in milliseconds.
            ready, _, _ = select.select(busy, (), (), max(0.0, next_due - time.perf_counter()))
            for readable in ready:
                caller = busy[readable]
                if caller.answered():
                    moment = time.perf_counter()
                    latencies.append(moment - caller.due)
                    if not free:
                        freed = moment
                    free.append(busy.pop(readable))
    return summary(rate, latencies, lateness, missing=planned - len(latencies))


@contextmanager
def _prompt() -> Iterator[None]:
    """This process runs as soon as it must, where the system lets it: before the service on its core, with timers that
    do not wait to be bundled (50 µs), and without looking for garbage."""
    with ExitStack() as restored:
        gc.disable()
        restored.callback(gc.enable)
        with suppress(OSError, AttributeError):
            before = os.sched_getscheduler(0), os.sched_getparam(0)
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
            restored.callback(os.sched_setscheduler, 0, *before)
        with suppress(OSError):
            slack = _TIMER_SLACK.read_text(encoding="ascii")
            _TIMER_SLACK.write_text("1", encoding="ascii")
            restored.callback(_TIMER_SLACK.write_text, slack, encoding="ascii")
        yield


@contextmanager
def _closed_after(sockets: Sequence[socket.socket]) -> Iterator[None]:
    try:
        yield
    finally:
        for each in sockets:
            each.close()


def summary(
    rate: float, latencies: Sequence[float], lateness: Sequence[float] = (), *, missing: int
) -> Latencies:
    """What was not answered in time counts as an hour: a server that falls behind has no good percentile."""
    every = sorted([*latencies, *[_NEVER_SECONDS] * missing])
    return Latencies(
        rate=rate,
        answered=len(latencies),
        median_ms=statistics.median(every) * 1000,
        p99_ms=_p99(every) * 1000,
        late_p99_ms=_p99(sorted(lateness)) * 1000 if lateness else 0.0,
    )


def _p99(ordered: Sequence[float]) -> float:
    return ordered[int(len(ordered) * 0.99)]


def _content_length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    if not found:
        raise RuntimeError(f"no Content-Length: {head[:200]!r}")
    return int(rest.split(b"\r\n", 1)[0])
