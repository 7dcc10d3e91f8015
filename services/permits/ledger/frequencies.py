"""What permits ask of ledgers, and SQL of how often they were written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.clock import start_of
from services.kit.database import day_of
from services.kit.pages import PageQuery, page
from services.kit.scoping import within_sites
from services.permits.batches.repository import uncorrected
from services.permits.enterprises.models import Enterprise
from services.permits.ledger import rules_frequency
from services.permits.ledger.models import LedgerEntry
from services.permits.monitoring.models import MonitoringRecord
from services.permits.permits.models import Permit, PermitVersion
from services.permits.permits.schemas_terms import LedgerRequirement

_DAY = timedelta(days=1)


def requirements(terms: Mapping[str, Any]) -> list[LedgerRequirement]:
    """What the terms of a version ask of the ledger."""
    return [LedgerRequirement.model_validate(each) for each in terms.get("ledger", [])]


async def years_kept(session: AsyncSession, permit_number: str, *, least: int) -> dict[str, int]:
    """How long entries of each kind are kept: as the newest version of the permit asks, and `least` years."""
    statement = (
        select(PermitVersion.terms)
        .join(Permit, col(Permit.id) == PermitVersion.permit_id)
        .where(Permit.permit_number == permit_number, PermitVersion.version == Permit.current_version)
    )
    terms = (await session.exec(statement)).first() or {}
    return rules_frequency.years_kept(
        ((each.category, each.kept_years) for each in requirements(terms)), least
    )


async def page_with_ledger(
    session: AsyncSession, *, rows: RowScope, query: PageQuery, since: date
) -> tuple[list[tuple[Permit, str]], str | None]:
    """Permits with a version that holds on or after a day and asks for a ledger, each with its holder's name."""
    version = aliased(PermitVersion)
    asks = (
        sa.select(sa.literal(1))
        .where(
            col(version.permit_id) == Permit.id,
            col(version.valid_to) >= since,
            sa.func.jsonb_array_length(sa.func.coalesce(col(version.terms)["ledger"], sa.text("'[]'"))) > 0,
        )
        .correlate_except(version)
        .exists()
    )
    number = col(Permit.permit_number)
    statement: Any = select(Permit, Enterprise.name, number).join(
        Enterprise, col(Enterprise.uscc) == Permit.uscc
    )
    statement = within_sites(rows, statement.where(asks), col(Permit.uscc), site=number)
    found, following = await page(session, statement, by=[(number, str)], query=query)
    return [(permit, name) for permit, name, _ in found], following


async def counts_by_day(
    session: AsyncSession, permit_numbers: Collection[str], *, since: date, until: date
) -> dict[str, dict[tuple[str, str | None], dict[date, int]]]:
    """How many entries were made of which kind and facility on which day in the city, by permit. Corrected ones do
    not count; a record of self-monitoring is one of the monitoring."""
    found: dict[str, dict[tuple[str, str | None], dict[date, int]]] = {}
    if not permit_numbers:
        return found
    for statement in (
        _counted(LedgerEntry, "happened_at", col(LedgerEntry.kind), col(LedgerEntry.facility_code)),
        _counted(MonitoringRecord, "sampled_at", sa.literal("monitoring"), col(MonitoringRecord.outlet_code)),
    ):
        bound = {"numbers": list(permit_numbers), "first": start_of(since), "after": start_of(until + _DAY)}
        for number, kind, facility, day, count in await session.exec(statement, params=bound):  # type: ignore[call-overload]
            days = found.setdefault(number, {}).setdefault((kind, facility), {})
            days[day] = days.get(day, 0) + count
    return found


def _counted(
    table: type[LedgerEntry] | type[MonitoringRecord], moment: str, kind: Any, facility: Any
) -> sa.Select[Any]:
    happened: Any = col(getattr(table, moment))
    return (
        sa.select(
            col(table.permit_number),
            kind.label("kind"),
            facility.label("facility"),
            day_of(happened).label("day"),
            sa.func.count(),
        )
        .where(
            col(table.permit_number).in_(sa.bindparam("numbers", expanding=True)),
            happened >= sa.bindparam("first", type_=happened.type),
            happened < sa.bindparam("after", type_=happened.type),
            uncorrected(table),
        )
        .group_by(
            sa.literal_column("1"), sa.literal_column("2"), sa.literal_column("3"), sa.literal_column("4")
        )
    )
