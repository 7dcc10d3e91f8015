"""An open loop: requests leave by the clock, whether the ones before are answered or not.

A closed loop stops asking while the server stalls, and so never sees how long others would have waited
("coordinated omission"). Here each latency counts from the moment at which the request was due: what the load itself
is late is counted as well, and told beside (`late_p99_ms`), so that a reader sees whose time it was.

The clock is kept by `constant_rate.lua`: the load shares a core with the service, and in Python it took so much of it
that the service behind every contender waited for milliseconds (decision 0017).
"""

from __future__ import annotations

import array
import socket
import statistics
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.bench.contenders import PATH, Contender
from infra.local.environment import HOST

TOOL = "luajit"
_NEVER_SECONDS = 3600.0
_SCRIPT = Path(__file__).with_suffix(".lua")


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


def measure(
    contender: Contender, token: str, *, rate: float, seconds: float, connections: int = 32
) -> Latencies:
    """`rate` requests a second for that long; RuntimeError for an answer that is not 200."""
    request = (
        f"GET {PATH} HTTP/1.1\r\nHost: {HOST}:{contender.port}\r\nAuthorization: Bearer {token}\r\n\r\n"
    ).encode()
    with ExitStack() as stack:
        callers = [str(stack.enter_context(_connected(contender.port))) for _ in range(connections)]
        command = [TOOL, str(_SCRIPT), str(rate), str(seconds), *callers]
        done = subprocess.run(
            command, input=request, pass_fds=[int(each) for each in callers], capture_output=True, check=False
        )
    if done.returncode:
        raise RuntimeError(f"{TOOL}: {done.stderr.decode(errors='replace')}")
    said = array.array("d", done.stdout)
    planned = len(said) // 2
    latencies = [each for each in said[:planned] if each >= 0]
    return summary(rate, latencies, said[planned:], missing=planned - len(latencies))


@contextmanager
def _connected(port: int) -> Iterator[int]:
    """The descriptor of a connection that is kept alive."""
    with socket.create_connection((HOST, port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield connection.fileno()


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
