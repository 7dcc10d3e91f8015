"""A city whose permits, reports and quotas change by the services' own use cases, on a database without a process."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import EVERY_ROW, Principal, RowScope
from services.kit.database import Database
from services.kit.receipt_keys import ReceiptOffice
from services.kit.sequencer import number_batch
from services.kit.signing import KeyRing
from services.permits.obligations.models import Obligation
from services.permits.permits import service as permits
from services.permits.permits.schemas import Basis, PermitContent
from services.permits.reports import repudiation, review, submission
from services.permits.reports.models import Report
from services.permits.reports.schemas import (
    ReportCorrection,
    ReportCreate,
    RepudiationCreate,
    ReviewCreate,
)
from services.permits.totals import control, figures, kept, offsets, service
from services.permits.totals.control import Control
from services.permits.totals.figures import Figures, Standing
from services.permits.totals.schemas import OffsetCreate, OffsetDecision, QuotaDecisionCreate
from services.permits.totals.stored import Grouping, Sum
from tests.permits.obligations.test_late import permit
from tests.support.town import OUTLETS

NOW = datetime(2026, 7, 20, 4, tzinfo=UTC)
NOX, VOCS = "a21002", "a24088"
YEARS = (2024, 2025, 2026, 2027)
Amount = str | None
"""Tonnes; `none` discharged nothing, None says no amount."""


def _staff(name: str) -> Principal:
    return Principal(name, name, roles=(name,), scopes=frozenset(), every_enterprise=True)


CLERK, REVIEWER, APPROVER = (_staff(name) for name in ("clerk", "reviewer", "approver"))


def holder_of(number: str) -> Principal:
    return Principal("holder", "holder", roles=("enterprise",), scopes=frozenset(), usccs=(number[:18],))


def content_of(amount: str, *, code: str = "4430", begin: str = "2025-01-01", **term: str) -> dict[str, Any]:
    """A permit with yearly amounts of two pollutants at one outlet, and every kind of report."""
    outlet: dict[str, Any] = deepcopy(OUTLETS[0])
    shape = {**outlet["limits"][0], "valid_from": begin}
    limits = [
        {**shape, "pollutant_code": NOX, "pollutant_name": "氮氧化物"},
        {**shape, "pollutant_code": VOCS, "pollutant_name": "非甲烷总烃"},
    ]
    limits += [
        {**each, "kind": "annual_amount", "value": amount, "unit": "t/a"}
        for each in limits[: len(amount) % 3]
    ]
    return {
        "site_name": "一号厂区",
        "management_class": "key",
        "industry_code": code,
        "valid_from": begin,
        "valid_to": "2026-12-31",
        "issued_on": "2024-12-20",
        "reporting": {"monthly": True, "quarterly": True, "annual": True},
        "outlets": [{**outlet, "limits": limits}],
        **term,
    }


def values_of(amounts: tuple[Amount, Amount]) -> list[dict[str, Any]]:
    found = []
    for code, amount in zip((NOX, VOCS), amounts, strict=True):
        line: dict[str, Any] = {"outlet_code": "DA001", "pollutant_code": code}
        if amount == "none":
            found.append({**line, "no_data_code": "no_discharge"})
            continue
        measured = {"concentration_max": "150", "concentration_average": "100"}
        stated = {} if amount is None else {"amount_t": amount, "method": "manual"}
        found.append({**line, **measured, **stated})
    return found


@dataclass
class City:
    """Each use case in a transaction of its own; `numbers` are the permits that were entered."""

    database: Database
    control: Control = field(default_factory=control.load)
    numbers: list[str] = field(default_factory=list)
    office: ReceiptOffice = field(
        default_factory=lambda: ReceiptOffice(
            keys=KeyRing.from_private_jwks(KeyRing.generate()), issuer="http://test"
        )
    )

    async def issue(self, amount: str, code: str = "4430") -> str:
        number = await permit(self.database, **content_of(amount, code=code))
        self.numbers.append(number)
        return number

    async def amend(self, number: str, amount: str, code: str, *, renewed: bool) -> None:
        term = {"valid_to": "2028-06-30"} if renewed else {}
        async with self.database.transaction() as session:
            held = await permits.read(session, EVERY_ROW, number=number, as_of=None)
            if held.valid_to.isoformat() > "2027":
                term = {"valid_to": held.valid_to.isoformat()}
            kind = "renewal" if renewed and term["valid_to"] > held.valid_to.isoformat() else "change"
            basis = {"kind": kind, "effective_from": "2026-07-01"}
            await permits.amend(
                session,
                CLERK,
                permit_number=number,
                content=PermitContent.model_validate(content_of(amount, code=code, **term)),
                basis=Basis.model_validate(basis),
            )

    async def owed(self, number: str) -> list[Obligation]:
        """What is over and not reported."""
        async with self.database.transaction() as session:
            statement = select(Obligation).where(
                Obligation.permit_number == number,
                Obligation.period_end < clock.today(),
                col(Obligation.report_id).is_(None),
                Obligation.standing == "owed",
            )
            return list(await session.exec(statement.order_by(col(Obligation.id))))

    async def reports(self, number: str) -> list[Report]:
        async with self.database.transaction() as session:
            statement = select(Report).where(Report.permit_number == number).order_by(col(Report.id))
            return list(await session.exec(statement))

    async def submit(self, owed: Obligation, amounts: tuple[Amount, Amount], days: int = 20) -> None:
        content = {"obligation_id": owed.id, "production_days": days, "values": values_of(amounts)}
        async with self.database.transaction() as session:
            made = ReportCreate.model_validate(content)
            await submission.submit(session, holder_of(owed.permit_number), made, office=self.office)

    async def correct(self, report: Report, amounts: tuple[Amount, Amount]) -> None:
        content = {"corrects_version": report.version, "reason": "更正", "production_days": 10}
        async with self.database.transaction() as session:
            await submission.correct(
                session,
                holder_of(report.permit_number),
                ReportCorrection.model_validate({**content, "values": values_of(amounts)}),
                report_id=report.id,
                office=self.office,
            )

    async def review(self, report: Report, decision: str) -> None:
        content = {"version": report.version, "decision": decision, "comment": "核对"}
        async with self.database.transaction() as session:
            await review.decide(session, REVIEWER, ReviewCreate.model_validate(content), report_id=report.id)

    async def repudiate(self, report: Report) -> None:
        content = RepudiationCreate(version=report.version, statement="非本单位提交")
        async with self.database.transaction() as session:
            await repudiation.repudiate(
                session, holder_of(report.permit_number), content, report_id=report.id
            )

    async def quota(self, kind: str, tonnes: str, number: str | None, from_year: int = 2026) -> None:
        content = {
            **{"kind": kind, "pollutant": "nitrogen_oxides", "tonnes": tonnes, "from_year": from_year},
            **{"permit_number": number, "decided_on": "2026-01-10", "basis": "二环发〔2026〕1号"},
        }
        async with self.database.transaction() as session:
            made = QuotaDecisionCreate.model_validate(content)
            await service.decide(session, APPROVER, made, control=self.control)

    async def replace(self, number: str, source: str, tonnes: str) -> None:
        """Stated and approved: two transactions, entries of two permits."""
        offered = {"permit_number": source, "tonnes": tonnes, "measure": "关停", "evidence": "验收意见"}
        content = {
            **{"permit_number": number, "project": "扩建", "pollutant": "nitrogen_oxides"},
            **{"needed_t": tonnes, "from_year": 2027, "sources": [offered]},
        }
        async with self.database.transaction() as session:
            made = await offsets.state(
                session,
                holder_of(number),
                OffsetCreate.model_validate(content),
                control=self.control,
                office=self.office,
            )
        await self._approve(made.id)

    async def _approve(self, offset_id: uuid.UUID) -> None:
        decided = {"decision": "approve", "opinion": "同意", "basis": "二环审〔2026〕8号"}
        async with self.database.transaction() as session:
            content = OffsetDecision.model_validate(decided)
            await offsets.decide(session, APPROVER, content, offset_id=offset_id)

    async def number(self, batch: int) -> None:
        """The sequencer's work, so far."""
        async with self.database.engine.begin() as connection:
            await number_batch(connection, batch=batch)

    async def step(self) -> None:
        async with self.database.transaction() as session:
            await kept.step(session, self.control)

    async def sums(self, year: int, by: Grouping | None, rows: RowScope = EVERY_ROW) -> list[Any]:
        async with self.database.transaction() as session:
            return await kept.sums(session, rows=rows, year=year, by=by, control=self.control)

    async def scratch(self, year: int, by: Grouping | None, rows: RowScope = EVERY_ROW) -> list[Any]:
        """What `sums` must say: worked out from what is in the database, added up by Python."""
        async with self.database.transaction() as session:
            found = await _standings(session, rows, year, self.control)
        groups: dict[str, list[Standing]] = defaultdict(list)
        for each in found:
            groups[_group_of(each, by)].append(each)
        return [each for name in sorted(groups) for each in _sums(name, groups[name])]

    async def agrees(self, *scopes: RowScope) -> None:
        """Whatever the stored figures are: sums are those of now, for whoever asks."""
        groupings: tuple[Grouping | None, ...] = ("enterprise", "industry", "division", None)
        for year in YEARS:
            for rows in scopes or (EVERY_ROW,):
                for by in groupings[: 1 if scopes else None]:
                    assert await self.sums(year, by, rows) == await self.scratch(year, by, rows)


