"""SQL that reads what one version of a permit says and reports are judged by, in one statement.

It is asked once for each version that a process judges by; what it costs is mostly round trips and objects of rows.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.driven import Driven
from services.permits.permits.facts import Said
from services.permits.permits.models import EmissionLimit, Outlet, PermitVersion, PlantLimit, SpecialLimit

_VERSION, _OUTLET, _LIMIT, _PLANT, _SPECIAL = (
    cast(sa.Table, sa.inspect(each).local_table)
    for each in (PermitVersion, Outlet, EmissionLimit, PlantLimit, SpecialLimit)
)
_KEYS = ("id", "outlet_id", "permit_version_id")


@dataclass(frozen=True, slots=True)
class Stored:
    """The limits by the names of their columns, in a stable order, and what else the version says."""

    effective_from: date
    terms: Mapping[str, Any]
    outlets: Sequence[tuple[str, str, str]]
    """Code, kind and name."""
    limits: Sequence[tuple[str, Said]]
    """Of each outlet, by its code."""
    plant: Sequence[Said]
    special: Sequence[Said]


async def stored(session: AsyncSession, version_id: uuid.UUID) -> Stored:
    """Of a version that is known to exist."""
    ((effective_from, terms, outlets, plant, special),) = await _STORED.fetch(session, version_id=version_id)
    outlets = outlets or ()
    return Stored(
        effective_from,
        terms,
        outlets=[(code, kind, name) for code, kind, name, _ in outlets],
        limits=[(code, _read(_LIMIT, said)) for code, *_, limits in outlets for said in limits or ()],
        plant=[_read(_PLANT, said) for said in plant or ()],
        special=[_read(_SPECIAL, said) for said in special or ()],
    )


def _columns(table: sa.Table) -> list[sa.Column[Any]]:
    return [column for column in table.c if column.name not in _KEYS]


def _written(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """Decimals as texts: as a number of JSON they would be read as floats."""
    return sa.cast(column, sa.Text()) if isinstance(column.type, sa.Numeric) else column


def _listed(table: sa.Table, *by: str) -> Any:
    row = sa.func.json_build_array(*map(_written, _columns(table)))
    return sa.select(sa.func.json_agg(aggregate_order_by(row, *(table.c[name] for name in by))))


def _stored() -> Any:
    """Limits are looked for outlet by outlet, by index, whatever the planner believes: of a register that was imported
    a moment ago it knows nothing yet, and would read all limits of the city for those of one permit."""
    of_version = sa.bindparam("version_id", type_=_VERSION.c.id.type)
    limits = _listed(_LIMIT, "pollutant_code", "kind", "valid_from").where(_LIMIT.c.outlet_id == _OUTLET.c.id)
    outlet = sa.func.json_build_array(
        _OUTLET.c.code, _OUTLET.c.kind, _OUTLET.c.name, limits.scalar_subquery()
    )
    parts = (
        sa.select(sa.func.json_agg(aggregate_order_by(outlet, _OUTLET.c.code))).where(
            _OUTLET.c.permit_version_id == of_version
        ),
        _listed(_PLANT, "scope", "pollutant_code", "valid_from").where(
            _PLANT.c.permit_version_id == of_version
        ),
        _listed(
            _SPECIAL, "period", "alert_level", "outlet_code", "pollutant_code", "kind", "valid_from"
        ).where(_SPECIAL.c.permit_version_id == of_version),
    )
    return sa.select(
        _VERSION.c.effective_from, _VERSION.c.terms, *(part.scalar_subquery() for part in parts)
    ).where(_VERSION.c.id == of_version)


_STORED = Driven(_stored())


def _reader(column: sa.Column[Any]) -> Callable[[str], Any] | None:
    if isinstance(column.type, sa.Numeric):
        return Decimal
    return date.fromisoformat if isinstance(column.type, sa.Date) else None


_READERS = {
    table: [(column.name, _reader(column)) for column in _columns(table)]
    for table in (_LIMIT, _PLANT, _SPECIAL)
}


def _read(table: sa.Table, said: Sequence[Any]) -> Said:
    return {
        name: value if value is None or read is None else read(value)
        for (name, read), value in zip(_READERS[table], said, strict=True)
    }
