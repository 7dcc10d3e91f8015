"""Requests and durations by route, written as text by hand: there are thousands of these lines, and the library's way
to write them would hold up the requests under way for a tenth of a second at each scrape.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import accumulate

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds. From a cached read to a long poll that ends without news."""
_BOUNDS = (*map(str, BUCKETS), "+Inf")
_CLASSES = ("left", "1xx", "2xx", "3xx", "4xx", "5xx")
_REQUESTS = "steppe_http_requests_total"
_DURATION = "steppe_http_request_duration_seconds"
_HEADS = {
    _REQUESTS: (f"# HELP {_REQUESTS} Requests answered, or left by the client\n# TYPE {_REQUESTS} counter\n"),
    _DURATION: (
        f"# HELP {_DURATION} From the head of a request to the end of its answer\n"
        f"# TYPE {_DURATION} histogram\n"
    ),
}


class Histogram:
    """Durations: how many fell in each bucket, and their sum. `add` costs half a microsecond."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * len(_BOUNDS)
        self.total = 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.total += seconds

    def cumulated(self) -> list[tuple[str, float]]:
        """As Prometheus wants them: (upper bound, how many up to it)."""
        return list(zip(_BOUNDS, map(float, accumulate(self.counts)), strict=True))


class RouteSeries:
    """What has been counted of one route; its lines but for their values are made once."""

    __slots__ = ("_buckets", "_count", "_requests", "_sum", "by_class", "durations")

    def __init__(self, method: str, route: str, rate_class: str) -> None:
        self.durations = Histogram()
        self.by_class = [0] * len(_CLASSES)
        labels = f'method="{_escaped(method)}",route="{_escaped(route)}",rate_class="{_escaped(rate_class)}"'
        self._requests = [f'{_REQUESTS}{{{labels},status="{each}"}}' for each in _CLASSES]
        self._buckets = [f'{_DURATION}_bucket{{{labels},le="{bound}"}}' for bound in _BOUNDS]
        self._count, self._sum = f"{_DURATION}_count{{{labels}}}", f"{_DURATION}_sum{{{labels}}}"

    def add(self, status: int, seconds: float) -> None:
        """Counts a request; `status` is 0 where the client left before an answer."""
        self.durations.add(seconds)
        self.by_class[min(status // 100, 5)] += 1

    def requests(self) -> Iterator[str]:
        # Those that are zero too: a series that begins at one hides its first request from `rate`.
        for name, count in zip(self._requests, self.by_class, strict=True):
            yield f"{name} {count}\n"

    def latencies(self) -> Iterator[str]:
        counts = self.durations.counts.copy()
        for name, count in zip(self._buckets, accumulate(counts), strict=True):
            yield f"{name} {count}\n"
        yield f"{self._count} {sum(counts)}\n"
        yield f"{self._sum} {self.durations.total}\n"


def written(routes: Iterable[RouteSeries]) -> bytes:
    """Both families of all routes, in Prometheus's text form."""
    each = list(routes)
    parts = [_HEADS[_REQUESTS]]
    for route in each:
        parts.extend(route.requests())
    parts.append(_HEADS[_DURATION])
    for route in each:
        parts.extend(route.latencies())
    return "".join(parts).encode()


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
