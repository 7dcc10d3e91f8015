"""The sample's incidents of two years: what happened, what was sent, what was used. All of it is invented."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from infra.sample.emergency_items import CITY, STATION, WORKS


@dataclass(frozen=True, slots=True)
class SampleUse:
    """So much of an item was sent from a depot; of this `used` was used up and `lost` did not arrive."""

    item_code: str
    depot_code: str
    sent: str
    used: str
    lost: str = "0"

    @property
    def back(self) -> Decimal:
        return Decimal(self.sent) - Decimal(self.used) - Decimal(self.lost)


@dataclass(frozen=True, slots=True)
class SampleIncident:
    """An incident `days_ago`; `login_of` is the account of the enterprise that answers for it."""

    days_ago: int
    kind: str
    address: str
    longitude: str
    latitude: str
    description: str
    facts: dict[str, Any]
    goods: tuple[SampleUse, ...] = ()
    login_of: str | None = None
    basis: str = ""
    closed: bool = True
    reserved: dict[str, str] = field(default_factory=dict)
    """Held for it and not yet sent: quantity by item."""


INCIDENTS: tuple[SampleIncident, ...] = (
    SampleIncident(
        days_ago=610,
        kind="transport",
        address="208国道示例段K1012",
        longitude="112.130000",
        latitude="43.520000",
        description="罐车侧翻，柴油泄漏约3吨，路侧沙土受污染（演示数据）",
        facts={"deaths": 0, "direct_loss_yuan": "186000.00"},
        goods=(
            SampleUse("QD-001", CITY, "400", "400"),
            SampleUse("SJ-003", CITY, "120.000", "95.500"),
            SampleUse("SJ-005", CITY, "4", "0"),
            SampleUse("AF-005", CITY, "20", "16"),
        ),
    ),
    SampleIncident(
        days_ago=430,
        kind="leak",
        address="口岸加工园区示例路",
        longitude="112.021000",
        latitude="43.611000",
        description="冷库液氨管道泄漏，及时关阀，疏散周边人员约120人（演示数据）",
        facts={"evacuated": 120, "poisoned_or_injured": 0, "direct_loss_yuan": "92000.00"},
        goods=(
            SampleUse("AF-003", CITY, "4", "0"),
            SampleUse("AF-006", CITY, "4", "0"),
            SampleUse("AF-002", CITY, "24", "18", lost="1"),
            SampleUse("JC-002", CITY, "3", "0"),
        ),
        login_of="meat01",
        basis="二环应急调〔示例〕1号调查报告",
    ),
    SampleIncident(
        days_ago=240,
        kind="illegal_discharge",
        address="南郊示例沟渠",
        longitude="111.994000",
        latitude="43.597000",
        description="选矿废水漫溢进入排洪沟，筑坝拦截（演示数据）",
        facts={"direct_loss_yuan": "310000.00"},
        goods=(
            SampleUse("QD-001", CITY, "600", "600"),
            SampleUse("KZ-004", CITY, "500.00", "320.00"),
            SampleUse("JJ-006", WORKS, "300.000", "240.000"),
            SampleUse("JC-003", CITY, "60", "52"),
        ),
        login_of="ore01",
        basis="二环应急调〔示例〕2号调查报告",
    ),
    SampleIncident(
        days_ago=95,
        kind="fire_or_explosion",
        address="东货场物流区示例库房",
        longitude="112.020000",
        latitude="43.637000",
        description="仓库火灾消防废水收集处置（演示数据）",
        facts={"deaths": 0, "poisoned_or_injured": 2, "direct_loss_yuan": "1250000.00"},
        goods=(
            SampleUse("SJ-002", CITY, "3", "0"),
            SampleUse("JJ-002", CITY, "400.000", "380.000"),
            SampleUse("QD-005", STATION, "6", "0"),
        ),
    ),
    SampleIncident(
        days_ago=2,
        kind="transport",
        address="边境公路示例段",
        longitude="112.310000",
        latitude="43.480000",
        description="槽车阀门损坏，硫酸滴漏，现场石灰中和处置中（演示数据）",
        facts={"deaths": 0, "evacuated": 30},
        goods=(SampleUse("JJ-004", CITY, "1500.000", "600.000"),),
        closed=False,
        reserved={"AF-004": "6", "JJ-005": "400.000"},
    ),
)
