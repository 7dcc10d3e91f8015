"""What an application states beside what the permit is to say (条例 art. 8). Pure: no clock, no database.

Source: 排污许可管理条例 (Order 736) art. 8: a sewage plant states its catchment, its pipes and where it discharges in
the end; a new, rebuilt or expanded source of key pollutants where its quota comes from. Which industries are sewage
plants, and with which applications it is asked for, is configuration (`data/periods.toml`).
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass
from datetime import date

from services.kit.findings import Findings, pointer
from services.kit.identifiers.industry import digits_of
from services.kit.texts import Text
from services.permits.applications.rules import Kind
from services.permits.applications.rules_content import Remark

ARTICLE_QUOTA = "排污许可管理条例 第八条"
IN_FORCE = date(2021, 3, 1)
"""排污许可管理条例 art. 51 (read: in force on that day)."""

_SEWERAGE = Text(
    zh="污水集中处理设施应说明纳污范围、管网布置和最终排放去向",
    en="a sewage plant states its catchment, its pipe layout and its final destination",
)
_NO_PLANT = Text(zh="仅污水集中处理设施填写", en="only a sewage plant states this")
_QUOTA = Text(
    zh="{pollutants}的许可排放量增加，应说明总量控制指标的来源",
    en="more of {pollutants} would be allowed: state where the quota comes from",
)
_OFFSET = Text(
    zh="没有该削减替代说明，或已被驳回、撤回",
    en="there is no such offset statement of this enterprise, or it was refused or withdrawn",
)
_IF_NEW = Text(
    zh="所列环评于条例施行后批复或备案：如属新建、改建、扩建排放重点污染物的项目，应说明总量控制指标的来源",
    en="the EIA was decided under the Regulation: a new, rebuilt or expanded source of key pollutants states where its "
    "quota comes from",
)


@dataclass(frozen=True, slots=True)
class SewagePlants:
    """Who states its catchment: configuration (`periods.toml`)."""

    industries: Sequence[str]
    """Beginnings of classes of GB/T 4754, without the section's letter."""
    kinds: Set[Kind]
    basis: str

    def holds(self, industry_code: str) -> bool:
        return digits_of(industry_code).startswith(tuple(self.industries))


def check_sewerage(
    found: Findings, *, kind: Kind, industry_code: str, is_stated: bool, rule: SewagePlants | None
) -> None:
    """条例 art. 8: a sewage plant says whose sewage it takes, by which pipes, and where it goes in the end."""
    is_plant = rule is not None and rule.holds(industry_code)
    where, rests_on = "/sewerage", ("/kind", "/content/industry_code")
    if is_stated and not is_plant:
        found.add(where, "sewerage_of_no_plant", _NO_PLANT, rests_on=rests_on)
    elif rule is not None and is_plant and not is_stated and kind in rule.kinds:
        found.add(where, "sewerage_missing", _SEWERAGE, article=rule.basis, rests_on=rests_on)


def check_quota_source(found: Findings, *, kind: Kind, more: Sequence[str], is_stated: bool) -> None:
    """条例 art. 8: whoever is to be allowed more of a key pollutant says where the quota comes from.

    `more` are the pollutants under total control of which the permit would allow more than it does.
    """
    if kind is Kind.REAPPLICATION and more and not is_stated:
        text = _QUOTA.format(pollutants="、".join(more))
        found.add(
            "/quota_source",
            "quota_source_missing",
            text,
            article=ARTICLE_QUOTA,
            rests_on=("/kind", "/content"),
        )


def check_offsets(found: Findings, named: Sequence[uuid.UUID], *, known: Collection[uuid.UUID]) -> None:
    """条例 art. 8: an offset statement that an application names is there, and holds or is not decided yet."""
    for index, each in enumerate(named):
        if each not in known:
            where = pointer("quota_source", "offset_ids", index)
            found.add(where, "offset_unknown", _OFFSET, article=ARTICLE_QUOTA)


def remarks(
    *, kind: Kind, limits_amounts: bool, is_stated: bool, eia_decided: Collection[date]
) -> list[Remark]:
    """条例 art. 8: whether a first application is of a new source only the applicant knows; it is told what to do."""
    is_new = any(each >= IN_FORCE for each in eia_decided)
    if kind is Kind.FIRST and limits_amounts and not is_stated and is_new:
        return [Remark("quota_source_if_new", _IF_NEW, ARTICLE_QUOTA)]
    return []
