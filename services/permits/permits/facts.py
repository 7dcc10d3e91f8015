"""The limits of a permit as facts that rules compare with, from what one version of it says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from services.permits.permits.rules import WHOLE_PLANT, LimitFact
from services.permits.permits.rules_limits import AveragingRule
from services.permits.permits.schemas import PermitContent, PermitRead

Permit = PermitContent | PermitRead
Said = dict[str, Any]
"""What a limit says, by the names of its columns."""


def outlet_facts(permit: Permit) -> Iterator[LimitFact]:
    """The limits of its outlets: what an ordinary day is judged by."""
    for outlet in permit.outlets:
        for limit in outlet.limits:
            yield _outlet_fact(outlet.code, limit.model_dump())


def stored_facts(limits: Iterable[tuple[str, Said]]) -> Iterator[LimitFact]:
    """The same from the rows of a version, each with the code of its outlet."""
    return (_outlet_fact(code, said) for code, said in limits)


def plant_facts(permit: Permit) -> Iterator[LimitFact]:
    """Yearly totals of no single outlet."""
    for limit in permit.plant_limits:
        yield _plant_fact(limit.model_dump())


def stored_plant_facts(limits: Iterable[Said]) -> Iterator[LimitFact]:
    """The same from the rows of a version."""
    return map(_plant_fact, limits)


def special_facts(permit: PermitRead) -> Iterator[LimitFact]:
    """Limits of special periods; where discharge is prohibited the value is 0."""
    for limit in permit.special_limits:
        yield _special_fact(limit.model_dump())


def stored_special_facts(limits: Iterable[Said]) -> Iterator[LimitFact]:
    """The same from the rows of a version."""
    return map(_special_fact, limits)


def all_facts(permit: PermitRead) -> list[LimitFact]:
    return [*outlet_facts(permit), *plant_facts(permit), *special_facts(permit)]


def _outlet_fact(outlet_code: str, said: Said) -> LimitFact:
    return LimitFact(outlet_code=outlet_code, averaging=_rule(said.pop("averaging")), **said)


def _plant_fact(said: Said) -> LimitFact:
    return LimitFact(outlet_code=WHOLE_PLANT, kind="annual_amount", unit="t/a", **said)


def _special_fact(said: Said) -> LimitFact:
    outlet_code, value = said.pop("outlet_code"), said.pop("value")
    return LimitFact(
        outlet_code=outlet_code or WHOLE_PLANT,
        scope="outlet" if outlet_code else "plant",
        value=Decimal(0) if value is None else value,
        ground=said.pop("period"),
        averaging=_rule(said.pop("averaging")),
        **said,
    )


def _rule(stated: dict[str, Any] | None) -> AveragingRule | None:
    return AveragingRule(**stated) if stated else None
