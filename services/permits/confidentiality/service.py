"""Use cases of withholding: the enterprise asks, a reviewer decides, and what was granted may be lifted."""

from __future__ import annotations

import uuid
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.attempts import Attempt
from services.kit.auth import Principal, RowScope
from services.kit.event_catalogue import EventType
from services.kit.findings import Findings
from services.kit.ids import new_id
from services.kit.pages import PageQuery
from services.kit.schemas import Page
from services.kit.texts import Text
from services.permits.confidentiality import repository, rules, views
from services.permits.confidentiality.errors import (
    PermitVersionSuperseded,
    WithholdingFourEyes,
    WithholdingInvalid,
    WithholdingNotFound,
    WithholdingStepNotOpen,
)
from services.permits.confidentiality.events import (
    WITHHOLDING_DECIDED,
    WITHHOLDING_LIFTED,
    WITHHOLDING_REQUESTED,
    WithholdingFact,
)
from services.permits.confidentiality.models import Withholding
from services.permits.confidentiality.schemas import (
    DecisionCreate,
    LiftingCreate,
    WithholdingCreate,
    WithholdingRead,
)
from services.permits.permits import service as permits
from services.permits.permits.errors import PermitNotFound

_REASON_NEEDED = Text(zh="同意时应写明对公众的理由", en="a grant says in public why")
_COMMENT_NEEDED = Text(zh="不同意时应说明理由", en="a refusal says why")


async def also_wrong(
    session: AsyncSession, principal: Principal, content: WithholdingCreate, *, permit_number: str
) -> Findings:
    """What the rules say about a request whose shape is wrong in places."""
    found = Findings()
    try:
        permit = await permits.read(session, principal.rows, number=permit_number, as_of=None)
    except PermitNotFound:
        return found
    if content.version == permit.version:
        rules.check_places(found, content.pointers, permit.model_dump(mode="json"))
    return found


async def decision_also_wrong(
    _: AsyncSession, __: Principal, content: DecisionCreate, **___: str
) -> Findings:
    """What the rules say about a decision whose shape is wrong in places."""
    return _findings_of(content)


def _findings_of(content: DecisionCreate) -> Findings:
    """政府信息公开条例 art. 15, 36: whoever is kept from knowing, or from keeping, is told why."""
    found = Findings()
    if content.decision == "grant" and content.public_reason is None:
        text, article = _REASON_NEEDED, rules.ARTICLE_SECRET
        found.add("/public_reason", "reason_needed", text, article=article, rests_on=("/decision",))
    if content.decision == "refuse" and content.comment is None:
        found.add(
            "/comment",
            "comment_needed",
            _COMMENT_NEEDED,
            article=rules.ARTICLE_SECRET,
            rests_on=("/decision",),
        )
    return found


async def request(
    session: AsyncSession, principal: Principal, content: WithholdingCreate, *, number: str
) -> WithholdingRead:
    """Keeps the texts from the public from now on, until a reviewer has decided; not a second time so."""
    permit = await permits.read(session, principal.rows, number=number, as_of=None)
    if content.version != permit.version:
        raise PermitVersionSuperseded(current_version=permit.version)
    said = permit.model_dump(mode="json")
    found = Findings()
    rules.check_places(found, content.pointers, said)
    found.raise_if_any(WithholdingInvalid)
    await repository.lock_permit(session, number)
    places = _places(content.pointers, said)
    made = Withholding(
        id=new_id(),
        permit_number=number,
        uscc=permit.uscc,
        version=permit.version,
        places=places,
        reason=content.reason,
        state=rules.State.REQUESTED,
        again=await _was_refused(session, number, places),
        requested_by=principal.subject,
        requested_at=clock.now(),
    )
    session.add(made)
    await session.flush()
    _tell(session, principal, made, kind=WITHHOLDING_REQUESTED, before=None)
    return views.view_of(made)


def _places(pointers: list[str], said: dict[str, Any]) -> list[dict[str, Any]]:
    paths = [(pointer, rules.path_of(pointer) or ()) for pointer in pointers]
    return [{"pointer": pointer, "anchor": list(rules.anchor_of(said, path))} for pointer, path in paths]


