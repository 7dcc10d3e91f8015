"""One call, made once, and again where that is safe and within the budget."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable

from gateway.resilience.budget import RetryBudget
from gateway.resilience.pool import InstancePool
from gateway.resilience.retries import may_repeat, pause_before
from gateway.resilience.settings import ResilienceSettings
from gateway.upstream import Request, UpstreamResponse
from services.kit.problems import BadGateway, GatewayTimeout, Problem

USUAL_SECONDS = 30.0
Found = tuple[int, UpstreamResponse]
"""An answer and the number of the instance that gave it; to be settled with the pool."""


class Attempts:
    """The attempts of all calls to one service. All of one call have the time of one call together."""

    def __init__(
        self,
        pool: InstancePool,
        settings: ResilienceSettings,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pool, self._settings, self._clock = pool, settings, clock
        self._budget = RetryBudget(
            ratio=settings.retry_ratio, floor=settings.retry_floor, window_seconds=settings.retry_window
        )
        self.retries = 0
        """Made so far."""

    async def call(self, request: Request, began: float) -> Found:
        """Raises BadGateway and GatewayTimeout: those of the last attempt."""
        self._budget.called(began)
        number = self._pool.choose()
        try:
            return number, await self._pool.attempt(number, request)
        except (BadGateway, GatewayTimeout) as failure:
            self._pool.failed(number, failure)
            return await self._again(request, failure, {number}, began)
        except BaseException as error:
            self._pool.failed(number, error)
            raise

    async def _again(self, request: Request, failure: Problem, tried: set[int], began: float) -> Found:
        route = request.route
        deadline = began + (route.timeout_seconds if route is not None else USUAL_SECONDS)
        for retry in range(1, self._settings.retries + 1):
            pause = self._pause(retry)
            left = deadline - self._clock() - pause
            fields = [*request.passed_on.fields, *request.headers]
            repeatable = may_repeat(request.method, fields, request.body, failure)
            if not repeatable or left <= 0 or not self._budget.spend(self._clock()):
                break
            self.retries += 1
            await asyncio.sleep(pause)
            number = self._pool.choose(tried)
            tried.add(number)
            try:
                async with asyncio.timeout(left):
                    return number, await self._attempt(number, request)
            except TimeoutError as error:
                self._pool.blame(number)
                raise GatewayTimeout from error
            except (BadGateway, GatewayTimeout) as error:
                failure = error
        raise failure

    async def _attempt(self, number: int, request: Request) -> UpstreamResponse:
        try:
            return await self._pool.attempt(number, request)
        except BaseException as error:
            self._pool.failed(number, error)
            raise

    def _pause(self, retry: int) -> float:
        return pause_before(
            retry,
            random.random(),  # noqa: S311 - spreads load, keeps no secret
            base_seconds=self._settings.retry_pause,
            most_seconds=self._settings.retry_most_pause,
        )
