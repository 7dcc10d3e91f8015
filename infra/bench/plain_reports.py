"""The handler that most people write first for reports: FastAPI, SQLModel, the rows inserted, and nothing else.

No check, no sign-in, no receipt, no audit, no event, no idempotency: a peer in `make bench-permits`.
STEPPE_BENCH_DATABASE=postgresql+asyncpg://… uvicorn infra.bench.plain_reports:app
"""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

_engine = create_async_engine(os.environ["STEPPE_BENCH_DATABASE"], pool_size=16)


class ReportIn(SQLModel):
    obligation_id: uuid.UUID
    production_days: int
    values: list[ValueIn]


class ValueIn(SQLModel):
    outlet_code: str
    pollutant_code: str
    concentration_max: Decimal | None = None
    concentration_average: Decimal | None = None
    amount_t: Decimal | None = None
    method: str | None = None


class PlainReport(SQLModel, table=True):
    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    obligation_id: uuid.UUID
    production_days: int
    submitted_at: datetime = Field(default_factory=lambda: datetime.now(UTC))


class PlainValue(SQLModel, table=True):
    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    report_id: uuid.UUID = Field(foreign_key="plainreport.id")
    outlet_code: str
    pollutant_code: str
    concentration_max: Decimal | None
    concentration_average: Decimal | None
    amount_t: Decimal | None
    method: str | None


@asynccontextmanager
async def _lifespan(_: FastAPI) -> AsyncIterator[None]:
    async with _engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    yield
    await _engine.dispose()


async def _session() -> AsyncIterator[AsyncSession]:
    async with AsyncSession(_engine) as session:
        yield session


app = FastAPI(lifespan=_lifespan)


@app.post("/v1/permits/reports", status_code=201)
async def submit(content: ReportIn, session: Annotated[AsyncSession, Depends(_session)]) -> PlainReport:
    report = PlainReport(obligation_id=content.obligation_id, production_days=content.production_days)
    session.add(report)
    await session.flush()
    session.add_all(PlainValue(report_id=report.id, **value.model_dump()) for value in content.values)
    await session.commit()
    await session.refresh(report)
    return report
