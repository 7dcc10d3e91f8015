"""Use cases of the catalogue: list it, look up a code, both as of a day."""

from __future__ import annotations

from datetime import date

from services.kit import clock
from services.kit.pages import PageQuery, decode, encode
from services.waste.catalogue.editions import InForce, catalogue
from services.waste.catalogue.errors import CodeNotListed, NoEdition
from services.waste.catalogue.rules import Entry
from services.waste.catalogue.schemas import EditionRead, EntryInEdition, EntryPage, EntryRead


def in_force(day: date | None) -> InForce:
    """The table of `day`, of today without one; 404 before the first edition."""
    found = catalogue().on(day or clock.today())
    if found is None:
        raise NoEdition()
    return found


def edition_view(found: InForce) -> EditionRead:
    return EditionRead(
        edition=found.edition.edition,
        name=found.edition.name,
        order=found.edition.order,
        in_force_from=found.edition.in_force_from,
        provisional=found.provisional,
        missing_edition=found.missing_edition,
    )


def lookup(code: str, *, on: date | None) -> EntryInEdition:
    found = in_force(on)
    entry = found.find(code)
    if entry is None:
        raise CodeNotListed(edition=found.edition.edition)
    return EntryInEdition.model_validate(
        {**EntryRead.model_validate(entry).model_dump(), "catalogue": edition_view(found)}
    )


def listing(
    query: PageQuery, *, on: date | None, category: str | None, trait: str | None, text: str | None
) -> EntryPage:
    """A page of codes in their order."""
    found = in_force(on)
    after = decode(query.cursor, [str])[0] if query.cursor is not None else ""
    wanted = [
        entry
        for code, entry in found.edition.entries.items()
        if code > after and _matches(entry, category=category, trait=trait, text=text)
    ]
    items = wanted[: query.limit]
    return EntryPage(
        catalogue=edition_view(found),
        items=[EntryRead.model_validate(entry) for entry in items],
        next_cursor=encode([items[-1].code]) if len(wanted) > len(items) else None,
    )


def _matches(entry: Entry, *, category: str | None, trait: str | None, text: str | None) -> bool:
    return (
        category in (None, entry.category)
        and (trait is None or trait in (*entry.hazards.certain, *entry.hazards.possible))
        and (text is None or text in entry.description or text in entry.category_name)
    )
