"""Calls to the services as they are counted: by service and by how they ended; and how each service stands."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from gateway.resilience.breaker import BreakerState
from gateway.resilience.service import ServiceUpstream, Snapshot
from gateway.upstream import Request, Upstream, UpstreamResponse
from services.kit import tracing
from services.kit.metrics import counters, gauges
from services.kit.problems import BadGateway, GatewayTimeout, Unavailable
from services.kit.route_series import Histogram


class ObservedUpstream:
    """An Upstream that counts the calls to another one. `outcomes` by what the call ended in; see `_outcome`."""

    def __init__(self, name: str, inner: Upstream) -> None:
        self.name, self._inner = name, inner
        self.outcomes = dict.fromkeys(_OUTCOMES, 0)
        self.durations = Histogram()

    async def send(self, request: Request) -> UpstreamResponse:
        began = time.perf_counter()
        span = tracing.current() and tracing.begin(f"call {self.name}", "client", {"peer.service": self.name})
        if span is not None:
            headers = [(name, value) for name, value in request.headers if name != "traceparent"]
            request = request._replace(headers=[*headers, ("traceparent", span.traceparent)])
        try:
            answer = await self._inner.send(request)
        except BaseException as failure:
            outcome = _failure(failure)
            self._count(outcome)
            if span is not None:
                span.end(error=outcome)
            raise
        self.durations.add(time.perf_counter() - began)
        self._count(_CLASSES[answer.status // 100])
        if span is not None:
            span.end({"http.response.status_code": answer.status})
        return answer

    def _count(self, outcome: str) -> None:
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1


_NOW: tuple[tuple[str, str, Callable[[Snapshot], float]], ...] = (
    ("instances", "Addresses of the service", lambda s: s.instances),
    ("ejected", "Instances not asked for a while", lambda s: s.ejected),
    ("in_flight", "Calls under way", lambda s: s.in_flight),
    ("working", "Calls whose answer has not begun, long polls apart", lambda s: s.working),
    ("waiting", "Long polls", lambda s: s.waiting),
    ("limit", "Calls that may be working at once, as the service answers", lambda s: s.limit),
)
_SO_FAR: tuple[tuple[str, str, Callable[[Snapshot], float]], ...] = (
    ("retries", "Calls repeated", lambda s: s.retries),
    ("refused_open", "Calls not made because the breaker was open", lambda s: s.refused_open),
)
_OUTCOMES = ("2xx", "3xx", "4xx", "5xx", "timeout", "unreachable", "refused", "left")
_CLASSES = ("?xx", "1xx", "2xx", "3xx", "4xx", "5xx")


def _breakers(seen: Mapping[str, Snapshot]) -> Metric:
    family = GaugeMetricFamily(
        "steppe_upstream_breaker", "1 for the present state", labels=["service", "state"]
    )
    for name, each in seen.items():
        for state in BreakerState:
            family.add_metric([name, state.value], float(each.breaker is state))
    return family


def _shed(seen: Mapping[str, Snapshot]) -> Metric:
    family = CounterMetricFamily(
        "steppe_upstream_shed", "Calls refused because there was too much to do", labels=["service", "rate"]
    )
    for name, each in seen.items():
        for rate, count in each.shed.items():
            family.add_metric([name, rate.value], count)
    return family


def _failure(failure: BaseException) -> str:
    if isinstance(failure, GatewayTimeout):
        return "timeout"
    if isinstance(failure, Unavailable):
        return "refused"  # by breaker or overload: the service was not asked
    if isinstance(failure, BadGateway):
        return "unreachable"
    return "left" if not isinstance(failure, Exception) else "failed"


class UpstreamMetrics(Collector):
    """What the gateway tells of the services behind it."""

    def __init__(
        self, services: Mapping[str, ServiceUpstream], observed: Mapping[str, ObservedUpstream]
    ) -> None:
        self._services, self._observed = services, observed

    def collect(self) -> Iterable[Metric]:
        yield self._calls()
        yield self._durations()
        seen = {name: service.snapshot() for name, service in self._services.items()}
        yield _breakers(seen)
        yield _shed(seen)
        for name, what, pick in _NOW:
            values = {service: pick(each) for service, each in seen.items()}
            yield gauges(f"steppe_upstream_{name}", what, "service", values)
        for name, what, pick in _SO_FAR:
            values = {service: pick(each) for service, each in seen.items()}
            yield counters(f"steppe_upstream_{name}", what, "service", values)

    def _calls(self) -> Metric:
        family = CounterMetricFamily(
            "steppe_upstream_requests", "Calls to services, by how they ended", labels=["service", "outcome"]
        )
        for name, each in self._observed.items():
            for outcome, count in list(each.outcomes.items()):
                family.add_metric([name, outcome], count)
        return family

    def _durations(self) -> Metric:
        family = HistogramMetricFamily(
            "steppe_upstream_duration_seconds",
            "From the call to the head of the answer, retries included",
            labels=["service"],
        )
        for name, each in self._observed.items():
            family.add_metric([name], each.durations.cumulated(), each.durations.total)
        return family
