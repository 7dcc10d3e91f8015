"""What reports say about violations: found by the facts of a submission, ended by those of a later one.

The report's own row is locked by whoever submits; `cause` is unique: the same fact opens nothing twice.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import Principal
from services.permits.reports.rules import Exceedance
from services.permits.reports.rules_special import SpecialExceedance
from services.permits.reports.rules_statements import Disclosed, Unpermitted
from services.permits.violations import configuration, repository, rules, steps
from services.permits.violations.models import Violation

Line = tuple[str, str, str]
"""Outlet (of a total its scope), pollutant and kind of limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A report in the version that was just submitted."""

    report_id: uuid.UUID
    obligation_id: uuid.UUID
    permit_number: str
    uscc: str
    period_start: date
    period_end: date
    due_on: date
    days_late: int
    first: bool
    over: Sequence[Exceedance]
    special_over: Sequence[SpecialExceedance]
    unpermitted: Sequence[Unpermitted]
    undisclosed: Sequence[Disclosed]
    kept: Collection[Line]
    """The limits that the report shows to have been kept."""

    @property
    def says_something(self) -> bool:
        """Whether there is anything in it that a violation may follow from, whatever there was before."""
        is_late = self.first and self.days_late > 0
        return is_late or any((self.over, self.special_over, self.unpermitted, self.undisclosed))


async def judge(
    session: AsyncSession, principal: Principal, told: Reported, *, is_any_touched: bool = True
) -> None:
    """Opens, changes and ends violations by what a report says; `is_any_touched`: whether there may be one already."""
    asked = {name: getattr(told, name) for name in ("permit_number", "report_id", "obligation_id")}
    touched = await repository.touched_by(session, **asked) if is_any_touched else ()
    known = {each.cause: each for each in touched}
    if told.first and told.days_late > 0:
        await _received(session, principal, told, known.get(non_receipt_cause(told.obligation_id)))
    await _by_figures(session, principal, told, known)
    await _by_statements(session, principal, told, known)
    _kept(session, principal, told, known.values())


def non_receipt_cause(obligation_id: uuid.UUID) -> str:
    return f"non_receipt:{obligation_id}"


async def _received(
    session: AsyncSession, principal: Principal, told: Reported, known: Violation | None
) -> None:
    """条例 art. 37: a late report ends its own period's violation, and leaves it on record with the days."""
    changes = {
        "days_late": told.days_late,
        "report_id": told.report_id,
        "severe": rules.severe_delay(configuration.present().severity, told.days_late),
        "resolution": "received",
        "resolved_on": clock.today(),
    }
    if known is None:
        late = non_receipt(told, obligation_id=told.obligation_id, due_on=told.due_on)
        await steps.opened(
            session, principal, [late.sqlmodel_update({**changes, "state": rules.State.RESOLVED})]
        )
        return
    if known.resolution == "not_owed":
        steps.take(session, principal, known, rules.Step.REOPEN, changes={"due_on": told.due_on})
    if known.state == rules.State.OPEN:
        steps.take(session, principal, known, rules.Step.RESOLVE, changes=changes)


async def unanswered(
    session: AsyncSession, principal: Principal, obligation_id: uuid.UUID, *, due_on: date
) -> None:
    """条例 art. 37: the late report that ended a violation was not the enterprise's own: it stands again.

    One that came in time ended none; if its day is past by now, the round finds it.
    """
    known = await repository.by_cause(session, non_receipt_cause(obligation_id), lock=True)
    if known is not None and known.resolution == "received" and due_on < clock.today():
        changes = {"days_late": None, "report_id": None, "severe": False}
        steps.take(session, principal, known, rules.Step.REOPEN, changes=changes)


def non_receipt(about: Reported | object, *, obligation_id: uuid.UUID, due_on: date) -> Violation:
    """A report that was due and did not come (条例 art. 37). `about` is what names permit and period."""
    named = {name: getattr(about, name) for name in ("permit_number", "uscc", "period_start", "period_end")}
    return steps.begun(
        cause=non_receipt_cause(obligation_id),
        kind=rules.Kind.NON_RECEIPT,
        obligation_id=obligation_id,
        due_on=due_on,
        **named,
    )


async def _by_figures(
    session: AsyncSession, principal: Principal, told: Reported, known: dict[str, Violation]
) -> None:
    """条例 art. 34, 35: each value over its limit, once; one that a correction took away ends."""
    causes = _shown(told)
    earlier = await _earlier(session, told, causes) if causes else {}
    fresh = []
    for cause, each in causes.items():
        figures = _figures(each, earlier)
        violation = known.get(cause)
        if violation is None:
            fresh.append(_of(told, cause, each, figures))
        elif violation.resolution in ("corrected", "dismissed") and _differs(violation, figures):
            steps.take(session, principal, violation, rules.Step.REOPEN, changes=figures)
        elif violation.resolution == "corrected":
            steps.take(session, principal, violation, rules.Step.REOPEN)
        elif _differs(violation, figures):
            steps.take(session, principal, violation, rules.Step.CHANGE, changes=figures)
    await steps.opened(session, principal, fresh)
    for violation in known.values():
        gone = violation.kind in rules.BY_FIGURES and violation.report_id == told.report_id
        if gone and violation.cause not in causes and violation.state == rules.State.OPEN:
            _resolve(session, principal, violation, "corrected")


