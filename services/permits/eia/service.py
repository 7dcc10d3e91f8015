"""Use cases of EIA documents: the bureau registers one, an enterprise states its own, a reviewer looks that up."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.attempts import Attempt
from services.kit.auth import Principal, RowScope
from services.kit.event_catalogue import EventType
from services.kit.findings import FieldError, Findings
from services.kit.ids import new_id
from services.kit.pages import PageQuery
from services.kit.schemas import Page
from services.kit.texts import Text
from services.permits.eia import repository, rules
from services.permits.eia.classes import usual_classes
from services.permits.eia.errors import EiaExists, EiaFourEyes, EiaInvalid, EiaNotFound, EiaVerified
from services.permits.eia.events import EIA_CONFIRMED, EIA_REGISTERED, EIA_REJECTED, EIA_STATED, EiaFact
from services.permits.eia.models import EiaDocument
from services.permits.eia.schemas import EiaCreate, EiaRead, EiaVerificationCreate
from services.permits.enterprises import repository as enterprises
from services.permits.enterprises.errors import EnterpriseNotFound

_COMMENT = Text(zh="核实不成立时应说明理由", en="say why it does not hold")
_EVENTS = {rules.State.CONFIRMED: EIA_CONFIRMED, rules.State.REJECTED: EIA_REJECTED}


def findings_of(content: EiaCreate) -> Findings:
    found = Findings()
    rules.check_day(found, decided_on=content.decided_on, today=clock.today())
    return found


async def also_wrong(_: AsyncSession, __: Principal, content: EiaCreate) -> Findings:
    """What the rules say about a document whose shape is wrong in places."""
    return findings_of(content)


async def register(session: AsyncSession, principal: Principal, content: EiaCreate) -> EiaRead:
    """The bureau enters what its own files say: nobody has to look it up again."""
    return await _enter(
        session, principal, content, state=rules.State.REGISTERED, kind=EIA_REGISTERED, may_write=True
    )


async def state(session: AsyncSession, principal: Principal, content: EiaCreate) -> EiaRead:
    """An enterprise states its own; no permit rests on it before a reviewer has looked it up."""
    return await _enter(
        session,
        principal,
        content,
        state=rules.State.STATED,
        kind=EIA_STATED,
        may_write=principal.rows.covers(content.uscc),
    )


async def _enter(
    session: AsyncSession,
    principal: Principal,
    content: EiaCreate,
    *,
    state: rules.State,
    kind: EventType,
    may_write: bool,
) -> EiaRead:
    findings_of(content).raise_if_any(EiaInvalid)
    if not may_write or await enterprises.by_uscc(session, content.uscc, rows=principal.rows) is None:
        raise EnterpriseNotFound()
    document = EiaDocument(
        id=new_id(),
        state=state,
        entered_by=principal.subject,
        entered_at=clock.now(),
        **content.model_dump(),
    )
    session.add(document)
    try:
        await session.flush()
    except IntegrityError as error:
        raise EiaExists() from error
    _tell(session, principal, document, kind=kind, before=None)
    return view(document)


async def verify(
    session: AsyncSession, principal: Principal, content: EiaVerificationCreate, *, eia_id: uuid.UUID
) -> EiaRead:
    """Confirms or rejects what an enterprise stated (条例 art. 11(1)); once."""
    document = await repository.by_id(session, eia_id, rows=principal.rows, lock=True)
    if document is None:
        raise EiaNotFound()
    if not rules.may_be_verified(rules.State(document.state)):
        raise EiaVerified(state=document.state)
    if document.entered_by == principal.subject:
        raise EiaFourEyes(
            Attempt(
                entity="eia_document",
                entity_id=document.id,
                owner=document.uscc,
                duty="review",
                counterparts=[document.entered_by],
            )
        )
    if content.outcome == "rejected" and content.comment is None:
        raise EiaInvalid(errors=[FieldError("/comment", "comment_required", _COMMENT, article=rules.ARTICLE)])
    before = {"state": document.state}
    document.state, document.comment = rules.State(content.outcome), content.comment
    document.verified_by, document.verified_at = principal.subject, clock.now()
    await session.flush()
    _tell(session, principal, document, kind=_EVENTS[rules.State(content.outcome)], before=before)
    return view(document)


async def read(session: AsyncSession, rows: RowScope, *, eia_id: uuid.UUID) -> EiaRead:
    document = await repository.by_id(session, eia_id, rows=rows)
    if document is None:
        raise EiaNotFound()
    return view(document)


async def listing(
    session: AsyncSession, rows: RowScope, *, query: PageQuery, uscc: str | None, state: str | None
) -> Page[EiaRead]:
    found, following = await repository.page_of(session, rows=rows, query=query, uscc=uscc, state=state)
    return Page(items=[view(each) for each in found], next_cursor=following)


def view(document: EiaDocument) -> EiaRead:
    usual = usual_classes()[document.eia_class]
    return EiaRead.model_validate({**document.model_dump(), "usual_permit_class": usual})


def _tell(
    session: AsyncSession,
    principal: Principal,
    document: EiaDocument,
    *,
    kind: EventType,
    before: dict[str, Any] | None,
) -> None:
    fact = EiaFact(eia_id=document.id, **document.model_dump(include=set(EiaFact.model_fields)))
    checks = before is not None
    deeds.record(
        session,
        principal,
        kind=kind,
        entity="eia_document",
        entity_id=document.id,
        subject=f"/v1/permits/eia/{document.id}",
        owner=document.uscc,
        before=before,
        after={**fact.model_dump(mode="json"), "comment": document.comment},
        duty="review" if checks else None,
        counterparts=[document.entered_by] if checks else (),
        fact=fact,
    )
