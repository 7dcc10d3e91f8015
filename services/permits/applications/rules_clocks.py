"""The periods within which an application is answered. Pure: the calendar and the day are given.

All of them are the authority's and count in working days (行政许可法 art. 82), from the day after the event. A period
that crosses into a year without a published calendar is provisional.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from services.kit.anniversaries import same_day_of_month
from services.kit.working_days import Deadline, WorkingCalendar, calendar_days_after
from services.permits.applications.rules import (
    ARTICLE_DELIVERY,
    ARTICLE_REFUSAL_DELIVERY,
    Case,
    Done,
    Kind,
    State,
    Step,
    after,
)

COMPLETENESS_DAYS = 3
"""条例 art. 9(4): what is missing is said within three days, or it is accepted as of its receipt."""

SIMPLIFIED_DAYS, KEY_DAYS, KEY_DAYS_WITH_SITE_CHECK = 20, 30, 45
"""条例 art. 12: from acceptance to the decision; a site check lengthens the period of key units alone."""

RENEWAL_DAYS = 20
"""条例 art. 14: a renewal is decided in twenty days, whatever the class."""

DELIVERY_DAYS = 10
"""行政许可法 art. 44: the permit is handed over within ten days of the decision. That a refusal (art. 38(2)) is handed
over in the same time is ours: no article gives it one of its own."""

ARTICLE_COMPLETENESS = "排污许可管理条例 第九条第（四）项"
ARTICLE_DECISION = "排污许可管理条例 第十二条"
ARTICLE_RENEWAL = "排污许可管理条例 第十四条"


class ClockKind(StrEnum):
    """Which period runs."""

    COMPLETENESS = "completeness"  # 受理审查
    DECISION = "decision"  # 审批决定
    DELIVERY = "delivery"  # 颁发送达


_TO_BE_DELIVERED = {State.GRANTED: ARTICLE_DELIVERY, State.REFUSED: ARTICLE_REFUSAL_DELIVERY}


@dataclass(frozen=True, slots=True)
class Period:
    """So many working days, and the article that says so."""

    days: int
    basis: str


@dataclass(frozen=True, slots=True)
class Remedies:
    """How long a decision may be challenged, from when it was received; `basis` says by which articles."""

    reconsideration_days: int
    litigation_months: int
    basis: str


@dataclass(frozen=True, slots=True)
class Clock:
    """The period that runs, as of a day.

    `days_left` counts working days; negative: so many too many were taken. While the clock is stopped it stays, and
    `deadline` is the one that holds if the clock goes on today.
    """

    kind: ClockKind
    deadline: date
    days_left: int
    basis: str
    period_days: int
    stopped_since: date | None = None
    provisional: bool = False
    uncovered_years: tuple[int, ...] = ()
    calendar: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an application stands on a day: its state by law, and the period that runs, if one does."""

    state: State
    deemed_accepted: bool
    received_on: date
    accepted_on: date | None
    clock: Clock | None


@dataclass(slots=True)
class _Days:
    """The days that the periods rest on, read off the steps."""

    received_on: date
    accepted_on: date | None = None
    decided_on: date | None = None
    site_check_on: date | None = None
    stops: list[tuple[date, date | None]] = field(default_factory=list)
    deemed: bool = False


def standing(case: Case, today: date, calendar: WorkingCalendar, *, change: Period) -> Standing:
    """How the application stands on `today`, which is not before its last step.

    条例 art. 9(4): where nothing was said in time it is accepted as of its receipt, whether anybody wrote that down.
    """
    if lapsed(case, today, calendar):
        case = case.with_step(Done(Step.DEEM_ACCEPTED, today, ""))
    days, state = _days(case), case.state
    return Standing(
        state=state,
        deemed_accepted=days.deemed,
        received_on=days.received_on,
        accepted_on=days.accepted_on,
        clock=_clock(case, state, days, today, calendar, change),
    )


def lapsed(case: Case, today: date, calendar: WorkingCalendar) -> bool:
    """条例 art. 9(4): whether the three days are over and nothing was said."""
    if after(case.state, Step.DEEM_ACCEPTED) is None:
        return False
    return today > completeness_deadline(_days(case).received_on, calendar).on


def completeness_deadline(received_on: date, calendar: WorkingCalendar) -> Deadline:
    """条例 art. 9(4): three working days from receipt."""
    return calendar.deadline_after(received_on, COMPLETENESS_DAYS)


