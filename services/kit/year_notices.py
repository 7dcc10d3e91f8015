"""The State Council's yearly notice on public holidays (国务院办公厅关于部分节假日安排的通知), as data.

Each autumn the notice names next year's days off and the weekend days worked in exchange. The library
`chinesecalendar` ships those of the past; a notice it does not have yet is a JSON file (form: see
`services/kit/calendars/README.md`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).with_name("calendars")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MEMBERS = frozenset({"year", "source", "off", "work"})
_SATURDAY = 5


class CalendarInvalid(ValueError):  # noqa: N818 - reads as the sentence it is
    """A calendar file that cannot be relied on; the message names the file and the entry."""


@dataclass(frozen=True, slots=True)
class YearNotice:
    """The notice for one year: `off` are days off, `work` the Saturdays and Sundays worked (调休上班).

    Both may hold the last days of the year before, because the holiday of 1 January is arranged by the notice
    of the year it opens (2018-12-29 was worked and 2018-12-31 off by the notice for 2019). `source` is the
    number of the notice. ValueError for a date outside, a day in both, or a working day that is no weekend
    day.
    """

    year: int
    off: frozenset[date]
    work: frozenset[date]
    source: str

    def __post_init__(self) -> None:
        first, last = date(self.year - 1, 12, 1), date(self.year, 12, 31)
        for day in self.off | self.work:
            if not first <= day <= last:
                raise ValueError(f"{day} does not belong to the notice for {self.year}")
        for day in self.work:
            if day.weekday() < _SATURDAY or day in self.off:
                raise ValueError(
                    f"{day} is listed as worked but is no weekend day, or is listed as off as well"
                )
        if not self.off:
            raise ValueError(f"the notice for {self.year} names no day off")


def load_notices(*paths: Path) -> dict[int, YearNotice]:
    """The notices by year, from the shipped folder and then from each path (a JSON file or a folder of them).

    A later file replaces an earlier one of the same year. CalendarInvalid for a file that is not in the form,
    FileNotFoundError for a path that does not exist.
    """
    notices: dict[int, YearNotice] = {}
    for file in _files((SHIPPED, *paths)):
        notice = _read(file)
        notices[notice.year] = notice
    return notices


def _files(paths: tuple[Path, ...]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(path.glob("*.json"))
        else:
            yield path


def _read(file: Path) -> YearNotice:
    try:
        document = json.loads(file.read_bytes())
        if not isinstance(document, dict) or set(document) != _MEMBERS:
            raise ValueError(f"expected an object with exactly {', '.join(sorted(_MEMBERS))}")
        if type(document["year"]) is not int or not isinstance(document["source"], str):
            raise ValueError("year is a number, source a text")
        return YearNotice(
            year=document["year"],
            off=frozenset(_days(document["off"])),
            work=frozenset(_days(document["work"])),
            source=document["source"],
        )
    except (ValueError, OverflowError, RecursionError) as error:
        raise CalendarInvalid(f"{file}: {error}") from error


def _days(entries: Any) -> Iterator[date]:
    """Each day of a list of `YYYY-MM-DD` and `YYYY-MM-DD/YYYY-MM-DD` (both ends included)."""
    if not isinstance(entries, list):
        raise ValueError("off and work are lists")
    for entry in entries:
        first, slash, last = entry.partition("/") if isinstance(entry, str) else ("", "", "")
        if not _DAY.fullmatch(first) or (slash and not _DAY.fullmatch(last)):
            raise ValueError(f"{entry!r} is no day YYYY-MM-DD and no span of two")
        start, end = date.fromisoformat(first), date.fromisoformat(last or first)
        if not 0 <= (end - start).days <= 31:
            raise ValueError(f"{entry!r} ends before it begins, or is longer than a holiday")
        yield from (start + timedelta(days=after) for after in range((end - start).days + 1))
