"""How what the cache holds is said: whole, as not modified, or as the failure that all who waited share."""

from __future__ import annotations

from starlette.types import Message, Receive, Scope, Send

from gateway.cache import rules
from gateway.cache.fetching import Outcome
from gateway.cache.store import Entry
from gateway.headers import keeping
from gateway.passage import Passage
from gateway.policy.rules import CacheRule
from services.kit.problems import BadGateway, GatewayTimeout, Problem, Unavailable, send_problem

_FAILURES: dict[int, type[Problem]] = {503: Unavailable, 504: GatewayTimeout}


async def give(
    entry: Entry, rule: CacheRule, scope: Scope, send: Send, passage: Passage, *, age: int, how: str
) -> None:
    """Whole, or 304 where the client has it; `age` in seconds, `how` as in `Cache-Status` (RFC 9211)."""
    headers = [
        (b"etag", entry.tag),
        (b"cache-control", rules.cache_control(rule)),
        (b"vary", rules.VARY),
        (b"age", b"%d" % age),
        (b"cache-status", b"steppe; " + how.encode()),
        *passage.answer_headers,
    ]
    wanted = b", ".join(value for name, value in scope["headers"] if name == b"if-none-match")
    if wanted and rules.matches(wanted, entry.tag):
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    headers += [*entry.headers, (b"content-length", b"%d" % len(entry.body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": entry.body if scope["method"] != "HEAD" else b""})


async def pass_on(outcome: Outcome, send: Send, passage: Passage) -> None:
    """An answer that is not kept, to the one in whose name it was asked for."""
    headers = [*outcome.headers, *keeping(outcome.headers), *passage.answer_headers]
    await send({"type": "http.response.start", "status": outcome.status, "headers": headers})
    await send({"type": "http.response.body", "body": outcome.body})


async def refuse(status: int, scope: Scope, send: Send, passage: Passage) -> None:
    """What all others who waited are told of a call that failed."""
    problem = _FAILURES.get(status, BadGateway)()
    problem.headers.update({name.decode(): value.decode() for name, value in passage.answer_headers})
    if status == Unavailable.status:
        problem.headers["Retry-After"] = "2"
    await send_problem(problem, scope, send)


def begun(receive: Receive) -> Receive:
    """`receive` after its request was taken from it while we waited: an app may still ask for it."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": b"", "more_body": False}

    return again
