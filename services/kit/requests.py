"""Reading requests strictly: what is ambiguous, hostile or unreadable is refused before any rule sees it."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import unquote_to_bytes

from fastapi import Request
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.kit.findings import FieldError, pointer
from services.kit.problems import BadRequest, ContentTooLarge, UnsupportedMediaType, send_problem
from services.kit.texts import Text

MAX_DEPTH = 32
MAX_INTEGER = 2**53 - 1
MAX_BAD_TEXTS = 1000  # named of one body
FORM = "application/x-www-form-urlencoded"
LARGEST_BODY_BYTES = 64 * 1024 * 1024
"""No body may be larger, wherever it goes. As much of one is read on when it is refused."""
DISCARD_SECONDS = 30.0
DISCARD_IDLE_SECONDS = 2.0
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

_NOT_JSON = Text(
    zh="请求体不是有效的 JSON（第{line}行第{column}列）",
    en="The body is not valid JSON (line {line}, column {column})",
)
_NOT_UTF8 = Text(zh="请求体不是 UTF-8 编码", en="The body is not UTF-8")
_QUERY_NOT_UTF8 = Text(zh="查询参数不是 UTF-8 编码", en="The query is not UTF-8")
_PACKED = Text(zh="请求体不得压缩（Content-Encoding）", en="Send the body as it is, without Content-Encoding")
_TOO_DEEP = Text(zh="JSON 嵌套超过{depth}层", en="The JSON is nested more than {depth} levels deep")
_DUPLICATE = Text(zh="同一对象中字段“{name}”重复", en="The member “{name}” appears twice in one object")
_CONSTANT = Text(zh="不接受 {name}", en="{name} is not accepted")
_CHARACTER = Text(
    zh="含有不可保存的字符（NUL 或不成对的代理字符）",
    en="holds a character that cannot be stored (NUL or a lone surrogate)",
)
REPEATED = Text(zh="该参数重复", en="this parameter appears more than once")


class InvalidJson(BadRequest):
    code = "invalid_json"
    title = Text(zh="请求体不是可接受的 JSON", en="The body is not acceptable JSON")


class InvalidForm(BadRequest):
    code = "invalid_form"
    title = Text(zh="请求体不是可接受的表单", en="The body is not an acceptable form")


def is_storable(text: str) -> bool:
    """Whether PostgreSQL can hold it: no NUL, and nothing that UTF-8 cannot say."""
    return _UNSTORABLE.search(text) is None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        counts = Counter(name for name, _ in pairs)
        raise InvalidJson(_DUPLICATE.format(name=next(name for name in counts if counts[name] > 1)[:80]))
    return members


def _constant(name: str) -> Any:
    raise InvalidJson(_CONSTANT.format(name=name))


def _integer(digits: str) -> int:
    """I-JSON (RFC 7493 2.2): beyond 2⁵³ readers that hold numbers as doubles read another one."""
    number = int(digits) if len(digits) <= 17 else MAX_INTEGER + 1
    if abs(number) > MAX_INTEGER:
        raise InvalidJson(Text(zh="整数过大（绝对值应小于2⁵³）", en="An integer is too large (2⁵³ or more)"))
    return number


def parse_json(body: bytes) -> Any:
    """One JSON document (RFC 8259), without duplicate members, NaN, huge integers, deep nesting or NUL."""
    try:
        text = body.decode("utf-8")
        document = json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer)
    except UnicodeDecodeError as error:
        raise InvalidJson(_NOT_UTF8) from error
    except json.JSONDecodeError as error:
        raise InvalidJson(_NOT_JSON.format(line=error.lineno, column=error.colno)) from error
    except RecursionError as error:
        raise InvalidJson(_TOO_DEEP.format(depth=MAX_DEPTH)) from error
    if b"\\u" not in body and b"\0" not in body:  # nothing in it can be what cannot be stored
        _measure(document, 0)
        return document
    errors: list[FieldError] = []
    _inspect(document, (), errors)
    if errors:
        raise InvalidJson(errors=errors)
    return document


def _measure(value: Any, depth: int) -> None:
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return
    for member in value:
        if depth >= MAX_DEPTH:
            raise InvalidJson(_TOO_DEEP.format(depth=MAX_DEPTH))
        if isinstance(member, _NESTING):
            _measure(member, depth + 1)


_NESTING = (dict, list)


def _inspect(value: Any, path: tuple[str | int, ...], errors: list[FieldError]) -> None:
    if len(path) > MAX_DEPTH:
        raise InvalidJson(_TOO_DEEP.format(depth=MAX_DEPTH))
    if len(errors) >= MAX_BAD_TEXTS:
        raise InvalidJson(errors=errors)
    if isinstance(value, str):
        if not is_storable(value):
            errors.append(FieldError(pointer(*path), "unstorable_character", _CHARACTER))
    elif isinstance(value, dict):
        for name, member in value.items():
            if not is_storable(name):
                errors.append(FieldError(pointer(*path), "unstorable_character", _CHARACTER))
            else:
                _inspect(member, (*path, name), errors)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _inspect(item, (*path, index), errors)


def refuse_unstorable(request: Request) -> None:
    """NUL cannot be stored or compared by PostgreSQL; in a path or query it is never meant well.

    A query in another encoding than UTF-8 (GBK, say) would be searched for as something else, and found nowhere.
    """
    query = request.scope["query_string"]
    if not is_storable(request.scope["path"]) or b"%00" in query:
        raise BadRequest(_CHARACTER)
    if b"%" in query:
        try:
            unquote_to_bytes(query).decode()
        except UnicodeDecodeError as error:
            raise BadRequest(_QUERY_NOT_UTF8) from error


def media_type_of(request: Request) -> str:
    """What the client says that its body is."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def is_packed(request: Request) -> bool:
    return request.headers.get("content-encoding", "").strip().lower() not in ("", "identity")


