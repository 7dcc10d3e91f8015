"""The instances of one service as they are asked: one attempt goes to one of them, and tells how it went."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Collection, Coroutine, Sequence
from typing import Any, Protocol

from gateway.resilience.outliers import Instances, OutlierRules
from gateway.upstream import Request, Upstream, UpstreamResponse
from services.kit.lanes import HEADER
from services.kit.problems import BadGateway, GatewayTimeout

log = logging.getLogger(__name__)

# What an instance says of itself, or a balancer of an instance behind it. A 500 is one request's own.
UNWELL = frozenset({502, 503, 504})
_MADE_ROOM = (HEADER.encode(), b"1")


def speaks_against(answer: UpstreamResponse) -> bool:
    """Whether an answer, from its head, says that the instance is not well.

    One that has no place for a request that makes room is: it keeps its connections for submissions.
    """
    return answer.status in UNWELL and _MADE_ROOM not in answer.headers


class Instance(Upstream, Protocol):
    """An Upstream with connections of its own."""

    async def close(self) -> None: ...


class InstancePool:
    """Counts what is in flight at each instance from the attempt to the end of its answer (`settle`)."""

    def __init__(
        self,
        name: str,
        upstreams: Sequence[Instance],
        rules: OutlierRules,
        *,
        clock: Callable[[], float] = time.monotonic,
        below: Callable[[int], int] = random.randrange,
    ) -> None:
        self._name = name
        self.upstreams = tuple(upstreams)
        self._instances = Instances(len(self.upstreams), rules)
        self._clock, self._below = clock, below

    def choose(self, tried: Collection[int] = ()) -> int:
        if len(self.upstreams) == 1:
            return 0
        return self._instances.choose(self._clock(), self._below, tried=tried)

    def attempt(self, number: int, request: Request) -> Coroutine[Any, Any, UpstreamResponse]:
        """The answer of instance `number`, to be settled; to be awaited at once, and `failed` told if that raises."""
        self._instances.began(number)
        return self.upstreams[number].send(request)

    def failed(self, number: int, error: BaseException) -> None:
        """An attempt had no answer."""
        if isinstance(error, BadGateway | GatewayTimeout):
            self.settle(number, well=False)
        else:  # cancelled: the client left
            self._instances.ended(number)

    def settle(self, number: int, *, well: bool) -> None:
        """The end of an answer."""
        self._instances.ended(number)
        if well:
            self._instances.succeeded(number, self._clock())
        else:
            self.blame(number)

    def blame(self, number: int) -> None:
        """A failure, also one that `attempt` could not see: it was cancelled because the time was over."""
        seconds = self._instances.failed(number, self._clock())
        if seconds:
            log.warning("%s: instance %d left alone for %.0f s", self._name, number + 1, seconds)

    def in_flight(self) -> tuple[int, ...]:
        return self._instances.in_flight()

    def ejected(self) -> tuple[int, ...]:
        return self._instances.ejected(self._clock())


class Direct:
    """An Upstream: one of the instances, without anything around it. For looking how a service is."""

    def __init__(self, pool: InstancePool) -> None:
        self._pool = pool

    async def send(self, request: Request) -> UpstreamResponse:
        return await self._pool.upstreams[self._pool.choose()].send(request)
