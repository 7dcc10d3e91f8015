"""Reading unpublished data: bureau and systems say what for, and the read log keeps who read whose data, and when.

`reads("permits:read")` in place of `requires(…)` is all that an endpoint needs: the route writes the row in the
transaction of the read, so no answer leaves without it, and no reader can forget it. Whose data an answer holds is read
off the answer itself: members named `uscc` or `…_uscc`, and the identities of its records.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response, Security
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, trace
from services.kit.auth import Principal, signed_in
from services.kit.ids import new_id
from services.kit.problems import BadRequest, Forbidden
from services.kit.purposes import Purposes
from services.kit.tables import ReadRow
from services.kit.texts import Text

PURPOSE_HEADER = "Steppe-Purpose"
_DESCRIPTION = (
    "what the data is read for, a code of `GET /v1/purposes`; staff of the bureau must say it, and systems that read "
    "every enterprise, unless they are registered for one purpose"
)
_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
_MAX_QUERY = 2000
_NAMING = (b"uscc", b'id"', b'code"', b'_number"')
"""An answer without any of these names nothing that is logged: megabytes of sums are not parsed for it."""


class PurposeRequired(BadRequest):
    code = "purpose_required"
    title = Text(zh="读取未公开的企业信息须说明用途", en="Reading unpublished data needs its purpose")


class PurposeNotRegistered(Forbidden):
    code = "purpose_not_registered"
    title = Text(zh="该系统未登记此用途", en="The system is not registered for this purpose")


class PurposeUnknown(BadRequest):
    code = "purpose_unknown"
    title = Text(zh="用途代码无效或不在有效期内", en="The purpose is unknown, or not one of today")


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads, and what for; `request.state.reading` of a request whose answer is logged."""

    principal: Principal
    purpose: str


async def _reading(
    request: Request,
    principal: Annotated[Principal, Depends(signed_in)],
    steppe_purpose: Annotated[str | None, Header(alias=PURPOSE_HEADER, description=_DESCRIPTION)] = None,
) -> Principal:
    # A system that reads its own enterprise is asked for nothing; where it says a purpose, its read is logged as well.
    if principal.says_purpose or (steppe_purpose is not None and "system" in principal.roles):
        purpose = _purpose(principal, request.headers.getlist(PURPOSE_HEADER), request.app.state.kit.purposes)
        request.state.reading = Reading(principal, purpose)
    return principal


def _purpose(principal: Principal, given: list[str], purposes: Purposes) -> str:
    """What the caller reads for: what it says, or the one purpose that it was registered for."""
    registered = principal.purposes
    purpose = declared(given or list(registered if len(registered) == 1 else ()), purposes)
    if registered and purpose not in registered:
        raise PurposeNotRegistered(registered=list(registered))
    return purpose


def reads(*scopes: str) -> Callable[..., Principal]:
    """`Annotated[Principal, reads("permits:read")]`: the authorisation of an endpoint that shows unpublished data."""
    dependency: Callable[..., Principal] = Security(_reading, scopes=list(scopes))
    return dependency


def declared(given: list[str], purposes: Purposes) -> str:
    """The purpose that a request declares. None, two or an unknown one: a problem that lists today's codes."""
    today = clock.today()
    if len(given) == 1 and purposes.holds(given[0].strip(), today):
        return given[0].strip()
    known = [{"code": each.code, "zh": each.text.zh, "en": each.text.en} for each in purposes.on(today)]
    text = Text(
        zh=f"请在 {PURPOSE_HEADER} 请求头中给出一个用途代码",
        en=f"Give one purpose in the header {PURPOSE_HEADER}",
    )
    raise (PurposeUnknown if given else PurposeRequired)(text, purposes=known)


def log_answer(session: AsyncSession, request: Request, response: Response) -> None:
    """Logs the read that `response` answers, where the request is one that is logged and something was read."""
    reading: Reading | None = getattr(request.state, "reading", None)
    if reading is None or response.status_code != 200:
        return
    if "json" not in response.headers.get("content-type", "json"):
        return  # a file: its endpoint knows what is in it, and calls `log_read`
    body = bytes(response.body)
    content = json.loads(body) if any(mark in body for mark in _NAMING) else None
    shown = content["items"] if isinstance(content, dict) and "items" in content else content
    variables = [str(value) for value in request.path_params.values()]
    about: Iterable[str] = getattr(request.state, "read_about", ())
    log_read(
        session,
        request,
        enterprises=[*filter(_USCC.fullmatch, variables), *_usccs(content), *about],
        records=[*variables, *_identities(shown if isinstance(shown, list) else [shown])],
    )


def also_about(request: Request, enterprises: Iterable[str]) -> None:
    """Says whose data an answer holds that does not name them as members do."""
    request.state.read_about = enterprises


def log_read(
    session: AsyncSession, request: Request, *, enterprises: Iterable[str], records: Iterable[str]
) -> None:
    """Adds one row to the read log; for answers that the route cannot look into (feeds, streams)."""
    reading: Reading | None = getattr(request.state, "reading", None)
    if reading is None:
        return
    session.add(
        ReadRow(
            id=new_id(),
            at=clock.now(),
            actor=reading.principal.subject,
            actor_roles=list(reading.principal.roles),
            purpose=reading.purpose,
            route=f"{request.method} {request.scope['route'].path}",
            query=request.url.query[:_MAX_QUERY] or None,
            enterprises=sorted(set(enterprises)),
            records=sorted(set(records)),
            request_id=trace.request_id.get(),
            traceparent=trace.traceparent.get(),
        )
    )


def _usccs(value: Any) -> Iterator[str]:
    """Every enterprise that an answer names, however deep."""
    if isinstance(value, dict):
        for name, member in value.items():
            if name == "usccs" and isinstance(member, list):
                yield from (each for each in member if isinstance(each, str) and _USCC.fullmatch(each))
            elif not isinstance(member, str):
                yield from _usccs(member)
            elif (name == "uscc" or name.endswith("_uscc")) and _USCC.fullmatch(member):
                yield member
    elif isinstance(value, list):
        for each in value:
            yield from _usccs(each)


def _identities(items: Iterable[Any]) -> Iterator[str]:
    """What the records of an answer are called: `id`, `report_id`, `permit_number`, `code`."""
    for item in items:
        members = item.items() if isinstance(item, dict) else ()
        for name, member in members:
            if isinstance(member, str) and (name in ("id", "code") or name.endswith(("_id", "_number"))):
                yield member
