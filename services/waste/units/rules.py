"""What a unit must say of itself. Pure: no clock, no database.

Source: 危险废物转移管理办法 (Order 23 of 2021, in force 2022-01-01) art. 10-12.
"""

from __future__ import annotations

from collections.abc import Collection

from services.kit.findings import Findings
from services.kit.texts import Text

ARTICLE_CARRIER = "危险废物转移管理办法 第十一条"

GENERATOR = "generator"  # 产废单位
CARRIER = "carrier"  # 运输单位
RECEIVER = "receiver"  # 接收单位, 经营单位
HOSPITAL = "hospital"  # 医疗卫生机构
SHIPPING_KINDS = frozenset({GENERATOR, HOSPITAL, RECEIVER})
"""A receiver that stored waste hands it on: then it is the shipper (移出人)."""

_LICENCE = Text(
    zh="运输单位应填写道路危险货物运输许可证号",
    en="a carrier states the number of its dangerous-goods transport licence",
)
_TWICE = Text(zh="单位类型重复", en="a kind appears twice")


def check_unit(found: Findings, *, kinds: Collection[str], transport_licence: str | None) -> None:
    """Order 23 art. 11: a carrier is known by its transport licence."""
    if len(set(kinds)) != len(kinds):
        found.add("/kinds", "kind_repeated", _TWICE)
    if CARRIER in kinds and transport_licence is None:
        found.add(
            "/transport_licence",
            "transport_licence_missing",
            _LICENCE,
            article=ARTICLE_CARRIER,
            rests_on=("/kinds",),
        )