async def _was_refused(session: AsyncSession, number: str, places: list[dict[str, Any]]) -> bool:
    asked = {tuple(place["anchor"]) for place in places}
    over = (rules.State.REFUSED, rules.State.LIFTED)
    return any(
        asked & {tuple(place["anchor"]) for place in each.places}
        for each in await repository.of_permits(session, [number])
        if each.state in over
    )


async def listing(
    session: AsyncSession, rows: RowScope, *, query: PageQuery, **filters: str | None
) -> Page[WithholdingRead]:
    found, following = await repository.page_of(session, rows=rows, query=query, **filters)
    return Page(items=[views.view_of(each) for each in found], next_cursor=following)


async def get(
    session: AsyncSession, rows: RowScope, withholding_id: uuid.UUID, *, lock: bool = False
) -> Withholding:
    found = await repository.by_id(session, withholding_id, rows=rows, lock=lock)
    if found is None:
        raise WithholdingNotFound()
    return found


async def decide(
    session: AsyncSession, principal: Principal, content: DecisionCreate, *, withholding_id: uuid.UUID
) -> WithholdingRead:
    """A reviewer grants or refuses; the enterprise asked, so two have looked at it."""
    _findings_of(content).raise_if_any(WithholdingInvalid)
    asked = await get(session, principal.rows, withholding_id, lock=True)
    _refuse_own(asked, principal)
    before = _image(asked)
    _advance(asked, rules.Step(content.decision))
    asked.public_reason = content.public_reason if content.decision == "grant" else None
    _decided(asked, principal, content.comment)
    checked = {"duty": "review", "counterparts": [asked.requested_by]}
    _tell(session, principal, asked, kind=WITHHOLDING_DECIDED, before=before, **checked)
    return views.view_of(asked)


async def lift(
    session: AsyncSession, principal: Principal, content: LiftingCreate, *, withholding_id: uuid.UUID
) -> WithholdingRead:
    """What was withheld is public again: the reason has gone, or the public interest is greater."""
    asked = await get(session, principal.rows, withholding_id, lock=True)
    before = _image(asked)
    _advance(asked, rules.Step.LIFT)
    _decided(asked, principal, content.comment)
    _tell(session, principal, asked, kind=WITHHOLDING_LIFTED, before=before)
    return views.view_of(asked)


def _decided(asked: Withholding, principal: Principal, comment: str | None) -> None:
    asked.comment, asked.decided_by, asked.decided_at = comment, principal.subject, clock.now()


def _refuse_own(asked: Withholding, principal: Principal) -> None:
    if asked.requested_by == principal.subject:
        raise WithholdingFourEyes(
            Attempt(
                entity="withholding",
                entity_id=asked.id,
                owner=asked.uscc,
                duty="review",
                counterparts=[asked.requested_by],
            )
        )


def _advance(asked: Withholding, step: rules.Step) -> None:
    state = rules.after(rules.State(asked.state), step)
    if state is None:
        raise WithholdingStepNotOpen(state=asked.state)
    asked.state = state


def _image(asked: Withholding) -> dict[str, Any]:
    return views.view_of(asked).model_dump(mode="json")


def _tell(
    session: AsyncSession,
    principal: Principal,
    asked: Withholding,
    *,
    kind: EventType,
    before: dict[str, Any] | None,
    **checked: Any,
) -> None:
    fact = WithholdingFact(
        withholding_id=asked.id,
        pointers=[place["pointer"] for place in asked.places],
        **asked.model_dump(include={"permit_number", "uscc", "state", "public_reason"}),
    )
    subject = f"/v1/permits/withholdings/{asked.id}"
    deeds.record(
        session,
        principal,
        kind=kind,
        entity="withholding",
        entity_id=asked.id,
        subject=subject,
        owner=asked.uscc,
        before=before,
        after=_image(asked),
        fact=fact,
        **checked,
    )
