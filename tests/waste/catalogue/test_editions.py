"""The catalogue as data: every code of the 2021 edition, and which edition serves on which day."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from services.waste.catalogue.editions import DATA, CatalogueInvalid, catalogue, load

LAST_DAY_OF_2021_EDITION, FIRST_DAY_OF_2025_EDITION = date(2024, 12, 31), date(2025, 1, 1)


def test_the_2021_edition_has_467_codes_in_46_categories() -> None:
    serving = catalogue().on(LAST_DAY_OF_2021_EDITION)
    assert serving is not None
    entries = serving.edition.entries
    assert len(entries) == 467
    assert len({entry.category for entry in entries.values()}) == 46
    assert not {f"HW{number}" for number in range(41, 45)} & {entry.category for entry in entries.values()}


def test_before_its_first_day_there_is_no_edition() -> None:
    assert catalogue().on(date(2020, 12, 31)) is None
    assert catalogue().on(date(2021, 1, 1)) is not None


def test_a_day_of_an_edition_whose_table_is_missing_is_answered_provisionally_by_the_one_before() -> None:
    before, after = catalogue().on(LAST_DAY_OF_2021_EDITION), catalogue().on(FIRST_DAY_OF_2025_EDITION)
    assert before is not None
    assert after is not None
    assert (before.edition.edition, before.provisional) == ("2021", False)
    assert (after.edition.edition, after.missing_edition) == ("2021", "2025")


def test_once_its_table_is_there_the_new_edition_serves_from_its_day_and_the_old_one_before(
    tmp_path: Path,
) -> None:
    described = json.loads((DATA / "editions.json").read_text(encoding="utf-8"))
    described[1]["table"] = "new.csv"
    (tmp_path / "editions.json").write_text(json.dumps(described), encoding="utf-8")
    old = DATA / described[0]["table"]
    (tmp_path / old.name).write_bytes(old.read_bytes())
    (tmp_path / "new.csv").write_text(
        "category,category_name,industry,code,description,hazards\nHW08,废矿物油,全行业,900-999-08,新,T\n",
        encoding="utf-8",
    )
    both = load(tmp_path)
    before, after = both.on(LAST_DAY_OF_2021_EDITION), both.on(FIRST_DAY_OF_2025_EDITION)
    assert before is not None
    assert after is not None
    assert before.find("900-249-08") is not None
    assert before.find("900-999-08") is None
    assert (after.provisional, after.find("900-249-08")) == (False, None)
    assert after.find("900-999-08") is not None


@pytest.mark.parametrize(
    "row",
    [
        "HW08,废矿物油,全行业,900-249-31,别类,T",
        "HW08,废矿物油,全行业,900-249-08,,T",
        "HW08,废矿物油,全行业,900-249-08,特性不明,X",
        "HW08,废矿物油,全行业,90024908,没有连字符,T",
    ],
)
def test_a_table_that_cannot_be_relied_on_is_refused_with_its_line(tmp_path: Path, row: str) -> None:
    only = [{**json.loads((DATA / "editions.json").read_text(encoding="utf-8"))[0], "table": "bad.csv"}]
    (tmp_path / "editions.json").write_text(json.dumps(only), encoding="utf-8")
    head = "category,category_name,industry,code,description,hazards"
    (tmp_path / "bad.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    with pytest.raises(CatalogueInvalid, match=r"bad\.csv, line 2"):
        load(tmp_path)
