"""What a fuel fact must satisfy (能源消耗量). Pure: no clock, no database.

Sources: 排污许可管理条例 art. 21 (the ledger keeps what was burnt), 碳排放权交易管理暂行条例 art. 11 (activity data
with their raw records). One fact serves the air report (material balance of SO2) and the greenhouse-gas report: it is
stated once, so the same fuel is never stated twice for the same days.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.kit.findings import Findings
from services.kit.texts import Text

ARTICLE_LEDGER = "排污许可管理条例 第二十一条"
ARTICLE_ACTIVITY = "碳排放权交易管理暂行条例 第十一条"
HIGHEST_SULPHUR = Decimal(15)
"""Per cent. Ours: no coal on sale has more, and a fraction taken for a percentage is the commonest error."""

_UNKNOWN = Text(zh="没有燃料{fuel}", en="{fuel} is no fuel of the list")
_REVERSED = Text(zh="期间止早于期间起", en="the period ends before it begins")
_TWO_YEARS = Text(zh="期间不能跨年度", en="the period lies in one calendar year")
_FUTURE = Text(zh="期间尚未结束", en="the period is not over")
_SULPHUR = Text(zh="该燃料不填硫分", en="this fuel has no sulphur content to state")
_TOO_MUCH = Text(zh="硫分不能超过{most}%", en="sulphur is at most {most} %")
_TWICE = Text(zh="该燃料在该期间已有记录", en="the same fuel is recorded for some of these days")


@dataclass(frozen=True, slots=True)
class Span:
    """Of which outlet's combustion units (none: of the whole site), and for which days, both included."""

    outlet_code: str | None
    start: date
    end: date

    def overlaps(self, other: Span) -> bool:
        """Whether both tell of the same fuel: on a common day, at the same outlet or one of them at all."""
        same = self.outlet_code == other.outlet_code or None in (self.outlet_code, other.outlet_code)
        return same and self.start <= other.end and other.start <= self.end


def check_period(found: Findings, *, start: date, end: date, today: date) -> None:
    """碳交易条例 art. 11: a report is of one calendar year, so is each of its facts; what is not over is not known."""
    if end < start:
        found.add("/period_end", "validity_reversed", _REVERSED, rests_on=("/period_start",))
    elif start.year != end.year:
        article = ARTICLE_ACTIVITY
        found.add(
            "/period_end", "period_of_two_years", _TWO_YEARS, article=article, rests_on=("/period_start",)
        )
    if end >= today:
        found.add("/period_end", "period_not_over", _FUTURE, article=ARTICLE_LEDGER)


def check_fuel(
    found: Findings, fuel: str, known: Collection[str], *, has_sulphur: bool, sulphur: Decimal | None
) -> None:
    """条例 art. 21: a fuel of the list; with its sulphur where it has any, in per cent."""
    if fuel not in known:
        text = _UNKNOWN.format(fuel=fuel)
        found.add("/fuel", "fuel_unknown", text, article=ARTICLE_LEDGER)
    elif sulphur is not None and not has_sulphur:
        found.add("/sulphur_percent", "sulphur_superfluous", _SULPHUR, rests_on=("/fuel",))
    if sulphur is not None and sulphur > HIGHEST_SULPHUR:
        text = _TOO_MUCH.format(most=HIGHEST_SULPHUR)
        found.add("/sulphur_percent", "sulphur_implausible", text, article=ARTICLE_LEDGER)


def check_stated_once(found: Findings, span: Span, others: Iterable[Span]) -> None:
    """条例 art. 21, 碳交易条例 art. 11: one fact, however many reports use it; stated twice it would count twice."""
    if any(span.overlaps(other) for other in others):
        rests_on = ("/period_end", "/fuel", "/outlet_code")
        found.add("/period_start", "fuel_stated_twice", _TWICE, article=ARTICLE_ACTIVITY, rests_on=rests_on)
