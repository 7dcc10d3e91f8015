"""Medical waste bags (医疗废物包装袋): their kinds, and the places on their way in order. Pure: no clock, no database.

Sources: 《医疗废物分类目录（2021年版）》 (kinds); 医疗废物管理条例 (Order 380) art. 12 (registered from hand to hand),
art. 17, 25 (two days).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from services.kit.findings import Findings
from services.kit.texts import Text
from services.waste.units.rules import CARRIER, HOSPITAL, RECEIVER

SOURCE_KINDS = "医疗废物分类目录（2021年版）"
ARTICLE_REGISTER = "医疗废物管理条例 第十二条"

WASTE_CODE: Mapping[str, str] = MappingProxyType(
    {
        "infectious": "841-001-01",  # 感染性
        "sharps": "841-002-01",  # 损伤性
        "pathological": "841-003-01",  # 病理性
        "chemical": "841-004-01",  # 化学性
        "pharmaceutical": "841-005-01",  # 药物性
    }
)
"""Kind by kind, the code of the national catalogue (HW01)."""


class State(StrEnum):
    """Where a bag is."""

    REGISTERED = "registered"  # 已登记
    STORED = "stored"  # 暂存
    COLLECTED = "collected"  # 已收运
    DELIVERED = "delivered"  # 已到处置单位


class Place(StrEnum):
    """Where a bag is scanned."""

    CLINIC = "clinic"  # 医疗机构暂存间
    VEHICLE = "vehicle"  # 转运车
    PLANT = "plant"  # 处置单位


TRANSITIONS: Mapping[tuple[State, Place], State] = MappingProxyType(
    {
        (State.REGISTERED, Place.CLINIC): State.STORED,
        (State.STORED, Place.VEHICLE): State.COLLECTED,
        (State.COLLECTED, Place.PLANT): State.DELIVERED,
    }
)

SCANNED_BY: Mapping[Place, str] = MappingProxyType(
    {Place.CLINIC: HOSPITAL, Place.VEHICLE: CARRIER, Place.PLANT: RECEIVER}
)
"""Which kind of unit scans at a place."""

CLOCK_SKEW = timedelta(minutes=5)
"""How far a handheld's clock may be ahead of ours. Ours, no law's."""


def after(state: State, place: Place) -> State | None:
    """The state that a scan leads to; None where the bag is not expected there."""
    return TRANSITIONS.get((state, place))


def expected(state: State) -> Place | None:
    """Where the bag is to be scanned next; None at the end of its way."""
    return next((place for (before, place) in TRANSITIONS if before is state), None)


@dataclass(frozen=True, slots=True)
class ScanFact:
    """What makes two scans the same: a handheld that was offline sends its scans again."""

    place: Place
    uscc: str
    scanned_at: datetime
    plate: str | None


def same(scan: ScanFact, known: Sequence[ScanFact]) -> int | None:
    """The index of the scan that this one repeats; None for a new one."""
    return next((index for index, other in enumerate(known) if other == scan), None)


_FUTURE = Text(zh="扫描时间晚于当前时间", en="the time of the scan is in the future")
_BEFORE = Text(zh="扫描时间早于上一环节（{earlier}）", en="the scan is before the one before it ({earlier})")
_PLATE = Text(zh="转运车扫描应填写车牌", en="a scan on a vehicle names its plate")
_NO_PLATE = Text(zh="仅转运车扫描填写车牌", en="only a scan on a vehicle names a plate")
_OTHER_HOSPITAL = Text(zh="该包装袋由另一医疗机构登记", en="another hospital registered this bag")


def check_scan(
    found: Findings, scan: ScanFact, *, previous_at: datetime, now: datetime, hospital_uscc: str
) -> None:
    """条例 art. 12: each handover is registered with its time, one after the other."""
    if scan.scanned_at > now + CLOCK_SKEW:
        found.add("/scanned_at", "scan_in_future", _FUTURE)
    elif scan.scanned_at < previous_at:
        text = _BEFORE.format(earlier=previous_at.isoformat(timespec="seconds"))
        found.add("/scanned_at", "scan_before_previous", text, article=ARTICLE_REGISTER)
    if scan.place is Place.VEHICLE and scan.plate is None:
        found.add("/plate", "plate_missing", _PLATE, article=ARTICLE_REGISTER)
    elif scan.place is not Place.VEHICLE and scan.plate is not None:
        found.add("/plate", "plate_without_vehicle", _NO_PLATE)
    if scan.place is Place.CLINIC and scan.uscc != hospital_uscc:
        found.add("/uscc", "bag_of_another_hospital", _OTHER_HOSPITAL, article=ARTICLE_REGISTER)
