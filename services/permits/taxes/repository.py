"""SQL of tax declarations."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.identifiers.permit_number import site_serial
from services.kit.locking import one_at_a_time
from services.kit.pages import PageQuery, page
from services.kit.scoping import matching, within_sites
from services.permits.permits.models import Permit
from services.permits.registrations.models import Registration
from services.permits.taxes.models import TaxDeclaration, TaxLine


async def by_id(session: AsyncSession, declaration_id: uuid.UUID, *, rows: RowScope) -> TaxDeclaration | None:
    statement = within_sites(
        rows,
        select(TaxDeclaration).where(TaxDeclaration.id == declaration_id),
        col(TaxDeclaration.uscc),
        site=col(TaxDeclaration.permit_number),
    )
    return (await session.exec(statement)).first()


async def first_of(
    session: AsyncSession, *, uscc: str, permit_number: str | None, year: int, quarter: int | None
) -> TaxDeclaration | None:
    """What was declared first for a period."""
    statement = select(TaxDeclaration).where(
        TaxDeclaration.uscc == uscc,
        col(TaxDeclaration.permit_number).is_not_distinct_from(permit_number),
        TaxDeclaration.year == year,
        col(TaxDeclaration.quarter).is_not_distinct_from(quarter),
        col(TaxDeclaration.supersedes).is_(None),
    )
    return (await session.exec(statement)).first()


async def first_of_year(
    session: AsyncSession, *, uscc: str, permit_number: str | None, year: int
) -> Sequence[TaxDeclaration]:
    """What was declared first for each period of a year, oldest first; whoever asks for the same waits."""
    await one_at_a_time(session, f"tax_declaration/{uscc}/{permit_number or ''}/{year}")
    statement = select(TaxDeclaration).where(
        TaxDeclaration.uscc == uscc,
        col(TaxDeclaration.permit_number).is_not_distinct_from(permit_number),
        TaxDeclaration.year == year,
        col(TaxDeclaration.supersedes).is_(None),
    )
    return (await session.exec(statement.order_by(col(TaxDeclaration.id)))).all()


async def page_of(
    session: AsyncSession,
    *,
    rows: RowScope,
    query: PageQuery,
    uscc: str | None,
    permit_number: str | None,
    year: int | None,
    quarter: int | None,
) -> tuple[list[TaxDeclaration], str | None]:
    """Newest first."""
    statement = within_sites(
        rows, select(TaxDeclaration), col(TaxDeclaration.uscc), site=col(TaxDeclaration.permit_number)
    )
    statement = matching(
        statement,
        (col(TaxDeclaration.uscc), uscc),
        (col(TaxDeclaration.permit_number), permit_number),
        (col(TaxDeclaration.year), year),
        (col(TaxDeclaration.quarter), quarter),
    )
    by = [(col(TaxDeclaration.id), uuid.UUID)]
    return await page(session, statement, by=by, query=query, descending=True)


async def lines_of(
    session: AsyncSession, declarations: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[TaxLine]]:
    statement = (
        select(TaxLine)
        .where(col(TaxLine.declaration_id).in_(declarations))
        .order_by(col(TaxLine.pollutant_code))
    )
    found: dict[uuid.UUID, list[TaxLine]] = {each: [] for each in declarations}
    for line in await session.exec(statement):
        found[line.declaration_id].append(line)
    return found


async def superseded_by(
    session: AsyncSession, declarations: Collection[uuid.UUID]
) -> dict[uuid.UUID, uuid.UUID]:
    """By declaration, the one that corrects it."""
    statement = select(TaxDeclaration.supersedes, TaxDeclaration.id).where(
        col(TaxDeclaration.supersedes).in_(declarations)
    )
    return {old: new for old, new in await session.exec(statement) if old is not None}


Told = Sequence[tuple[str, bool, int, int | None, str, str, int]]
"""Of each line that stands: its declaration, whether that is of the site itself, year, quarter, pollutant, tonnes (as a
text: exact), per cent levied."""


def _standing() -> Any:
    """Put together once, as one JSON text: a submission asks for it within a statement that it makes anyway."""
    newer, other, line = sa.orm.aliased(TaxDeclaration), sa.orm.aliased(Permit), TaxLine
    told = TaxDeclaration
    uscc: Any = sa.bindparam("tax_uscc")
    site: Any = sa.bindparam("tax_permit")
    of_site = col(told.permit_number) == site
    serial: Any = sa.bindparam("tax_serial", type_=sa.Integer())
    names = sa.select(col(other.site_name)).where(col(other.permit_number) == site)
    only_site = ~sa.or_(
        sa.exists().where(col(other.uscc) == uscc, col(other.permit_number) != site),
        sa.exists().where(  # a site is the same by its serial or its name, as where one is registered
            col(Registration.uscc) == uscc,
            col(Registration.site_serial) != serial,
            col(Registration.site_name).not_in(names),
        ),
    )
    row = sa.func.json_build_array(
        col(told.id),
        col(told.permit_number).is_not(None),
        col(told.year),
        col(told.quarter),
        col(line.pollutant_code),
        sa.cast(col(line.amount_t), sa.Text()),
        col(line.levied_percent),
    )
    return (
        sa.select(sa.func.json_agg(row))
        .select_from(told)
        .join(line, col(line.declaration_id) == told.id)
        .where(
            col(told.uscc) == uscc,
            col(told.year).between(sa.bindparam("tax_from"), sa.bindparam("tax_to")),
            sa.or_(of_site, sa.and_(col(told.permit_number).is_(None), only_site)),
            ~sa.exists().where(col(newer.supersedes) == told.id),
        )
        .scalar_subquery()
    )


STANDING = _standing()
"""What stands for one site: declared for it, or for an enterprise that has no other. Asked with `asking`."""
_ALONE = sa.select(STANDING)


def asking(permit_number: str, start: date, end: date) -> dict[str, Any]:
    years = {"tax_from": start.year, "tax_to": end.year}
    site = {"tax_uscc": permit_number[:18], "tax_serial": site_serial(permit_number)}
    return {**site, "tax_permit": permit_number, **years}


async def standing(session: AsyncSession, permit_number: str, start: date, end: date) -> Told:
    found = await (await session.connection()).execute(_ALONE, asking(permit_number, start, end))
    told: Told = found.scalar_one() or ()
    return told
