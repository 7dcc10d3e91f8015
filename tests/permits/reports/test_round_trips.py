"""How many statements a submission takes: each is a round trip to the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa
from sqlmodel import select

from services.kit import clock
from services.kit.auth import Principal
from services.kit.database import Database
from services.kit.pytest_plugin import MakeDatabase
from services.kit.receipt_keys import ReceiptOffice
from services.kit.signing import KeyRing
from services.permits.obligations.models import Obligation
from services.permits.reports import submission
from services.permits.reports.models import ReportValue
from services.permits.reports.schemas import ReportCreate
from tests.permits.obligations.test_late import on, permit

ALWAYS = 4
"""The obligation; what the report is judged by; the report with its lines; event and audit row. The last two are one
where nothing else in the transaction refers to the report."""
ONCE = 1
"""Of a version of the permit: all that it says."""


@pytest.fixture(scope="module")
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    made = Database(await asyncio.to_thread(make_database, "services.permits"), pool_size=2)
    yield made
    await made.close()


CHANGED = 1
"""Of the days' records, where a limit changed within the period."""


def outlets(count: int, pollutants: int, *, until: str | None = None) -> list[dict[str, Any]]:
    """`until`: the last day of their limits, after which stricter ones hold."""
    limit = {
        "pollutant_name": "污染物",
        "kind": "hourly_concentration",
        "value": "300",
        "unit": "mg/m3",
        "valid_from": "2024-01-01",
        "standard": "GB 13271-2014",
    }
    limits = [{**limit, "valid_to": until}]
    if until is not None:
        limits.append({**limit, "value": "200", "valid_from": "2025-07-01"})
    return [
        {
            "code": f"DA{outlet:03}",
            "name": "排放口",
            "medium": "air",
            "kind": "main",
            "limits": [
                {**limit, "pollutant_code": f"a{21000 + each}"}
                for each in range(pollutants)
                for limit in limits
            ],
        }
        for outlet in range(1, count + 1)
    ]


@pytest.mark.parametrize(
    ("count", "pollutants", "at_end", "until"),
    [(1, 1, False, None), (5, 6, False, None), (5, 6, True, None), (5, 6, True, "2025-06-30")],
)
async def test_a_report_of_any_size_takes_the_same_few_statements(
    database: Database, count: int, pollutants: int, at_end: bool, until: str | None
) -> None:
    number = await permit(database, outlets=outlets(count, pollutants, until=until))
    office = ReceiptOffice(keys=KeyRing.from_private_jwks(KeyRing.generate()), issuer="http://test")
    holder = Principal("holder", "holder", roles=("enterprise",), scopes=frozenset(), usccs=(number[:18],))
    values = [
        {
            "outlet_code": each["code"],
            "pollutant_code": limit["pollutant_code"],
            "concentration_max": "150",
            "concentration_average": "1.50",
        }
        for each in outlets(count, pollutants)
        for limit in each["limits"]
    ]
    driven: list[str] = []
    mapped: list[str] = []

    def executed(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        mapped.append(statement)

    def seen(logged: asyncpg.LoggedQuery) -> None:
        if logged.query.rstrip(";") not in ("BEGIN", "COMMIT"):
            driven.append(logged.query)

    with clock.at(on("2026-01-20")):
        async with database.transaction() as session:
            owed = (
                await session.exec(
                    select(Obligation).where(
                        Obligation.permit_number == number, Obligation.period_end <= clock.today()
                    )
                )
            ).one()
        content = ReportCreate.model_validate(
            {"obligation_id": owed.id, "production_days": 300, "values": values}
        )
        async with database.transaction() as session:
            driver: Any = (await (await session.connection()).get_raw_connection()).driver_connection
            driver.add_query_logger(seen)
            sa.event.listen(database.engine.sync_engine, "before_cursor_execute", executed)
            submitted = await submission.submit(session, holder, content, office=office, at_end=at_end)
            sa.event.remove(database.engine.sync_engine, "before_cursor_execute", executed)
        driver.remove_query_logger(seen)
    await asyncio.sleep(0)  # the logger is called soon
    expected = (ALWAYS + ONCE - at_end, CHANGED if until else 0)
    assert (len(driven), len(mapped)) == expected, (driven, mapped)
    assert submitted.report.days_late == 0
    told = "SELECT count(*) FROM audit_log JOIN report ON report.id::text = entity_id WHERE report.id = :id"
    async with database.engine.connect() as connection:
        assert await connection.scalar(sa.text(told), {"id": submitted.report.id}) == 1
    async with database.transaction() as session:
        kept = list(await session.exec(select(ReportValue).where(ReportValue.concentration_max == 150)))
        assert len([each for each in kept if str(each.concentration_average) == "1.50"]) >= count * pollutants