def decision_period(kind: Kind, management_class: str, *, site_check: bool, change: Period) -> Period:
    """条例 art. 12 and 14: how long the decision may take. `change` is configuration (`periods.toml`)."""
    if kind is Kind.RENEWAL:
        return Period(RENEWAL_DAYS, ARTICLE_RENEWAL)
    if kind is Kind.CHANGE:
        return change
    if management_class != "key":
        return Period(SIMPLIFIED_DAYS, ARTICLE_DECISION)
    return Period(KEY_DAYS_WITH_SITE_CHECK if site_check else KEY_DAYS, ARTICLE_DECISION)


def remedies_until(received_on: date, remedies: Remedies) -> tuple[date, date]:
    """行政许可法 art. 38(2): the last days of asking for reconsideration, and of going to court, against a decision."""
    reconsidered = calendar_days_after(received_on, remedies.reconsideration_days).on
    return reconsidered, same_day_of_month(received_on, remedies.litigation_months)


def _days(case: Case) -> _Days:
    found = _Days(received_on=case.history[0].on)
    state = State.SUBMITTED
    for done in case.history[1:]:
        _note(found, state, done)
        state = after(state, done.step) or state
    return found


def _note(found: _Days, state: State, done: Done) -> None:
    match done.step:
        case Step.CORRECT if state is State.INCOMPLETE:  # 当场更正 does not begin the three days anew
            found.received_on = done.on
        case Step.ACCEPT:
            found.accepted_on = done.on
        case Step.DEEM_ACCEPTED:
            found.accepted_on, found.deemed = found.received_on, True
        case Step.ORDER_SITE_CHECK:
            found.site_check_on = done.on
        case Step.PAUSE:
            found.stops.append((done.on, None))
        case Step.RESUME:
            found.stops[-1] = (found.stops[-1][0], done.on)
        case Step.GRANT | Step.REFUSE:
            found.decided_on = done.on
        case _:
            pass


def _clock(
    case: Case, state: State, days: _Days, today: date, calendar: WorkingCalendar, change: Period
) -> Clock | None:
    if state in (State.SUBMITTED, State.CORRECTABLE):
        period = Period(COMPLETENESS_DAYS, ARTICLE_COMPLETENESS)
        return _run(ClockKind.COMPLETENESS, period, days.received_on, [], today, calendar)
    if state in (State.ACCEPTED, State.PAUSED, State.REVIEWED) and days.accepted_on is not None:
        period = _decision(case, days, calendar, change)
        return _run(ClockKind.DECISION, period, days.accepted_on, days.stops, today, calendar)
    if state in _TO_BE_DELIVERED and days.decided_on is not None:
        period = Period(DELIVERY_DAYS, _TO_BE_DELIVERED[state])
        return _run(ClockKind.DELIVERY, period, days.decided_on, [], today, calendar)
    return None


def _decision(case: Case, days: _Days, calendar: WorkingCalendar, change: Period) -> Period:
    """A site check lengthens a period that still ran when it was ordered: it mends none that was missed."""
    plain = decision_period(case.kind, case.management_class, site_check=False, change=change)
    ordered = days.site_check_on
    if ordered is None or days.accepted_on is None:
        return plain
    before = [(first, last) for first, last in days.stops if last is not None and last <= ordered]
    then = _run(ClockKind.DECISION, plain, days.accepted_on, before, ordered, calendar)
    if then.days_left < 0:
        return plain
    return decision_period(case.kind, case.management_class, site_check=True, change=change)


def _run(
    kind: ClockKind,
    period: Period,
    start: date,
    stops: Sequence[tuple[date, date | None]],
    today: date,
    calendar: WorkingCalendar,
) -> Clock:
    """行政许可法 art. 45: days from the one after a stop to the one on which it ends are not counted.

    What was too late before a stop stays too late: a stop gives back none of it.
    """
    left, since, stopped = period.days, start, None
    for first, last in stops:
        used = calendar.working_days_between(since, first).days
        if used > left:
            break  # it had lapsed already
        left, since, stopped = left - used, last or today, None if last else first
    deadline = calendar.deadline_after(since, left)
    if deadline.on >= today:
        days_left = calendar.working_days_between(today, deadline.on).days
    else:
        days_left = -calendar.working_days_between(deadline.on, today).days
    whole = calendar.working_days_between(start, max(deadline.on, today))
    return Clock(
        kind=kind,
        deadline=deadline.on,
        days_left=days_left,
        basis=period.basis,
        period_days=period.days,
        stopped_since=stopped,
        provisional=whole.provisional,
        uncovered_years=whole.uncovered_years,
        calendar=calendar.calendar,
    )
