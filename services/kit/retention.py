"""How long the audit trail and the read log are kept: from `retention.toml` or a city's own file, done in rounds.

Both are append-only. The database lets go of them only from the oldest entry on, up to a moment that is declared in the
same transaction and older than a floor that no configuration changes (`schema_v3`). A round forgets one whole calendar
month of the city in one transaction, and what it forgot is in the trail.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import audit, clock
from services.kit.configuration import ConfigurationError, read_toml, validated
from services.kit.rounds import CLOCK, Round
from services.kit.tables import AuditRow, ReadRow

SHIPPED = Path(__file__).with_name("retention.toml")
EVERY = timedelta(hours=1)
MONTHS_A_ROUND = 24
_TABLES: dict[str, type[AuditRow | ReadRow]] = {"audit_log": AuditRow, "read_log": ReadRow}


class RetentionError(ConfigurationError):
    """The file of retention cannot be used; its text says why."""


class Keep(BaseModel):
    """How long one log is kept, and what asks for it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    keep_years: int
    basis: str = Field(min_length=1)
    note: str = ""


class _Audit(Keep):
    keep_years: int = Field(ge=10, le=100)


class _Reads(Keep):
    keep_years: int = Field(ge=3, le=100)


class Retention(BaseModel):
    """By log, in years."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    audit_log: _Audit
    read_log: _Reads


def load(path: Path | None = None) -> Retention:
    """What `path` says, or what ships. Raises RetentionError for a file that cannot be used."""
    return validated(Retention, read_toml(path or SHIPPED, RetentionError), RetentionError)


def horizon(today: date, keep_years: int) -> date:
    """The first day that is kept on `today`, the first of a month: no month is forgotten before all of it is over."""
    return date(today.year - keep_years, today.month, 1)


def months(first: date, until: date) -> Iterator[date]:
    """The first days of the months from that of `first` on that begin before `until`."""
    month = first.replace(day=1)
    while month < until:
        yield month
        month = following(month)


def following(month: date) -> date:
    """The first day of the next month."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def forgetting(process: str, kept: Retention) -> list[Round]:
    """The rounds of one process; none of them does anything for years."""
    return [_round(process, name, getattr(kept, name)) for name in _TABLES]


def _round(process: str, name: str, keep: Keep) -> Round:
    at = sa.column("at", sa.DateTime(timezone=True))
    table = sa.table(name, at)

    async def due(session: AsyncSession) -> Iterable[date]:
        oldest: datetime | None = (await session.exec(select(sa.func.min(col(_TABLES[name].at))))).one()
        if oldest is None:
            return []
        first = oldest.astimezone(clock.CITY_TIME).date()
        return list(months(first, horizon(clock.today(), keep.keep_years)))[:MONTHS_A_ROUND]

    async def act(session: AsyncSession, month: date) -> None:
        end = clock.start_of(following(month))
        await session.exec(select(sa.func.set_config("steppe.forget_before", end.isoformat(), True)))
        gone = (await session.exec(sa.delete(table).where(at < end))).rowcount
        if gone:
            audit.record(
                session,
                CLOCK,
                action=f"{process}.log_forgotten.v1",
                entity="log",
                entity_id=f"{name}/{month:%Y-%m}",
                before={"entries": gone},
                after={"keep_years": keep.keep_years, "basis": keep.basis},
            )

    return Round(f"forget_{name}", EVERY, due, act)
