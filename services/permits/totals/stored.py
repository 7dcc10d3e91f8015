"""SQL of the stored figures: editions, the rows of permits, sums over them."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.driven import Driven, rows_of
from services.kit.identifiers.industry import SECTIONS
from services.kit.locking import locking
from services.kit.scoping import of_whoever, whose
from services.permits.permits.models import Permit
from services.permits.totals import changes
from services.permits.totals.models import FiguresEdition, YearFigure

Grouping = Literal["enterprise", "industry", "division"]
Line = dict[str, Any]
"""One row of `year_figure` without its edition, as JSON has it: decimals as text."""
_FIGURE = cast(sa.Table, sa.inspect(YearFigure).local_table)
_COLUMNS = [each for each in _FIGURE.c if each.name != "edition_id"]
_NAMES = [each.name for each in _COLUMNS]
_GIVEN = rows_of("lines", _COLUMNS)
_ADD = Driven(
    _FIGURE.insert().from_select(
        ["edition_id", *_NAMES],
        sa.select(sa.bindparam("edition", type_=sa.BigInteger()), *(_GIVEN.c[name] for name in _NAMES)),
    )
)
NOTHING_KNOWN = ""
"""In place of a pollutant."""


class Sum(NamedTuple):
    """One pollutant of the permits of one group. Nothing known adds nothing; t/a."""

    group: str
    pollutant: str
    permits: int
    quota: Decimal
    permitted: Decimal
    allowed: Decimal
    actual: Decimal
    expected: Decimal
    without_report: int
    without_forecast: int
    whole: bool | None
    """Whether the year is complete for each permit with a forecast; None where there is none."""


async def edition(session: AsyncSession, fingerprint: str) -> FiguresEdition | None:
    """As it is committed, and of nobody's to change."""
    found = await session.exec(select(FiguresEdition).where(FiguresEdition.fingerprint == fingerprint))
    return found.first()


async def locked(session: AsyncSession, fingerprint: str, now: datetime) -> FiguresEdition:
    """The edition, begun where there is none; nobody else brings it in line until the transaction ends."""
    mine = locking(select(FiguresEdition).where(FiguresEdition.fingerprint == fingerprint))
    found = (await session.exec(mine)).first()
    if found is not None:
        return found
    position = await changes.newest_position(session)
    begun = insert(FiguresEdition).values(
        fingerprint=fingerprint, position=position, built_to="", begun_at=now, used_at=now
    )
    await session.exec(begun.on_conflict_do_nothing())
    return (await session.exec(mine)).one()


async def forget_unused(session: AsyncSession, before: datetime) -> None:
    """Drops the editions that no process has used since."""
    await session.exec(sa.delete(FiguresEdition).where(col(FiguresEdition.used_at) < before))


async def permits_after(session: AsyncSession, number: str, limit: int) -> Sequence[str]:
    numbers = select(Permit.permit_number).where(Permit.permit_number > number)
    return (await session.exec(numbers.order_by(col(Permit.permit_number)).limit(limit))).all()


async def count_permits_after(session: AsyncSession, number: str) -> int:
    statement = select(sa.func.count()).select_from(Permit).where(Permit.permit_number > number)
    return (await session.exec(statement)).one()


async def replace(
    session: AsyncSession, edition_id: int, numbers: Collection[str], years: range, lines: Sequence[Line]
) -> None:
    """Puts the lines of these permits and years in place of those that are there."""
    await session.exec(
        sa.delete(YearFigure).where(
            col(YearFigure.edition_id) == edition_id,
            col(YearFigure.permit_number).in_(numbers),
            sa.between(col(YearFigure.year), years[0], years[-1]),
        )
    )
    if lines:
        await _ADD.execute(session, edition=edition_id, lines=json.dumps(lines))


async def sums(
    session: AsyncSession,
    *,
    rows: RowScope,
    year: int,
    by: Grouping | None,
    edition_id: int | None,
    instead: Collection[str],
    lines: Sequence[Line],
) -> list[Sum]:
    """Sums by group (`by` None: one of all) and pollutant, in this order, over the caller's rows of an edition.

    `lines` are those of permits (`instead`) of which the edition's do not count. A group of permits of which nothing is
    known has one sum, without a pollutant and of no permit.
    """
    found = await _SUMS[by].fetch(
        session,
        edition=edition_id or 0,
        year=year,
        instead=list(instead),
        lines=json.dumps(lines),
        **whose(rows),
    )
    return [Sum(*row) for row in found]


def _every_line() -> sa.Subquery:
    """The caller's rows of an edition's year but those of some permits, and the lines that are given."""
    line = _FIGURE.c
    instead = sa.func.unnest(sa.bindparam("instead", type_=sa.ARRAY(sa.Text()))).column_valued("number")
    stored = sa.select(*(line[name] for name in _NAMES)).where(
        line.edition_id == sa.bindparam("edition", type_=sa.BigInteger()),
        line.year == sa.bindparam("year", type_=sa.Integer()),
        sa.not_(sa.exists(sa.select(sa.literal(1)).where(instead == line.permit_number))),
        of_whoever(line.uscc, site=line.permit_number),
    )
    return sa.union_all(stored, sa.select(*(_GIVEN.c[name] for name in _NAMES))).subquery()


def _group(lines: sa.Subquery, by: Grouping | None) -> Any:
    """GB/T 4754: the class that the permit names, without its section's letter; the division, its first two digits."""
    if by is None:
        return sa.literal("")
    if by == "enterprise":
        return lines.c.uscc
    named = sa.func.ltrim(lines.c.industry_code, SECTIONS)
    return sa.func.left(named, 2) if by == "division" else named


def _summed(lines: sa.Subquery) -> Any:
    line, key = lines.c, (lines.c.name, lines.c.pollutant.collate("C"))
    is_known = line.pollutant != NOTHING_KNOWN
    allowed = sa.func.least(line.quota_t, line.permitted_t)
    amounts = (line.quota_t, line.permitted_t, allowed, line.actual_t, line.expected_t)
    return (
        sa.select(
            *key,
            sa.func.count().filter(is_known),
            *(sa.func.coalesce(sa.func.sum(each), 0) for each in amounts),
            sa.func.count().filter(is_known, line.actual_t.is_(None)),
            sa.func.count().filter(is_known, line.expected_t.is_(None)),
            sa.func.bool_and(line.complete).filter(line.expected_t.is_not(None)),
        )
        .group_by(*key)
        .order_by(*key)
    )


def _sums_by(by: Grouping | None) -> Driven:
    every = _every_line()
    return Driven(_summed(sa.select(_group(every, by).collate("C").label("name"), every).subquery()))


_SUMS: dict[Grouping | None, Driven] = {
    by: _sums_by(by) for by in ("enterprise", "industry", "division", None)
}
