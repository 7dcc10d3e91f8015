"""What becomes of the obligations of a permit that was changed or has ended. Pure: no clock, no database.

What has been stays: a report that was made, and a period that was over before the change took hold, keep their
obligation as it was (条例 art. 22: whoever held the permit then owes it). Nothing is removed; what is owed no more is
void, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from services.permits.obligations.rules import Duty, Key

OWED, WAIVED, MERGED, VOID = "owed", "waived", "merged", "void"


@dataclass(frozen=True, slots=True)
class Kept:
    """An obligation as it is kept."""

    kind: str
    period_start: date
    period_end: date
    standing: str
    reported: bool

    @property
    def key(self) -> Key:
        return self.kind, self.period_start


@dataclass(frozen=True, slots=True)
class Changes:
    """Duties to add, duties that kept obligations become, and obligations that are void from now on."""

    add: tuple[Duty, ...]
    become: tuple[Duty, ...]
    void: tuple[Key, ...]


def changes(kept: Sequence[Kept], wanted: Iterable[Duty], *, since: date) -> Changes:
    """From what is kept to what the permit asks for now; periods that ended before `since` are left as they are."""
    untouchable = {each.key for each in kept if each.reported or each.period_end < since}
    known = {each.key: each for each in kept}
    by_key = {each.key: each for each in wanted if each.period_end >= since}
    return Changes(
        add=tuple(each for key, each in by_key.items() if key not in known),
        become=tuple(each for key, each in by_key.items() if key in known and key not in untouchable),
        void=tuple(
            key
            for key, each in known.items()
            if key not in untouchable and key not in by_key and each.standing != VOID
        ),
    )
