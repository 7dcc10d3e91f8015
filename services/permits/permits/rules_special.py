"""What limits of special periods and plant totals must satisfy. Pure: no clock, no database.

Sources: 排污许可管理条例 (Order 736) art. 13(7) (a permit says what is prohibited or limited in special periods),
art. 35(2) (who breaks it is fined); 大气污染防治法 art. 96 (measures by alert level). The blocks 环境质量限期达标规划
and 重污染天气应对 of the national platform: a period, a concentration, kg a day, t a month.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from services.kit.findings import Findings
from services.kit.texts import Text
from services.permits.permits.rules_limits import ALERT_LEVELS, ARTICLE_SPECIAL, CONCENTRATIONS

HEAVY_POLLUTION = "heavy_pollution"
ATTAINMENT_PLAN = "attainment_plan"

_LEVEL_MISSING = Text(zh="重污染天气限值应写明预警级别", en="a heavy-pollution limit says its alert level")
_LEVEL = Text(zh="限期达标限值没有预警级别", en="an attainment-plan limit has no alert level")
_NEITHER = Text(
    zh="应填限值，或写明禁止排放；空白不表示限值",
    en="give the value, or say that discharge is prohibited; a blank is no limit",
)
_BOTH = Text(zh="禁止排放时不再填限值", en="where discharge is prohibited there is no value")
_OUTLET = Text(zh="许可证中没有排放口{outlet}", en="the permit has no outlet {outlet}")
_OUTLET_NEEDED = Text(zh="浓度和速率限值应写明排放口", en="a concentration or rate is of an outlet")


@dataclass(frozen=True, slots=True)
class SpecialForm:
    """One limit of a special period as it is written down, at `where` (a JSON Pointer)."""

    where: str
    period: str
    alert_level: str | None
    outlet_code: str | None
    kind: str
    value: Decimal | None
    prohibited: bool


def reach(level: str) -> tuple[str, ...]:
    """The levels whose limits hold at `level`: itself and those below, so that a higher alert never loosens one."""
    return ALERT_LEVELS[: ALERT_LEVELS.index(level) + 1]


def check_level(found: Findings, limit: SpecialForm) -> None:
    """大气污染防治法 art. 96: emergency measures go by alert level; a plan (条例 art. 13(7)) goes by dates."""
    where, rests_on = f"{limit.where}/alert_level", (f"{limit.where}/period",)
    if limit.period == HEAVY_POLLUTION and limit.alert_level is None:
        found.add(where, "alert_level_missing", _LEVEL_MISSING, article=ARTICLE_SPECIAL, rests_on=rests_on)
    if limit.period != HEAVY_POLLUTION and limit.alert_level is not None:
        found.add(where, "alert_level_not_expected", _LEVEL, article=ARTICLE_SPECIAL, rests_on=rests_on)


def check_value(found: Findings, limit: SpecialForm) -> None:
    """条例 art. 13(7): prohibited or limited, one of them, and said; a zero is no way to say it."""
    where, rests_on = f"{limit.where}/value", (f"{limit.where}/prohibited",)
    if limit.value is None and not limit.prohibited:
        found.add(where, "value_blank", _NEITHER, article=ARTICLE_SPECIAL, rests_on=rests_on)
    if limit.value is not None and limit.prohibited:
        found.add(where, "value_beside_prohibition", _BOTH, article=ARTICLE_SPECIAL, rests_on=rests_on)


def check_outlet(found: Findings, limit: SpecialForm, *, outlets: frozenset[str]) -> None:
    """条例 art. 13(7): of an outlet of this permit; only an amount may be of the whole plant."""
    where = f"{limit.where}/outlet_code"
    if limit.outlet_code is not None and limit.outlet_code not in outlets:
        text = _OUTLET.format(outlet=limit.outlet_code)
        found.add(where, "outlet_not_permitted", text, article=ARTICLE_SPECIAL, rests_on=("/outlets/*/code",))
    if limit.outlet_code is None and (limit.kind in CONCENTRATIONS or limit.kind == "emission_rate"):
        rests_on = (f"{limit.where}/kind",)
        found.add(where, "outlet_missing", _OUTLET_NEEDED, article=ARTICLE_SPECIAL, rests_on=rests_on)
