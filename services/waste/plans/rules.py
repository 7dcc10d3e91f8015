"""What a yearly management plan must satisfy. Pure: no clock, no database.

Sources: 固废法 (2020) art. 78 (plan, filed); HJ 1259-2022 §5.1 (one plan a site and year), §5.2.2 (by 31 March).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.kit.findings import Findings, pointer
from services.kit.texts import Text

ARTICLE_PLAN = "固体废物污染环境防治法 第七十八条"
SOURCE_PLAN = "HJ 1259-2022 5.2"
DUE_MONTH, DUE_DAY = 3, 31


@dataclass(frozen=True, slots=True)
class PlanLineFact:
    """One planned transfer of a year: which waste, to whom, how much."""

    waste_code: str
    receiver_uscc: str
    mode: str
    planned_kg: Decimal


_TWICE = Text(zh="同一废物向同一接收单位的转移已列出", en="this waste is planned for this receiver already")
_RECEIVER = Text(zh="{uscc}未登记为接收单位", en="{uscc} is not registered as a receiver")
_YEAR = Text(
    zh="{today}只能备案{first}年或{second}年的计划", en="on {today} a plan is filed for {first} or {second}"
)


def due_on(year: int) -> date:
    """HJ 1259-2022 §5.2.2: a plan is filed by 31 March of its year."""
    return date(year, DUE_MONTH, DUE_DAY)


def days_late(year: int, *, filed_on: date) -> int:
    """Calendar days after 31 March; 0 when in time."""
    return max(0, (filed_on - due_on(year)).days)


def check_year(found: Findings, *, year: int, today: date) -> None:
    """HJ 1259-2022 §5.1: plans are made year by year: for this one, or ahead for the next."""
    if year not in (today.year, today.year + 1):
        text = _YEAR.format(today=today, first=today.year, second=today.year + 1)
        found.add("/year", "plan_year", text, article=SOURCE_PLAN)


def check_lines(found: Findings, lines: Sequence[PlanLineFact], *, receivers: frozenset[str]) -> None:
    """固废法 art. 78, 80: each transfer once, and to registered receivers."""
    seen: set[tuple[str, str]] = set()
    for index, line in enumerate(lines):
        key = line.waste_code, line.receiver_uscc
        if key in seen:
            where = pointer("lines", index)
            found.add(where, "plan_line_repeated", _TWICE, article=SOURCE_PLAN)
        seen.add(key)
        if line.receiver_uscc not in receivers:
            text = _RECEIVER.format(uscc=line.receiver_uscc)
            where = pointer("lines", index, "receiver_uscc")
            found.add(where, "receiver_not_registered", text, article=ARTICLE_PLAN)
