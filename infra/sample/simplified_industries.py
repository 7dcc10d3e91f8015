"""Industries under simplified management (简化管理). Flows, hours and seasons are figures for the sample."""

from __future__ import annotations

from infra.sample import pollutants as p
from infra.sample.specs import HEATING, NO_WINTER, Group, Industry, air, water

HEAT_SMALL = Industry(
    "heat", "4430", "热力生产和供应", 96, "simplified", "供热有限公司", "锅炉房", "城区",
    season=HEATING, rest="no_discharge", essential=True,
    outlets=(
        air("1号锅炉烟囱", 14000, p.SMALL_COAL_BOILER, kind="main"),
        air("2号锅炉烟囱", 11000, p.SMALL_COAL_BOILER, kind="main"),
    ),
)  # fmt: skip
OIL = Industry(
    "oil", "1331", "食用植物油加工", 11, "simplified", "粮油加工有限公司", "油脂加工厂", "口岸加工园区",
    season=(80, 85, 60, 90),
    outlets=(
        air("原料清理除尘排气筒", 8000, p.DUST, kind="general"),
        air("浸出车间排气筒", 3000, p.SOLVENT, kind="general"),
        air("燃气锅炉烟囱", 5000, p.GAS_BOILER, kind="general"),
        water("生产废水总排口", "8", p.OIL_MILL_WATER, kind="general"),
    ),
)  # fmt: skip
CEMENT_GRINDING = Industry(
    "cement", "3011", "水泥制造", 63, "simplified", "水泥粉磨有限公司", "粉磨站", "南郊选矿区",
    hours_per_day=16, season=NO_WINTER,
    outlets=(
        air("破碎机排气筒", 9000, p.CEMENT_DUST, kind="general"),
        air("烘干机排气筒", 15000, p.CEMENT_DRYER, kind="general"),
        air("水泥磨排气筒", 22000, p.CEMENT_DUST, kind="general"),
        air("包装机排气筒", 7000, p.CEMENT_DUST, kind="general"),
    ),
)  # fmt: skip
STONE = Industry(
    "stone", "3032", "建筑用石加工", 64, "simplified", "砂石建材有限公司", "砂石料场", "边境公路沿线",
    hours_per_day=10, season=NO_WINTER,
    outlets=(
        air("给料破碎除尘排气筒", 12000, p.DUST, kind="general"),
        air("筛分除尘排气筒", 15000, p.DUST, kind="general"),
        air("制砂除尘排气筒", 10000, p.DUST, kind="general"),
        air("转运除尘排气筒", 8000, p.DUST, kind="general"),
    ),
)  # fmt: skip
ASPHALT = Industry(
    "asphalt", "3099", "其他非金属矿物制品制造", 70, "simplified", "沥青拌合有限公司", "拌合站",
    zone="边境公路沿线",
    hours_per_day=10, season=(0, 70, 90, 30), site_region_code="152524",  # 苏尼特右旗: by the roads that are built
    outlets=(
        air("烘干筒排气筒", 30000, p.ASPHALT_DRYER, kind="general"),
        air("沥青拌合排气筒", 9000, p.ASPHALT_MIXER, kind="general"),
    ),
)  # fmt: skip
MEAT_SMALL = Industry(
    "meat", "1351", "牲畜屠宰", 13, "simplified", "肉羊屠宰有限公司", "屠宰车间", "南郊",
    hours_per_day=12, season=(0, 55, 90, 80),
    outlets=(
        air("燃气锅炉烟囱", 4000, p.GAS_BOILER, kind="general"),
        water("综合废水总排口", "15", p.SLAUGHTER_WATER, kind="general"),
    ),
)  # fmt: skip
_HOSPITAL_OUTLETS = (
    air("采暖锅炉烟囱", 3500, p.GAS_BOILER, kind="general"),
    water("医疗废水总排口", "11", p.HOSPITAL_WATER, kind="general"),
)
HOSPITAL = Industry(
    "hospital", "8411", "综合医院", 107, "simplified", "综合医院", "院区", "城区",
    outlets=_HOSPITAL_OUTLETS, public_institution=True, essential=True,
)  # fmt: skip
ETHNIC_HOSPITAL = Industry(
    "hospital", "8414", "民族医院", 107, "simplified", "蒙医医院", "院区", "城区",
    outlets=_HOSPITAL_OUTLETS, public_institution=True, essential=True,
)  # fmt: skip
FUEL = Industry(
    "fuel", "5265", "机动车燃油零售", 100, "simplified", "加油站有限公司", "加油站", "城区",
    outlets=(
        air("油气处理装置排放口", 15, p.FILLING_VAPOUR, kind="general"),
        water("洗车废水排放口", "0.8", p.OILY_WATER, kind="general"),
    ),
)  # fmt: skip
DEPOT = Industry(
    "depot", "5941", "油气仓储", 102, "simplified", "油品仓储有限公司", "油库", "东货场物流区",
    outlets=(
        air("油气处理装置排放口", 120, p.DEPOT_VAPOUR, kind="general"),
        water("含油废水排放口", "2", p.OILY_WATER, kind="general"),
    ),
)  # fmt: skip

SIMPLIFIED = (
    Group(HEAT_SMALL, 3),
    Group(OIL, 5),
    Group(CEMENT_GRINDING, 1),
    Group(STONE, 2),
    Group(ASPHALT, 1),
    Group(MEAT_SMALL, 1),
    Group(HOSPITAL, 1),
    Group(ETHNIC_HOSPITAL, 1),
    Group(FUEL, 5),
    Group(DEPOT, 1),
)
