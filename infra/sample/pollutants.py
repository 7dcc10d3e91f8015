"""Pollutants with the limits of the national standards that the sample's permits cite.

The values follow the standards named, but they are here to make a plausible sample: whoever needs the law
reads the standard. pH has a range and no single limit, so the sample leaves it out.
"""

from __future__ import annotations

from decimal import Decimal

from infra.sample.specs import PollutantSpec
from infra.sample.types import Method

_NAMES = {
    "a21026": "二氧化硫",
    "a21002": "氮氧化物",
    "a34013": "烟尘",
    "a34038": "沥青烟",
    "a24088": "非甲烷总烃",
    "a21001": "氨（氨气）",
    "a21018": "氟化物",
    "w01018": "化学需氧量",
    "w21003": "氨氮",
    "w21001": "总氮",
    "w21011": "总磷",
    "w01012": "悬浮物",
    "w01017": "五日生化需氧量",
    "w01002": "色度",
    "w19002": "阴离子表面活性剂",
    "w22001": "石油类",
}


def _limits(standard: str, **limits: str) -> tuple[PollutantSpec, ...]:
    """Specs of one standard: code = limit in mg/m3 or mg/L (色度: dilution multiple)."""
    return tuple(
        PollutantSpec(code, _NAMES[code], Decimal(limit), standard, dimensionless=code == "w01002")
        for code, limit in limits.items()
    )


def by(method: Method, *specs: PollutantSpec) -> tuple[PollutantSpec, ...]:
    """The same pollutants, their amount got by another method than manual sampling."""
    return tuple(PollutantSpec(s.code, s.name, s.limit, s.standard, method, s.dimensionless) for s in specs)


GAS_BOILER = _limits("GB 13271-2014 表2 燃气锅炉", a21026="50", a21002="200", a34013="20")
COAL_BOILER = _limits("GB 13271-2014 表2 燃煤锅炉", a21026="300", a21002="300", a34013="50")
# Small coal boilers: sulphur by material balance, nitrogen oxides by coefficient (物料衡算, 产排污系数).
SMALL_COAL_BOILER = (
    *by("balance", COAL_BOILER[0]),
    *by("coefficient", COAL_BOILER[1]),
    COAL_BOILER[2],
)
ORE_DUST = _limits("GB 28661-2012", a34013="20")
DRYING_KILN = (
    *_limits("GB 9078-1996", a21026="850", a34013="200"),
    *_limits("GB 16297-1996", a21002="240"),
)
CLINKER_KILN = _limits("GB 4915-2013", a21026="200", a21002="400", a34013="30", a21018="5", a21001="10")
CLINKER_COOLER = _limits("GB 4915-2013", a34013="30")
CEMENT_DUST = _limits("GB 4915-2013", a34013="20")
CEMENT_DRYER = _limits("GB 4915-2013", a21026="600", a21002="400", a34013="30")
DUST = _limits("GB 16297-1996", a34013="120")
SOLVENT = _limits("GB 16297-1996", a24088="120")
ASPHALT_DRYER = _limits("GB 16297-1996", a21026="550", a21002="240", a34013="120")
ASPHALT_MIXER = _limits("GB 16297-1996", a34038="75", a24088="120")
# 25 g/m3 behind the vapour recovery unit (油气处理装置).
FILLING_VAPOUR = by("coefficient", *_limits("GB 20952-2020", a24088="25000"))
DEPOT_VAPOUR = by("coefficient", *_limits("GB 20950-2020", a24088="25000"))

SEWAGE_WORKS = _limits(
    "GB 18918-2002 一级A",
    w01018="50",
    w21003="5",
    w21001="15",
    w21011="0.5",
    w01012="10",
    w01017="10",
    w01002="30",
)
SLAUGHTER_WATER = (
    *_limits("GB 13457-92 三级", w01018="500", w01012="400", w01017="300"),
    *_limits("GB/T 31962-2015 B级", w21003="45"),
)
HOSPITAL_WATER = _limits(
    "GB 18466-2005 预处理标准", w01018="250", w01017="100", w01012="60", w19002="10", w22001="20"
)
OIL_MILL_WATER = (
    *_limits("GB 8978-1996 三级", w01018="500", w01012="400", w01017="300"),
    *_limits("GB/T 31962-2015 B级", w21003="45"),
)
OILY_WATER = _limits("GB 8978-1996 三级", w01018="500", w01012="400", w22001="20")
