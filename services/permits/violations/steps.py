"""One step of one violation: its new standing, the row of its history, the audit row and the event, together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import audit, clock
from services.kit.auth import Principal
from services.kit.event_catalogue import EventType
from services.kit.ids import new_id
from services.kit.schemas import plain
from services.permits.violations import rules
from services.permits.violations.errors import ViolationStepNotOpen
from services.permits.violations.events import (
    DISMISSAL_PROPOSED,
    VIOLATION_CHANGED,
    VIOLATION_DISMISSED,
    VIOLATION_KEPT,
    VIOLATION_OPENED,
    VIOLATION_REOPENED,
    VIOLATION_RESOLVED,
    tell,
)
from services.permits.violations.models import Violation, ViolationStep

_EVENTS = {
    rules.Step.CHANGE: VIOLATION_CHANGED,
    rules.Step.RESOLVE: VIOLATION_RESOLVED,
    rules.Step.REOPEN: VIOLATION_REOPENED,
    rules.Step.PROPOSE: DISMISSAL_PROPOSED,
    rules.Step.KEEP: VIOLATION_KEPT,
    rules.Step.DISMISS: VIOLATION_DISMISSED,
}
_IMAGE = {"state", "resolution", "days_late", "severe", "chronic", "proposed_by"}


def begun(**facts: Any) -> Violation:
    """A violation as it stands when it is found: open, in its first version, with nothing weighed yet."""
    moment = clock.now()
    first: dict[str, Any] = {
        "id": new_id(),
        "severe": False,
        "chronic": False,
        "state": rules.State.OPEN,
        "version": 1,
        "opened_at": moment,
        "updated_at": moment,
    }
    return Violation(**{**first, **facts})


async def opened(
    session: AsyncSession, principal: Principal, violations: Sequence[Violation], *, note: str | None = None
) -> None:
    """Adds violations that were found. Raises IntegrityError for a cause that is known already."""
    session.add_all(violations)
    await session.flush()
    for violation in violations:
        _record(session, principal, violation, step="open", kind=VIOLATION_OPENED, note=note, before=None)


def take(
    session: AsyncSession,
    principal: Principal,
    violation: Violation,
    step: rules.Step,
    *,
    note: str | None = None,
    changes: dict[str, Any] | None = None,
    **checked: Any,
) -> None:
    """Takes one step, with what it changes; 409 where it is not open."""
    standing = rules.after((rules.State(violation.state), violation.proposed_by is not None), step)
    if standing is None:
        raise ViolationStepNotOpen(state=violation.state)
    before = image(violation)
    for name, value in (changes or {}).items():
        setattr(violation, name, value)
    violation.state, proposed = standing
    if violation.state == rules.State.OPEN:
        violation.resolution = violation.resolved_on = None
    if not proposed:
        violation.proposed_by = violation.proposed_reason = None
    violation.version += 1
    violation.updated_at = clock.now()
    _record(session, principal, violation, step=step, kind=_EVENTS[step], note=note, before=before, **checked)


def image(violation: Violation) -> dict[str, Any]:
    """How it stands, with its figures as exact texts."""
    kept = violation.model_dump(mode="json", include=_IMAGE)
    figures = {name: getattr(violation, name) for name in ("limit_value", "value", "multiple")}
    return kept | {name: plain(value) for name, value in figures.items() if value is not None}


def _record(
    session: AsyncSession,
    principal: Principal,
    violation: Violation,
    *,
    step: str,
    kind: EventType,
    note: str | None,
    before: dict[str, Any] | None,
    **checked: Any,
) -> None:
    now = image(violation)
    session.add(
        ViolationStep(
            id=new_id(),
            violation_id=violation.id,
            version=violation.version,
            step=step,
            at=clock.now(),
            by=principal.subject,
            note=note,
            figures=now,
        )
    )
    audit.record(
        session,
        principal,
        action=kind,
        entity="violation",
        entity_id=violation.id,
        owner=violation.uscc,
        before=before,
        after=now,
        **checked,
    )
    tell(session, violation, kind=kind)
