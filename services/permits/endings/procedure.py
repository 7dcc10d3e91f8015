"""Use cases before the decision on an end: the holder is told, states, asks to be heard, and is heard.

Each step is kept with what was said, sealed, and never changed; where a proposal stands is read off its steps.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.attempts import Attempt
from services.kit.auth import Principal
from services.kit.findings import Findings
from services.kit.ids import new_id
from services.kit.receipt_keys import ReceiptOffice
from services.kit.schemas import Schema
from services.kit.texts import Text
from services.kit.working_days import published_calendar
from services.permits.endings import repository, rules, rules_procedure, service, views
from services.permits.endings.errors import PROCEDURE_REFUSALS, EndingFourEyes, EndingInvalid, EndingNotFound
from services.permits.endings.events import OF_STEP, EndingStepFact
from services.permits.endings.grounds import grounds
from services.permits.endings.models import EndingProposal, EndingStep
from services.permits.endings.rules_procedure import ARTICLE_NOTICE, ARTICLE_RECORD, State, Step, Told
from services.permits.endings.schemas import EndingRead
from services.permits.endings.schemas_procedure import (
    EndingNoticeCreate,
    HearingCallCreate,
    HearingRecordCreate,
)

RECEIPT_KIND = "permits.ending_step"
_RECEIVED = Text(
    zh="收到日期应在提出建议之日至今日之间", en="it was received between the day of the proposal and today"
)
_TOO_SOON = Text(zh="听证最早于{day}举行", en="the hearing is on {day} at the earliest")
_NOT_YET = Text(zh="听证尚未举行", en="the hearing was not held yet")
_BEFORE = Text(zh="早于通知的听证日期（{day}）", en="it is before the day to which it was called ({day})")


@dataclass(slots=True)
class Opened:
    """A proposal whose permit is locked, with its steps so far."""

    proposal: EndingProposal
    steps: list[EndingStep]
    decided: str | None

    @property
    def state(self) -> State:
        return views.procedure_state(self.steps, self.decided)

    @property
    def told(self) -> Told | None:
        return views.told(self.proposal, self.steps)


async def open_one(session: AsyncSession, principal: Principal, ending_id: uuid.UUID) -> Opened:
    proposal = await service.get(session, principal.rows, ending_id)
    permit = await repository.permit(session, proposal.permit_number, rows=principal.rows, lock=True)
    if permit is None:
        raise EndingNotFound()
    decision = (await repository.decisions_of(session, [proposal.id])).get(proposal.id)
    steps = (await repository.steps_of(session, [proposal.id]))[proposal.id]
    return Opened(proposal, steps, decision.decision if decision else None)


def refuse_unless_open(opened: Opened, step: Step) -> None:
    """409 where the step is not open, with what would open it."""
    told = opened.told
    kind = rules.KINDS[opened.proposal.kind]
    found = rules_procedure.obstacle(kind, opened.state, step, told=told, today=clock.today())
    if found is None:
        return
    until = told.hearing_until if told else None
    first = (until + timedelta(days=1)).isoformat() if until else None
    raise PROCEDURE_REFUSALS[found](state=opened.state, not_before=first)


async def notify(
    session: AsyncSession,
    principal: Principal,
    content: EndingNoticeCreate,
    *,
    ending_id: uuid.UUID,
    office: ReceiptOffice,
) -> EndingRead:
    """事先告知: the holder has the facts, the grounds and its rights; from then on the time for a hearing runs."""
    opened = await open_one(session, principal, ending_id)
    refuse_unless_open(opened, Step.NOTIFY)
    received_on, found = content.received_on or clock.today(), Findings()
    proposed_on = opened.proposal.proposed_at.astimezone(clock.CITY_TIME).date()
    if not proposed_on <= received_on <= clock.today():
        found.add("/received_on", "received_outside", _RECEIVED, article=ARTICLE_NOTICE)
    found.raise_if_any(EndingInvalid)
    until = views.hearing_ends(opened.proposal, received_on)
    detail = {
        **content.model_dump(mode="json"),
        "received_on": received_on.isoformat(),
        "reason": opened.proposal.reason,
        "article": opened.proposal.article,
        "hearing_until": until.isoformat() if until else None,
    }
    return await _take(session, principal, opened, Step.NOTIFY, detail, office=office)


async def say(
    session: AsyncSession,
    principal: Principal,
    content: Schema,
    *,
    step: Step,
    ending_id: uuid.UUID,
    office: ReceiptOffice,
) -> EndingRead:
    """A step of the holder: it states, asks for a hearing, or withdraws that."""
    opened = await open_one(session, principal, ending_id)
    refuse_unless_open(opened, step)
    return await _take(session, principal, opened, step, content.model_dump(mode="json"), office=office)


async def call(
    session: AsyncSession,
    principal: Principal,
    content: HearingCallCreate,
    *,
    ending_id: uuid.UUID,
    office: ReceiptOffice,
) -> EndingRead:
    """听证通知: the holder knows the day and the place in time."""
    opened = await open_one(session, principal, ending_id)
    refuse_unless_open(opened, Step.CALL_HEARING)
    earliest = rules_procedure.earliest_hearing(
        clock.today(),
        working_days=grounds().hearing_notice_working_days,
        calendar=published_calendar(),
    )
    found = Findings()
    if content.held_on < earliest:
        found.add("/held_on", "hearing_too_soon", _TOO_SOON.format(day=earliest), article=ARTICLE_RECORD)
    found.raise_if_any(EndingInvalid)
    return await _take(
        session, principal, opened, Step.CALL_HEARING, content.model_dump(mode="json"), office=office
    )


async def record(
    session: AsyncSession,
    principal: Principal,
    content: HearingRecordCreate,
    *,
    ending_id: uuid.UUID,
    office: ReceiptOffice,
) -> EndingRead:
    """听证笔录: kept by somebody who did not propose the end (行政处罚法 art. 64(4))."""
    opened = await open_one(session, principal, ending_id)
    refuse_unless_open(opened, Step.RECORD_HEARING)
    if opened.proposal.proposed_by == principal.subject:
        raise EndingFourEyes(
            Attempt(
                entity="ending",
                entity_id=opened.proposal.id,
                owner=opened.proposal.uscc,
                duty="hear",
                counterparts=[opened.proposal.proposed_by],
            )
        )
    called = date.fromisoformat(
        next(each.detail["held_on"] for each in reversed(opened.steps) if each.step == Step.CALL_HEARING)
    )
    found = Findings()
    if content.held_on > clock.today():
        found.add("/held_on", "hearing_not_held", _NOT_YET, article=ARTICLE_RECORD)
    elif content.held_on < called:
        found.add("/held_on", "hearing_before_call", _BEFORE.format(day=called), article=ARTICLE_RECORD)
    found.raise_if_any(EndingInvalid)
    return await _take(
        session,
        principal,
        opened,
        Step.RECORD_HEARING,
        content.model_dump(mode="json"),
        office=office,
        duty="hear",
        counterparts=[opened.proposal.proposed_by],
    )


async def _take(
    session: AsyncSession,
    principal: Principal,
    opened: Opened,
    step: Step,
    detail: dict[str, Any],
    *,
    office: ReceiptOffice,
    **checked: Any,
) -> EndingRead:
    """Keeps the step with its sealed document, its audit row and its event."""
    proposal, before = opened.proposal, opened.state
    row = _row(principal, opened, step, detail, office=office)
    session.add(row)
    await session.flush()
    opened.steps.append(row)
    kind, told = OF_STEP[step], opened.told
    fact = EndingStepFact(
        ending_id=proposal.id,
        step=step,
        state=row.state,
        taken_on=row.taken_on,
        hearing_until=told.hearing_until if told else None,
        hearing_on=views.hearing_on(opened.steps),
        **proposal.model_dump(include={"permit_number", "uscc", "kind", "ground"}),
    )
    deeds.record(
        session,
        principal,
        kind=kind,
        entity="ending",
        entity_id=proposal.id,
        subject=service.path_of(proposal),
        owner=proposal.uscc,
        before={"state": before},
        after={"state": row.state, "step": step, **detail},
        fact=fact,
        **checked,
    )
    return await service.read(session, principal.rows, proposal.id)


def _row(
    principal: Principal, opened: Opened, step: Step, detail: dict[str, Any], *, office: ReceiptOffice
) -> EndingStep:
    proposal, state = opened.proposal, rules_procedure.TRANSITIONS[(opened.state, step)]
    document = {
        **proposal.model_dump(mode="json", include={"permit_number", "uscc", "kind", "ground", "article"}),
        "ending_id": str(proposal.id),
        "step": step.value,
        "state": state.value,
        "on": clock.today().isoformat(),
        **detail,
    }
    issued = office.issue(
        kind=RECEIPT_KIND,
        subject=service.path_of(proposal),
        document=document,
        submitted_by=principal.subject,
        on_behalf_of=proposal.uscc,
    )
    return EndingStep(
        id=new_id(),
        proposal_id=proposal.id,
        revision=len(opened.steps) + 1,
        step=step,
        state=state,
        taken_on=clock.today(),
        taken_at=clock.now(),
        taken_by=principal.subject,
        detail=detail,
        document=document,
        document_sha256=issued.receipt.document_sha256,
        receipt_id=issued.receipt.receipt_id,
        receipt_jws=issued.jws,
    )
