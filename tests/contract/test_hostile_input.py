"""Hostile bodies: each is refused with a problem document, at once, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.kit.findings import pointer
from tests.contract.endpoints import Endpoint, Place, allows, pointers, refused, to_json
from tests.support.town import Town

pytestmark = pytest.mark.usefixtures("nothing_stored")
NAMES = ["submit", "file", "redraft", "correct", "review", "register", "change", "issue"]
BIG = 10_000_000

NOT_JSON = [
    *(
        b"{",
        b"}",
        b"{]",
        b"[1,]",
        b'{"a":1,}',
        b"{'a':1}",
        b"a=1",
        b"<a/>",
        b"nul",
        b'"\n"',
        b"\x00",
        b"{}\x00",
    ),
    *(b'{"a":1,"a":2}', b'{"a":{"b":1,"b":1}}', b'{"a":1,"\\u0061":2}'),
    *(
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":-Infinity}',
        b'{"a":+1}',
        b'{"a":01}',
        b'{"a":.5}',
        b'{"a":0x1}',
    ),
    *(b'{"a":1' + b"0" * 400 + b"}", b'{"a":-1' + b"0" * 400 + b"}"),
    *(b"\xff", b'{"a":"\xc3"}', b'{"a":"\xed\xa0\x80"}', b'{"a":"\xf8\x88\x80\x80\x80"}', b"\xef\xbb\xbf{}"),
    *("{}".encode("utf-16"), '{"a":"草"}'.encode("gb18030")),
    *(b'{"a":"\\u0000"}', b'{"a\\u0000":1}', b'{"a":["\\ud800"]}', b'{"\\udfff":1}'),
    *(b"[" * 100_000, b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    b"[" * 40 + b"]" * 40,
]
NOT_THE_DOCUMENT = [
    b"",
    b"null",
    b"true",
    b"0",
    b"1.5",
    b'"x"',
    b"[]",
    b"[{}]",
    b"{}",
    b"1" + b"0" * 17 + b".5e300",
]


@pytest.mark.parametrize("name", NAMES)
async def test_what_is_no_acceptable_json_is_400(targets: dict[str, Endpoint], name: str, way: str) -> None:
    for body in NOT_JSON:
        answer = await targets[name].send(way, body)
        assert answer.status_code == 400, body[:40]
        refused(answer, "invalid_json")


@pytest.mark.parametrize("name", NAMES)
async def test_json_that_is_no_such_document_is_422(
    targets: dict[str, Endpoint], name: str, way: str
) -> None:
    for body in NOT_THE_DOCUMENT:
        if name == "change" and body == b"{}":
            continue  # nothing to change is no error
        answer = await targets[name].send(way, body)
        assert answer.status_code == 422, body
        refused(answer, "invalid_document")


@pytest.mark.parametrize(
    "content_type",
    [
        *("", "text/plain", "application/xml", "text/json", "application/x-www-form-urlencoded", "json"),
        *("multipart/form-data; boundary=x", "application/json, text/plain", "application/jsonp", "*/*"),
    ],
)
async def test_a_body_of_another_type_is_415(
    targets: dict[str, Endpoint], content_type: str, way: str
) -> None:
    for endpoint in targets.values():
        answer = await endpoint.send(way, endpoint.body, **{"content-type": content_type})
        refused(answer, "unsupported_media_type")


async def pieces() -> AsyncIterator[bytes]:
    for _ in range(0, BIG, 65_536):
        yield b" " * 65_536


@pytest.mark.parametrize("name", NAMES)
async def test_ten_megabytes_are_413_by_length_and_in_chunks(
    targets: dict[str, Endpoint], name: str, way: str
) -> None:
    for body in (b" " * BIG, to_json(targets[name].body) + b" " * BIG, pieces()):
        problem = refused(await targets[name].send(way, body), "content_too_large")
        assert problem["limit_bytes"] < BIG


def wrong_for(endpoint: Endpoint, value: Any) -> dict[Place, Any]:
    """Every leaf at which the published schema refuses the value, with it."""
    return {
        place: value
        for place, present, node in endpoint.places()
        if not isinstance(present, dict | list) and not allows(node, endpoint.schema, value)
    }


WRONG_LEAVES = [
    *(None, True, False, 0, -1, 1.5, 2**53 - 1, -(2**53) + 1, 1e300, 80.5),
    *(
        "",
        " ",
        "x",
        "80",
        "true",
        "null",
        "NaN",
        "Infinity",
        "1e5",
        "1.5.1",
        "１２",
        "9" * 400,
        "1." + "9" * 400,
    ),
    *([], {}, [None], ["x"], {"a": 1}, [[[]]]),
]


@pytest.mark.parametrize("name", NAMES)
async def test_what_the_schema_refuses_is_refused_at_every_place_at_once(
    targets: dict[str, Endpoint], name: str
) -> None:
    endpoint, judged = targets[name], set()
    for value in WRONG_LEAVES:
        changes = wrong_for(endpoint, value)
        if not changes:
            continue
        problem = refused(await endpoint.send("direct", endpoint.changed(changes)), "invalid_document")
        named = pointers(problem)
        # An object where there was none is refused at its members.
        missed = {
            at
            for at in (pointer(*place) for place in changes)
            if not any(f"{each}/".startswith(f"{at}/") for each in named)
        }
        assert missed == set(), value
        judged |= set(changes)
    leaves = {place for place, value, _ in endpoint.places() if not isinstance(value, dict | list)}
    assert judged == leaves


@pytest.mark.parametrize("name", NAMES)
async def test_so_is_what_stands_in_place_of_an_object_or_a_list(
    targets: dict[str, Endpoint], name: str
) -> None:
    endpoint = targets[name]
    holders = [(place, value) for place, value, _ in endpoint.places() if isinstance(value, dict | list)]
    for place, present in holders:
        others: list[Any] = [None, True, 0, 1.5, "x", {"0": 1} if isinstance(present, list) else [1]]
        for value in others:
            problem = refused(
                await endpoint.send("direct", endpoint.changed({place: value})), "invalid_document"
            )
            assert any(where.startswith(pointer(*place)) for where in pointers(problem)), (place, value)


FORMATS = {
    "date": [
        "2026-02-30",
        "0000-01-01",
        "10000-01-01",
        "2026-13-01",
        "2026-01-01T00:00:00Z",
        "0",
        "today",
        0,
    ],
    "uuid": [
        *("{01a209e1-4b29-717c-bc89-12a2382a7a52}", "urn:uuid:01a209e1-4b29-717c-bc89-12a2382a7a52"),
        *("01a209e14b29717cbc8912a2382a7a52", "01a209e1-4b29-717c-bc89-12a2382a7a5", "x" * 36, "0", 0),
    ],
}


@pytest.mark.parametrize("name", NAMES)
async def test_days_and_ids_have_one_form(targets: dict[str, Endpoint], name: str) -> None:
    endpoint = targets[name]
    for form, values in FORMATS.items():
        leaves = [(place, node) for place, value, node in endpoint.places() if isinstance(value, str)]
        places = [place for place, node in leaves if f'"{form}"' in json.dumps(node)]
        for value in values if places else ():
            answer = await endpoint.send("direct", endpoint.changed(dict.fromkeys(places, value)))
            assert pointers(refused(answer)) >= {pointer(*place) for place in places}, value


def texts(endpoint: Endpoint) -> list[Place]:
    return [place for place, value, _ in endpoint.places() if isinstance(value, str)]


@pytest.mark.parametrize("text", ["a\x00b", "\x00", "\ud800", "x\udfff"])
async def test_no_text_holds_what_cannot_be_stored(targets: dict[str, Endpoint], text: str, way: str) -> None:
    for endpoint in targets.values():
        body = endpoint.changed(dict.fromkeys(texts(endpoint), text))
        problem = refused(await endpoint.send(way, body), "invalid_json")
        assert pointers(problem) == {pointer(*place) for place in texts(endpoint)}


async def test_every_text_has_an_end(targets: dict[str, Endpoint], way: str) -> None:
    for endpoint in targets.values():
        long = "x" * (900_000 // len(texts(endpoint)))
        problem = refused(await endpoint.send(way, endpoint.changed(dict.fromkeys(texts(endpoint), long))))
        assert pointers(problem) >= {pointer(*place) for place in texts(endpoint)}


async def test_every_list_has_an_end(targets: dict[str, Endpoint], way: str) -> None:
    for endpoint in targets.values():
        for place in [place for place, value, _ in endpoint.places() if isinstance(value, list)]:
            problem = refused(await endpoint.send(way, endpoint.changed({place: [{}] * 10_000})))
            assert {"pointer": pointer(*place), "code": "too_long"}.items() <= problem["errors"][0].items()


async def test_unknown_members_are_named_in_every_object(targets: dict[str, Endpoint], way: str) -> None:
    for endpoint in targets.values():
        objects = [place for place, value, _ in endpoint.places() if isinstance(value, dict)]
        names = ("colour", "__proto__", "a/b~c", "草")
        changes = {(*place, name): 1 for place in objects for name in names}
        problem = refused(await endpoint.send(way, endpoint.changed(changes)), "invalid_document")
        assert pointers(problem) >= {pointer(*place) for place in changes}


async def test_a_flood_of_unknown_members_is_counted_not_listed(targets: dict[str, Endpoint]) -> None:
    flood = {f"m{index}": 0 for index in range(60_000)}
    async with asyncio.timeout(30):
        problem = refused(await targets["submit"].send("direct", flood), "invalid_document")
    assert len(problem["errors"]) + problem["errors_omitted"] > 60_000


async def test_a_required_member_that_is_left_out_is_named(targets: dict[str, Endpoint]) -> None:
    for endpoint in targets.values():
        required = [
            place
            for place, value, _ in endpoint.places()
            if place and isinstance(place[-1], str) and not isinstance(value, dict | list)
        ]
        answer = await endpoint.send("direct", endpoint.changed(dict.fromkeys(required, ...)))
        if endpoint.name == "change":
            assert answer.status_code == 200  # nothing to change is no change
        else:
            assert "missing" in {error["code"] for error in refused(answer)["errors"]}


@pytest.mark.parametrize(
    "language", ["", "*", "en;q=nan", "\xff\xfe", "en-" * 2000, ";;;,,,", "zh;q=9e999", "de,fr;q=0.5"]
)
async def test_any_accept_language_is_answered_in_chinese_or_english(
    targets: dict[str, Endpoint], town: Town, language: str
) -> None:
    answer = await targets["submit"].send("direct", {}, **{"Accept-Language": language.encode("latin-1")})
    refused(answer, "invalid_document")
    assert answer.headers["content-language"] in ("zh-CN", "en")