async def _by_statements(
    session: AsyncSession, principal: Principal, told: Reported, known: dict[str, Violation]
) -> None:
    """条例 art. 36(1), (7): what the enterprise says of itself, once; what a correction takes back ends."""
    said = {each.cause: each for each in _said(told)}
    for cause, each in said.items():
        violation = known.get(cause)
        if violation is not None and violation.resolution == "corrected":
            steps.take(session, principal, violation, rules.Step.REOPEN, changes={"finding": each.finding})
    await steps.opened(session, principal, [each for cause, each in said.items() if cause not in known])
    for violation in known.values():
        gone = violation.kind in _SAID and violation.report_id == told.report_id
        if gone and violation.cause not in said and violation.state == rules.State.OPEN:
            _resolve(session, principal, violation, "corrected")


_SAID = (rules.Kind.WRONG_OUTLET, rules.Kind.UNDISCLOSED)


def _said(told: Reported) -> Iterator[Violation]:
    for outlet in told.unpermitted:
        yield _begun(
            told,
            cause=f"wrong_outlet:{told.report_id}:{outlet.outlet}:{outlet.first_day}",
            kind=rules.Kind.WRONG_OUTLET,
            outlet_code=outlet.outlet,
            pollutant_code=outlet.pollutant_code,
            period_start=outlet.first_day,
            period_end=outlet.last_day,
            finding=outlet.explanation,
        )
    for each in told.undisclosed:
        yield _begun(
            told,
            cause=f"undisclosed:{told.report_id}:{each.requirement}",
            kind=rules.Kind.UNDISCLOSED,
            period_start=told.period_start,
            period_end=told.period_end,
            finding=each.explanation,
        )


def _kept(session: AsyncSession, principal: Principal, told: Reported, known: Iterable[Violation]) -> None:
    """Back into compliance: a later period shows that the same limit was kept."""
    for violation in known:
        place = violation.outlet_code or violation.scope
        line = (place, violation.pollutant_code, violation.limit_kind)
        if (
            violation.kind == rules.Kind.NUMERIC
            and violation.state == rules.State.OPEN
            and violation.period_end < told.period_start
            and line in told.kept
        ):
            _resolve(session, principal, violation, "back_into_compliance")


def _resolve(session: AsyncSession, principal: Principal, violation: Violation, how: str) -> None:
    changes = {"resolution": how, "resolved_on": clock.today()}
    steps.take(session, principal, violation, rules.Step.RESOLVE, changes=changes)


@dataclass(frozen=True, slots=True)
class _Breach:
    """One figure over its limit: of the report's period, or of a day of a special one."""

    kind: rules.Kind
    place: str
    over: Exceedance | SpecialExceedance
    start: date
    end: date


def _shown(told: Reported) -> dict[str, _Breach]:
    """By cause, what the report shows to be over its limit."""
    found = {}
    for each in told.over:
        place = each.outlet_code or each.scope
        breach = _Breach(rules.Kind.NUMERIC, place, each, told.period_start, told.period_end)
        found[rules.figure_cause(told.report_id, place, each.pollutant_code, each.kind)] = breach
    for special in told.special_over:
        place = special.outlet_code or "plant"
        breach = _Breach(rules.Kind.SPECIAL_PERIOD, place, special, special.day, special.day)
        cause = rules.figure_cause(
            told.report_id, place, special.pollutant_code, special.kind, day=special.day
        )
        found[cause] = breach
    return found


async def _earlier(
    session: AsyncSession, told: Reported, causes: Collection[str]
) -> dict[tuple[str | None, str | None], set[rules.Month]]:
    """The months with a violation that stands, by outlet and pollutant."""
    since = told.period_start - timedelta(days=31 * configuration.present().severity.chronic_window)
    months: dict[tuple[str | None, str | None], set[rules.Month]] = {}
    for outlet, pollutant, start, end in await repository.numeric_periods(
        session, permit_number=told.permit_number, since=since, causes=causes
    ):
        months.setdefault((outlet, pollutant), set()).update(rules.months_of(start, end))
    return months


def _figures(
    breach: _Breach, earlier: dict[tuple[str | None, str | None], set[rules.Month]]
) -> dict[str, Any]:
    severity, each = configuration.present().severity, breach.over
    months = earlier.get((each.outlet_code or None, each.pollutant_code), set())
    months = months | rules.months_of(breach.start, breach.end)
    return {
        "limit_value": each.limit,
        "value": each.value,
        "multiple": each.multiple,
        "severe": rules.severe_value(severity, each.pollutant_code, value=each.value, limit=each.limit),
        "chronic": rules.chronic(severity, months, until=breach.end),
    }


def _differs(violation: Violation, figures: dict[str, Any]) -> bool:
    return any(getattr(violation, name) != value for name, value in figures.items())


def _of(told: Reported, cause: str, breach: _Breach, figures: dict[str, Any]) -> Violation:
    each = breach.over
    return _begun(
        told,
        cause=cause,
        kind=breach.kind,
        outlet_code=each.outlet_code or None,
        scope="outlet" if each.outlet_code else breach.place,
        pollutant_code=each.pollutant_code,
        limit_kind=each.kind,
        period_start=breach.start,
        period_end=breach.end,
        **figures,
    )


def _begun(told: Reported, **facts: Any) -> Violation:
    """A violation that a report just showed."""
    names = ("permit_number", "uscc", "obligation_id", "report_id")
    return steps.begun(**{name: getattr(told, name) for name in names}, **facts)
