"""Use cases of replacements: a holder asks for one, a clerk issues it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.auth import Principal, RowScope
from services.kit.findings import Findings
from services.kit.ids import new_id
from services.kit.pages import PageQuery
from services.kit.schemas import Page
from services.kit.working_days import published_calendar
from services.permits.endings import repository as ended
from services.permits.endings import service as endings
from services.permits.endings.errors import PermitNotInForce
from services.permits.permits import repository as permits
from services.permits.permits.errors import PermitNotFound
from services.permits.permits.models import Permit
from services.permits.replacements import repository, rules
from services.permits.replacements.errors import (
    ReplacementInvalid,
    ReplacementIssued,
    ReplacementNotFound,
    ReplacementOpen,
)
from services.permits.replacements.events import (
    CERTIFICATE_REISSUED,
    REPLACEMENT_REQUESTED,
    CertificateReissued,
    ReplacementRequested,
)
from services.permits.replacements.models import CertificateCopy, ReplacementRequest
from services.permits.replacements.practice import practice
from services.permits.replacements.schemas import ReplacementCreate, ReplacementRead

_COPY = ("copy_number", "issued_by", "issued_at")


def findings_of(content: ReplacementCreate) -> Findings:
    found = Findings()
    rules.check_request(
        found,
        cause=content.cause,
        statement=content.loss_statement,
        happened_on=content.happened_on,
        applied_on=clock.today(),
    )
    return found


async def also_wrong(_: AsyncSession, __: Principal, content: ReplacementCreate) -> Findings:
    """What the rules say about a request whose shape is wrong in places."""
    return findings_of(content)


async def request(session: AsyncSession, principal: Principal, content: ReplacementCreate) -> ReplacementRead:
    """A holder's request; one at a time for a permit, and for one that is in force."""
    found = findings_of(content)
    permit = await ended.permit(session, content.permit_number, rows=principal.rows, lock=True)
    if permit is None:
        found.raise_if_any(ReplacementInvalid)
        raise PermitNotFound()
    issued_on = min(each.issued_on for each in await permits.versions_of(session, permit.id))
    rules.check_since(found, happened_on=content.happened_on, issued_on=issued_on)
    found.raise_if_any(ReplacementInvalid)
    await _refuse_unless_in_force(session, permit.id)
    if await repository.open_for(session, permit.id) is not None:
        raise ReplacementOpen()
    asked = _asked(principal, content, permit)
    session.add(asked)
    await session.flush()
    fact = ReplacementRequested(
        replacement_id=asked.id,
        **asked.model_dump(include={"permit_number", "uscc", "cause", "happened_on", "due_on"}),
    )
    deeds.record(
        session,
        principal,
        kind=REPLACEMENT_REQUESTED,
        entity="replacement",
        entity_id=asked.id,
        subject=path_of(asked),
        owner=asked.uscc,
        fact=fact,
    )
    return _view(asked, None)


async def issue(session: AsyncSession, principal: Principal, request_id: uuid.UUID) -> ReplacementRead:
    """The next copy of the certificate. Two clerks at once: one issues it, the other gets 409."""
    asked = await repository.by_id(session, request_id, rows=principal.rows)
    permit = asked and await ended.permit(session, asked.permit_number, rows=principal.rows, lock=True)
    if asked is None or permit is None:
        raise ReplacementNotFound()
    if await repository.copies_of(session, [asked.id]):
        raise ReplacementIssued()
    await _refuse_unless_in_force(session, permit.id)
    given = CertificateCopy(
        request_id=asked.id,
        permit_id=permit.id,
        copy_number=rules.next_copy(await repository.copies_given(session, permit.id)),
        issued_by=principal.subject,
        issued_at=clock.now(),
    )
    session.add(given)
    await session.flush()
    fact = CertificateReissued(
        replacement_id=asked.id,
        copy_number=given.copy_number,
        **asked.model_dump(include={"permit_number", "uscc", "cause", "loss_statement"}),
    )
    deeds.record(
        session,
        principal,
        kind=CERTIFICATE_REISSUED,
        entity="replacement",
        entity_id=asked.id,
        subject=path_of(asked),
        owner=asked.uscc,
        before={"state": "requested"},
        fact=fact,
    )
    return _view(asked, given)


async def read(session: AsyncSession, rows: RowScope, request_id: uuid.UUID) -> ReplacementRead:
    asked = await repository.by_id(session, request_id, rows=rows)
    if asked is None:
        raise ReplacementNotFound()
    return (await _views(session, [asked]))[0]


async def listing(
    session: AsyncSession, rows: RowScope, *, query: PageQuery, overdue: bool, **filters: str | None
) -> Page[ReplacementRead]:
    before = clock.today() if overdue else None
    found, following = await repository.page_of(session, rows=rows, query=query, overdue_on=before, **filters)
    return Page(items=await _views(session, found), next_cursor=following)


async def _refuse_unless_in_force(session: AsyncSession, permit_id: uuid.UUID) -> None:
    standing = await endings.standing_of(session, permit_id, clock.today())
    if standing != "in_force":
        raise PermitNotInForce(standing=standing)


def _asked(principal: Principal, content: ReplacementCreate, permit: Permit) -> ReplacementRequest:
    today = clock.today()
    due = rules.reissue_by(today, practice(), published_calendar())
    return ReplacementRequest(
        id=new_id(),
        permit_id=permit.id,
        uscc=permit.uscc,
        days_late=rules.days_late(content.happened_on, today, practice()),
        due_on=due.on,
        provisional=due.provisional,
        requested_by=principal.subject,
        requested_at=clock.now(),
        **content.model_dump(),
    )


async def _views(session: AsyncSession, found: Sequence[ReplacementRequest]) -> list[ReplacementRead]:
    copies = await repository.copies_of(session, [each.id for each in found])
    return [_view(each, copies.get(each.id)) for each in found]


def _view(asked: ReplacementRequest, given: CertificateCopy | None) -> ReplacementRead:
    return ReplacementRead.model_validate(
        {
            **asked.model_dump(exclude={"permit_id"}),
            **{name: getattr(given, name, None) for name in _COPY},
            "state": "issued" if given else "requested",
            "days_left": None if given else (asked.due_on - clock.today()).days,
        }
    )


def path_of(asked: ReplacementRequest) -> str:
    return f"/v1/permits/certificate-replacements/{asked.id}"
