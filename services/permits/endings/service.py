"""Use cases of ends: how a permit stands, who may not apply again; propose an end. `approval` decides on it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.auth import Principal, RowScope
from services.kit.findings import Findings
from services.kit.ids import new_id
from services.kit.pages import PageQuery
from services.kit.schemas import Page
from services.kit.texts import Text
from services.permits.endings import repository, rules, views
from services.permits.endings.errors import (
    EndingInvalid,
    EndingNotFound,
    EndingNotOpen,
    PermitNotInForce,
    ProposalOpen,
)
from services.permits.endings.events import ENDING_PROPOSED, EndingProposed
from services.permits.endings.grounds import grounds
from services.permits.endings.models import EndingProposal
from services.permits.endings.schemas import Bar, EndingCreate, EndingRead, PermitToCancel
from services.permits.permits.errors import PermitNotFound
from services.permits.permits.models import Permit

_UNKNOWN = Text(
    zh="该终止方式没有此法定理由", en="this kind of end has no such ground; see /v1/permits/ending-grounds"
)


async def standings_of(
    session: AsyncSession, permit_ids: Collection[uuid.UUID], day: date
) -> dict[uuid.UUID, rules.Standing]:
    """How each permit stands on `day`."""
    validities, ends = await facts_of(session, permit_ids)
    return {each: rules.standing_on(validities[each], ends[each], day) for each in permit_ids}


async def standing_of(session: AsyncSession, permit_id: uuid.UUID, day: date) -> rules.Standing:
    return (await standings_of(session, [permit_id], day))[permit_id]


async def refuse_ended(session: AsyncSession, permit_id: uuid.UUID) -> None:
    """条例 art. 2: nothing is asked for, or given, under a permit that was ended; 409 with how it stands."""
    standing = await standing_of(session, permit_id, clock.today())
    if standing in rules.ENDED:
        raise PermitNotInForce(standing=standing)


async def end_of(session: AsyncSession, permit_id: uuid.UUID, day: date) -> rules.Ended | None:
    """The end that counts on `day`; None for a permit that nobody has ended by then."""
    _, ends = await facts_of(session, [permit_id])
    return rules.end_on(ends[permit_id], day)


async def bound_until(session: AsyncSession, permit_id: uuid.UUID) -> date | None:
    """The last day on which an ended permit binds its holder; None for one that nobody has ended."""
    return (await bound_until_of(session, [permit_id])).get(permit_id)


async def bound_until_of(session: AsyncSession, permit_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, date]:
    """The last day on which each ended one of these permits binds its holder."""
    found: dict[uuid.UUID, date] = {}
    for proposal, decision in await repository.approved_of(session, permit_ids):
        if decision.effective_on is not None:
            decided_on = decision.decided_at.astimezone(clock.CITY_TIME).date()
            last = rules.duties_until(decision.effective_on, decided_on)
            found[proposal.permit_id] = min(last, found.get(proposal.permit_id, last))
    return found


async def bar_of(session: AsyncSession, uscc: str, day: date) -> Bar | None:
    """What bars this enterprise from applying on `day` (条例 art. 40, 41); None where nothing does."""
    found = await repository.bar_of(session, uscc, day)
    if found is None:
        return None
    proposal, decision = found
    return Bar.model_validate(
        {
            **proposal.model_dump(include={"uscc", "permit_number", "ground", "article"}),
            "document_number": decision.document_number,
            "since": decision.barred_since,
            "until": decision.barred_until,
        }
    )


async def listing(
    session: AsyncSession, rows: RowScope, *, query: PageQuery, **filters: str | None
) -> Page[EndingRead]:
    found, following = await repository.page_of(session, rows=rows, query=query, **filters)
    return Page(items=await views.views_of(session, found), next_cursor=following)


async def to_cancel(session: AsyncSession, *, query: PageQuery) -> Page[PermitToCancel]:
    """行政许可法 art. 70: what holds no more and is still in the register."""
    today = clock.today()
    found, following = await repository.page_to_cancel(session, query=query, today=today)
    ids = [each.id for each in found]
    validities, ends = await facts_of(session, ids)
    proposed = await repository.open_proposals(session, ids)
    items = []
    for permit in found:
        due = rules.to_be_cancelled(validities[permit.id], ends[permit.id], today)
        if due is not None:
            standing, since = due
            items.append(
                PermitToCancel(
                    permit_number=permit.permit_number,
                    uscc=permit.uscc,
                    standing=standing,
                    since=since,
                    proposal=proposed.get(permit.id),
                    article=rules.ARTICLE_CANCELLATION,
                )
            )
    return Page(items=items, next_cursor=following)


async def read(session: AsyncSession, rows: RowScope, ending_id: uuid.UUID) -> EndingRead:
    return (await views.views_of(session, [await get(session, rows, ending_id)]))[0]


def ground_of(kind: str, name: str) -> rules.Ground:
    """The ground of that name for this kind of end; 422 where the law of today has none."""
    ground = grounds().of(kind, name, clock.today())
    if ground is None:
        raise EndingInvalid(errors=_unknown_ground().errors)
    return ground


def _unknown_ground() -> Findings:
    found = Findings()
    found.add("/ground", "ground_unknown", _UNKNOWN, article=rules.ARTICLE_ENDS, rests_on=("/kind",))
    return found


async def also_wrong(_: AsyncSession, __: Principal, content: EndingCreate) -> Findings:
    """What the rules say about a proposal whose shape is wrong in places."""
    known = grounds().of(content.kind, content.ground, clock.today())
    return Findings() if known else _unknown_ground()


async def propose(session: AsyncSession, principal: Principal, content: EndingCreate) -> EndingRead:
    """A reviewer's proposal; one at a time for a permit. The notice to its holder is the next step (`procedure`)."""
    permit = await repository.permit(session, content.permit_number, rows=principal.rows, lock=True)
    if permit is None:
        raise PermitNotFound()
    ground = ground_of(content.kind, content.ground)
    await refuse_unless_open(session, permit, ground)
    if await repository.open_proposal(session, permit.id) is not None:
        raise ProposalOpen()
    proposal = EndingProposal(
        id=new_id(),
        permit_id=permit.id,
        permit_number=permit.permit_number,
        uscc=permit.uscc,
        kind=ground.kind,
        ground=ground.name,
        article=ground.article,
        reason=content.reason,
        proposed_by=principal.subject,
        proposed_at=clock.now(),
    )
    session.add(proposal)
    await session.flush()
    _tell_proposed(session, principal, proposal)
    return await read(session, principal.rows, proposal.id)


