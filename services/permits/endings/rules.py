"""How a permit ends, on which day it stands how, and who may not apply again. Pure: no clock, no database.

Sources: 行政许可法 (2019) art. 8, 69, 70; 排污许可管理条例 art. 14, 34, 40, 41. Four ends are kept apart: 撤销 annuls
what should not have been granted, 撤回 withdraws what the law or the circumstances no longer allow, 吊销 revokes as
a punishment, 注销 strikes from the register. What has ended never holds again: the holder applies anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Literal, get_args

from services.kit.anniversaries import last_day_of_years
from services.kit.findings import Findings
from services.kit.texts import Text
from services.kit.working_days import Deadline, WorkingCalendar

Kind = Literal["annulled", "withdrawn", "revoked", "cancelled"]
Standing = Literal["not_yet", "in_force", "expired", "annulled", "withdrawn", "revoked", "cancelled"]
WORDS: Mapping[Kind, str] = MappingProxyType(
    {"annulled": "已撤销", "withdrawn": "已撤回", "revoked": "已吊销", "cancelled": "已注销"}
)
KINDS: Mapping[str, Kind] = MappingProxyType({kind: kind for kind in get_args(Kind)})

ARTICLE_VALIDITY = "排污许可管理条例 第十四条"
ARTICLE_ANNULMENT = "行政许可法 第六十九条"
ARTICLE_WITHDRAWAL = "行政许可法 第八条"
ARTICLE_CANCELLATION = "行政许可法 第七十条"
ARTICLE_ENDS = "行政许可法 第六十九条、第七十条"
ARTICLE_HEARING = "行政处罚法 第六十三条、第六十四条"

ENDED: frozenset[Standing] = frozenset(("annulled", "withdrawn", "revoked", "cancelled"))
"""By a decision; what has run out may yet be renewed."""
OPEN: Mapping[Kind, frozenset[Standing]] = MappingProxyType(
    {
        # What was got by deceit can be annulled after it has expired: the bar of 条例 art. 40 follows from it.
        "annulled": frozenset({"in_force", "expired"}),
        "withdrawn": frozenset({"in_force"}),
        "revoked": frozenset({"in_force"}),
        # 行政许可法 art. 70: what expired, was annulled, withdrawn or revoked is then struck from the register.
        "cancelled": frozenset({"in_force", "expired", "annulled", "withdrawn", "revoked"}),
    }
)
"""From which standing each end is open; none leads back, and nothing follows a cancellation."""


@dataclass(frozen=True, slots=True)
class Ground:
    """One legal ground of an end: its article, from which standings it serves, and for how many years it bars."""

    name: str
    kind: Kind
    article: str
    text: Text
    after: frozenset[Standing]
    bar_years: int
    in_force_from: date


@dataclass(frozen=True, slots=True)
class Validity:
    """First and last day of a permit over all its versions (条例 art. 14)."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Ended:
    """An end that was decided; from `effective_on` on, that day included, it counts."""

    kind: Kind
    effective_on: date


@dataclass(frozen=True, slots=True)
class Barred:
    """Both days included: in between the holder may not apply for a permit."""

    since: date
    until: date


def standing_on(validity: Validity, ends: Iterable[Ended], day: date) -> Standing:
    """How a permit stands on `day` (行政许可法 art. 70; 条例 art. 14)."""
    end = end_on(ends, day)
    if end is not None:
        return end.kind
    if day > validity.last:
        return "expired"
    return "in_force" if day >= validity.first else "not_yet"


def end_on(ends: Iterable[Ended], day: date) -> Ended | None:
    """The end that counts on `day`: a cancellation, where there is one, says the last word (行政许可法 art. 70)."""
    effective = [end for end in ends if end.effective_on <= day]
    return max(effective, key=lambda end: end.kind == "cancelled", default=None)


def decided_standing(validity: Validity, ends: Iterable[Ended], today: date) -> Standing:
    """As what the permit counts for the next decision: an end that is decided counts before it is effective."""
    decided = {end.kind for end in ends}
    if "cancelled" in decided:
        return "cancelled"
    if decided:
        return next(iter(decided))
    return "expired" if today > validity.last else "in_force"


def to_be_cancelled(validity: Validity, ends: Iterable[Ended], today: date) -> tuple[Standing, date] | None:
    """行政许可法 art. 70: how a permit stands that holds no more and is to be struck from the register, and since when.

    None for one that holds, or whose cancellation is decided.
    """
    ends = list(ends)
    standing = standing_on(validity, ends, today)
    if standing in ("not_yet", "in_force", "cancelled") or any(end.kind == "cancelled" for end in ends):
        return None
    end = end_on(ends, today)
    return standing, end.effective_on if end else validity.last + timedelta(days=1)


def may_end(ground: Ground, standing: Standing) -> bool:
    """Whether this ground can end a permit that stands so (行政许可法 art. 69, 70)."""
    return standing in OPEN[ground.kind] & ground.after


def earliest_effect(kind: Kind, validity: Validity, ends: Iterable[Ended], today: date) -> date:
    """The first day on which a decision of today can take effect.

    行政许可法 art. 69: what is annulled was never right, so an annulment may reach back to the first day. Every
    other end looks forward, and a cancellation does not come before what it rests on (art. 70).
    """
    if kind == "annulled":
        return min(validity.first, today)
    return max([today, *(end.effective_on for end in ends)])


def latest_effect(standing: Standing, validity: Validity) -> date | None:
    """A permit that is in force ends within its validity (条例 art. 14); None: no such bound."""
    return validity.last if standing == "in_force" else None


def check_effect(found: Findings, effective_on: date, *, earliest: date, latest: date | None) -> None:
    """行政许可法 art. 69, 70: an end takes effect neither before it can nor after the permit has expired anyway."""
    if effective_on < earliest:
        text = Text(zh="最早自{day}起生效", en="it takes effect on {day} at the earliest")
        early = text.format(day=earliest)
        found.add("/effective_on", "effect_too_early", early, article=ARTICLE_CANCELLATION)
    elif latest is not None and effective_on > latest:
        text = Text(zh="许可证有效期至{day}，应在此前生效", en="the permit expires on {day}: it ends before")
        found.add("/effective_on", "effect_too_late", text.format(day=latest), article=ARTICLE_VALIDITY)


def duties_until(effective_on: date, decided_on: date) -> date:
    """The last day on which the permit bound its holder: an annulment that reaches back ends no duty of the past."""
    return max(effective_on, decided_on) - timedelta(days=1)


def barred_by(ground: Ground, decided_on: date) -> Barred | None:
    """条例 art. 40, 41: no application for three years from the decision; None where the ground bars nobody.

    From the decision, not from its effect: an annulment that reaches back would shorten its own bar.
    """
    if not ground.bar_years:
        return None
    return Barred(since=decided_on, until=last_day_of_years(decided_on, ground.bar_years))


def hearing_until(
    kind: Kind, told_on: date, *, working_days: int, calendar: WorkingCalendar
) -> Deadline | None:
    """The last day on which a holder who was told may ask for a hearing before a revocation (行政处罚法 art. 63, 64).

    None for the other ends: they are no punishment.
    """
    return calendar.deadline_after(told_on, working_days) if kind == "revoked" else None
