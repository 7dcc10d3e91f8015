"""Use cases of replacement (削减替代): an enterprise states, the bureau decides, the ledger follows."""

from __future__ import annotations

import uuid
from decimal import Decimal

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.attempts import Attempt
from services.kit.auth import Principal, RowScope
from services.kit.event_catalogue import EventType
from services.kit.findings import Findings, pointer
from services.kit.ids import new_id
from services.kit.pages import PageQuery
from services.kit.receipt_keys import ReceiptOffice
from services.kit.schemas import Page
from services.kit.texts import Text
from services.permits.batches.views import permit_of
from services.permits.endings import service as endings
from services.permits.permits import repository as permits
from services.permits.totals import repository, rules, service, views
from services.permits.totals.control import Control
from services.permits.totals.errors import (
    OffsetEnded,
    OffsetFourEyes,
    OffsetInvalid,
    OffsetNotFound,
)
from services.permits.totals.events import OFFSET_DECIDED, OFFSET_STATED, OffsetFact
from services.permits.totals.models import OffsetStatement
from services.permits.totals.schemas import OffsetCreate, OffsetDecision, OffsetRead

RECEIPT_KIND = "permits.offset_statement"
EVERY_PERMIT = RowScope(everything=True)
"""Permit numbers are public (条例 art. 23): a statement may name another enterprise's."""
_NO_SUCH = Text(zh="没有该排污许可证", en="there is no such permit")
_PAST = Text(zh="生效年度已过", en="that year is over")


def findings_of(content: OffsetCreate, control: Control) -> Findings:
    """Everything that is wrong with a statement in itself."""
    found = Findings()
    rules.check_pollutant(found, content.pollutant, control.pollutants)
    ratio = control.ratio_on(content.pollutant, clock.today())
    rules.check_offset(
        found, needed=content.needed_t, offers=offers_of(content), ratio=ratio.ratio if ratio else None
    )
    _check_in_itself(found, content)
    return found


def _check_in_itself(found: Findings, content: OffsetCreate) -> None:
    rules.check_sources(found, permit_number=content.permit_number, offers=offers_of(content))
    if content.from_year < clock.today().year:
        found.add("/from_year", "year_over", _PAST, article=rules.ARTICLE_REPLACEMENT)


async def also_wrong(_: AsyncSession, __: Principal, content: OffsetCreate) -> Findings:
    """What the rules say about a statement whose shape is wrong in places; not what the city's file decides."""
    found = Findings()
    _check_in_itself(found, content)
    return found


def offers_of(content: OffsetCreate) -> list[rules.Offer]:
    return [rules.Offer(each.permit_number, each.tonnes) for each in content.sources]


async def state(
    session: AsyncSession,
    principal: Principal,
    content: OffsetCreate,
    *,
    control: Control,
    office: ReceiptOffice,
) -> OffsetRead:
    """An enterprise states how its new source gets its quota; it gets a receipt."""
    permit = await permit_of(session, principal.rows, content.permit_number)
    found = findings_of(content, control)
    for index, source in enumerate(content.sources):
        number = source.permit_number
        if number and await permits.by_number(session, number, rows=EVERY_PERMIT) is None:
            where = pointer("sources", index, "permit_number")
            found.add(where, "offset_source_unknown", _NO_SUCH, article=rules.ARTICLE_REPLACEMENT)
    found.raise_if_any(OffsetInvalid)
    await endings.refuse_ended(session, permit.id)
    ratio = control.ratio_on(content.pollutant, clock.today())
    row = _stated(principal, permit.uscc, content, ratio.ratio if ratio else Decimal(1), office)
    session.add(row)
    await session.flush()
    _record(session, principal, row, kind=OFFSET_STATED, before=None)
    return views.statement_view(row)


def _stated(
    principal: Principal, uscc: str, content: OffsetCreate, ratio: Decimal, office: ReceiptOffice
) -> OffsetStatement:
    identity, document = new_id(), content.model_dump(mode="json")
    issued = office.issue(
        kind=RECEIPT_KIND,
        subject=f"/v1/permits/totals/offsets/{identity}",
        document=document,
        submitted_by=principal.subject,
        on_behalf_of=uscc,
    )
    return OffsetStatement(
        id=identity,
        uscc=uscc,
        ratio=ratio,
        document=document,
        document_sha256=issued.receipt.document_sha256,
        receipt_id=issued.receipt.receipt_id,
        receipt_jws=issued.jws,
        submitted_by=principal.subject,
        submitted_at=clock.now(),
        state=rules.State.SUBMITTED,
        **content.model_dump(include={"permit_number", "pollutant", "needed_t", "from_year"}),
    )


