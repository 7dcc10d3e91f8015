"""One service behind the gateway, however many instances it has: an Upstream that knows when not to ask.

breaker ─▶ load ─▶ attempts ─▶ one of the instances ─▶ answer
   ▲         ▲         ▲             │                    │
   │         │         └── failed ───┘                    │
   │         └── how long it took, that it is over ◀──────┤
   └── how the call ended, for its caller ◀───────────────┘
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Sequence

from gateway.policy.rules import RateClass, RoutePolicy
from gateway.resilience.answer import Answer
from gateway.resilience.attempts import Attempts, Found
from gateway.resilience.breaker import Breaker
from gateway.resilience.errors import Draining, Overloaded, ServiceUnavailable
from gateway.resilience.load import Load, Place
from gateway.resilience.long_polls import nothing_new, unless_told_to_end
from gateway.resilience.pool import UNWELL, Direct, Instance, InstancePool
from gateway.resilience.settings import ResilienceSettings
from gateway.resilience.snapshot import Snapshot as Snapshot
from gateway.upstream import Request, Upstream, UpstreamResponse, is_long_poll
from services.kit.problems import BadGateway, GatewayTimeout

log = logging.getLogger(__name__)


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
        settings = settings or ResilienceSettings()
        self.name, self._clock = name, clock
        self._pool = InstancePool(name, instances, settings.outliers, clock=clock)
        self._attempts = Attempts(self._pool, settings, clock=clock)
        self._breaker = Breaker(settings.breaker)
        self._load = Load(
            settings.concurrency, most_open=settings.most_open, most_waiting=settings.most_waiting
        )
        self._refused_open = 0
        self._shed = dict.fromkeys(RateClass, 0)

    async def send(self, request: Request) -> UpstreamResponse:
        """As `Upstream.send`; raises ServiceUnavailable and Overloaded, too, where the service is not asked."""
        began = self._clock()
        route = request.route
        place = _place(request)
        era = self._admit(route, place, began)
        call = self._attempts.call(request, began)
        try:
            if place is Place.WAITING:
                number, answer = await unless_told_to_end(call, discard=self._discard)
            else:
                number, answer = await call
        except BaseException as error:
            self._failed(error, era, route, place, began)
            if isinstance(error, Draining):
                return nothing_new(request.raw_path, request.query)
            raise
        return self._begun(answer, number, era, route, place, began)

    @property
    def instances(self) -> tuple[Instance, ...]:
        return self._pool.upstreams

    def direct(self) -> Upstream:
        """An Upstream that asks one instance, past breaker and load: for looking how the service is."""
        return Direct(self._pool)

    def snapshot(self) -> Snapshot:
        return Snapshot(
            breaker=self._breaker.state(self._clock()),
            instances=len(self._pool.upstreams),
            ejected=len(self._pool.ejected()),
            working=self._load.working,
            waiting=self._load.waiting,
            in_flight=self._load.open,
            limit=int(self._load.concurrency.limit),
            retries=self._attempts.retries,
            refused_open=self._refused_open,
            shed=dict(self._shed),
        )

    async def close(self) -> None:
        """Closes the connections to all instances; nothing may be in flight."""
        for instance in self._pool.upstreams:
            await instance.close()

    def _admit(self, route: RoutePolicy | None, place: Place, now: float) -> int:
        """Takes the call's place; the era of the breaker. Raises ServiceUnavailable and Overloaded."""
        era = self._breaker.admit(now, may_probe=place is not Place.WAITING)
        if era is None:
            self._refused_open += 1
            raise ServiceUnavailable(seconds=self._breaker.seconds_left(now))
        rate = route.rate if route is not None else RateClass.READS
        if not self._load.enter(rate, place):
            self._breaker.abandoned(era)
            self._shed[rate] += 1
            raise Overloaded(seconds=random.randint(1, 3))  # noqa: S311 - so that not all come again at once
        return era

    def _begun(
        self,
        answer: UpstreamResponse,
        number: int,
        era: int,
        route: RoutePolicy | None,
        place: Place,
        began: float,
    ) -> Answer:
        """The head of the answer is here."""
        now = self._clock()
        if answer.status in UNWELL:
            self._load.begun(place)
            return Answer(answer, number, era, self._over)
        self._load.begun(place, route=id(route), seconds=now - began, now=now)
        if self._breaker.probing:
            # What a probe is for is known by now; its body may take its client long.
            self._tell(era, now, well=True)
            return Answer(answer, number, None, self._over)
        return Answer(answer, number, era, self._over)

    def _failed(
        self, error: BaseException, era: int, route: RoutePolicy | None, place: Place, began: float
    ) -> None:
        """The call ended before the head of an answer."""
        now = self._clock()
        if isinstance(error, GatewayTimeout):
            self._load.begun(place, route=id(route), seconds=now - began, now=now)
        else:
            self._load.begun(place)
        self._load.left()
        if isinstance(error, BadGateway | GatewayTimeout):
            self._tell(era, now, well=False)
        else:  # its client left, or this process is told to end
            self._breaker.abandoned(era)

    def _over(self, number: int, era: int | None, well: bool) -> None:  # noqa: FBT001 - a callback
        """An answer was read to its end, broke off, or its client left."""
        self._pool.settle(number, well=well)
        self._load.left()
        if era is not None:
            self._tell(era, self._clock(), well=well)

    def _discard(self, found: Found) -> None:
        """An answer that came for nobody."""
        number, answer = found
        answer.close()
        self._pool.settle(number, well=True)

    def _tell(self, era: int, now: float, *, well: bool) -> None:
        if well and self._breaker.closed:
            self._breaker.succeeded(era, now)
            return
        before = self._breaker.state(now)
        if well:
            self._breaker.succeeded(era, now)
        else:
            self._breaker.failed(era, now)
        after = self._breaker.state(now)
        if after is not before:
            log.warning("%s: breaker %s, %.0f s", self.name, after, self._breaker.seconds_left(now))


def _place(request: Request) -> Place:
    """Which room a call takes."""
    if is_long_poll(request.query):
        return Place.WAITING
    if request.body is None or isinstance(request.body, bytes):
        return Place.WORKING
    return Place.SENDING
