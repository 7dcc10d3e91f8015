"""Lets the credit ledger live the sample's two years: the same use cases as over HTTP, when things happened."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

import services.credit.tables  # noqa: F401 - foreign keys name tables that nothing else here imports
from infra.sample.credit_records import WAITING, SampleRecord, make_records
from infra.sample.people import representative, staff
from infra.sample.times import at_hour
from infra.sample.types import SampleCity
from services.credit.grading import evaluating, publication
from services.credit.log.keys import LogSigner
from services.credit.records import approval
from services.credit.records import service as records
from services.credit.records.schemas import DecisionCreate, RecordCreate
from services.credit.statements import service as statements
from services.kit import clock
from services.kit.receipt_keys import ReceiptOffice

PACK = "jiangsu-2020"
SEED = 152501
STATEMENT_HOLDS = timedelta(days=7)


class CreditHistory:
    """Writes one city's past into the credit database, within the caller's transaction.

    `accounts` are ids by login: `clerk01`, `approver01` and the enterprises'.
    """

    def __init__(
        self,
        session: AsyncSession,
        city: SampleCity,
        *,
        accounts: Mapping[str, uuid.UUID],
        office: ReceiptOffice,
        signer: LogSigner,
    ) -> None:
        self._session, self._city = session, city
        self._accounts, self._office, self._signer = accounts, office, signer
        self._clerk, self._approver = staff(accounts, "clerk01"), staff(accounts, "approver01")

    async def live(self) -> None:
        """Publishes the rules, records and evaluates in the order of time, and issues one statement."""
        with clock.at(at_hour(self._city.as_of - timedelta(days=731), 9)):
            await publication.publish(self._session, self._approver, name=PACK, signer=self._signer)
        made = make_records(self._city, seed=SEED)
        admitted, waiting = made[:-WAITING], made[-WAITING:]
        evaluations = list(self._evaluation_days())
        for record in admitted:
            approved_on = min(record.decision_date + timedelta(days=3), self._city.as_of - timedelta(days=2))
            while evaluations and evaluations[0] <= approved_on:
                await self._evaluate_all(evaluations.pop(0))
            await self._admit(record, approved_on)
        for day in evaluations:
            await self._evaluate_all(day)
        for index, record in enumerate(waiting):
            await self._enter(record, submitted=index % 2 == 0)
        await self._state()

    def _evaluation_days(self) -> Iterator[date]:
        """A year ago, and the day before the present."""
        yield from (self._city.as_of - timedelta(days=days) for days in (364, 1))

    async def _enter(self, sample: SampleRecord, *, submitted: bool) -> uuid.UUID:
        content = RecordCreate.model_validate(sample.content())
        day = min(sample.decision_date + timedelta(days=1), self._city.as_of - timedelta(days=2))
        with clock.at(at_hour(day, 10)):
            record = await records.create(self._session, self._clerk, content)
        if submitted:
            with clock.at(at_hour(day, 11)):
                await records.submit(self._session, self._clerk, record_id=record.id)
        return record.id

    async def _admit(self, sample: SampleRecord, day: date) -> None:
        record_id = await self._enter(sample, submitted=True)
        with clock.at(at_hour(day, 15)):
            decision = DecisionCreate(version=1, decision="approve")
            await approval.decide(
                self._session, self._approver, decision, record_id=record_id, signer=self._signer
            )

    async def _evaluate_all(self, day: date) -> None:
        holders = dict.fromkeys(permit.enterprise_uscc for permit in self._city.permits)
        with clock.at(at_hour(day, 8)):
            for uscc in holders:
                await evaluating.evaluate(self._session, self._approver, uscc=uscc, signer=self._signer)

    async def _state(self) -> None:
        """One enterprise has asked for a statement, yesterday."""
        enterprise = self._city.enterprises[0]
        account = self._accounts[enterprise.login]
        principal = representative(account, enterprise.login, enterprise.uscc)
        office = statements.StatementOffice(self._office, STATEMENT_HOLDS)
        with clock.at(at_hour(self._city.as_of - timedelta(days=1), 16)):
            await statements.issue(self._session, principal, uscc=enterprise.uscc, office=office)
