"""A calendar with a notice that the shipped one does not have yet, for tests."""

from __future__ import annotations

from datetime import date

from services.kit.working_days import WorkingCalendar
from services.kit.year_notices import YearNotice


def published(*off: date, work: tuple[date, ...] = (), year: int = 2027) -> WorkingCalendar:
    """The shipped calendar with a notice for `year`: these days are off, these weekend days are worked."""
    notice = YearNotice(year=year, off=frozenset(off), work=frozenset(work), source="国办发明电〔2026〕号")
    return WorkingCalendar({year: notice})


NEW_YEAR = published(date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3))
WORKED = published(date(2027, 1, 2), date(2027, 1, 3), work=(date(2026, 12, 27),))
"""A Sunday of December is worked, and 1 January as well: days end earlier than Monday to Friday have them."""
