"""Industries under key management (重点管理). Flows, hours and seasons are figures for the sample."""

from __future__ import annotations

from infra.sample import pollutants as p
from infra.sample.specs import HEATING, NO_WINTER, Group, Industry, air, water

HEAT_GAS = Industry(
    "heat", "4430", "热力生产和供应", 96, "key", "热力有限责任公司", "热源厂", "城区",
    season=HEATING, rest="no_discharge", essential=True,
    outlets=(air("燃气锅炉烟囱", 90000, p.GAS_BOILER, kind="main"),),
)  # fmt: skip
HEAT_COAL = Industry(
    "heat", "4430", "热力生产和供应", 96, "key", "热力有限责任公司", "集中供热热源厂", "口岸加工园区",
    season=HEATING, rest="no_discharge", essential=True,
    outlets=(
        air("1号燃煤锅炉烟囱", 150000, p.COAL_BOILER, kind="main"),
        air("2号燃煤锅炉烟囱", 110000, p.COAL_BOILER, kind="main"),
    ),
)  # fmt: skip
MEAT = Industry(
    "meat", "1351", "牲畜屠宰", 13, "key", "肉业有限公司", "屠宰加工厂", "口岸加工园区",
    hours_per_day=16, season=(0, 60, 92, 75),
    outlets=(
        air("蒸汽锅炉烟囱", 14000, p.COAL_BOILER, kind="main"),
        water("综合废水总排口", "60", p.SLAUGHTER_WATER, kind="main"),
    ),
)  # fmt: skip
SEWAGE = Industry(
    "sewage", "4620", "污水处理及其再生利用", 99, "key", "污水处理有限责任公司", "污水处理厂", "南郊",
    essential=True,
    outlets=(
        air("采暖锅炉烟囱", 6000, p.GAS_BOILER, kind="general", half_yearly=True),
        water("尾水总排口", "850", p.SEWAGE_WORKS, kind="main"),
    ),
)  # fmt: skip
SEWAGE_PARK = Industry(
    "sewage", "4620", "污水处理及其再生利用", 99, "key", "工业污水处理有限责任公司", "园区污水处理厂", "南郊",
    essential=True,
    outlets=(water("尾水总排口", "240", p.SEWAGE_WORKS, kind="main"),),
)  # fmt: skip
# Key only by its kiln: rows 5 and 110 together, the unit being on the key list (重点排污单位名录).
ORE = Industry(
    "ore", "0810", "铁矿采选", 5, "key", "矿业有限责任公司", "铁精粉选矿厂", "南郊选矿区",
    hours_per_day=16, season=NO_WINTER,
    outlets=(
        air("破碎筛分除尘排气筒", 30000, p.ORE_DUST, kind="general", half_yearly=True),
        air("干燥窑排气筒", 26000, p.DRYING_KILN, kind="main"),
    ),
)  # fmt: skip
CEMENT = Industry(
    "cement", "3011", "水泥制造", 63, "key", "水泥有限责任公司", "熟料生产线", "南郊选矿区",
    season=NO_WINTER,
    outlets=(
        air("窑尾排气筒", 180000, p.CLINKER_KILN, kind="main"),
        air("窑头排气筒", 120000, p.CLINKER_COOLER, kind="main"),
        air("水泥磨排气筒", 25000, p.CEMENT_DUST, kind="general", half_yearly=True),
    ),
)  # fmt: skip

# Fixed points for who shows the city: the first permit has one air outlet and the smallest report of all,
# the second one air and one water outlet.
KEY = (
    Group(HEAT_GAS, 1, automatic_monitoring=True),
    Group(MEAT, 1, automatic_monitoring=True),
    Group(HEAT_COAL, 1, automatic_monitoring=True),
    Group(SEWAGE, 1, automatic_monitoring=True),
    Group(HEAT_COAL, 3),
    Group(MEAT, 2),
    Group(ORE, 3),
    Group(SEWAGE_PARK, 1),
    Group(CEMENT, 1),
)
