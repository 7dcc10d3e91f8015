"""What is kept of a report's lines: as they were stated, and in the units of the limits where they were in others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import select

from services.kit import clock
from services.kit.auth import Principal
from services.kit.database import Database
from services.kit.pytest_plugin import MakeDatabase
from services.kit.receipt_keys import ReceiptOffice
from services.kit.receipts import check_receipt
from services.kit.signing import KeyRing
from services.permits.obligations.models import Obligation
from services.permits.reports import submission
from services.permits.reports.models import ReportValue, ReportVersion
from services.permits.reports.schemas import ReportCreate
from tests.permits.obligations.test_late import on, permit
from tests.permits.reports.test_round_trips import outlets

AS_STATED = {
    "concentration_max": "150.50",
    "concentration_average": "90",
    "concentration_average_qualifier": "=",
    "amount_t": "2.500",
    "method": "manual",
    "volume_m3": "27777778",
    "rate_max": "1.0",
}
CONVERTED = {
    **{name: said for name, said in AS_STATED.items() if name != "amount_t"},
    "concentration_max": "150500",
    "concentration_average": "90000",
    "concentration_unit": "ug/m3",
    "amount": "2500",
    "amount_unit": "kg",
    "rate_max": "1000",
    "rate_unit": "g/h",
}
KEPT = {
    "concentration_max": Decimal("150.5"),
    "concentration_average": Decimal(90),
    "concentration_average_qualifier": "=",
    "amount_t": Decimal("2.5"),
    "method": "manual",
    "no_data_code": None,
    "volume_m3": Decimal(27777778),
    "rate_max": Decimal(1),
    "rate_max_qualifier": None,
}


@pytest.fixture(scope="module")
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    made = Database(await asyncio.to_thread(make_database, "services.permits"), pool_size=2)
    yield made
    await made.close()


@pytest.mark.parametrize("lines", [[AS_STATED, AS_STATED], [CONVERTED, CONVERTED], [AS_STATED, CONVERTED]])
async def test_figures_are_kept_in_the_units_of_the_limits_and_the_document_as_it_was_stated(
    database: Database, lines: list[dict[str, Any]]
) -> None:
    number = await permit(database, outlets=outlets(len(lines), 1))
    office = ReceiptOffice(keys=KeyRing.from_private_jwks(KeyRing.generate()), issuer="http://test")
    holder = Principal("holder", "holder", roles=("enterprise",), scopes=frozenset(), usccs=(number[:18],))
    with clock.at(on("2026-01-20")):
        async with database.transaction() as session:
            wanted = select(Obligation).where(
                Obligation.permit_number == number, Obligation.period_end <= clock.today()
            )
            owed = (await session.exec(wanted)).one()
        stated = [
            {"outlet_code": f"DA{index:03}", "pollutant_code": "a21000", **line}
            for index, line in enumerate(lines, start=1)
        ]
        content = {"obligation_id": owed.id, "production_days": 300, "values": stated}
        async with database.transaction() as session:
            submitted = await submission.submit(
                session, holder, ReportCreate.model_validate(content), office=office
            )
    async with database.transaction() as session:
        version = (
            await session.exec(select(ReportVersion).where(ReportVersion.report_id == submitted.report.id))
        ).one()
        kept = list(
            await session.exec(select(ReportValue).where(ReportValue.report_version_id == version.id))
        )
    assert len(kept) == len(lines)
    for each in kept:
        assert {name: getattr(each, name) for name in KEPT} == KEPT
    assert version.document == submitted.document
    assert all(
        line.items() >= said.items() for line, said in zip(version.document["values"], stated, strict=True)
    )
    check_receipt(version.receipt_jws, office.keys.public_jwks(), document=version.document)
