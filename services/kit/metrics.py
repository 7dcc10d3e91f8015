"""Metrics of one process in Prometheus's text form. No label has more values than the code names.

The hot path adds to plain numbers; series are made of them when somebody asks (`Metrics.page`).
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Awaitable, Callable, Iterable, Mapping
from itertools import accumulate

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from services.kit import logs
from services.kit.access_log import Exchange

MEDIA_TYPE = CONTENT_TYPE_LATEST
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds. From a cached read to a long poll that ends without news."""
REFRESH_SECONDS = 3.0
_CLASSES = ("left", "1xx", "2xx", "3xx", "4xx", "5xx")
_TOO_MANY = 429

Refresh = Callable[[], Awaitable[None]]


class Histogram:
    """Durations: how many fell in each bucket, and their sum. `add` costs half a microsecond."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS) + 1)
        self.total = 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.total += seconds

    def cumulated(self) -> list[tuple[str, float]]:
        """As Prometheus wants them: (upper bound, how many up to it)."""
        bounds = [*map(str, BUCKETS), "+Inf"]
        return list(zip(bounds, map(float, accumulate(self.counts)), strict=True))


class _Route:
    """What has been counted of one route."""

    __slots__ = ("by_class", "durations")

    def __init__(self) -> None:
        self.durations = Histogram()
        self.by_class = [0] * len(_CLASSES)


class Metrics(Collector):
    """The registry of one process; whoever has more to tell registers a collector or a refresh."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.in_flight = 0
        self._routes: dict[tuple[str, str, str], _Route] = {}
        self._received: dict[str, int] = {}
        self._sent: dict[str, int] = {}
        self._refused: dict[str, int] = {}
        self._cut: dict[str, int] = {}
        self._refreshes: list[Refresh] = []
        self.registry.register(self)
        ProcessCollector(registry=self.registry)

    def finished(self, exchange: Exchange) -> None:
        """Counts one request that is over."""
        rate = exchange.rate_class
        key = (exchange.method, exchange.route, rate)
        route = self._routes.get(key)
        if route is None:
            route = self._routes[key] = _Route()
            for counts in (self._received, self._sent, self._refused, self._cut):
                counts.setdefault(rate, 0)
        route.durations.add(exchange.seconds)
        route.by_class[min(exchange.status // 100, 5)] += 1
        self._received[rate] += exchange.bytes_in
        self._sent[rate] += exchange.bytes_out
        if exchange.status == _TOO_MANY:
            self._refused[rate] += 1
        if exchange.cut and exchange.status:
            self._cut[rate] += 1

    def register(self, collector: Collector) -> None:
        self.registry.register(collector)

    def refresh_with(self, refresh: Refresh) -> None:
        """Has `refresh` run before each page: for what must be asked of a database."""
        self._refreshes.append(refresh)

    async def page(self) -> bytes:
        """Everything, in MEDIA_TYPE. What cannot be asked in REFRESH_SECONDS keeps its last value."""
        await asyncio.gather(*(_in_time(refresh) for refresh in self._refreshes))
        return await asyncio.to_thread(generate_latest, self.registry)

    def collect(self) -> Iterable[Metric]:
        routes = list(self._routes.items())
        yield _requests(routes)
        yield _durations(routes)
        yield gauge("steppe_http_requests_in_flight", "Requests under way", self.in_flight)
        for name, what, counts in (
            ("steppe_http_received_bytes", "Bytes of request bodies", self._received),
            ("steppe_http_sent_bytes", "Bytes of answer bodies", self._sent),
            ("steppe_limit_refusals", "Requests answered 429", self._refused),
            ("steppe_http_cut", "Answers that began and were not completed", self._cut),
        ):
            yield counters(name, what, "rate_class", dict(counts))
        yield counter("steppe_log_lines_dropped", "Log lines there was no room for", logs.writer.dropped)


def _requests(routes: list[tuple[tuple[str, str, str], _Route]]) -> Metric:
    labels = ["method", "route", "rate_class", "status"]
    family = CounterMetricFamily(
        "steppe_http_requests", "Requests answered, or left by the client", labels=labels
    )
    for key, route in routes:
        # Those that are zero too: a series that begins at one hides its first request from `rate`.
        for status, count in zip(_CLASSES, route.by_class, strict=True):
            family.add_metric([*key, status], count)
    return family


def _durations(routes: list[tuple[tuple[str, str, str], _Route]]) -> Metric:
    labels = ["method", "route", "rate_class"]
    family = HistogramMetricFamily(
        "steppe_http_request_duration_seconds",
        "From the head of a request to the end of its answer",
        labels=labels,
    )
    for key, route in routes:
        family.add_metric(list(key), route.durations.cumulated(), route.durations.total)
    return family


def gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    """One number that goes up and down."""
    return GaugeMetricFamily(name, what, value=value)


def counter(name: str, what: str, value: float) -> CounterMetricFamily:
    """One number that grows; `_total` is added to its name."""
    return CounterMetricFamily(name, what, value=value)


def gauges(name: str, what: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    """A number for each value of one label."""
    family = GaugeMetricFamily(name, what, labels=[label])
    for each, value in values.items():
        family.add_metric([each], value)
    return family


def counters(name: str, what: str, label: str, values: Mapping[str, float]) -> CounterMetricFamily:
    """The same of numbers that grow; `_total` is added to the name."""
    family = CounterMetricFamily(name, what, labels=[label])
    for each, value in values.items():
        family.add_metric([each], value)
    return family


async def _in_time(refresh: Refresh) -> None:
    try:
        async with asyncio.timeout(REFRESH_SECONDS):
            await refresh()
    except Exception as error:  # whatever is away, the page tells the rest
        logs.log.warning("metrics_not_refreshed", error=error)
