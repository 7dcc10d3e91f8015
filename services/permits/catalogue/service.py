"""Use cases of the management catalogue: list it, read a row, find the class of a site, each as of a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import Principal
from services.kit.findings import Findings
from services.kit.identifiers.industry import digits_of
from services.kit.pages import PageQuery, decode, encode
from services.permits.catalogue.checks import check_query
from services.permits.catalogue.conditions import Known
from services.permits.catalogue.editions import Edition, catalogue
from services.permits.catalogue.errors import ClassificationInvalid, NoEdition, RowNotFound
from services.permits.catalogue.rules import Row, find, rows_of
from services.permits.catalogue.schemas import (
    Classification,
    ClassificationQuery,
    RowInEdition,
    RowPage,
    Stated,
)
from services.permits.catalogue.views import (
    activity_view,
    edition_view,
    procedure_view,
    row_in_edition,
    row_view,
    site_view,
)


def in_force(day: date | None) -> Edition:
    """The edition of `day`, of today without one; 404 before the first."""
    edition = catalogue().on(day or clock.today())
    if edition is None:
        raise NoEdition()
    return edition


def lookup(row: int, *, on: date | None) -> RowInEdition:
    edition = in_force(on)
    found = edition.row(row)
    if found is None:
        raise RowNotFound(edition=edition.edition)
    return row_in_edition(found, edition)


def listing(query: PageQuery, *, on: date | None, industry_code: str | None, text: str | None) -> RowPage:
    """A page of rows in their order; with an industry code, those that it may belong to."""
    edition = in_force(on)
    after: int = decode(query.cursor, [int])[0] if query.cursor is not None else 0
    wanted = [row for row in _of_industry(edition, industry_code) if row.row > after and _says(row, text)]
    items = wanted[: query.limit]
    return RowPage(
        catalogue=edition_view(edition),
        items=[row_view(row) for row in items],
        next_cursor=encode([items[-1].row]) if len(wanted) > len(items) else None,
    )


def _of_industry(edition: Edition, code: str | None) -> Iterator[Row]:
    if code is None:
        yield from edition.rows
    else:
        yield from sorted(rows_of(edition.rows, digits_of(code)), key=lambda row: row.row)


def _says(row: Row, text: str | None) -> bool:
    return text is None or any(text in each for each in (row.heading, row.industries, *row.words.values()))


def classify(query: ClassificationQuery) -> Classification:
    """The class of each industry and of the site. ClassificationInvalid names all facts that cannot be read."""
    edition = in_force(query.on)
    check_query(query, edition).raise_if_any(ClassificationInvalid)
    activities = [_known(each, edition, digits_of(each.industry_code)) for each in query.activities]
    found = find(edition.rows, _known(query.site, edition), activities)
    return Classification(
        on=query.on or clock.today(),
        catalogue=edition_view(edition),
        site=site_view(found),
        activities=[
            activity_view(asked.industry_code, verdict, edition)
            for asked, verdict in zip(query.activities, found.activities, strict=True)
        ],
        procedures=[procedure_view(verdict, edition) for verdict in found.procedures],
    )


async def findings(_session: AsyncSession, _principal: Principal, query: ClassificationQuery) -> Findings:
    """What the rules say about a query whose shape is wrong in places."""
    edition = catalogue().on(query.on or clock.today())
    return Findings() if edition is None else check_query(query, edition)


def _known(stated: Stated, edition: Edition, code: str = "") -> Known:
    quantities = {
        each.name: Fraction(each.value) * edition.facts[each.name].units[each.unit]
        for each in stated.quantities
    }
    return Known(code, quantities, {each.name: each.holds for each in stated.statements})
