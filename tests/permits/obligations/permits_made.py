"""Permits as hypothesis draws them, and duties as the tests ask for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from services.permits.obligations import rules
from services.permits.obligations.rules import Duties, Duty, Version

DUTIES = Duties(quarterly=True, annual=True, quarterly_due_day=15, annual_due_month=1, annual_due_day=31)
ALL = replace(DUTIES, monthly=True, half_yearly=True)
DAYS = st.dates(date(2010, 1, 1), date(2040, 12, 31))
SPANS = st.tuples(DAYS, st.integers(0, 5 * 366)).map(
    lambda span: (span[0], span[0] + timedelta(days=span[1]))
)


def day(text: str) -> date:
    return date.fromisoformat(text)


def version(first: str | date, last: str | date, duties: Duties = DUTIES, number: int = 1) -> Version:
    first, last = (day(each) if isinstance(each, str) else each for each in (first, last))
    return Version(number, first, last, duties, "4430")


def duties_of(*versions: Version, ended_on: date | None = None) -> list[Duty]:
    return rules.duties_of(rules.holdings(versions, ended_on=ended_on))


def owed(first: str, last: str, kind: str, duties: Duties = DUTIES) -> list[Duty]:
    """Those that are to be made, of one kind."""
    found = duties_of(version(first, last, duties))
    return [duty for duty in found if duty.kind == kind and duty.standing == "owed"]


DRAWN_DUTIES = st.builds(
    Duties,
    quarterly=st.booleans(),
    annual=st.booleans(),
    monthly=st.booleans(),
    half_yearly=st.booleans(),
    merge_upward=st.booleans(),
    quarterly_due_day=st.integers(1, 28),
    monthly_due_day=st.integers(1, 28),
    half_yearly_due_day=st.integers(1, 31),
    annual_due_month=st.integers(1, 6),
    annual_due_day=st.integers(1, 31),
)


@st.composite
def lives(draw: st.DrawFn) -> list[Version]:
    """A permit of one to four versions: each holds from a day on which the one before holds or has just ended."""
    first, last = draw(SPANS)
    versions = [Version(1, first, last, draw(DRAWN_DUTIES), draw(st.sampled_from(["4411", "4430"])))]
    for number in range(2, draw(st.integers(1, 4)) + 1):
        before = versions[-1]
        first = draw(st.dates(before.valid_from, before.valid_to + timedelta(days=1)))
        last = first + timedelta(days=draw(st.integers(0, 3 * 366)))
        versions.append(Version(number, first, last, draw(DRAWN_DUTIES), "4430"))
    return versions
