"""Use cases of candidates: they arrive, become a record, or are dismissed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.credit.candidates import repository, rules
from services.credit.candidates.errors import CandidateContradicted, CandidateDecided, CandidateNotFound
from services.credit.candidates.events import (
    CANDIDATE_ARRIVED,
    CANDIDATE_CONTRADICTED,
    CANDIDATE_DISMISSED,
    CANDIDATE_RECORDED,
    CANDIDATE_UPHELD,
    EXCEEDANCE_CONFIRMED,
    LISTENED,
    ViolationDecided,
)
from services.credit.candidates.models import Candidate
from services.credit.candidates.schemas import CandidateRead, DismissalCreate
from services.credit.records import service as records
from services.credit.records.models import Record
from services.credit.records.schemas import RecordContent
from services.kit import audit, clock
from services.kit.auth import Principal
from services.kit.ids import new_id
from services.kit.pages import PageQuery
from services.kit.schemas import Page

SYSTEM = Principal("system", "system", roles=(), scopes=frozenset())


async def arrive(session: AsyncSession, event: dict[str, Any]) -> None:
    """Takes in one event of a neighbour's feed (CloudEvents); one that came before changes nothing."""
    listened = LISTENED[event["type"]]
    fact = listened.read(event["data"])
    values = {
        "id": new_id(),
        "source": event["source"],
        "source_event_id": event["id"],
        "event_type": event["type"],
        "evidence": event["subject"],
        "uscc": fact.uscc,
        "suggested_kind": listened.suggested_kind,
        "happened_on": fact.happened_on,
        "facts": event["data"],
        "received_at": clock.now(),
        "state": rules.State.OPEN,
    }
    if await repository.add_once(session, values):
        after = {name: str(values[name]) for name in ("source", "source_event_id", "evidence")}
        audit.record(
            session,
            SYSTEM,
            action=CANDIDATE_ARRIVED,
            entity="candidate",
            entity_id=values["id"],
            owner=fact.uscc,
            after=after,
        )


async def contradict(session: AsyncSession, event: dict[str, Any]) -> None:
    """Permits decided that what it had confirmed was no violation: whoever decides on the candidate is to see it."""
    for candidate in await _confirmed(session, event):
        if candidate.contradicted_by is None:
            candidate.contradicted_by, candidate.contradicted_at = event["subject"], _time(event)
            _follow(session, candidate, action=CANDIDATE_CONTRADICTED, after={"by": event["subject"]})


async def uphold(session: AsyncSession, event: dict[str, Any]) -> None:
    """It is one after all: newer figures show it again."""
    for candidate in await _confirmed(session, event):
        if candidate.contradicted_by == event["subject"]:
            candidate.contradicted_by = candidate.contradicted_at = None
            _follow(session, candidate, action=CANDIDATE_UPHELD, after={"by": None})


async def _confirmed(session: AsyncSession, event: dict[str, Any]) -> Sequence[Candidate]:
    decided = ViolationDecided.model_validate(event["data"])
    facts = decided.confirmed_as
    if facts is None:
        return ()
    return await repository.of_facts(session, EXCEEDANCE_CONFIRMED, decided.uscc, facts)


def _time(event: dict[str, Any]) -> datetime:
    """When it was decided, as its event says: a replay ends with the same."""
    return datetime.fromisoformat(event["time"])


def _follow(session: AsyncSession, candidate: Candidate, *, action: str, after: dict[str, Any]) -> None:
    audit.record(
        session,
        SYSTEM,
        action=action,
        entity="candidate",
        entity_id=candidate.id,
        owner=candidate.uscc,
        after=after,
    )


async def record(
    session: AsyncSession, principal: Principal, content: RecordContent, *, candidate_id: uuid.UUID
) -> Record:
    """Enters a record from the deciding document, with the candidate as its evidence."""
    candidate = await _locked(session, principal, candidate_id)
    state = _step(candidate, rules.Step.RECORD)
    if candidate.contradicted_by is not None:
        raise CandidateContradicted(contradicted_by=candidate.contradicted_by)
    made = await records.enter(session, principal, content, uscc=candidate.uscc, candidate_id=candidate.id)
    _decide(session, principal, candidate, state, action=CANDIDATE_RECORDED, reason=None)
    return made


async def dismiss(
    session: AsyncSession, principal: Principal, content: DismissalCreate, *, candidate_id: uuid.UUID
) -> CandidateRead:
    """Closes a candidate that gives no record; the reason stays."""
    candidate = await _locked(session, principal, candidate_id)
    state = _step(candidate, rules.Step.DISMISS)
    _decide(session, principal, candidate, state, action=CANDIDATE_DISMISSED, reason=content.reason)
    await session.flush()
    return _view(candidate, None)


async def read(session: AsyncSession, principal: Principal, *, candidate_id: uuid.UUID) -> CandidateRead:
    candidate = await repository.by_id(session, candidate_id, rows=principal.rows)
    if candidate is None:
        raise CandidateNotFound()
    made = await repository.records_of(session, [candidate.id])
    return _view(candidate, made.get(candidate.id))


async def listing(
    session: AsyncSession, principal: Principal, *, query: PageQuery, **filters: Any
) -> Page[CandidateRead]:
    found, following = await repository.page_of(session, rows=principal.rows, query=query, **filters)
    made = await repository.records_of(session, [each.id for each in found])
    return Page(items=[_view(each, made.get(each.id)) for each in found], next_cursor=following)


def _view(candidate: Candidate, made: uuid.UUID | None) -> CandidateRead:
    path = f"/v1/credit/records/{made}" if made else None
    return CandidateRead.model_validate({**candidate.model_dump(), "record": path})


async def _locked(session: AsyncSession, principal: Principal, candidate_id: uuid.UUID) -> Candidate:
    candidate = await repository.by_id(session, candidate_id, rows=principal.rows, lock=True)
    if candidate is None:
        raise CandidateNotFound()
    return candidate


def _step(candidate: Candidate, step: rules.Step) -> rules.State:
    state = rules.after(rules.State(candidate.state), step)
    if state is None:
        raise CandidateDecided(state=candidate.state)
    return state


def _decide(
    session: AsyncSession,
    principal: Principal,
    candidate: Candidate,
    state: rules.State,
    *,
    action: str,
    reason: str | None,
) -> None:
    candidate.state, candidate.reason = state, reason
    candidate.decided_by, candidate.decided_at = principal.subject, clock.now()
    audit.record(
        session,
        principal,
        action=action,
        entity="candidate",
        entity_id=candidate.id,
        owner=candidate.uscc,
        before={"state": rules.State.OPEN},
        after={"state": state, "reason": reason},
    )
