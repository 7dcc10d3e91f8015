"""Use cases of the clerk: enter a record, revise it, submit it for approval."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from services.credit.grading.errors import SubjectNotFound
from services.credit.grading.rules import Judgement, Pack
from services.credit.records import checks, repository, rules
from services.credit.records.errors import RecordExists, RecordNotFound, StepNotOpen
from services.credit.records.events import RECORD_ENTERED, RECORD_REVISED, RECORD_SUBMITTED
from services.credit.records.models import Record
from services.credit.records.schemas import RecordContent, RecordCreate, RecordRead
from services.kit import audit, clock
from services.kit.auth import Principal
from services.kit.event_catalogue import EventType
from services.kit.ids import new_id
from services.kit.routing import require_match
from services.kit.told import savepoint

_FRESH = dict.fromkeys(("submitted_by", "submitted_at", "decided_by", "decided_at", "decision_comment"), None)
"""What a revised record has not gone through yet."""


async def enter(
    session: AsyncSession,
    principal: Principal,
    content: RecordContent,
    *,
    uscc: str,
    candidate_id: uuid.UUID | None = None,
) -> Record:
    """Adds a draft; 409 with the existing record where this document was recorded for this enterprise."""
    pack, judgement = await checks.judged(session, content, uscc=uscc)
    record = Record(
        id=new_id(),
        uscc=uscc,
        candidate_id=candidate_id,
        state=rules.State.DRAFT,
        entered_by=principal.subject,
        entered_at=clock.now(),
        **_values(content, pack, judgement),
    )
    async with _one_of_its_document(session, content, uscc=uscc, record_id=record.id):
        session.add(record)
        await session.flush()
    note(session, principal, record, action=RECORD_ENTERED)
    return record


async def revise(
    session: AsyncSession,
    principal: Principal,
    content: RecordContent,
    *,
    record_id: uuid.UUID,
    if_match: str | None,
) -> Record:
    """Replaces the content of a draft or a rejected record, if the editor saw the present version."""
    record = await locked(session, principal, record_id)
    require_match(if_match, etag=etag(record))
    before, state = image(record), step(record, rules.Step.REVISE)
    pack, judgement = await checks.judged(session, content, uscc=record.uscc)
    async with _one_of_its_document(session, content, uscc=record.uscc, record_id=record.id):
        for name, value in {**_values(content, pack, judgement), **_FRESH}.items():
            setattr(record, name, value)
        record.state, record.version = state, record.version + 1
        record.entered_by, record.entered_at = principal.subject, clock.now()
        await session.flush()
    note(session, principal, record, action=RECORD_REVISED, before=before)
    return record


async def submit(session: AsyncSession, principal: Principal, *, record_id: uuid.UUID) -> Record:
    """Hands a draft over to an approver."""
    record = await locked(session, principal, record_id)
    before = image(record)
    record.state = step(record, rules.Step.SUBMIT)
    record.submitted_by, record.submitted_at = principal.subject, clock.now()
    await session.flush()
    note(session, principal, record, action=RECORD_SUBMITTED, before=before)
    return record


async def read(session: AsyncSession, principal: Principal, *, record_id: uuid.UUID) -> Record:
    record = await repository.by_id(session, record_id, rows=principal.rows)
    if record is None:
        raise RecordNotFound()
    return record


async def locked(session: AsyncSession, principal: Principal, record_id: uuid.UUID) -> Record:
    """The record, held until the transaction ends."""
    record = await repository.by_id(session, record_id, rows=principal.rows, lock=True)
    if record is None:
        raise RecordNotFound()
    return record


def step(record: Record, wanted: rules.Step) -> rules.State:
    """The state after a step; 409 where it is not open."""
    state = rules.after(rules.State(record.state), wanted)
    if state is None:
        raise StepNotOpen(state=record.state)
    return state


def etag(record: Record) -> str:
    return f'"{record.version}-{record.state}"'


def image(record: Record) -> dict[str, Any]:
    return RecordRead.model_validate(record).model_dump(mode="json")


def note(
    session: AsyncSession,
    principal: Principal,
    record: Record,
    *,
    action: str | EventType,
    before: dict[str, Any] | None = None,
    duty: str | None = None,
    counterparts: Sequence[str] = (),
) -> None:
    """The audit row of one step; `duty` where it checks the work of others."""
    audit.record(
        session,
        principal,
        action=action,
        entity="record",
        entity_id=record.id,
        owner=record.uscc,
        before=before,
        after=image(record),
        duty=duty,
        counterparts=counterparts,
    )


def _values(content: RecordContent, pack: Pack, judgement: Judgement) -> dict[str, Any]:
    stated = content.model_dump(include=set(RecordContent.model_fields))
    return {
        **stated,
        "source_key": rules.identity_key(content.source),
        "document_key": rules.identity_key(content.document_number),
        "points": judgement.points,
        "effective_from": judgement.effective_from,
        "effective_to": judgement.effective_to,
        "rule_pack": pack.id,
        "rule_hash": pack.digest,
    }


@asynccontextmanager
async def _one_of_its_document(
    session: AsyncSession, content: RecordContent, *, uscc: str, record_id: uuid.UUID
) -> AsyncIterator[None]:
    """Writes within the block; two that enter the same document at once: one wins, the other is told of it."""
    await _refuse_known(session, content, uscc=uscc, record_id=record_id)
    try:
        async with savepoint(session):
            yield
    except IntegrityError as error:
        await _refuse_known(session, content, uscc=uscc, record_id=record_id)
        raise RecordExists() from error


async def _refuse_known(
    session: AsyncSession, content: RecordContent, *, uscc: str, record_id: uuid.UUID
) -> None:
    known = await repository.by_business_key(
        session,
        source_key=rules.identity_key(content.source),
        document_key=rules.identity_key(content.document_number),
        uscc=uscc,
    )
    if known is not None and known.id != record_id:
        raise RecordExists(record=f"/v1/credit/records/{known.id}", state=known.state)


async def create(session: AsyncSession, principal: Principal, content: RecordCreate) -> Record:
    """Enters a record that no candidate stands behind; 404 for an enterprise that is not the caller's."""
    if not principal.rows.covers(content.uscc):
        raise SubjectNotFound()
    return await enter(session, principal, content, uscc=content.uscc)
