"""Use case of the approver: admit a record into the log, or reject it."""

from __future__ import annotations

import uuid

from sqlmodel.ext.asyncio.session import AsyncSession

from services.credit.log import service as log
from services.credit.log.keys import LogSigner
from services.credit.records import rules, service
from services.credit.records.errors import CommentRequired, FourEyes, VersionSuperseded
from services.credit.records.events import RECORD_ADMITTED, RECORD_REJECTED, tell_admitted
from services.credit.records.leaf import body_of
from services.credit.records.models import Record
from services.credit.records.schemas import DecisionCreate
from services.kit import clock
from services.kit.attempts import Attempt
from services.kit.auth import Principal
from services.kit.findings import FieldError
from services.kit.texts import Text

_COMMENT = Text(zh="不予通过时应说明理由", en="say why the record is rejected")
_STEPS = {"approve": rules.Step.APPROVE, "reject": rules.Step.REJECT}


async def decide(
    session: AsyncSession,
    principal: Principal,
    content: DecisionCreate,
    *,
    record_id: uuid.UUID,
    signer: LogSigner,
) -> Record:
    """Decides on the version that the approver read. Approved, the record enters the log in the same transaction."""
    record = await service.locked(session, principal, record_id)
    state = service.step(record, _STEPS[content.decision])
    if content.version != record.version:
        raise VersionSuperseded(version=record.version)
    hands = (record.entered_by, record.submitted_by)
    if not rules.may_approve(principal.subject, hands=hands):
        names = [hand for hand in hands if hand is not None]
        raise FourEyes(
            Attempt(
                entity="record", entity_id=record.id, owner=record.uscc, duty="approve", counterparts=names
            )
        )
    if content.decision == "reject" and content.comment is None:
        raise CommentRequired(errors=[FieldError("/comment", "comment_required", _COMMENT)])
    before = service.image(record)
    record.decided_by, record.decided_at = principal.subject, clock.now()
    record.decision_comment = content.comment
    if state is rules.State.APPROVED:
        await _admit(session, record, signer)
    record.state = state
    await session.flush()
    action = RECORD_ADMITTED if state is rules.State.APPROVED else RECORD_REJECTED
    service.note(
        session,
        principal,
        record,
        action=action,
        before=before,
        duty="approve",
        counterparts=[hand for hand in hands if hand is not None],
    )
    return record


async def _admit(session: AsyncSession, record: Record, signer: LogSigner) -> None:
    place = await log.take_place(session, subject=record.uscc)
    body = body_of(record, recorded_at=place.recorded_at)
    await log.append(session, place, kind=record.kind, entity_id=record.id, body=body, signer=signer)
    record.recorded_at, record.log_index = place.recorded_at, place.index
    tell_admitted(session, record, index=place.index)
