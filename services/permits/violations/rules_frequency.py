"""Self-monitoring less often than the permit says, worked out from the records. Pure: no clock, no database.

Sources: 排污许可管理条例 (Order 736) art. 19 (monitor as the permit says), art. 36(5) (penalty); HJ 819-2017. What is
sampled more often than once a month is judged by the month: one violation, not thirty. How long a laboratory may take
before a sample counts as missing is ours: configuration.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from services.kit.texts import Text
from services.permits.obligations.rules_sampling import Sampling, taken_in, window_of

SAMPLES = "samples"
"""The kind of limit of such a violation: so many samples were wanted (`limit_value`), so many taken (`value`)."""
_DAY = timedelta(days=1)
_FINDING = Text(
    zh="{place}的{pollutant}：{basis}；本期应采样{wanted}次，实际{taken}次，{short}个监测周期不足",
    en="{pollutant} at {place}: {basis}; {wanted} samples were wanted, {taken} taken, {short} windows fell short",
)


@dataclass(frozen=True, slots=True)
class Grace:
    """When missing samples are a violation. Ours: configuration."""

    days: int = 15
    """After the last day on which they could be taken: laboratories take their time."""
    lookback_days: int = 92
    """Windows that ended longer ago are left to inspectors."""

    def span(self, today: date) -> tuple[date, date]:
        """The days whose windows are judged today, both included; whole months at the beginning."""
        until = today - (self.days + 1) * _DAY
        return window_of("month", until - self.lookback_days * _DAY)[0], until


@dataclass(frozen=True, slots=True)
class Sampled:
    """The samples of one pollutant at one place over one month, or over one longer window."""

    place: str
    pollutant_code: str
    first: date
    last: date
    wanted: int
    taken: int
    short: int
    basis: str

    @property
    def finding(self) -> str:
        text = _FINDING.format(
            place=self.place,
            pollutant=self.pollutant_code,
            basis=self.basis,
            wanted=self.wanted,
            taken=self.taken,
            short=self.short,
        )
        return text.zh


def judged(
    asked: Iterable[Sampling],
    counts: Mapping[tuple[str, str], Iterable[tuple[date, int]]],
    *,
    since: date,
    until: date,
) -> list[Sampled]:
    """条例 art. 19, 36(5): what was to be sampled, and was, in each month or longer window that ended from `since` to
    `until`. More samples in one window make up for none in another. Windows for which none is wanted do not count."""
    found: dict[tuple[str, str, date, date, str], list[tuple[int, int]]] = {}
    for each in asked:
        first, last = _bucket(each)
        if each.wanted and since <= last <= until:
            taken = min(each.wanted, taken_in(each, counts))
            key = (each.place, each.pollutant_code, first, last, each.basis)
            found.setdefault(key, []).append((each.wanted, taken))
    return [
        Sampled(
            *(place, pollutant, first, last),
            wanted=sum(wanted for wanted, _ in windows),
            taken=sum(taken for _, taken in windows),
            short=sum(taken < wanted for wanted, taken in windows),
            basis=basis,
        )
        for (place, pollutant, first, last, basis), windows in sorted(found.items())
    ]


def _bucket(sampling: Sampling) -> tuple[date, date]:
    month = window_of("month", sampling.last)
    return month if sampling.first >= month[0] or _is_week(sampling) else (sampling.first, sampling.last)


def _is_week(sampling: Sampling) -> bool:
    """A week over the turn of a month is of the month in which it ends."""
    return (sampling.last - sampling.first).days < 7