async def decide(
    session: AsyncSession, principal: Principal, content: OffsetDecision, *, offset_id: uuid.UUID
) -> OffsetRead:
    """The bureau's decision. Approved, the tonnes move at once, or the answer is 409 with what is lacking."""
    row = await _open(session, principal, offset_id, rules.Step(content.decision))
    if row.submitted_by == principal.subject:
        raise OffsetFourEyes(
            Attempt(
                entity="offset_statement",
                entity_id=row.id,
                owner=row.uscc,
                duty="approve",
                counterparts=[row.submitted_by],
            )
        )
    before = row.state
    if content.decision == "approve":
        _check_year(row)
        await _refuse_ended(session, row.permit_number)
        await _move(session, principal, row, content.basis)
    _end(principal, row, rules.Step(content.decision), content.opinion)
    await session.flush()
    _record(session, principal, row, kind=OFFSET_DECIDED, before=before, duty="approve")
    return views.statement_view(row)


def _check_year(row: OffsetStatement) -> None:
    """As any decision on quotas: approved, it does not reach back to a year that went by while it waited."""
    found = Findings()
    if row.from_year < clock.today().year:
        found.add("/decision", "year_over", _PAST, article=rules.ARTICLE_REPLACEMENT)
    found.raise_if_any(OffsetInvalid)


async def _refuse_ended(session: AsyncSession, permit_number: str) -> None:
    permit = await permit_of(session, EVERY_PERMIT, permit_number)
    await endings.refuse_ended(session, permit.id)


async def withdraw(session: AsyncSession, principal: Principal, *, offset_id: uuid.UUID) -> OffsetRead:
    """The enterprise takes its statement back while it is not decided."""
    row = await _open(session, principal, offset_id, rules.Step.WITHDRAW)
    before = row.state
    _end(principal, row, rules.Step.WITHDRAW, None)
    await session.flush()
    _record(session, principal, row, kind=OFFSET_DECIDED, before=before)
    return views.statement_view(row)


async def _open(
    session: AsyncSession, principal: Principal, offset_id: uuid.UUID, step: rules.Step
) -> OffsetStatement:
    row = await repository.statement_by_id(session, offset_id, rows=principal.rows, lock=True)
    if row is None:
        raise OffsetNotFound()
    if rules.after(rules.State(row.state), step) is None:
        raise OffsetEnded(state=row.state)
    return row


def _end(principal: Principal, row: OffsetStatement, step: rules.Step, opinion: str | None) -> None:
    following = rules.after(rules.State(row.state), step)
    row.state = following if following is not None else row.state
    row.decided_by, row.decided_at, row.opinion = principal.subject, clock.now(), opinion


async def _move(session: AsyncSession, principal: Principal, row: OffsetStatement, basis: str) -> None:
    content = OffsetCreate.model_validate(row.document)
    owners = {row.permit_number: row.uscc}
    for offer in content.sources:
        if offer.permit_number is not None:
            owner = await permit_of(session, EVERY_PERMIT, offer.permit_number)
            owners[owner.permit_number] = owner.uscc
    moved = rules.replaced(
        offers_of(content), permit_number=row.permit_number, needed=row.needed_t, from_year=row.from_year
    )
    of = views.Decided(row.id, clock.today(), basis)
    await service.post(session, principal, row.pollutant, moved, owners=owners, of=of)


def _record(
    session: AsyncSession,
    principal: Principal,
    row: OffsetStatement,
    *,
    kind: EventType,
    before: str | None,
    duty: str | None = None,
) -> None:
    fact = OffsetFact(
        offset_id=row.id,
        **row.model_dump(include=set(OffsetFact.model_fields) - {"offset_id"}),
    )
    deeds.record(
        session,
        principal,
        kind=kind,
        entity="offset_statement",
        entity_id=row.id,
        subject=f"/v1/permits/totals/offsets/{row.id}",
        owner=row.uscc,
        before={"state": before} if before else None,
        after={"state": row.state, "document_sha256": row.document_sha256, "opinion": row.opinion},
        duty=duty,
        counterparts=[row.submitted_by] if duty else (),
        fact=fact,
    )


async def read(session: AsyncSession, rows: RowScope, *, offset_id: uuid.UUID) -> OffsetRead:
    row = await repository.statement_by_id(session, offset_id, rows=rows)
    if row is None:
        raise OffsetNotFound()
    return views.statement_view(row)


async def listing(
    session: AsyncSession, rows: RowScope, *, query: PageQuery, uscc: str | None, state: str | None
) -> Page[OffsetRead]:
    found, following = await repository.page_of_statements(
        session, rows=rows, query=query, uscc=uscc, state=state
    )
    return Page(items=[views.statement_view(each) for each in found], next_cursor=following)
