"""How the criteria of an edition are written: a condition is a JSON object of one of these forms.

    {"fact": name, "at_least" | "more_than": decimal, "unit": unit}     also {"facts": [names]}: their sum
    {"statement": name}, {"statement": name, "holds": false}
    {"code": [industry codes]}, {"procedures": class}, {"always": true}
    {"all": [conditions]}, {"any": [conditions]}, {"not": condition}

`article` may stand with a fact or statement. CatalogueInvalid for any other form, fact or unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Literal

from services.permits.catalogue.conditions import (
    AllOf,
    Always,
    Amount,
    AnyOf,
    Condition,
    Fact,
    Holds,
    InIndustry,
    Not,
    Procedures,
)


class CatalogueInvalid(ValueError):  # noqa: N818 - reads as the sentence it is
    """A catalogue file that cannot be relied on; the message names file and line."""


def condition_of(given: dict[str, Any], facts: Mapping[str, Fact]) -> Condition:
    """The condition that an object of the criteria states."""
    if "statement" in given:
        return _statement(given, facts)
    if "fact" in given or "facts" in given:
        return _amount(given, facts)
    match given:
        case {"all": [*parts]}:
            return AllOf(tuple(condition_of(part, facts) for part in parts))
        case {"any": [*parts]}:
            return AnyOf(tuple(condition_of(part, facts) for part in parts))
        case {"not": part}:
            return Not(condition_of(part, facts))
        case {"code": [*codes]}:
            return InIndustry(tuple(codes))
        case {"procedures": reach}:
            return Procedures(reach)
        case {"always": True}:
            return Always()
    raise CatalogueInvalid(f"no condition: {given!r}")


def _statement(given: dict[str, Any], facts: Mapping[str, Fact]) -> Condition:
    name = given["statement"]
    if name not in facts or facts[name].units:
        raise CatalogueInvalid(f"no such statement: {name}")
    return Holds(name, given.get("holds", True), given.get("article"))


def _amount(given: dict[str, Any], facts: Mapping[str, Fact]) -> Condition:
    names = tuple(given.get("facts", [given.get("fact")]))
    comparison: Literal[">=", ">"] = ">=" if "at_least" in given else ">"
    for name in names:
        if name not in facts or facts[name].unit != given["unit"]:
            raise CatalogueInvalid(f"no quantity {name} in {given['unit']}")
    bound = Fraction(given["at_least"] if "at_least" in given else given["more_than"])
    return Amount(names, comparison, bound, given["unit"], given.get("article"))
