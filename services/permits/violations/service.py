"""Use cases of inspectors: enter what was found on site, say that it is over, propose and decide a dismissal."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.attempts import Attempt
from services.kit.auth import Principal
from services.kit.findings import Findings
from services.kit.texts import Text
from services.permits.permits import repository as permits
from services.permits.permits.errors import PermitNotFound
from services.permits.permits.models import PermitVersion
from services.permits.violations import repository, rules, steps, views
from services.permits.violations.errors import (
    DismissalFourEyes,
    ViolationChanged,
    ViolationExists,
    ViolationInvalid,
)
from services.permits.violations.models import Violation
from services.permits.violations.schemas import (
    DismissalCreate,
    DismissalDecisionCreate,
    ResolutionCreate,
    ViolationCreate,
    ViolationDetail,
)

_OUTLET = Text(zh="应指明排放口", en="say which outlet")
_REVERSED = Text(zh="期间止早于期间起", en="it ends before it begins")
_BEFORE_PERMIT = Text(zh="许可证自{day}起有效", en="the permit holds from {day} on")
_FUTURE = Text(zh="不能晚于今天", en="not after today")
_BEFORE = Text(zh="不能早于违法行为发生之日", en="not before it began")


async def enter(session: AsyncSession, principal: Principal, content: ViolationCreate) -> ViolationDetail:
    """A violation that an inspector found; the same one a second time is 409."""
    found = findings_of(content)
    permit = await permits.by_number(session, content.permit_number, rows=principal.rows)
    if permit is None:
        found.raise_if_any(ViolationInvalid)
        raise PermitNotFound()
    versions = await permits.versions_of(session, permit.id)
    since = min(version.valid_from for version in versions)
    if content.period_start < since:
        found.add(
            "/period_start",
            "before_permit",
            _BEFORE_PERMIT.format(day=since.isoformat()),
            article=rules.ARTICLE_INSPECTION,
        )
    outlets = await _outlets(session, versions, content.period_start, content.period_end)
    kind = rules.Kind(content.kind)
    rules.check_sampled(found, kind=kind, outlet_code=content.outlet_code, outlets=outlets)
    found.raise_if_any(ViolationInvalid)
    violation = steps.begun(cause=cause_of(content), uscc=permit.uscc, **content.model_dump())
    if await repository.by_cause(session, violation.cause) is not None:
        raise ViolationExists()
    try:
        await steps.opened(session, principal, [violation], note=content.finding)
    except IntegrityError as error:
        raise ViolationExists() from error
    await session.flush()
    return await views.read(session, principal, violation.id)


async def _outlets(
    session: AsyncSession, versions: Sequence[PermitVersion], first: date, last: date
) -> set[str]:
    """The outlets of every version that held on a day from `first` to `last`."""
    ends = [following.effective_from for following in versions[1:]] + [date.max]
    held = (
        each for each, end in zip(versions, ends, strict=True) if each.effective_from <= last and end > first
    )
    return {outlet.code for each in held for outlet, _ in await permits.outlets_of(session, each.id)}


def cause_of(content: ViolationCreate) -> str:
    """What makes two findings the same."""
    place = (content.outlet_code or "-", content.pollutant_code or "-", content.period_start.isoformat())
    return ":".join((content.kind, content.permit_number, *place))


def findings_of(content: ViolationCreate) -> Findings:
    """Everything wrong with a finding."""
    found = Findings()
    if content.kind == "wrong_outlet" and content.outlet_code is None:
        found.add(
            "/outlet_code", "outlet_missing", _OUTLET, article=rules.ARTICLE_INSPECTION, rests_on=("/kind",)
        )
    if content.period_end < content.period_start:
        found.add("/period_end", "validity_reversed", _REVERSED, rests_on=("/period_start",))
    if content.period_end > clock.today():
        found.add("/period_end", "day_in_future", _FUTURE, article=rules.ARTICLE_INSPECTION)
    return found


async def also_wrong(_: AsyncSession, __: Principal, content: ViolationCreate) -> Findings:
    """What the rules say about a finding whose shape is wrong in places."""
    return findings_of(content)


async def resolve(
    session: AsyncSession, principal: Principal, content: ResolutionCreate, *, violation_id: uuid.UUID
) -> ViolationDetail:
    """An inspector confirms that it is over."""
    violation = await _read(session, principal, violation_id, content.version)
    found = Findings()
    if content.resolved_on > clock.today():
        found.add("/resolved_on", "day_in_future", _FUTURE, article=rules.ARTICLE_INSPECTION)
    if content.resolved_on < violation.period_start:
        found.add("/resolved_on", "day_too_early", _BEFORE, article=rules.ARTICLE_INSPECTION)
    found.raise_if_any(ViolationInvalid)
    changes = {"resolution": "confirmed", "resolved_on": content.resolved_on}
    steps.take(session, principal, violation, rules.Step.RESOLVE, note=content.finding, changes=changes)
    await session.flush()
    return await views.read(session, principal, violation.id)


async def propose_dismissal(
    session: AsyncSession, principal: Principal, content: DismissalCreate, *, violation_id: uuid.UUID
) -> ViolationDetail:
    """One inspector says that it was no violation, and why."""
    violation = await _read(session, principal, violation_id, content.version)
    changes = {"proposed_by": principal.subject, "proposed_reason": content.reason}
    steps.take(session, principal, violation, rules.Step.PROPOSE, note=content.reason, changes=changes)
    await session.flush()
    return await views.read(session, principal, violation.id)


async def decide_dismissal(
    session: AsyncSession, principal: Principal, content: DismissalDecisionCreate, *, violation_id: uuid.UUID
) -> ViolationDetail:
    """Another one decides: four eyes."""
    violation = await _read(session, principal, violation_id, content.version)
    proposer = violation.proposed_by
    if proposer == principal.subject:
        raise DismissalFourEyes(
            Attempt(
                entity="violation",
                entity_id=violation.id,
                owner=violation.uscc,
                duty="dismiss",
                counterparts=[proposer],
            )
        )
    dismissing = content.decision == "dismiss"
    steps.take(
        session,
        principal,
        violation,
        rules.Step.DISMISS if dismissing else rules.Step.KEEP,
        note=content.comment,
        changes={"resolution": "dismissed", "resolved_on": clock.today()} if dismissing else None,
        duty="dismiss",
        counterparts=[proposer] if proposer else [],
    )
    await session.flush()
    return await views.read(session, principal, violation.id)


async def _read(
    session: AsyncSession, principal: Principal, violation_id: uuid.UUID, version: int
) -> Violation:
    """The violation that the inspector read; 409 where it has changed since."""
    violation = await views.get(session, principal.rows, violation_id, lock=True)
    if version != violation.version:
        raise ViolationChanged(version=violation.version)
    return violation
