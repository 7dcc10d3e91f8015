"""Metrics of one process in Prometheus's text form. No label has more values than the code names.

The hot path adds to plain numbers; series are made of them when somebody asks (`Metrics.page`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from services.kit import logs
from services.kit.access_log import Exchange
from services.kit.route_series import RouteSeries, written

MEDIA_TYPE = CONTENT_TYPE_LATEST
REFRESH_SECONDS = 3.0
_TOO_MANY = 429

Refresh = Callable[[], Awaitable[None]]


class Metrics(Collector):
    """The registry of one process; whoever has more to tell registers a collector or a refresh."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.in_flight = 0
        self._routes: dict[tuple[str, str, str], RouteSeries] = {}
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
            route = self._routes[key] = RouteSeries(*key)
            for counts in (self._received, self._sent, self._refused, self._cut):
                counts.setdefault(rate, 0)
        route.add(exchange.status, exchange.seconds)
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
        return written(list(self._routes.values())) + generate_latest(self.registry)

    def collect(self) -> Iterable[Metric]:
        yield gauge("steppe_http_requests_in_flight", "Requests under way", self.in_flight)
        for name, what, counts in (
            ("steppe_http_received_bytes", "Bytes of request bodies", self._received),
            ("steppe_http_sent_bytes", "Bytes of answer bodies", self._sent),
            ("steppe_limit_refusals", "Requests answered 429", self._refused),
            ("steppe_http_cut", "Answers that began and were not completed", self._cut),
        ):
            yield counters(name, what, "rate_class", dict(counts))
        yield counter("steppe_log_lines_dropped", "Log lines there was no room for", logs.writer.dropped)


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
