"""The cache of public reads: one call to the service for many clients, and an answer while it is away.

    fresh ─▶ given again     stale, within stale-while-revalidate ─▶ given again, fetched anew behind it
    older or none ─▶ all who ask wait for one call    the call fails, within stale-if-error ─▶ the old one given

Only routes with a cache rule come here, which are public; a request with a credential goes past.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.cache import answers, rules
from gateway.cache.fetching import Fetch, Outcome
from gateway.cache.rules import Key
from gateway.cache.store import Entry, Store
from gateway.client import ClientGone
from gateway.passage import Passage
from gateway.policy.rules import CacheRule

MAX_ANSWER_BYTES = 2 * 1024 * 1024
_MAX_PASSED_BY = 1024


@dataclass(frozen=True, slots=True)
class _Asked:
    """One request."""

    key: Key
    rule: CacheRule
    passage: Passage
    scope: Scope
    receive: Receive
    send: Send
    forward: ASGIApp


class PublicCache:
    """At most `max_bytes` of answers, each of at most `max_answer_bytes`; `clock` in seconds."""

    def __init__(
        self,
        max_bytes: int,
        *,
        max_answer_bytes: int = MAX_ANSWER_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.store = Store(max_bytes)
        self._max_answer_bytes = min(max_answer_bytes, max_bytes)
        self._clock = clock
        self._fetches: dict[Key, Fetch] = {}
        self._passed_by: OrderedDict[Key, float] = OrderedDict()
        """Too large to be kept, and until when they go past without being tried."""

    async def answer(
        self, scope: Scope, receive: Receive, send: Send, passage: Passage, forward: ASGIApp
    ) -> None:
        """Answers a request of a route with a cache rule; `forward` gives it to the service."""
        rule = passage.route.cache
        key = rules.key_of(scope["method"], scope["raw_path"], scope["query_string"], scope["headers"])
        if rule is None or key is None or self._passed_by.get(key, 0.0) > self._clock():
            await forward(scope, receive, send)
            return
        asked = _Asked(key, rule, passage, scope, receive, send, forward)
        entry = self.store.get(key)
        age = self._age(entry)
        if entry is not None and age < rule.max_age:
            await self._give(asked, entry, "hit")
        elif entry is not None and age < rule.max_age + rule.stale_while_revalidate:
            if self._under_way(key) is None:
                self._fetch(asked, entry)
            await self._give(asked, entry, "hit; detail=stale")
        else:
            await self._wait(asked, entry)

    async def close(self) -> None:
        for fetch in self._fetches.values():
            fetch.task.cancel()

    def _age(self, entry: Entry | None) -> float:
        return self._clock() - entry.stored if entry is not None else 0.0

    async def _give(self, asked: _Asked, entry: Entry, how: str) -> None:
        age = int(self._age(entry))
        await answers.give(entry, asked.rule, asked.scope, asked.send, asked.passage, age=age, how=how)

    async def _wait(self, asked: _Asked, entry: Entry | None) -> None:
        under_way = self._under_way(asked.key)
        first = under_way is None
        try:
            outcome = await (under_way or self._fetch(asked, entry)).outcome(asked.receive)
        except ClientGone:
            return
        got = self.store.get(asked.key)
        if got is not None and self._age(got) < asked.rule.max_age:
            await self._give(asked, got, "fwd=uri-miss; stored" if first else "fwd=uri-miss; collapsed")
        elif outcome.failed and entry is not None and self._serves_on_error(entry, asked.rule):
            await self._give(asked, entry, "hit; detail=error")
        elif outcome.failed and not (first and outcome.complete):
            await answers.refuse(outcome.status, asked.scope, asked.send, asked.passage)
        elif first and outcome.complete and outcome.status != 304:
            await answers.pass_on(outcome, asked.send, asked.passage)
        else:  # for one caller only, or too large to keep: each gets its own
            await asked.forward(asked.scope, answers.begun(asked.receive), asked.send)

    def _serves_on_error(self, entry: Entry, rule: CacheRule) -> bool:
        return self._age(entry) < rule.max_age + rule.stale_if_error

    def _under_way(self, key: Key) -> Fetch | None:
        fetch = self._fetches.get(key)
        return None if fetch is None or fetch.abandoned else fetch

    def _fetch(self, asked: _Asked, entry: Entry | None) -> Fetch:
        """Calls the service anew; `entry` is what is kept of its last answer."""
        key = asked.key
        begun = Fetch(
            asked.forward,
            asked.scope,
            asked.passage,
            key,
            tag=entry.upstream_tag if entry is not None else None,
            max_bytes=self._max_answer_bytes,
        )
        self._fetches[key] = begun
        # Before whoever waits for the task: they find the answer in the store.
        begun.task.add_done_callback(lambda _: self._done(key, begun, entry, asked.rule))
        return begun

    def _done(self, key: Key, fetch: Fetch, entry: Entry | None, rule: CacheRule) -> None:
        if self._fetches.get(key) is fetch:
            del self._fetches[key]
        if not fetch.task.cancelled():
            self._keep(key, fetch.task.result(), entry, rule)

    def _keep(self, key: Key, outcome: Outcome, entry: Entry | None, rule: CacheRule) -> None:
        if outcome.failed:
            return
        if outcome.status == 304 and entry is not None:
            self.store.put(key, replace(entry, stored=self._clock()))
        elif not outcome.too_large and rules.may_be_stored(outcome.status, outcome.headers):
            given = next((value for name, value in outcome.headers if name == b"etag"), None)
            tag = rules.strong_tag(given, outcome.body)
            headers = rules.kept_headers(outcome.headers)
            self.store.put(key, Entry(headers, outcome.body, tag, given, self._clock()))
        else:
            self.store.drop(key)
        if outcome.too_large:
            self._passed_by[key] = self._clock() + rule.max_age
            if len(self._passed_by) > _MAX_PASSED_BY:
                self._passed_by.popitem(last=False)
