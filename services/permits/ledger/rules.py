"""The environmental management ledger (环境管理台账): what is written down, when, and how long it is kept. Pure.

Sources: 排污许可管理条例 (Order 736) art. 21: the holder keeps a ledger as the permit says, true and complete, for five
years at least; HJ 944-2018 section 4: its contents and how often each is written (from memory, and as printed in a
permit in force: basic facts once a year, production by batch, facilities once a day, abnormal states each time).
"""

from __future__ import annotations

from collections.abc import Collection, Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from services.kit.findings import Findings
from services.kit.texts import Text

ARTICLE_LEDGER = "排污许可管理条例 第二十一条"
SOURCE_CONTENT = "HJ 944-2018"

COMMON = frozenset(
    {"id", "kind", "facility_code", "happened_at", "made_offline", "supersedes", "reason", "note"}
)


class Kind(StrEnum):
    """What an entry is about, with the standard's words."""

    BASIC = "basic"  # 基本信息
    PRODUCTION = "production"  # 生产设施运行管理信息
    MATERIALS = "materials"  # 原辅料、燃料
    TREATMENT = "treatment"  # 污染防治设施正常运行
    ABNORMAL = "abnormal"  # 设施异常情况
    MONITORING = "monitoring"  # 监测记录信息
    OTHER = "other"  # 其他环境管理信息


@dataclass(frozen=True)
class Content:
    """What an entry of one kind says: `needs` always, `may` where it is known; how often it is written."""

    needs: frozenset[str]
    may: frozenset[str]
    facilities: tuple[str, ...]
    """How the code of its facility or outlet begins; none: it needs no facility."""
    often: Text

    def fits(self, given: Set[str]) -> bool:
        """Whether these members are what an entry of the kind says."""
        return self.needs <= given <= self.all

    @cached_property
    def all(self) -> frozenset[str]:
        """Everything that it may say."""
        return self.needs | self.may | COMMON


def _content(needs: str, may: str, facilities: str, often: Text) -> Content:
    return Content(frozenset(needs.split()), frozenset(may.split()), tuple(facilities.split()), often)


CONTENTS: dict[Kind, Content] = {
    Kind.BASIC: _content(
        "name",
        "model capacity unit",
        "MF TA TW TN TS DA DW",
        Text(zh="每年一次，变化时", en="once a year, and on a change"),
    ),
    Kind.PRODUCTION: _content(
        "name quantity unit",
        "ended_at run_hours load_percent",
        "MF",
        Text(zh="每批次或每班", en="for each batch or shift"),
    ),
    Kind.MATERIALS: _content(
        "name quantity unit",
        "ended_at use sulphur_percent ash_percent volatile_percent heat_mj_kg batch_number",
        "",
        Text(zh="每批次", en="for each batch"),
    ),
    Kind.TREATMENT: _content(
        "run_hours",
        "ended_at name quantity unit power_kwh",
        "TA TW TN TS",
        Text(zh="每日一次", en="once a day"),
    ),
    Kind.ABNORMAL: _content(
        "cause measures",
        "ended_at pollutants is_reported",
        "MF TA TW TN TS DA DW",
        Text(zh="每次异常", en="each time"),
    ),
    Kind.MONITORING: _content(
        "name",
        "quantity unit method laboratory",
        "DA DW YS",
        Text(zh="按监测方案", en="as the monitoring plan says"),
    ),
    Kind.OTHER: _content("note", "name", "", Text(zh="发生时", en="as it happens")),
}

_NEEDED = Text(zh="{kind}台账应填写此项", en="an entry of the kind {kind} says this")
_NOT_OF_KIND = Text(zh="{kind}台账没有此项", en="an entry of the kind {kind} does not say this")
_FACILITY = Text(
    zh="{kind}台账应填写编号以{prefixes}开头的设施或排放口",
    en="an entry of the kind {kind} names a facility or outlet whose code begins with {prefixes}",
)
_FUTURE = Text(zh="晚于现在", en="it has not ended yet")
_ORDER = Text(zh="结束时间早于开始时间", en="it ends before it begins")
_OUTLET = Text(zh="当日有效的许可证没有排放口{outlet}", en="the permit of that day has no outlet {outlet}")


def check_content(found: Findings, kind: Kind, given: Set[str]) -> None:
    """HJ 944-2018 section 4: an entry says what its kind needs, and nothing that is of another kind."""
    content = CONTENTS[kind]
    for name in sorted(content.needs.difference(given)):
        found.add(
            f"/{name}",
            "member_needed",
            _NEEDED.format(kind=kind),
            article=SOURCE_CONTENT,
            rests_on=("/kind",),
        )
    for name in sorted(given - content.needs - content.may - COMMON):
        text = _NOT_OF_KIND.format(kind=kind)
        found.add(f"/{name}", "member_not_of_kind", text, article=SOURCE_CONTENT, rests_on=("/kind",))


def check_facility(found: Findings, kind: Kind, code: str | None) -> None:
    """HJ 944-2018 section 4, HJ 608-2017: the facility or outlet is one of the sort that the kind is about."""
    prefixes = CONTENTS[kind].facilities
    if prefixes and (code is None or not code.startswith(prefixes)):
        text = _FACILITY.format(kind=kind, prefixes=" / ".join(prefixes))
        found.add("/facility_code", "facility_not_of_kind", text, article=SOURCE_CONTENT, rests_on=("/kind",))


def check_order(found: Findings, *, happened_at: datetime, ended_at: datetime, latest: datetime) -> None:
    """条例 art. 21: the ledger is true: nothing ends before it begins, or has ended already when it has not."""
    if ended_at < happened_at:
        found.add(
            "/ended_at", "ends_before_it_begins", _ORDER, article=ARTICLE_LEDGER, rests_on=("/happened_at",)
        )
    elif ended_at > latest:
        found.add("/ended_at", "in_the_future", _FUTURE, article=ARTICLE_LEDGER)


def check_outlet(found: Findings, code: str | None, *, outlets: Collection[str]) -> None:
    """条例 art. 21: discharges are recorded by the outlets that the permit of that day has."""
    if code is not None and code[0] == "D" and code not in outlets:
        rests_on = ("/happened_at",)
        found.add(
            "/facility_code",
            "outlet_not_permitted",
            _OUTLET.format(outlet=code),
            article=ARTICLE_LEDGER,
            rests_on=rests_on,
        )
