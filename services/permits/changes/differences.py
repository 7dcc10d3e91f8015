"""What two versions of a permit say differently, field by field. Pure: two documents in, differences out.

Items of a list are known by what they are (an outlet by its code, a limit by pollutant and kind), never by where they
stand: pointers name them so, `/outlets/DA001/limits/a21026/hourly_concentration/value`, and another order is no
difference. What is added or removed as a whole is one difference with the whole of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from services.kit.findings import pointer
from services.permits.changes.words import NUMBERS

Document = Mapping[str, Any]
Kind = Literal["added", "removed", "changed"]
Direction = Literal["up", "down"]

IDENTITY: dict[str, tuple[str, ...]] = {
    "outlets": ("code",),
    "limits": ("pollutant_code", "kind", "permit_year"),
    "plant_limits": ("scope", "pollutant_code", "permit_year"),
    "special_limits": ("period", "alert_level", "outlet_code", "pollutant_code", "kind"),
    "monitoring": ("outlet_code", "point", "pollutant_code", "means"),
    "production_facilities": ("code",),
    "treatment_facilities": ("code",),
    "ledger": ("category", "content"),
    "disclosure": ("content",),
    "operation": ("subject", "text"),
    "fugitive": ("subject", "text"),
    "other": ("subject", "text"),
}
"""By which members an item of each list is known; those that are null are left out."""

STEPPED = ("valid_from",)
"""What tells items apart that are otherwise the same: a limit that changes on a day is two rows."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that the two say differently. `path` are the parts of `pointer`, `trail` the members and items."""

    path: tuple[str, ...]
    trail: tuple[tuple[str, Document | None], ...]
    kind: Kind
    before: Any
    after: Any

    @property
    def pointer(self) -> str:
        return pointer(*self.path)

    @property
    def members(self) -> tuple[str, ...]:
        """The names of the members on the way, without the keys of items: ("outlets", "limits", "value")."""
        return tuple(name for name, _ in self.trail)

    @property
    def direction(self) -> Direction | None:
        """Whether a number grew or shrank; None for what is no number, or is not on both sides."""
        if self.kind != "changed" or self.members[-1] not in NUMBERS:
            return None
        before, after = _number(self.before), _number(self.after)
        if before is None or after is None or before == after:
            return None
        return "up" if after > before else "down"


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value)) if value is not None and not isinstance(value, bool) else None
    except InvalidOperation:
        return None


def compare(before: Document, after: Document) -> list[Difference]:
    """Every difference, in the order of the members."""
    return list(_objects((), (), before, after))


def _objects(
    path: tuple[str, ...], trail: tuple[tuple[str, Document | None], ...], before: Document, after: Document
) -> Iterator[Difference]:
    for name in dict.fromkeys((*before, *after)):
        here = ((*path, name), (*trail, (name, None)))
        yield from _values(*here, before.get(name), after.get(name))


def _values(
    path: tuple[str, ...], trail: tuple[tuple[str, Document | None], ...], before: Any, after: Any
) -> Iterator[Difference]:
    name = trail[-1][0]
    if isinstance(before, list) and isinstance(after, list) and name in IDENTITY and _keyed(before, after):
        yield from _items(path, trail, before, after)
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _objects(path, trail, before, after)
    elif not _same(name, before, after):
        kind: Kind = "added" if before is None else "removed" if after is None else "changed"
        yield Difference(path, trail, kind, before, after)


def _keyed(before: list[Any], after: list[Any]) -> bool:
    return all(isinstance(item, Mapping) for item in (*before, *after))


def _same(name: str, before: Any, after: Any) -> bool:
    if isinstance(before, list) and isinstance(after, list):
        return sorted(map(repr, before)) == sorted(map(repr, after))
    if name in NUMBERS and before is not None and after is not None:
        return _number(before) == _number(after)  # 12.5 and 12.50 permit the same
    return bool(before == after)


def _items(
    path: tuple[str, ...],
    trail: tuple[tuple[str, Document | None], ...],
    before: list[Document],
    after: list[Document],
) -> Iterator[Difference]:
    name = trail[-1][0]
    old, new = _by_identity(name, before, after), _by_identity(name, after, before)
    for key in dict.fromkeys((*old, *new)):
        item = new.get(key) or old.get(key)
        here = ((*path, *key), (*trail[:-1], (name, item)))
        if key not in old:
            yield Difference(*here, "added", None, new[key])
        elif key not in new:
            yield Difference(*here, "removed", old[key], None)
        else:
            yield from _objects(*here, old[key], new[key])


def _by_identity(
    name: str, items: Sequence[Document], others: Sequence[Document]
) -> dict[tuple[str, ...], Document]:
    """The items by what they are; those that several share are told apart by their first day, on both sides."""
    counts = [Counter(_identity(name, item) for item in each) for each in (items, others)]
    shared = {key for count in counts for key, number in count.items() if number > 1}
    named = {}
    for item in items:
        key = _identity(name, item)
        named[(*key, *_parts(item, STEPPED)) if key in shared else key] = item
    return named


def _identity(name: str, item: Document) -> tuple[str, ...]:
    return _parts(item, IDENTITY[name])


def _parts(item: Document, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(str(item[name]) for name in names if item.get(name) is not None)
