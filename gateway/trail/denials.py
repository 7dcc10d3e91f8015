"""Denied attempts at the gateway, in its audit trail: who tried which route and was not let.

The first of its kind (caller, route, code) is written at once, further ones are counted and written as one row when the
minute is over: a flood of refusals costs a row a minute. Beyond `MAX_KINDS` kinds in a minute the rest are counted
together. What is counted and not yet written is lost if the process is killed, never the first.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.types import Scope

from gateway.gate import WrongAudience
from gateway.policy.rules import RoutePolicy, Verdict
from services.kit import audit
from services.kit.attempts import ACTION
from services.kit.auth import Principal
from services.kit.database import Database
from services.kit.meanwhile import meanwhile
from services.kit.problems import Forbidden
from services.kit.telemetry import log

WINDOW_SECONDS = 60.0
MAX_KINDS = 1000
MAX_RECORDS = 20
MAX_RECORD = 200
_CODES = {Verdict.WRONG_AUDIENCE: WrongAudience.code, Verdict.MISSING_SCOPE: Forbidden.code}
REST = Principal(subject="*", name="*", roles=(), scopes=frozenset())


@lru_cache(maxsize=1024)
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)(:path)?\\}", _group, re.escape(template)))


def _group(variable: re.Match[str]) -> str:
    return f"(?P<{variable[1]}>{'.+' if variable[2] else '[^/]+'})"


def variables_of(template: str, path: str) -> dict[str, str]:
    """What stands in a decoded path for the variables of its route."""
    match = _pattern(template).fullmatch(path)
    return match.groupdict() if match else {}


class Denial(NamedTuple):
    """One refused request."""

    principal: Principal
    route: str
    code: str
    record: str
    """The record that the path names, or the path."""
    owner: str | None
    """The enterprise that the path names."""


@dataclass(slots=True)
class _Counted:
    first: Denial
    request_id: str | None
    traceparent: str | None
    written: int = 0
    times: int = 0
    records: set[str] = field(default_factory=set)


class Denials:
    """Takes denials without waiting; `running` writes them."""

    def __init__(
        self, database: Database, *, window_seconds: float = WINDOW_SECONDS, max_kinds: int = MAX_KINDS
    ) -> None:
        self._database, self._window, self._max_kinds = database, window_seconds, max_kinds
        self._kinds: dict[tuple[str, str, str], _Counted] = {}
        self._fresh = asyncio.Event()

    def note(self, denial: Denial, *, request_id: str | None = None, traceparent: str | None = None) -> None:
        key = denial.principal.caller, denial.route, denial.code
        if key not in self._kinds and len(self._kinds) >= self._max_kinds:
            key = REST.subject, REST.subject, denial.code
            denial = denial._replace(principal=REST, route=REST.subject, record=REST.subject, owner=None)
        counted = self._kinds.get(key)
        if counted is None:
            counted = self._kinds[key] = _Counted(denial, request_id, traceparent)
            self._fresh.set()
        counted.times += 1
        if len(counted.records) < MAX_RECORDS:
            counted.records.add(denial.record)

    async def refused(
        self, scope: Scope, route: RoutePolicy, principal: Principal | None, verdict: Verdict
    ) -> None:
        """The gate's hook. Who is not signed in is nobody to tell of: that is counted, not written."""
        if principal is None:
            return
        named = variables_of(route.template, unquote(scope["raw_path"].decode("ascii")))
        record = next(reversed(named.values()), scope["path"])
        state = scope["state"]
        self.note(
            Denial(principal, route.key, _CODES[verdict], record[:MAX_RECORD], named.get("uscc")),
            request_id=state.get("request_id"),
            traceparent=state.get("traceparent"),
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        try:
            async with meanwhile(self._run()):
                yield
        finally:
            await self._write(whole=True)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        ends = loop.time() + self._window
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(ends):
                    await self._fresh.wait()
            self._fresh.clear()
            over = loop.time() >= ends
            await self._write(whole=over)
            if over:
                ends = loop.time() + self._window

    async def _write(self, *, whole: bool) -> None:
        """New kinds; where the window is over (`whole`) also what was counted since, and all is forgotten."""
        due = [
            each for each in self._kinds.values() if each.times > each.written and (whole or not each.written)
        ]
        if whole:
            self._kinds = {}
        if not due:
            return
        counts = [(each, each.times - each.written) for each in due]
        for each in due:
            each.written = each.times
        try:
            async with self._database.transaction() as session:
                for each, times in counts:
                    _add(session, each, times)
        except (OSError, SQLAlchemyError) as error:
            log.error("denials_not_recorded", kinds=len(due), error=error)


def _add(session: AsyncSession, counted: _Counted, times: int) -> None:
    denial = counted.first
    audit.record(
        session,
        denial.principal,
        action=f"gateway.{ACTION}",
        entity="request",
        entity_id=denial.record,
        owner=denial.owner,
        refusal=denial.code,
        after={"route": denial.route, "times": times, "records": sorted(counted.records)},
        request_id=counted.request_id,
        traceparent=counted.traceparent,
    )
