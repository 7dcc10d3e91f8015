"""Whether the facts of a query can be judged by: all that is wrong with them at once."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Literal

from services.kit.findings import Findings, pointer
from services.kit.identifiers.industry import SECTIONS, digits_of
from services.kit.texts import Text
from services.permits.catalogue.editions import Edition
from services.permits.catalogue.schemas import ClassificationQuery, Stated

_UNKNOWN = Text(zh="{edition}没有事实“{name}”", en="{edition} knows no fact {name}")
_MISPLACED = Text(zh="“{name}”应在{of}中填写", en="{name} is stated under {of}")
_KIND = Text(zh="“{name}”应填在{list}中", en="{name} belongs into {list}")
_UNIT = Text(zh="“{name}”的单位应为：{units}", en="{name} is given in: {units}")
_NEGATIVE = Text(zh="数量不能为负", en="a quantity is not negative")
_TWICE = Text(zh="“{name}”填了两次", en="{name} is stated twice")
_CONTRADICT = Text(zh="“{name}”成立时“{other}”也成立", en="where {name} holds, {other} does")
_DIVISION = Text(
    zh="国民经济行业分类没有大类{division}", en="the classification of industries has no division {division}"
)
_SECTION = Text(zh="大类{division}属门类{right}", en="division {division} is in section {right}")

SOURCE_INDUSTRIES = "GB/T 4754-2017"
# The last division of each section.
_SECTIONS = dict(
    zip(
        SECTIONS,
        (5, 12, 43, 46, 50, 52, 60, 62, 65, 69, 70, 72, 75, 79, 82, 83, 85, 90, 96, 97),
        strict=True,
    )
)


def check_query(query: ClassificationQuery, edition: Edition) -> Findings:
    """Every name, place, unit and industry of a query."""
    found = Findings()
    _check_facts(found, pointer("site"), query.site, "site", edition)
    for number, activity in enumerate(query.activities):
        here = pointer("activities", number)
        check_industry(found, f"{here}/industry_code", activity.industry_code)
        _check_facts(found, here, activity, "activity", edition)
    return found


def check_industry(found: Findings, where: str, code: str) -> None:
    """GB/T 4754-2017: the division exists, and is in the section whose letter stands before it."""
    digits = digits_of(code)
    division = digits[:2]
    if not division.isdigit():
        return
    right = next((letter for letter, last in _SECTIONS.items() if int(division) <= last), None)
    if right is None or division == "00":
        found.add(
            where, "industry_division_unknown", _DIVISION.format(division=division), article=SOURCE_INDUSTRIES
        )
    elif digits != code and not code.startswith(right):
        text = _SECTION.format(division=division, right=right)
        found.add(
            where, "industry_section_mismatch", text, article=SOURCE_INDUSTRIES, suggestion=f"{right}{digits}"
        )


def _check_facts(
    found: Findings, here: str, stated: Stated, of: Literal["site", "activity"], edition: Edition
) -> None:
    seen: set[str] = set()
    for where, name, is_quantity in _names(here, stated):
        fact = edition.facts.get(name)
        if name in seen:
            found.add(f"{where}/name", "fact_twice", _TWICE.format(name=name))
        seen.add(name)
        if fact is None:
            near = next(iter(get_close_matches(name, edition.facts, n=1)), None)
            text = _UNKNOWN.format(edition=edition.name, name=name)
            found.add(f"{where}/name", "fact_unknown", text, suggestion=near)
            continue
        if fact.of != of:
            found.add(f"{where}/name", "fact_misplaced", _MISPLACED.format(name=name, of=fact.of))
        if bool(fact.units) is not is_quantity:
            right = "quantities" if fact.units else "statements"
            found.add(f"{where}/name", "fact_of_other_kind", _KIND.format(name=name, list=right))
    _check_implied(found, here, stated, edition)
    for number, quantity in enumerate(stated.quantities):
        where, fact = f"{here}/quantities/{number}", edition.facts.get(quantity.name)
        if quantity.value < 0:
            found.add(f"{where}/value", "quantity_negative", _NEGATIVE)
        if fact is not None and fact.units and quantity.unit not in fact.units:
            text = _UNIT.format(name=quantity.name, units="、".join(fact.units))
            found.add(f"{where}/unit", "fact_unit_unknown", text, suggestion=fact.unit)


def _check_implied(found: Findings, here: str, stated: Stated, edition: Edition) -> None:
    """What holds is not denied by a more general statement."""
    denied = {each.name for each in stated.statements if not each.holds}
    for number, statement in enumerate(stated.statements):
        fact = edition.facts.get(statement.name)
        if statement.holds and fact is not None and fact.implies in denied:
            text = _CONTRADICT.format(name=fact.name, other=fact.implies)
            found.add(f"{here}/statements/{number}/holds", "facts_contradict", text)


def _names(here: str, stated: Stated) -> Iterator[tuple[str, str, bool]]:
    for number, quantity in enumerate(stated.quantities):
        yield f"{here}/quantities/{number}", quantity.name, True
    for number, statement in enumerate(stated.statements):
        yield f"{here}/statements/{number}", statement.name, False
