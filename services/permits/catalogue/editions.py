"""The editions of the permit management catalogue (固定污染源排污许可分类管理名录) as dated data.

`data/editions.json` names every edition with its order, its source and the day it came into force. Its table (CSV)
holds the rows in their own words; its criteria (JSON) the facts and conditions that a machine can check. Another
edition is two more files and one more entry.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from services.kit.identifiers import check
from services.kit.texts import Text
from services.permits.catalogue.conditions import Always, Class, Condition, Fact, Holds, Procedures
from services.permits.catalogue.reading import CatalogueInvalid, condition_of
from services.permits.catalogue.rules import MANAGED, Clause, Row

DATA = Path(__file__).with_name("data")
ON_KEY_LIST = "纳入重点排污单位名录的"
IN_INDUSTRIAL_BUILDING = "﹡"
"""Printed behind what applies in an industrial building only (名录 附表 注)."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition: its rows in order, and the facts that its criteria know, by name."""

    edition: str
    name: str
    order: str
    source: str
    in_force_from: date
    rows: tuple[Row, ...]
    facts: Mapping[str, Fact]

    def row(self, number: int) -> Row | None:
        return next((row for row in self.rows if row.row == number), None)


class Catalogue:
    """Every edition, oldest first."""

    def __init__(self, editions: list[Edition]) -> None:
        self._editions = sorted(editions, key=lambda each: each.in_force_from)

    def on(self, day: date) -> Edition | None:
        """The edition in force on `day`; None before the first."""
        begun = [each for each in self._editions if each.in_force_from <= day]
        return begun[-1] if begun else None


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The shipped editions, read once per process. CatalogueInvalid where a file is not in its form."""
    return load(DATA)


def load(folder: Path) -> Catalogue:
    """The editions of a folder that holds `editions.json` and the files it names."""
    described: list[dict[str, Any]] = json.loads((folder / "editions.json").read_text(encoding="utf-8"))
    return Catalogue([_edition(folder, each) for each in described])


def _edition(folder: Path, described: dict[str, Any]) -> Edition:
    criteria = json.loads((folder / described["criteria"]).read_text(encoding="utf-8"))
    facts = {name: _fact(name, given) for name, given in criteria["facts"].items()}
    return Edition(
        **{name: described[name] for name in ("edition", "name", "order", "source")},
        in_force_from=date.fromisoformat(described["in_force_from"]),
        rows=_rows(folder / described["table"], criteria["rows"], facts),
        facts=MappingProxyType(facts),
    )


def _fact(name: str, given: dict[str, Any]) -> Fact:
    units = {unit: Fraction(factor) for unit, factor in given["units"].items()}
    return Fact(
        name, given["of"], Text(zh=given["zh"], en=given["en"]), MappingProxyType(units), given.get("implies")
    )


def _rows(file: Path, criteria: dict[str, Any], facts: Mapping[str, Fact]) -> tuple[Row, ...]:
    rows: list[Row] = []
    with file.open(encoding="utf-8", newline="") as lines:
        for number, line in enumerate(csv.DictReader(lines), start=2):
            try:
                rows.append(_row(line, criteria.get(line["row"]), facts))
            except (ValueError, KeyError) as error:
                raise CatalogueInvalid(f"{file.name}, line {number}: {error}") from error
    numbers = [row.row for row in rows]
    if numbers != list(range(1, len(rows) + 1)):
        raise CatalogueInvalid(f"{file.name}: the rows are not numbered from 1 on")
    if unknown := set(criteria) - {str(number) for number in numbers}:
        raise CatalogueInvalid(f"{file.name}: criteria of rows that it has not: {sorted(unknown)}")
    return tuple(rows)


def _row(line: dict[str, str], criteria: dict[str, Any] | None, facts: Mapping[str, Fact]) -> Row:
    if not all(line[name] for name in ("heading", "industries", *MANAGED)):
        raise ValueError("an empty column")
    codes, excepted = tuple(line["codes"].split()), tuple(line["excepted_codes"].split())
    for code in (*codes, *excepted):
        if not check("industry_code", code).ok:
            raise ValueError(f"{code} is no industry code")
    clauses, otherwise = _plain_clauses(line)
    if criteria is not None:
        given = [name for name in MANAGED if name in criteria]
        clauses = tuple(Clause(name, condition_of(criteria[name], facts)) for name in given)
        if any(line[clause.of_class] == "/" for clause in clauses):
            raise ValueError("criteria for a class that the row has not")
    if criteria is not None:
        otherwise = criteria.get("otherwise")
    return Row(
        int(line["row"]),
        line["heading"],
        codes,
        excepted,
        line["industries"],
        MappingProxyType({name: line[name] for name in MANAGED}),
        clauses,
        otherwise,
    )


def _plain_clauses(line: dict[str, str]) -> tuple[tuple[Clause, ...], Class | None]:
    """What needs no criteria of its own, with what holds otherwise: 全部; general procedures and 其他; and, of rows
    whose other words only a person can apply, that whoever is on the list of key units is key."""
    if line["key"] == "全部":
        return (Clause("key", Always()),), "none"
    if line["key"].startswith(ON_KEY_LIST):
        return (Clause("key", Holds("on_key_list")),), None
    rest = line["registration"]
    by_procedure = (line["key"], line["simplified"]) == ("涉及通用工序重点管理的", "涉及通用工序简化管理的")
    if not by_procedure or rest.removesuffix(IN_INDUSTRIAL_BUILDING) != "其他":
        return (), None
    left: Condition = Holds("industrial_building") if rest.endswith(IN_INDUSTRIAL_BUILDING) else Always()
    by_procedures = (Clause("key", Procedures("key")), Clause("simplified", Procedures("simplified")))
    return (*by_procedures, Clause("registration", left)), "none"
