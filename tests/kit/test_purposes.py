"""The list of purposes: dated, in two languages, checked when it is read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from services.kit.purposes import PurposesError, load

DAY = date(2026, 11, 26)


def test_those_that_ship_hold_today() -> None:
    shipped = load()
    assert {"supervision", "licensing", "complaint", "emergency", "statistics", "audit"} <= {
        each.code for each in shipped.on(DAY)
    }
    assert all(each.text.zh and each.text.en for each in shipped)


def test_a_purpose_holds_on_its_days_only(tmp_path: Path) -> None:
    file = tmp_path / "purposes.toml"
    file.write_text('[census]\nsince = 2026-01-01\nuntil = 2026-06-30\nzh = "普查"\nen = "Census"\n', "utf-8")
    purposes = load(file)
    held = [purposes.holds("census", date(2026, *day)) for day in ((1, 1), (6, 30), (7, 1))]
    assert (held, purposes.holds("census", date(2025, 12, 31))) == ([True, True, False], False)
    assert purposes.on(DAY) == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "names no purpose"),
        ("[x", "purposes.toml"),
        ('["Not A Code"]\nsince = 2026-01-01\nzh = "甲"\nen = "a"\n', "a code is"),
        ('[census]\nsince = 2026-01-01\nuntil = 2025-01-01\nzh = "甲"\nen = "a"\n', "ends before it begins"),
        ('[census]\nsince = 2026-01-01\nzh = "甲"\n', "en"),
        ('[census]\nsince = 2026-01-01\nzh = "甲"\nen = "a"\ncolour = 1\n', "colour"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, content: str, says: str) -> None:
    file = tmp_path / "purposes.toml"
    file.write_text(content, "utf-8")
    with pytest.raises(PurposesError, match=says):
        load(file)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(PurposesError, match=r"purposes\.toml"):
        load(tmp_path / "purposes.toml")
