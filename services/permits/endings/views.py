"""Ends as they are read: a proposal beside what was decided on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.clock import CITY_TIME
from services.kit.working_days import published_calendar
from services.permits.endings import repository, rules
from services.permits.endings.grounds import Grounds, grounds
from services.permits.endings.models import EndingDecision, EndingProposal
from services.permits.endings.schemas import EndingRead, GroundList, GroundRead

_DECIDED = ("document_number", "effective_on", "barred_until", "comment", "decided_by", "decided_at")
_STATES = {"approve": "approved", "reject": "rejected"}


async def views_of(session: AsyncSession, proposals: Sequence[EndingProposal]) -> list[EndingRead]:
    decisions = await repository.decisions_of(session, [each.id for each in proposals])
    return [_view(each, decisions.get(each.id)) for each in proposals]


def _view(proposal: EndingProposal, decision: EndingDecision | None) -> EndingRead:
    return EndingRead.model_validate(
        {
            **proposal.model_dump(exclude={"permit_id"}),
            **{name: getattr(decision, name, None) for name in _DECIDED},
            "state": _STATES[decision.decision] if decision else "proposed",
            "hearing_until": hearing_until(proposal),
        }
    )


def hearing_until(proposal: EndingProposal) -> date | None:
    """The last day on which the holder may ask for a hearing; None where it has no such right, or it is turned off."""
    days = grounds().hearing_working_days
    asked = rules.hearing_until(
        rules.KINDS[proposal.kind],
        proposal.proposed_at.astimezone(CITY_TIME).date(),
        working_days=days,
        calendar=published_calendar(),
    )
    return asked.on if asked and days else None


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
    )
