"""The editions of the National Catalogue of Hazardous Wastes (国家危险废物名录) as dated data.

`data/editions.json` names every edition with the day it came into force; its table is a CSV beside it. A record is
judged by the edition of its day. Where the table of that edition is not at hand, the newest earlier one is used and
the answer is marked provisional: it names the edition that is missing.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from services.kit.identifiers import check
from services.waste.catalogue.rules import Entry, read_hazards

DATA = Path(__file__).with_name("data")


class CatalogueInvalid(ValueError):  # noqa: N818 - reads as the sentence it is
    """A catalogue file that cannot be relied on; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition whose table is at hand; `entries` by code, in the order of the codes."""

    edition: str
    name: str
    order: str
    in_force_from: date
    entries: Mapping[str, Entry]


@dataclass(frozen=True, slots=True)
class InForce:
    """The table that serves on a day. `missing_edition` is the one in force whose table is not at hand."""

    edition: Edition
    missing_edition: str | None

    @property
    def provisional(self) -> bool:
        return self.missing_edition is not None

    def find(self, code: str) -> Entry | None:
        return self.edition.entries.get(code)


class Catalogue:
    """Every edition known, oldest first."""

    def __init__(self, known: list[tuple[str, date, Edition | None]]) -> None:
        self._known = sorted(known, key=lambda each: each[1])

    def on(self, day: date) -> InForce | None:
        """What serves on `day`; None before the first edition whose table is at hand."""
        begun = [each for each in self._known if each[1] <= day]
        tables = [edition for _, _, edition in begun if edition is not None]
        if not tables:
            return None
        name, _, newest = begun[-1]
        return InForce(tables[-1], None if newest is not None else name)


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The shipped editions, read once per process. CatalogueInvalid where a file is not in its form."""
    return load(DATA)


def load(folder: Path) -> Catalogue:
    """The editions of a folder that holds `editions.json` and the tables it names."""
    described: list[dict[str, Any]] = json.loads((folder / "editions.json").read_text(encoding="utf-8"))
    known: list[tuple[str, date, Edition | None]] = []
    for each in described:
        begins = date.fromisoformat(each["in_force_from"])
        table = each.pop("table")
        entries = _entries(folder / table) if table is not None else None
        edition = (
            None if entries is None else Edition(**{**each, "in_force_from": begins, "entries": entries})
        )
        known.append((each["edition"], begins, edition))
    return Catalogue(known)


def _entries(file: Path) -> Mapping[str, Entry]:
    entries: dict[str, Entry] = {}
    with file.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            try:
                entry = _entry(row)
            except (ValueError, KeyError) as error:
                raise CatalogueInvalid(f"{file.name}, line {number}: {error}") from error
            if entry.code in entries:
                raise CatalogueInvalid(f"{file.name}, line {number}: {entry.code} appears twice")
            entries[entry.code] = entry
    return MappingProxyType({code: entries[code] for code in sorted(entries)})


def _entry(row: dict[str, str]) -> Entry:
    verdict = check("waste_code", f"{row['category']}{row['code']}")
    if not verdict.ok or verdict.value != row["code"]:
        raise ValueError(f"{row['category']} {row['code']} is no waste code")
    named = ("category", "category_name", "industry", "code", "description")
    if not all(row[name] for name in named):
        raise ValueError("an empty column")
    return Entry(**{name: row[name] for name in named}, hazards=read_hazards(row["hazards"]))
