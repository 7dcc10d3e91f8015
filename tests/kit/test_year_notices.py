"""Files with the State Council's yearly notices."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from services.kit.working_days import WorkingCalendar, working_calendar
from services.kit.year_notices import CalendarInvalid, YearNotice, load_notices

# Invented for the tests; the real notice for 2027 is not published.
INVENTED_2027 = YearNotice(
    year=2027,
    off=frozenset({date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 4)}),
    work=frozenset({date(2027, 1, 2)}),
    source="测试用，非真实通知",
)
calendar = WorkingCalendar()
DOCUMENT: dict[str, object] = {
    "year": 2027,
    "source": "测试用，非真实通知",
    "off": ["2026-12-31/2027-01-01", "2027-01-04"],
    "work": ["2027-01-02"],
}


def _write(folder: Path, **changes: object) -> Path:
    file = folder / "2027.json"
    file.write_text(json.dumps(DOCUMENT | changes), encoding="utf-8")
    return file


def test_nothing_is_shipped_for_a_year_whose_notice_is_not_out() -> None:
    assert load_notices() == {}
    assert working_calendar().calendar == calendar.calendar


def test_the_example_of_the_readme_is_what_the_library_knows_of_2026(tmp_path: Path) -> None:
    readme = Path(__file__).parents[2] / "services" / "kit" / "calendars" / "README.md"
    example = readme.read_text(encoding="utf-8").split("```json\n")[1].split("```")[0]
    (tmp_path / "2026.json").write_text(example, encoding="utf-8")
    read = working_calendar(tmp_path)
    every_day = [date(2026, 1, 1) + timedelta(days=after) for after in range(360)]
    assert [read.is_working_day(day) for day in every_day] == [
        calendar.is_working_day(day) for day in every_day
    ]


def test_a_file_and_a_folder_are_read_alike(tmp_path: Path) -> None:
    file = _write(tmp_path)
    assert load_notices(file) == load_notices(tmp_path) == {2027: INVENTED_2027}


@pytest.mark.parametrize(
    "changes",
    [
        {"year": "2027"},
        {"off": []},
        {"off": "2027-01-01"},
        {"off": ["2027-13-01"]},
        {"off": ["20270101"]},
        {"off": [20270101]},
        {"off": ["2027-02-10/2027-02-01"]},
        {"off": ["2027-02-01/2027-06-01"]},
        {"off": ["2028-01-01"]},
        {"work": ["2027-01-05"]},
        {"off": ["2027-01-02"], "work": ["2027-01-02"]},
        {"note": "unknown member"},
    ],
)
def test_a_file_out_of_form_is_refused_by_name(tmp_path: Path, changes: dict[str, object]) -> None:
    file = _write(tmp_path, **changes)
    with pytest.raises(CalendarInvalid, match=r"2027\.json"):
        load_notices(file)


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe", b"[" * 100_000])
def test_a_file_that_is_no_json_object_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "2027.json"
    file.write_bytes(content)
    with pytest.raises(CalendarInvalid):
        load_notices(file)


def test_a_path_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_notices(tmp_path / "2028.json")


def test_a_notice_under_the_wrong_year_is_refused() -> None:
    with pytest.raises(ValueError, match="filed under 2028"):
        WorkingCalendar({2028: INVENTED_2027})
