"""One service behind the gateway, however many instances it has: an Upstream that knows when not to ask.

breaker ─▶ one of the instances ─▶ answer
   ▲              │ failed, and may be repeated, within the budget
   │              └────▶ pause ─▶ another instance
   └── how the call ended, for the client
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from gateway.policy.rules import RateClass, RoutePolicy
from gateway.resilience.breaker import Breaker, BreakerState
from gateway.resilience.budget import RetryBudget
from gateway.resilience.errors import Draining, Overloaded, ServiceUnavailable
from gateway.resilience.load import Load
from gateway.resilience.long_polls import nothing_new, unless_told_to_end
from gateway.resilience.pool import UNWELL, Instance, InstancePool, Request
from gateway.resilience.retries import may_repeat, pause_before
from gateway.resilience.settings import ResilienceSettings
from gateway.upstream import Body, BrokenAnswerError, Upstream, UpstreamResponse, is_long_poll
from services.kit.problems import BadGateway, GatewayTimeout, Problem

log = logging.getLogger(__name__)
USUAL_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The state of one service as the gateway sees it; for `/status` and metrics."""

    breaker: BreakerState
    instances: int
    ejected: int
    working: int
    """Calls whose answer has not begun, long polls apart."""
    waiting: int
    """Long polls."""
    in_flight: int
    """All of these, and answers that still flow."""
    limit: int
    """As many may be working at once."""
    retries: int
    """Since the start of the process; so are the counts below."""
    refused_open: int
    """While the breaker was open."""
    shed: Mapping[RateClass, int]
    """Refused because there was too much to do."""


