"""Cached public reads through the whole front, against a real service on a socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from gateway.cache.public import PublicCache
from tests.gateway.front import PUBLIC, SIGNED_IN, Front, fronted
from tests.gateway.rig import HOST, PATIENCE, answer, closed, until

CACHED = {**PUBLIC, "cache": {"max_age": 10, "stale_while_revalidate": 20, "stale_if_error": 100}}
ROUTES: dict[str, dict[str, Any]] = {
    "GET /v1/permits/open": CACHED,
    "POST /v1/permits/open": PUBLIC,
    "GET /v1/permits/plain": PUBLIC,
    "GET /v1/permits/mine": SIGNED_IN,
    "GET /own": CACHED,
}
PATH = "/v1/permits/open"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Desk:
    """How the service answers: by what is set here, after `gate` opens."""

    def __init__(self) -> None:
        self.status, self.body = 200, b"one"
        self.headers: list[tuple[bytes, bytes]] = [(b"content-type", b"text/plain")]
        self.open = asyncio.Event()
        self.open.set()
        self.tag: bytes | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        while not self.open.is_set():
            gone = asyncio.ensure_future(receive())
            opened = asyncio.ensure_future(self.open.wait())
            done, others = await asyncio.wait({gone, opened}, return_when=asyncio.FIRST_COMPLETED)
            for other in others:
                other.cancel()
            if gone in done and gone.result()["type"] == "http.disconnect":
                return
        headers = [*self.headers, *([(b"etag", self.tag)] if self.tag else [])]
        if self.tag and dict(scope["headers"]).get(b"if-none-match") == self.tag:
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        await answer(send, self.body, status=self.status, headers=headers)


class Cached:
    """The front with a cache whose clock the test moves."""

    def __init__(self, front: Front, cache: PublicCache, clock: Clock) -> None:
        self.front, self.cache, self.clock = front, cache, clock
        self.desk = front.service.behave = Desk()

    @property
    def calls(self) -> int:
        return len(self.front.service.seen)

    async def get(self, path: str = PATH, **headers: str) -> httpx.Response:
        return await self.front.http.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})


@pytest.fixture
async def cached() -> AsyncIterator[Cached]:
    clock = Clock()
    cache = PublicCache(1024 * 1024, max_answer_bytes=64 * 1024, clock=clock)
    async with fronted(ROUTES, cache=cache) as front:
        yield Cached(front, cache, clock)


async def test_an_answer_is_given_again_while_it_is_fresh(cached: Cached) -> None:
    first = await cached.get()
    cached.clock.now += 9
    second = await cached.get()
    assert cached.calls == 1
    assert first.text == second.text == "one"
    assert (
        first.headers["cache-control"] == "public, max-age=10, stale-while-revalidate=20, stale-if-error=100"
    )
    assert first.headers["vary"] == "Accept-Language, Accept-Encoding, Authorization"
    assert first.headers["content-type"] == "text/plain"
    assert (first.headers["age"], second.headers["age"]) == ("0", "9")
    assert first.headers["cache-status"] == "steppe; fwd=uri-miss; stored"
    assert second.headers["cache-status"] == "steppe; hit"
    assert first.headers["etag"] == second.headers["etag"]
    assert first.headers["etag"].startswith('"')


async def test_a_client_that_has_it_gets_304_without_a_body(cached: Cached) -> None:
    tag = (await cached.get()).headers["etag"]
    answer = await cached.get(if_none_match=f'"other", W/{tag}')
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == tag
    assert "content-length" not in answer.headers
    assert (await cached.get(if_none_match='"other"')).status_code == 200
    assert cached.calls == 1


async def test_head_is_answered_from_get_and_fills_it(cached: Cached) -> None:
    head = await cached.front.http.head(PATH)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "3")
    assert cached.front.service.seen[0].method == "GET"
    assert (await cached.get()).text == "one"
    assert cached.calls == 1


async def test_a_stale_answer_is_given_at_once_and_fetched_anew_behind_it(cached: Cached) -> None:
    await cached.get()
    cached.desk.body = b"two"
    cached.clock.now += 15
    stale = await cached.get()
    assert (stale.text, stale.headers["age"]) == ("one", "15")
    await until(lambda: cached.calls == 2)
    await until(lambda: not cached.cache._fetches)
    fresh = await cached.get()
    assert (fresh.text, fresh.headers["age"], cached.calls) == ("two", "0", 2)


async def test_an_older_one_is_waited_for(cached: Cached) -> None:
    await cached.get()
    cached.desk.body = b"two"
    cached.clock.now += 31
    assert (await cached.get()).text == "two"


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_while_the_service_fails_the_old_one_is_given_until_it_is_too_old(
    cached: Cached, status: int
) -> None:
    await cached.get()
    cached.desk.status = status
    cached.clock.now += 105
    old = await cached.get()
    assert (old.status_code, old.text, old.headers["age"]) == (200, "one", "105")
    assert old.headers["cache-status"] == "steppe; hit; detail=error"
    cached.clock.now += 10
    assert (await cached.get()).status_code == status


async def test_a_hundred_who_ask_at_once_make_one_call(cached: Cached) -> None:
    cached.desk.open.clear()
    asking = [asyncio.create_task(cached.get()) for _ in range(100)]
    await until(lambda: cached.calls == 1)
    await asyncio.sleep(0.05)
    cached.desk.open.set()
    answers = await asyncio.gather(*asking)
    assert {answer.text for answer in answers} == {"one"}
    assert cached.calls == 1
    assert sum("stored" in answer.headers["cache-status"] for answer in answers) == 1


async def test_the_first_one_may_leave_and_the_others_get_their_answer(cached: Cached) -> None:
    cached.desk.open.clear()
    leader = await _ask(cached)
    await until(lambda: cached.calls == 1)
    others = [asyncio.create_task(cached.get()) for _ in range(5)]
    await until(lambda: _waiting(cached) == 6)
    await closed(leader)
    await until(lambda: _waiting(cached) == 5)
    cached.desk.open.set()
    assert {answer.text for answer in await asyncio.gather(*others)} == {"one"}
    assert cached.calls == 1


async def test_when_all_have_left_the_call_is_broken_off_and_the_next_one_begins_anew(cached: Cached) -> None:
    cached.desk.open.clear()
    writers = [await _ask(cached) for _ in range(3)]
    await until(lambda: cached.calls == 1 and _waiting(cached) == 3)
    for writer in writers:
        await closed(writer)
    await asyncio.wait_for(cached.front.service.seen[0].disconnected.wait(), PATIENCE)
    cached.desk.open.set()
    assert (await cached.get()).text == "one"
    assert cached.calls == 2
    assert not cached.cache._fetches


async def test_a_failure_is_shared_by_all_who_wait_for_it(cached: Cached) -> None:
    cached.desk.open.clear()
    cached.desk.status = 503
    asking = [asyncio.create_task(cached.get()) for _ in range(5)]
    await until(lambda: _waiting(cached) == 5)
    cached.desk.open.set()
    assert [answer.status_code for answer in await asyncio.gather(*asking)] == [503] * 5
    assert cached.calls == 1


async def test_an_answer_that_breaks_off_is_502_to_all_and_not_kept(cached: Cached) -> None:
    async def broken(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise ConnectionError("the service dies")

    cached.front.service.behave = broken
    first = await cached.get()
    assert (first.status_code, first.json()["code"]) == (502, "bad_gateway")
    assert cached.calls == 1
    assert len(cached.cache.store) == 0


@pytest.mark.parametrize(
    "header", [(b"set-cookie", b"a=b"), (b"cache-control", b"private"), (b"vary", b"User-Agent")]
)
async def test_what_is_for_one_caller_is_never_given_to_another(
    cached: Cached, header: tuple[bytes, bytes]
) -> None:
    cached.desk.open.clear()
    cached.desk.headers = [header]
    asking = [asyncio.create_task(cached.get()) for _ in range(4)]
    await until(lambda: _waiting(cached) == 4)
    cached.desk.open.set()
    answers = await asyncio.gather(*asking)
    assert [answer.status_code for answer in answers] == [200] * 4
    assert cached.calls == 4
    assert len(cached.cache.store) == 0


async def test_an_answer_that_is_not_200_is_not_kept_and_takes_the_old_one_away(cached: Cached) -> None:
    await cached.get()
    cached.clock.now += 31
    cached.desk.status = 404
    assert (await cached.get()).status_code == 404
    assert len(cached.cache.store) == 0
    cached.desk.status = 200
    assert (await cached.get()).status_code == 200


async def test_a_signed_in_caller_goes_past_the_cache(cached: Cached) -> None:
    await cached.get()
    cached.desk.body = b"for you"
    mine = await cached.front.http.get(PATH, headers=cached.front.token("heat01", "enterprise"))
    assert (mine.text, mine.headers["cache-control"]) == ("for you", "no-store")
    assert (await cached.get()).text == "one"


async def test_one_too_large_to_keep_is_streamed_to_each_who_asks(cached: Cached) -> None:
    cached.desk.body = bytes(200 * 1024)
    for _ in range(2):
        answer = await cached.get()
        assert answer.content == cached.desk.body
    assert len(cached.cache.store) == 0
    assert cached.calls == 3  # tried once to keep, then passed on twice


async def test_an_upstream_tag_asks_whether_the_kept_one_still_holds(cached: Cached) -> None:
    cached.desk.tag = b'W/"v1"'
    first = await cached.get()
    cached.clock.now += 31
    again = await cached.get()
    assert cached.front.service.seen[1].all(b"if-none-match") == [b'W/"v1"']
    assert (again.status_code, again.text, again.headers["age"]) == (200, "one", "0")
    assert again.headers["etag"] == first.headers["etag"]


async def test_the_service_is_asked_in_nobodys_name(cached: Cached) -> None:
    await cached.get(user_agent="somebody", x_anything="1", if_none_match='"z"', accept_language="en-GB")
    seen = cached.front.service.seen[0]
    assert not seen.all(b"x-anything") + seen.all(b"user-agent") + seen.all(b"if-none-match")
    assert seen.all(b"accept-language") == [b"en"]
    assert (await cached.get(accept_language="zh")).status_code == 200
    assert cached.calls == 2


async def test_a_write_to_the_same_path_takes_it_away(cached: Cached) -> None:
    await cached.get()
    await cached.get(PATH + "?a=1")
    assert (await cached.front.http.post(PATH)).status_code == 200
    assert len(cached.cache.store) == 0


async def test_the_gateways_own_public_answers_are_kept_as_well(cached: Cached) -> None:
    assert (await cached.get("/own")).headers["cache-status"] == "steppe; fwd=uri-miss; stored"
    assert (await cached.get("/own")).headers["cache-status"] == "steppe; hit"


async def test_private_answers_are_kept_by_nobody_or_asked_for_each_time(cached: Cached) -> None:
    token = cached.front.token("heat01", "enterprise")
    assert (await cached.front.http.get("/v1/permits/mine", headers=token)).headers[
        "cache-control"
    ] == "no-store"
    cached.desk.tag = b'"v1"'
    tagged = await cached.front.http.get("/v1/permits/mine", headers=token)
    assert tagged.headers["cache-control"] == "private, no-cache"
    cached.desk.headers = [(b"cache-control", b"private, max-age=5")]
    said = await cached.front.http.get("/v1/permits/mine", headers=token)
    assert said.headers["cache-control"] == "private, max-age=5"
    refused = await cached.get("/v1/permits/mine")
    assert (refused.status_code, refused.headers["cache-control"]) == (401, "no-store")


def _waiting(cached: Cached) -> int:
    return sum(fetch._waiting for fetch in cached.cache._fetches.values())


async def _ask(cached: Cached) -> asyncio.StreamWriter:
    """Asks on a connection of its own."""
    _, writer = await asyncio.open_connection("127.0.0.1", cached.front.port)
    writer.write(f"GET {PATH} HTTP/1.1\r\nAccept-Encoding: gzip\r\n".encode() + HOST + b"\r\n")
    return writer
