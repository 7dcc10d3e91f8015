"""How the catalogue's columns are read, and what a manifest line must match. Pure: no file, no clock.

Sources: 国家危险废物名录 (2021 edition, in force 2021-01-01) art. 5 (codes) and note 1 of its table (traits).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from services.kit.findings import Findings
from services.kit.texts import Text

SOURCE_CODES = "国家危险废物名录 第五条"
SOURCE_TRAITS = "国家危险废物名录 附表 注1"
ARTICLE_FILLED = "危险废物转移管理办法 第十条"

TRAITS = ("T", "C", "I", "R", "In")
"""毒性 Toxicity, 腐蚀性 Corrosivity, 易燃性 Ignitability, 反应性 Reactivity, 感染性 Infectivity."""


@dataclass(frozen=True, slots=True)
class Hazards:
    """The hazard traits (危险特性) of a code: those it surely has, and those it may have.

    With none certain, it has at least one of the possible ones.
    """

    certain: tuple[str, ...]
    possible: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One code of one edition."""

    code: str
    category: str
    category_name: str
    industry: str
    description: str
    hazards: Hazards


def read_hazards(column: str) -> Hazards:
    """The traits as the table prints them (note 1): behind “，” the first is certain and the others are possible;
    “/” means one of them or several.

    ValueError for anything else.
    """
    traits = tuple(part.strip() for part in re.split("[，,/]", column))
    if not traits or len(set(traits)) != len(traits) or not set(traits) <= set(TRAITS):
        raise ValueError(f"no hazard traits: {column!r}")
    if "/" in column:
        if re.search("[，,]", column):
            raise ValueError(f"both “，” and “/”: {column!r}")
        return Hazards(certain=(), possible=traits)
    return Hazards(certain=traits[:1], possible=traits[1:])


_NOT_LISTED = Text(
    zh="{name}没有废物代码{code}；名录未列入而经鉴别属危险废物的，用900-000-XX",
    en="{name} has no waste code {code}; waste found hazardous by testing only is 900-000-XX",
)
_CATEGORY = Text(
    zh="废物代码{code}属{right}，不属{given}", en="the code {code} is of category {right}, not {given}"
)
_TRAITS = Text(
    zh="{code}的危险特性应含{certain}，只可为{possible}",
    en="the hazard traits of {code} include {certain} and are among {possible}",
)


def check_code(found: Findings, where: str, *, code: str, entry: Entry | None, edition_name: str) -> None:
    """名录 art. 5: the code is on the list of the day."""
    if entry is None:
        text = _NOT_LISTED.format(name=edition_name, code=code)
        found.add(where, "waste_code_not_listed", text, article=SOURCE_CODES)


def check_category(found: Findings, where: str, *, category: str, entry: Entry) -> None:
    """名录 art. 5: the category stated is that of the code."""
    if category != entry.category:
        text = _CATEGORY.format(code=entry.code, right=entry.category, given=category)
        found.add(where, "category_mismatch", text, article=SOURCE_CODES, suggestion=entry.category)


def check_traits(found: Findings, where: str, *, traits: Collection[str], entry: Entry) -> None:
    """Order 23 art. 10: the traits stated are those that the catalogue gives the code (note 1)."""
    certain, allowed = set(entry.hazards.certain), {*entry.hazards.certain, *entry.hazards.possible}
    if traits and certain <= set(traits) <= allowed:
        return
    names = [trait for trait in TRAITS if trait in allowed]
    text = _TRAITS.format(
        code=entry.code, certain="、".join(certain) or " / ".join(names), possible="、".join(names)
    )
    found.add(where, "hazard_traits_mismatch", text, article=f"{ARTICLE_FILLED}；{SOURCE_TRAITS}")