async def get(session: AsyncSession, rows: RowScope, ending_id: uuid.UUID) -> EndingProposal:
    proposal = await repository.by_id(session, ending_id, rows=rows)
    if proposal is None:
        raise EndingNotFound()
    return proposal


async def facts_of(
    session: AsyncSession, permit_ids: Collection[uuid.UUID]
) -> tuple[dict[uuid.UUID, rules.Validity], dict[uuid.UUID, list[rules.Ended]]]:
    days = await repository.validities(session, permit_ids)
    ends: dict[uuid.UUID, list[rules.Ended]] = {each: [] for each in permit_ids}
    for proposal, decision in await repository.approved_of(session, permit_ids):
        ends[proposal.permit_id].append(views.ended(proposal, decision))
    return {each: rules.Validity(*days[each]) for each in permit_ids}, ends


async def refuse_unless_open(session: AsyncSession, permit: Permit, ground: rules.Ground) -> rules.Standing:
    """How the permit stands; 409 where this ground does not end one that stands so."""
    validities, ends = await facts_of(session, [permit.id])
    standing = rules.decided_standing(validities[permit.id], ends[permit.id], clock.today())
    if not rules.may_end(ground, standing):
        raise EndingNotOpen(standing=standing)
    return standing


def _tell_proposed(session: AsyncSession, principal: Principal, proposal: EndingProposal) -> None:
    fact = EndingProposed(
        ending_id=proposal.id,
        hearing_until=None,
        **proposal.model_dump(include=set(EndingProposed.model_fields)),
    )
    deeds.record(
        session,
        principal,
        kind=ENDING_PROPOSED,
        entity="ending",
        entity_id=proposal.id,
        subject=path_of(proposal),
        owner=proposal.uscc,
        fact=fact,
    )


def path_of(proposal: EndingProposal) -> str:
    return f"/v1/permits/endings/{proposal.id}"
