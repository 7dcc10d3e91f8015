"""The sample's emergency supplies: forty items in the seven categories of 环境应急资源调查指南, quantities invented.

As a real survey found, most depots hold sandbags and little else; goods to collect or break down pollutants are few.
"""

from __future__ import annotations

from dataclasses import dataclass

CITY, WORKS, STATION = "CK-01", "CK-02", "CK-03"


@dataclass(frozen=True, slots=True)
class SampleItem:
    """An item and what each depot holds of it: `life` is how many days a lot is good for, None for ever.

    `stock` is per depot a list of (quantity, days ago that it came in).
    """

    code: str
    name: str
    category: str
    unit: str
    life: int | None
    stock: dict[str, tuple[tuple[str, int], ...]]


def _item(
    code: str, name: str, category: str, unit: str, life: int | None, **stock: tuple[tuple[str, int], ...]
) -> SampleItem:
    depots = {"city": CITY, "works": WORKS, "station": STATION}
    return SampleItem(code, name, category, unit, life, {depots[key]: lots for key, lots in stock.items()})


_CUT, _HOLD, _COLLECT = "source_cutoff", "pollutant_control", "pollutant_collection"
_BREAK, _SAFE = "pollutant_degradation", "safety_protection"
_TALK, _MEASURE = "communication_command", "environmental_monitoring"
_YEAR = 365

ITEMS: tuple[SampleItem, ...] = (
    _item(
        "QD-001",
        "沙袋",
        _CUT,
        "bag",
        None,
        city=(("3000", 700),),
        works=(("1200", 650),),
        station=(("400", 500),),
    ),
    _item("QD-002", "快速膨胀袋", _CUT, "piece", 3 * _YEAR, city=(("80", 690), ("40", 200))),
    _item("QD-003", "溢漏围堤", _CUT, "set", None, city=(("6", 600),)),
    _item("QD-004", "下水道阻流袋", _CUT, "piece", None, works=(("20", 620),)),
    _item("QD-005", "排水井保护垫", _CUT, "piece", None, city=(("30", 500),), station=(("12", 480),)),
    _item("QD-006", "充气式堵水气囊", _CUT, "set", 5 * _YEAR),
    _item("KZ-001", "PVC围油栏", _HOLD, "m", None, city=(("400.00", 700),)),
    _item("KZ-002", "防火围油栏", _HOLD, "m", None),
    _item("KZ-003", "拦污浮桶", _HOLD, "piece", None),
    _item("KZ-004", "土工膜", _HOLD, "m2", None, city=(("2000.00", 640),)),
    _item("KZ-005", "彩条布", _HOLD, "m2", None, city=(("1500.00", 640),), works=(("600.00", 600),)),
    _item("KZ-006", "导流管件", _HOLD, "m", None, works=(("120.00", 600),)),
    _item("SJ-001", "收油机", _COLLECT, "machine", None, city=(("1", 690),)),
    _item("SJ-002", "防爆潜水泵", _COLLECT, "machine", None, city=(("4", 690),), works=(("6", 650),)),
    _item(
        "SJ-003",
        "吸油毡",
        _COLLECT,
        "kg",
        3 * _YEAR,
        city=(("500.000", 690), ("300.000", 150)),
        station=(("60.000", 480),),
    ),
    _item("SJ-004", "吸油棉", _COLLECT, "kg", 3 * _YEAR, station=(("25.000", 480),)),
    _item("SJ-005", "吨桶", _COLLECT, "piece", None, city=(("20", 640),)),
    _item("SJ-006", "油囊", _COLLECT, "set", None),
    _item("JJ-001", "加药装置", _BREAK, "set", None, works=(("2", 650),)),
    _item(
        "JJ-002",
        "活性炭",
        _BREAK,
        "kg",
        2 * _YEAR,
        city=(("2000.000", 720), ("1500.000", 120)),
        works=(("800.000", 300),),
    ),
    _item("JJ-003", "膨润土", _BREAK, "kg", None, city=(("3000.000", 600),)),
    _item("JJ-004", "氢氧化钙", _BREAK, "kg", _YEAR, city=(("5000.000", 500), ("5000.000", 90))),
    _item("JJ-005", "碳酸钠", _BREAK, "kg", 2 * _YEAR, works=(("2000.000", 200),)),
    _item("JJ-006", "聚合氯化铝", _BREAK, "kg", _YEAR, works=(("1200.000", 420), ("1000.000", 60))),
    _item("JJ-007", "聚丙烯酰胺", _BREAK, "kg", 2 * _YEAR, works=(("150.000", 300),)),
    _item("JJ-008", "次氯酸钠溶液", _BREAK, "L", 180, works=(("600.000", 400), ("500.000", 30))),
    _item("JJ-009", "硫化钠", _BREAK, "kg", _YEAR),
    _item("AF-001", "全面罩防毒面具", _SAFE, "piece", 5 * _YEAR, city=(("60", 690),), works=(("20", 620),)),
    _item("AF-002", "滤毒盒", _SAFE, "piece", 3 * _YEAR, city=(("200", 690), ("100", 200))),
    _item("AF-003", "重型防化服", _SAFE, "set", 5 * _YEAR, city=(("8", 690),)),
    _item("AF-004", "轻型防化服", _SAFE, "set", 3 * _YEAR, city=(("30", 400),), works=(("10", 300),)),
    _item(
        "AF-005",
        "防化手套",
        _SAFE,
        "pair",
        2 * _YEAR,
        city=(("100", 720), ("80", 100)),
        station=(("20", 480),),
    ),
    _item("AF-006", "正压式空气呼吸器", _SAFE, "set", 10 * _YEAR, city=(("10", 690),)),
    _item("TX-001", "防爆对讲机", _TALK, "machine", None, city=(("16", 690),)),
    _item("TX-002", "应急指挥车", _TALK, "vehicle", None, city=(("1", 690),)),
    _item("TX-003", "卫星电话", _TALK, "machine", None),
    _item("JC-001", "便携式多参数水质分析仪", _MEASURE, "machine", None, city=(("2", 690),)),
    _item("JC-002", "便携式气体检测仪", _MEASURE, "machine", None, city=(("6", 690),)),
    _item("JC-003", "水质检测试纸", _MEASURE, "piece", 540, city=(("500", 700), ("400", 80))),
    _item("JC-004", "采样无人机", _MEASURE, "machine", None),
)