class ServiceUpstream:
    """An Upstream over the instances of a service. `clock` is monotonic, in seconds."""

    def __init__(
        self,
        name: str,
        instances: Sequence[Instance],
        settings: ResilienceSettings | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._settings = settings = settings or ResilienceSettings()
        self._clock = clock
        self._pool = InstancePool(instances, settings.outliers, clock=clock)
        self._breaker = Breaker(settings.breaker)
        self._budget = RetryBudget(
            ratio=settings.retry_ratio, floor=settings.retry_floor, window_seconds=settings.retry_window
        )
        self._load = Load(
            settings.concurrency, most_open=settings.most_open, most_waiting=settings.most_waiting
        )
        self._retries = self._refused_open = 0
        self._shed = dict.fromkeys(RateClass, 0)

    async def send(
        self,
        method: str,
        raw_path: bytes,
        query: bytes,
        *,
        headers: Sequence[tuple[str, str]],
        body: Body,
        route: RoutePolicy | None = None,
    ) -> UpstreamResponse:
        """As `Upstream.send`; raises ServiceUnavailable and Overloaded, too, where the service is not asked at all."""
        began, waits = self._clock(), is_long_poll(query)
        era = self._admit(route, began, waits=waits)
        request = Request(method, raw_path, query, headers, body, route)
        call = self._answer(request, began)
        try:
            number, answer = await (unless_told_to_end(call, discard=self._discard) if waits else call)
        except BaseException as error:
            self._failed(era, request, began, error, waits=waits)
            if isinstance(error, Draining):
                return nothing_new(raw_path, query)
            raise
        self._load.begun(waits=waits)
        if answer.status in UNWELL:
            return Answer(self, era, number, answer)
        if not waits:
            self._took(request, began)
        if self._breaker.probing:
            # What a probe is for is known by now; its body may take its client long.
            self._breaker.succeeded(era, self._clock())
            return Answer(self, None, number, answer)
        return Answer(self, era, number, answer)

    @property
    def instances(self) -> tuple[Instance, ...]:
        return self._pool.upstreams

    def direct(self) -> Upstream:
        """An Upstream that asks one instance, past breaker and budget: for looking how the service is."""
        return _Direct(self._pool)

    def snapshot(self) -> Snapshot:
        return Snapshot(
            breaker=self._breaker.state(self._clock()),
            instances=len(self._pool.upstreams),
            ejected=len(self._pool.ejected()),
            working=self._load.working,
            waiting=self._load.waiting,
            in_flight=self._load.open,
            limit=int(self._load.concurrency.limit),
            retries=self._retries,
            refused_open=self._refused_open,
            shed=dict(self._shed),
        )

    async def close(self) -> None:
        """Closes the connections to all instances; nothing may be in flight."""
        for instance in self._pool.upstreams:
            await instance.close()

    def settle(self, era: int | None, number: int, *, well: bool) -> None:
        """Called once by each answer when it is closed; `era` is None where the breaker knows already."""
        self._pool.settle(number, well=well)
        self._load.left()
        if era is not None:
            self._ended(era, well=well)

    def _admit(self, route: RoutePolicy | None, now: float, *, waits: bool) -> int:
        """Takes the call's place. Raises ServiceUnavailable and Overloaded."""
        era = self._breaker.admit(now, may_probe=not waits)
        if era is None:
            self._refused_open += 1
            raise ServiceUnavailable(seconds=self._breaker.seconds_left(now))
        rate = route.rate if route is not None else RateClass.READS
        if not self._load.enter(rate, waits=waits):
            self._breaker.abandoned(era)
            self._shed[rate] += 1
            raise Overloaded(seconds=random.randint(1, 3))  # noqa: S311 - so that not all come again at once
        self._budget.called(now)
        return era

    def _failed(self, era: int, request: Request, began: float, error: BaseException, *, waits: bool) -> None:
        """The call ended before the head of an answer."""
        self._load.begun(waits=waits)
        self._load.left()
        if not isinstance(error, BadGateway | GatewayTimeout):  # the client left, or this process ends
            self._breaker.abandoned(era)
            return
        if isinstance(error, GatewayTimeout) and not waits:
            self._took(request, began)
        self._ended(era, well=False)

    def _discard(self, found: tuple[int, UpstreamResponse]) -> None:
        number, answer = found
        answer.close()
        self._pool.settle(number, well=True)

    def _took(self, request: Request, began: float) -> None:
        """The time until the head tells how loaded the service is, unless the client's sending is part of it."""
        if request.body is None or isinstance(request.body, bytes):
            now = self._clock()
            self._load.concurrency.sample(id(request.route), now - began, self._load.working + 1, now)

    async def _answer(self, request: Request, began: float) -> tuple[int, UpstreamResponse]:
        number = self._pool.choose()
        try:
            return number, await self._pool.attempt(number, request)
        except (BadGateway, GatewayTimeout) as failure:
            return await self._repeated(request, failure, {number}, began)

    async def _repeated(
        self, request: Request, failure: Problem, tried: set[int], began: float
    ) -> tuple[int, UpstreamResponse]:
        """All attempts together have the time of one call. Raises the last failure."""
        route = request.route
        deadline = began + (route.timeout_seconds if route is not None else USUAL_SECONDS)
        for retry in range(1, self._settings.retries + 1):
            pause = self._pause(retry)
            now = self._clock()
            repeatable = may_repeat(request.method, request.headers, request.body, failure)
            if not repeatable or now + pause >= deadline or not self._budget.spend(now):
                break
            self._retries += 1
            await asyncio.sleep(pause)
            number = self._pool.choose(tried)
            tried.add(number)
            try:
                async with asyncio.timeout(deadline - now - pause):
                    return number, await self._pool.attempt(number, request)
            except TimeoutError as error:
                self._pool.blame(number)
                raise GatewayTimeout from error
            except (BadGateway, GatewayTimeout) as error:
                failure = error
        raise failure

    def _pause(self, retry: int) -> float:
        settings = self._settings
        return pause_before(
            retry,
            random.random(),  # noqa: S311 - spreads load, keeps no secret
            base_seconds=settings.retry_pause,
            most_seconds=settings.retry_most_pause,
        )

    def _ended(self, era: int, *, well: bool) -> None:
        now = self._clock()
        if well:
            self._breaker.succeeded(era, now)
            return
        before = self._breaker.state(now)
        self._breaker.failed(era, now)
        if self._breaker.state(now) is not before:
            log.warning("%s: not asked for %.0f s", self.name, self._breaker.seconds_left(now))


class Answer:
    """An answer that tells its service how it ended. Begun well, its call counts as well unless it breaks off."""

    __slots__ = ("_broke", "_era", "_inner", "_number", "_service", "authority", "headers", "status")

    def __init__(
        self, service: ServiceUpstream, era: int | None, number: int, inner: UpstreamResponse
    ) -> None:
        self._service: ServiceUpstream | None = service
        self._era, self._number, self._inner = era, number, inner
        self.authority, self.headers, self.status = inner.authority, inner.headers, inner.status
        self._broke = False

    @property
    def finished(self) -> bool:
        return self._inner.finished

    async def read(self) -> bytes:
        try:
            return await self._inner.read()
        except BrokenAnswerError:
            self._broke = True
            raise

    def close(self) -> None:
        self._inner.close()
        service, self._service = self._service, None
        if service is not None:
            service.settle(self._era, self._number, well=not self._broke and self.status not in UNWELL)


class _Direct:
    """One instance, without anything around it."""

    def __init__(self, pool: InstancePool) -> None:
        self._pool = pool

    async def send(
        self,
        method: str,
        raw_path: bytes,
        query: bytes,
        *,
        headers: Sequence[tuple[str, str]],
        body: Body,
        route: RoutePolicy | None = None,
    ) -> UpstreamResponse:
        upstream = self._pool.upstreams[self._pool.choose()]
        return await upstream.send(method, raw_path, query, headers=headers, body=body, route=route)