async def _standings(session: AsyncSession, rows: RowScope, year: int, known: Control) -> list[Standing]:
    years = range(year, year + 1)
    return await figures.standings(session, rows=rows, years=years, control=known)


def _group_of(standing: Standing, by: Grouping | None) -> str:
    if by is None:
        return ""
    if by == "enterprise":
        return standing.held.uscc
    code = standing.held.industry_code.lstrip("ABCDEFGHIJKLMNOPQRST")
    return code[:2] if by == "division" else code


def _sums(group: str, standings: list[Standing]) -> list[Sum]:
    by_pollutant: dict[str, list[Figures]] = defaultdict(list)
    for standing in standings:
        if not standing.figures:
            by_pollutant[""] += []
        for each in standing.figures:
            by_pollutant[each.pollutant].append(each)
    return [_sum(group, name, by_pollutant[name]) for name in sorted(by_pollutant)]


def _sum(group: str, pollutant: str, found: list[Figures]) -> Sum:
    expected = [each for each in found if each.forecast is not None]
    return Sum(
        group=group,
        pollutant=pollutant,
        permits=len(found),
        quota=_total(each.quota for each in found),
        permitted=_total(each.permitted for each in found),
        allowed=_total(each.allowed for each in found),
        actual=_total(each.actual for each in found),
        expected=_total(each.forecast.expected_t for each in expected if each.forecast),
        without_report=sum(each.actual is None for each in found),
        without_forecast=sum(each.forecast is None for each in found),
        whole=all(each.complete for each in expected) if expected else None,
    )


def _total(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal(0))
