"""Ends as they are read: a proposal beside what was decided on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.working_days import published_calendar
from services.permits.endings import repository, rules, rules_procedure
from services.permits.endings.grounds import Grounds, grounds
from services.permits.endings.models import EndingDecision, EndingProposal, EndingStep
from services.permits.endings.schemas import EndingRead, GroundList, GroundRead
from services.permits.endings.schemas_procedure import EndingStepRead

_DECIDED = ("document_number", "effective_on", "barred_until", "comment", "decided_by", "decided_at")
_STATES = {"approve": "approved", "reject": "rejected"}


async def views_of(session: AsyncSession, proposals: Sequence[EndingProposal]) -> list[EndingRead]:
    ids = [each.id for each in proposals]
    decisions, steps = await repository.decisions_of(session, ids), await repository.steps_of(session, ids)
    return [_view(each, decisions.get(each.id), steps[each.id]) for each in proposals]


def _view(
    proposal: EndingProposal, decision: EndingDecision | None, steps: Sequence[EndingStep]
) -> EndingRead:
    before = told(proposal, steps)
    return EndingRead.model_validate(
        {
            **proposal.model_dump(exclude={"permit_id"}),
            **{name: getattr(decision, name, None) for name in _DECIDED},
            "state": _STATES[decision.decision] if decision else "proposed",
            "procedure": procedure_state(steps, decision.decision if decision else None),
            "notified_on": before.on if before else None,
            "hearing_until": before.hearing_until if before else None,
            "statement_until": statement_ends(proposal, before),
            "hearing_on": hearing_on(steps),
            "history": [_step(each) for each in steps],
        }
    )


def _step(step: EndingStep) -> dict[str, object]:
    return {
        **step.model_dump(include=set(EndingStepRead.model_fields)),
        "receipt": {
            "receipt_id": step.receipt_id,
            "document_sha256": step.document_sha256,
            "jws": step.receipt_jws,
        },
    }


def procedure_state(steps: Sequence[EndingStep], decision: str | None) -> rules_procedure.State:
    """How far a proposal has come."""
    if decision is not None:
        return rules_procedure.State(_STATES[decision])
    return rules_procedure.state_of(rules_procedure.Step(each.step) for each in steps)


def told(proposal: EndingProposal, steps: Sequence[EndingStep]) -> rules_procedure.Told | None:
    """When the holder was told, and until when it may ask for a hearing; None before the notice."""
    notice = next((each for each in steps if each.step == rules_procedure.Step.NOTIFY), None)
    if notice is None:
        return None
    received_on = date.fromisoformat(notice.detail["received_on"])
    return rules_procedure.Told(received_on, hearing_ends(proposal, received_on))


def hearing_ends(proposal: EndingProposal, told_on: date) -> date | None:
    """The last day on which a holder who was told on that day may ask for a hearing; None: there is none."""
    days = grounds().hearing_working_days
    asked = rules.hearing_until(
        rules.KINDS[proposal.kind], told_on, working_days=days, calendar=published_calendar()
    )
    return asked.on if asked and days else None


def statement_ends(proposal: EndingProposal, told: rules_procedure.Told | None) -> date | None:
    """The last day that a holder who was told is given to state, where it is not heard; None: there is none."""
    days, stating = (
        grounds().statement_working_days,
        rules_procedure.NOTICE_FIRST - rules_procedure.HEARING_FOR,
    )
    if told is None or not days or rules.KINDS[proposal.kind] not in stating:
        return None
    return published_calendar().deadline_after(told.on, days).on


def hearing_on(steps: Sequence[EndingStep]) -> date | None:
    """The day to which the hearing was called, or on which it was held; None where there is none."""
    for each in reversed(steps):
        if each.step == rules_procedure.Step.WITHDRAW_REQUEST:
            return None
        if "held_on" in each.detail:
            return date.fromisoformat(each.detail["held_on"])
    return None


def ended(proposal: EndingProposal, decision: EndingDecision) -> rules.Ended:
    if decision.effective_on is None:
        raise ValueError("a rejection ends nothing")
    return rules.Ended(rules.KINDS[proposal.kind], decision.effective_on)


def ground_list(table: Grounds) -> GroundList:
    return GroundList(
        items=[
            GroundRead(
                name=each.name,
                kind=each.kind,
                article=each.article,
                zh=each.text.zh,
                en=each.text.en,
                after=sorted(each.after),
                bar_years=each.bar_years,
                in_force_from=each.in_force_from,
                seen=table.seen[each.name],
            )
            for each in table.by_name.values()
        ],
        hearing_working_days=table.hearing_working_days,
        hearing_notice_working_days=table.hearing_notice_working_days,
    )
