"""What an enterprise says of itself in a report: outlets that the permit does not have, disclosure that was not made.

Pure. Sources: 排污许可管理条例 (Order 736) art. 22 (a report tells how the permit was kept), art. 23 (disclosure),
art. 36(1), 36(7) (penalties); HJ 944-2018 (tables of how the permit was carried out and of disclosure; from memory).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from services.kit.findings import Findings, pointer
from services.kit.texts import Text
from services.permits.reports.rules import ARTICLE_REPORT, SOURCE_CONTENT

ARTICLE_DISCLOSURE = "排污许可管理条例 第二十三条"
_OUTSIDE = Text(zh="不在报告期内", en="outside the period of the report")
_REVERSED = Text(zh="结束日早于开始日", en="it ends before it begins")
_PERMITTED = Text(zh="许可证中有排放口{outlet}", en="the permit has the outlet {outlet}")
_PERMITTED_FROM = Text(
    zh="许可证在{first}至{last}有排放口{outlet}",
    en="the permit had the outlet {outlet} from {first} to {last}",
)
_TWICE = Text(zh="与前一项重复", en="it was said before")
_NO_REQUIREMENT = Text(
    zh="许可证只有{count}项信息公开要求", en="the permit has {count} requirements of disclosure"
)
_WHY = Text(zh="未按要求公开的，应说明情况", en="say why it was not disclosed")


@dataclass(frozen=True, slots=True)
class Unpermitted:
    """A discharge through an outlet that the permit does not have, as the enterprise tells it."""

    outlet: str
    pollutant_code: str | None
    first_day: date
    last_day: date
    explanation: str


@dataclass(frozen=True, slots=True)
class Disclosed:
    """Whether one of the permit's requirements of disclosure (1 is the first) was met."""

    requirement: int
    is_met: bool
    explanation: str | None


def check_unpermitted(
    found: Findings,
    told: Sequence[Unpermitted],
    outlets: Collection[str],
    partly: Sequence[tuple[str, date, date]] = (),
    *,
    start: date,
    end: date,
) -> None:
    """条例 art. 22: of days of the period, once, and through no outlet that the permit has, or (`partly`, with the
    first and the last day) has on one of them."""
    seen: set[tuple[str, date]] = set()
    for index, each in enumerate(told):
        where = pointer("unpermitted_discharges", index)
        if each.outlet in outlets:
            text = _PERMITTED.format(outlet=each.outlet)
            found.add(f"{where}/outlet", "outlet_is_permitted", text, article=ARTICLE_REPORT)
        for code, first, last in partly:
            if code == each.outlet and first <= each.last_day and each.first_day <= last:
                text = _PERMITTED_FROM.format(outlet=each.outlet, first=first, last=last)
                days = (f"{where}/first_day", f"{where}/last_day")
                found.add(
                    f"{where}/outlet", "outlet_is_permitted", text, article=ARTICLE_REPORT, rests_on=days
                )
        if each.last_day < each.first_day:
            rests_on = (f"{where}/first_day",)
            found.add(f"{where}/last_day", "validity_reversed", _REVERSED, rests_on=rests_on)
        for name, day in (("first_day", each.first_day), ("last_day", each.last_day)):
            if not start <= day <= end:
                found.add(f"{where}/{name}", "day_outside_period", _OUTSIDE, article=SOURCE_CONTENT)
        if (each.outlet, each.first_day) in seen:
            keys = ("/unpermitted_discharges/*/outlet", "/unpermitted_discharges/*/first_day")
            found.add(where, "value_repeated", _TWICE, article=SOURCE_CONTENT, rests_on=keys)
        seen.add((each.outlet, each.first_day))


def check_disclosed(found: Findings, told: Sequence[Disclosed], *, count: int) -> None:
    """条例 art. 23: of the requirements that the permit has, each once; what was not met with the reason."""
    seen: set[int] = set()
    for index, each in enumerate(told):
        where = pointer("disclosures", index)
        if each.requirement > count:
            text = _NO_REQUIREMENT.format(count=count)
            found.add(f"{where}/requirement", "requirement_unknown", text, article=ARTICLE_DISCLOSURE)
        elif each.requirement in seen:
            rests_on = ("/disclosures/*/requirement",)
            found.add(where, "value_repeated", _TWICE, article=SOURCE_CONTENT, rests_on=rests_on)
        if not each.is_met and each.explanation is None:
            rests_on = (f"{where}/is_met",)
            found.add(
                f"{where}/explanation", "reason_needed", _WHY, article=ARTICLE_DISCLOSURE, rests_on=rests_on
            )
        seen.add(each.requirement)
