"""What a receiver states when the waste is there, and what is a discrepancy. Pure: no clock, no database.

Source: 危险废物转移管理办法 (Order 23 of 2021) art. 12 (checks kind, weight, packaging, labels; what is accepted),
art. 18 (name, quantity, traits, form or packaging differ: tell the shipper, decide, report to the bureau there).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.kit.findings import Findings, pointer
from services.kit.texts import Text
from services.waste.licences.rules import ARTICLE_LICENSED
from services.waste.manifests.rules import Step

ARTICLE_RECEIPT = "危险废物转移管理办法 第十二条"
ARTICLE_DISCREPANCY = "危险废物转移管理办法 第十八条"

QUANTITY = "mass_kg"
COMPARED = ("waste_code", "waste_name", "hazard_traits", "form", "packaging", "container_count")
"""With the mass, the fields of art. 18: 名称 (code, name), 数量 (mass, count), 特性, 形态, 包装方式."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far the arrived mass may differ before it counts, in percent of the declared mass.

    Art. 18 names none, so the default is 0; a city may set what its scales allow.
    """

    percent: Decimal = Decimal(0)

    def exceeded(self, declared_kg: Decimal, arrived_kg: Decimal) -> bool:
        return abs(arrived_kg - declared_kg) * 100 > declared_kg * self.percent


@dataclass(frozen=True, slots=True)
class Declared:
    """One line as the shipper signed it; `fields` are the `COMPARED` ones."""

    line: int
    waste_code: str
    mass_kg: Decimal
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Arrived:
    """One line as the receiver found it; `observed` are those of the `COMPARED` fields that it saw differently."""

    line: int
    arrived_kg: Decimal
    accepted_kg: Decimal
    refused_kg: Decimal
    refusal_reason: str | None
    observed: Mapping[str, Any]

    @property
    def observed_code(self) -> str | None:
        code = self.observed.get("waste_code")
        return None if code is None else str(code)


@dataclass(frozen=True, slots=True)
class Difference:
    """One line that is not what the manifest says, with the fields in which it differs."""

    declared: Declared
    arrived: Arrived
    fields: tuple[str, ...]


_UNKNOWN = Text(zh="联单没有第{line}项", en="the manifest has no line {line}")
_TWICE = Text(zh="第{line}项重复", en="line {line} appears twice")
_MISSING = Text(zh="缺少第{line}项", en="line {line} is missing")
_NOT_CONSERVED = Text(
    zh="接受量{accepted}与退回量{refused}之和应等于运抵量{arrived}千克",
    en="accepted {accepted} and refused {refused} must add up to the {arrived} kg that arrived",
)
_REASON = Text(zh="有退回量时应说明理由", en="a refusal needs its reason")
_NO_REASON = Text(zh="没有退回量，不应填写退回理由", en="nothing was refused: leave out the reason")
_NOT_COVERED = Text(
    zh="许可证的同一类别不包括实际到场的{code}，不得接受",
    en="the licence's group does not cover {code}, which arrived: it must not be accepted",
)


def check_lines(found: Findings, declared: Iterable[Declared], arrived: Sequence[Arrived]) -> None:
    """Order 23 art. 12: each line of the manifest is answered, once, and no other."""
    expected = {line.line for line in declared}
    seen: set[int] = set()
    for index, line in enumerate(arrived):
        where = pointer("lines", index, "line")
        if line.line not in expected:
            text = _UNKNOWN.format(line=line.line)
            found.add(where, "line_unknown", text, article=ARTICLE_RECEIPT)
        elif line.line in seen:
            found.add(where, "line_repeated", _TWICE.format(line=line.line), article=ARTICLE_RECEIPT)
        seen.add(line.line)
    for missing in sorted(expected - seen):
        text = _MISSING.format(line=missing)
        found.add("/lines", "line_missing", text, article=ARTICLE_RECEIPT, rests_on=("/lines/*/line",))


def check_mass(found: Findings, index: int, line: Arrived) -> None:
    """Order 23 art. 12: what arrived is accepted or refused, to the gram; a refusal says why."""
    where = pointer("lines", index)
    masses = ("arrived_kg", "accepted_kg", "refused_kg")
    rests_on = tuple(f"{where}/{name}" for name in masses)
    if line.accepted_kg + line.refused_kg != line.arrived_kg:
        text = _NOT_CONSERVED.format(
            accepted=format(line.accepted_kg, "f"),
            refused=format(line.refused_kg, "f"),
            arrived=format(line.arrived_kg, "f"),
        )
        found.add(where, "mass_not_conserved", text, article=ARTICLE_RECEIPT, rests_on=rests_on)
    place = f"{where}/refusal_reason"
    if line.refused_kg > 0 and line.refusal_reason is None:
        found.add(place, "refusal_unexplained", _REASON, article=ARTICLE_DISCREPANCY, rests_on=rests_on[2:])
    elif line.refused_kg == 0 and line.refusal_reason is not None:
        found.add(place, "reason_without_refusal", _NO_REASON, rests_on=rests_on[2:])


def check_observed_code(found: Findings, index: int, line: Arrived, *, covered: bool) -> None:
    """固废法 art. 80: what turns out to be another waste may be accepted only where the licence covers it, too."""
    if line.observed_code is not None and line.accepted_kg > 0 and not covered:
        where = pointer("lines", index)
        text = _NOT_COVERED.format(code=line.observed_code)
        found.add(
            f"{where}/accepted_kg",
            "observed_code_not_covered",
            text,
            article=ARTICLE_LICENSED,
            rests_on=(f"{where}/observed",),
        )


def differences(
    declared: Iterable[Declared], arrived: Iterable[Arrived], tolerance: Tolerance
) -> list[Difference]:
    """Order 23 art. 18: the lines that differ from the manifest, each with the fields in which it does."""
    by_line = {line.line: line for line in arrived}
    found = []
    for line in declared:
        there = by_line[line.line]
        fields = [name for name in COMPARED if _differs(line.fields.get(name), there.observed.get(name))]
        if tolerance.exceeded(line.mass_kg, there.arrived_kg):
            fields.insert(0, QUANTITY)
        if fields:
            found.append(Difference(line, there, tuple(fields)))
    return found


def _differs(stated: Any, seen: Any) -> bool:
    """Whether something else was seen; nothing said is seen as declared. Traits have no order."""
    if seen is None:
        return False
    if isinstance(stated, list) and isinstance(seen, list):
        return set(stated) != set(seen)
    return bool(stated != seen)


def outcome(arrived: Iterable[Arrived]) -> Step:
    """Order 23 art. 18: all accepted, some of it, or none."""
    lines = list(arrived)
    if not any(line.accepted_kg > 0 for line in lines):
        return Step.REJECT
    return Step.ACCEPT_IN_PART if any(line.refused_kg > 0 for line in lines) else Step.ACCEPT