def refuse_packed(request: Request) -> None:
    """RFC 9110 15.5.16: the answer says which encodings there are."""
    if is_packed(request):
        raise UnsupportedMediaType(_PACKED, headers={"Accept-Encoding": "identity"})


@asynccontextmanager
async def read_whole() -> AsyncIterator[None]:
    """Around reading a body: that of a client that leaves before its end is a bad request."""
    try:
        yield
    except ClientDisconnect as error:
        raise BadRequest(Text(zh="请求未传完", en="The request ended early")) from error


class StrictRequest(Request):
    """A request whose body has been parsed strictly before FastAPI asks for it."""

    async def prepare(self) -> None:
        """A JSON body; none is left to the endpoint."""
        body = await self.body()
        if not body:
            return
        refuse_packed(self)
        media_type = media_type_of(self)
        if media_type != "application/json" and not (
            media_type.startswith("application/") and media_type.endswith("+json")
        ):
            raise UnsupportedMediaType(Text(zh="请使用 application/json", en="Send application/json"))
        self._document = parse_json(body)

    async def prepare_form(self) -> None:
        """A form: every parameter once (RFC 6749 3.2), and only what can be stored."""
        refuse_packed(self)
        if await self.body() and media_type_of(self) != FORM:
            raise UnsupportedMediaType(Text(zh=f"请使用 {FORM}", en=f"Send {FORM}"))
        fields = [(name, str(value)) for name, value in (await self.form()).multi_items()]
        counts = Counter(name for name, _ in fields)
        errors = [FieldError(pointer(name), "repeated", REPEATED) for name in counts if counts[name] > 1]
        errors += [
            FieldError(pointer(name) if is_storable(name) else "", "unstorable_character", _CHARACTER)
            for name, value in fields
            if not is_storable(name + value)
        ]
        if errors:
            raise InvalidForm(errors=errors)

    async def json(self) -> Any:
        return self._document


class _ContentUnwanted(Exception):  # noqa: N818 - says that enough was answered
    """Ends an endpoint that would go on to write what nobody gets."""


class HeadAsGet:
    """Answers HEAD as the GET of the same path (RFC 9110 9.3.2); the server leaves the content out. Pure ASGI.

    An answer that is written piece by piece ends with its head: no list is walked for it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return
        asked = {**scope, "method": "GET"}

        async def without_pieces(message: Message) -> None:
            if not message.get("more_body"):
                await send(message)
                return
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            raise _ContentUnwanted

        try:
            await self.app(asked, receive, without_pieces)
        except _ContentUnwanted:
            pass
        finally:
            if "route" in asked:
                scope["route"] = asked["route"]  # for the log outside


class BodyLimit:
    """Refuses bodies over the limit, by their declared length or as they stream in. Pure ASGI.

    Those of files have a limit of their own, `file_bytes` (0: it brings none).
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        max_bytes: int,
        file_bytes: Callable[[Scope], int] = lambda _: 0,
    ) -> None:
        self.app, self._max_bytes, self._file_bytes = app, max_bytes, file_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self._max_bytes
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > limit:
            limit = self._limit(scope)
        if declared.isdigit() and int(declared) > limit:
            if b"expect" not in dict(scope["headers"]):
                await discard(receive)
            await send_problem(ContentTooLarge(limit_bytes=limit), scope, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received, limit
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                limit = self._limit(scope)
            if received > limit:
                if message.get("more_body"):
                    await discard(receive)
                raise ContentTooLarge(limit_bytes=limit)
            return message

        await self.app(scope, counted, send)

    def _limit(self, scope: Scope) -> int:
        """Asked only once a body is over the general one."""
        return max(self._max_bytes, self._file_bytes(scope))


async def discard(receive: Receive, *, received: int = 0) -> None:
    """Reads the rest of a body, within limits, so that the client gets to read its refusal. Its leaving ends it, too.

    A connection closed over unread data is reset, and a reset can overtake the answer.
    """
    more = True
    try:
        async with asyncio.timeout(DISCARD_SECONDS):
            while more and received < LARGEST_BODY_BYTES:
                message = await asyncio.wait_for(receive(), DISCARD_IDLE_SECONDS)
                received += len(message.get("body", b""))
                more = message.get("more_body", False)
    except TimeoutError:
        return
