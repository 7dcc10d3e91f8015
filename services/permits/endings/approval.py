"""Use case of the approver: decide on a proposal to end a permit."""

from __future__ import annotations

import uuid
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.attempts import Attempt
from services.kit.auth import Principal
from services.kit.findings import Findings
from services.kit.texts import Text
from services.permits.endings import procedure, repository, rules, service
from services.permits.endings.errors import (
    AlreadyDecided,
    EndingFourEyes,
    EndingInvalid,
    EndingNotFound,
)
from services.permits.endings.events import ENDING_REJECTED, PERMIT_ENDED, EndingRejected, PermitEnded
from services.permits.endings.models import EndingDecision, EndingProposal
from services.permits.endings.rules_procedure import Step
from services.permits.endings.schemas import EndingDecisionCreate, EndingRead
from services.permits.obligations import service as obligations
from services.permits.permits.models import Permit

_DOCUMENT = Text(zh="作出终止决定应有决定书文号", en="an approval needs the number of its decision document")
_COMMENT = Text(zh="不予终止时应说明理由", en="say why the permit is not ended")
_NOTHING = Text(zh="不予终止时无此项", en="a rejection has none of this")


async def decide(
    session: AsyncSession, principal: Principal, content: EndingDecisionCreate, *, ending_id: uuid.UUID
) -> EndingRead:
    """An approver's decision. Two that come at once: the permit's lock lets one win, the other gets 409."""
    proposal = await service.get(session, principal.rows, ending_id)
    permit = await repository.permit(session, proposal.permit_number, rows=principal.rows, lock=True)
    if permit is None:
        raise EndingNotFound()
    if await repository.decisions_of(session, [proposal.id]):
        raise AlreadyDecided()
    if proposal.proposed_by == principal.subject:
        raise EndingFourEyes(
            Attempt(
                entity="ending",
                entity_id=proposal.id,
                owner=proposal.uscc,
                duty="approve",
                counterparts=[proposal.proposed_by],
            )
        )
    if content.decision == "approve":
        decision = await _approved(session, principal, content, permit, proposal)
    else:
        decision = _rejected(principal, content, proposal)
    session.add(decision)
    await session.flush()
    if decision.effective_on is not None:
        await _end_duties(session, permit, proposal, decision.effective_on)
    _tell_decided(session, principal, proposal, decision)
    return await service.read(session, principal.rows, proposal.id)


async def _approved(
    session: AsyncSession,
    principal: Principal,
    content: EndingDecisionCreate,
    permit: Permit,
    proposal: EndingProposal,
) -> EndingDecision:
    today, ground = clock.today(), service.ground_of(proposal.kind, proposal.ground)
    procedure.refuse_unless_open(await procedure.open_one(session, principal, proposal.id), Step.APPROVE)
    standing = await service.refuse_unless_open(session, permit, ground)
    effective_on = content.effective_on or today
    await _check_approval(session, content, permit, ground.kind, standing, effective_on)
    barred = rules.barred_by(ground, today)
    return EndingDecision(
        proposal_id=proposal.id,
        decision="approve",
        document_number=content.document_number,
        effective_on=effective_on,
        barred_since=barred.since if barred else None,
        barred_until=barred.until if barred else None,
        comment=content.comment,
        decided_by=principal.subject,
        decided_at=clock.now(),
    )


async def _check_approval(
    session: AsyncSession,
    content: EndingDecisionCreate,
    permit: Permit,
    kind: rules.Kind,
    standing: rules.Standing,
    effective_on: date,
) -> None:
    validities, ends = await service.facts_of(session, [permit.id])
    found = Findings()
    if content.document_number is None:
        found.add("/document_number", "document_number_required", _DOCUMENT, article=rules.ARTICLE_ENDS)
    rules.check_effect(
        found,
        effective_on,
        earliest=rules.earliest_effect(kind, validities[permit.id], ends[permit.id], clock.today()),
        latest=rules.latest_effect(standing, validities[permit.id]),
    )
    found.raise_if_any(EndingInvalid)


def _rejected(
    principal: Principal, content: EndingDecisionCreate, proposal: EndingProposal
) -> EndingDecision:
    found = Findings()
    if content.comment is None:
        found.add("/comment", "comment_required", _COMMENT, article=rules.ARTICLE_ENDS)
    for name in ("document_number", "effective_on"):
        if getattr(content, name) is not None:
            found.add(f"/{name}", "not_of_a_rejection", _NOTHING)
    found.raise_if_any(EndingInvalid)
    return EndingDecision(
        proposal_id=proposal.id,
        decision="reject",
        comment=content.comment,
        decided_by=principal.subject,
        decided_at=clock.now(),
    )


async def _end_duties(
    session: AsyncSession, permit: Permit, proposal: EndingProposal, effective_on: date
) -> None:
    held_to = rules.duties_until(effective_on, clock.today())
    await obligations.void_after(session, permit, held_to=held_to, basis=proposal.article)


def _tell_decided(
    session: AsyncSession, principal: Principal, proposal: EndingProposal, decision: EndingDecision
) -> None:
    content = {"ending_id": proposal.id, **proposal.model_dump(), **decision.model_dump()}
    ended = decision.decision == "approve"
    payload, kind = (PermitEnded, PERMIT_ENDED) if ended else (EndingRejected, ENDING_REJECTED)
    fact = payload(**{name: content[name] for name in payload.model_fields})
    deeds.record(
        session,
        principal,
        kind=kind,
        entity="ending",
        entity_id=proposal.id,
        subject=service.path_of(proposal),
        owner=proposal.uscc,
        before={"state": "proposed"},
        duty="approve",
        counterparts=[proposal.proposed_by],
        fact=fact,
    )
