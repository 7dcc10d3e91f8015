"""What the monitoring plan and the facilities of a permit must satisfy. Pure: no clock, no database.

Sources: 排污许可管理条例 (Order 736) art. 13(3), 13(8), 19; HJ 819-2017 (monitoring plans); HJ 608-2017 (codes).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from services.kit.findings import Findings
from services.kit.texts import Text

ARTICLE_FACILITIES = "排污许可管理条例 第十三条第三项"
ARTICLE_MONITORING = "排污许可管理条例 第十三条第八项、第十九条"

_OUTLET = Text(zh="许可证中没有排放口{outlet}", en="the permit has no outlet {outlet}")
_PLACE = Text(zh="应写明排放口或监测点位，二者取一", en="name the outlet or the point, one of them")
_FREQUENCY = Text(zh="手工监测应写明频次", en="manual monitoring says how often")
_CONTINUOUS = Text(
    zh="自动监测是连续的，不写频次；失效时的手工监测写在 fallback",
    en="automatic monitoring is continuous; how often to measure by hand while it fails stands in `fallback`",
)
_FALLBACK = Text(zh="手工监测没有自动设备失效的情形", en="manual monitoring has no equipment to fail")
_FACILITY = Text(zh="许可证中没有设施{code}", en="the permit has no facility {code}")


@dataclass(frozen=True, slots=True)
class MonitoringForm:
    """One row of the plan as it is written down, at `where` (a JSON Pointer)."""

    where: str
    outlet_code: str | None
    point: str | None
    means: str
    has_frequency: bool
    has_fallback: bool


def check_place(found: Findings, row: MonitoringForm, *, outlets: Collection[str]) -> None:
    """条例 art. 13(8): monitored is at an outlet of the permit, or at a named point such as the boundary."""
    if (row.outlet_code is None) == (row.point is None):
        rests_on = (f"{row.where}/outlet_code",)
        found.add(
            f"{row.where}/point", "place_unclear", _PLACE, article=ARTICLE_MONITORING, rests_on=rests_on
        )
    check_outlet(found, f"{row.where}/outlet_code", row.outlet_code, outlets, article=ARTICLE_MONITORING)


def check_frequency(found: Findings, row: MonitoringForm) -> None:
    """条例 art. 13(8): manual monitoring has a frequency; automatic is continuous and may name its stand-in."""
    rests_on = (f"{row.where}/means",)
    for name, code, text, wrong in (
        ("frequency", "frequency_missing", _FREQUENCY, row.means == "manual" and not row.has_frequency),
        ("frequency", "frequency_not_expected", _CONTINUOUS, row.means == "automatic" and row.has_frequency),
        ("fallback", "fallback_not_expected", _FALLBACK, row.means == "manual" and row.has_fallback),
    ):
        if wrong:
            found.add(f"{row.where}/{name}", code, text, article=ARTICLE_MONITORING, rests_on=rests_on)


def check_outlet(
    found: Findings, where: str, code: str | None, outlets: Collection[str], *, article: str
) -> None:
    """条例 art. 13: what is said of an outlet is said of one that the permit has."""
    if code is not None and code not in outlets:
        text = _OUTLET.format(outlet=code)
        found.add(where, "outlet_not_permitted", text, article=article, rests_on=("/outlets/*/code",))


def check_facility(found: Findings, where: str, code: str, facilities: Collection[str]) -> None:
    """条例 art. 13(3): what is treated arises in a facility that the permit has."""
    if code not in facilities:
        found.add(
            where,
            "facility_not_permitted",
            _FACILITY.format(code=code),
            article=ARTICLE_FACILITIES,
            rests_on=("/terms/production_facilities/*/code",),
        )
