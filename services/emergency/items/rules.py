"""The seven categories of emergency supplies, and how their units are counted. Pure.

Source: 环境应急资源调查指南（试行）(环办应急〔2019〕17号): the categories are verified as a field list in use; number
and date of the document, and the items of its annex, are from memory. Places of units are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from services.kit.findings import Findings
from services.kit.texts import Text

SOURCE_CATEGORIES = "环境应急资源调查指南（试行） 环办应急〔2019〕17号"

CATEGORIES: Mapping[str, str] = MappingProxyType(
    {
        "source_cutoff": "污染源切断",
        "pollutant_control": "污染物控制",
        "pollutant_collection": "污染物收集",
        "pollutant_degradation": "污染物降解",
        "safety_protection": "安全防护",
        "communication_command": "应急通信和指挥",
        "environmental_monitoring": "环境监测",
    }
)

UNIT_PLACES: Mapping[str, int] = MappingProxyType(
    {
        "piece": 0,  # 个、件
        "set": 0,  # 套
        "machine": 0,  # 台
        "bag": 0,  # 袋
        "roll": 0,  # 卷
        "pair": 0,  # 双、副
        "vehicle": 0,  # 辆
        "m": 2,
        "m2": 2,
        "L": 3,
        "kg": 3,
    }
)
"""Digits after the point that a quantity in this unit may have: nobody issues half a gas mask."""

_PLACES = Text(
    zh="单位为{unit}的数量小数至多{places}位",
    en="a quantity in {unit} has at most {places} places after the point",
)


def check_quantity(found: Findings, where: str, *, quantity: Decimal, unit: str) -> None:
    """A quantity is counted as its unit is (ours): `quantity_places`."""
    places = UNIT_PLACES[unit]
    if quantity != round(quantity, places):
        found.add(where, "quantity_places", _PLACES.format(unit=unit, places=places))
