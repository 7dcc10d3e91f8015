"""A ledger in a database of its own, filled by the use cases themselves."""

from __future__ import annotations

import itertools
import uuid
from datetime import date, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.credit.grading import evaluating, publication
from services.credit.grading.errors import PackPublished
from services.credit.grading.models import Evaluation
from services.credit.log.keys import LogSigner
from services.credit.records import approval, service
from services.credit.records.models import Record
from services.credit.records.schemas import DecisionCreate, RecordCreate
from services.kit import clock
from services.kit.auth import Principal
from services.kit.database import Database
from services.kit.identifiers.make import make_uscc
from services.kit.signing import KeyRing

ORIGIN = "test.example/credit"
USCCS = [make_uscc(region="152501", serial=serial) for serial in range(950_001, 950_005)]
_documents = itertools.count(1)


def member(name: str, *roles: str) -> Principal:
    return Principal(name, name, roles=roles, scopes=frozenset(), every_enterprise=True)


CLERK, APPROVER = member("clerk", "clerk"), member("approver", "approver")


def new_signer() -> LogSigner:
    return LogSigner.from_private_jwks(KeyRing.generate(), origin=ORIGIN)


def content(
    uscc: str, *, clause: str | None = "warning_or_order", decided: date | None = None
) -> RecordCreate:
    """A record that has taken effect unless `decided` says otherwise."""
    decided = decided or clock.today() - timedelta(days=20)
    return RecordCreate(
        uscc=uscc,
        kind="violation" if clause else "compliance",
        source="示例市生态环境综合行政执法支队",
        document_number=f"示环罚〔2026〕{next(_documents)}号",
        summary="超标排放，责令改正",
        act_date=decided - timedelta(days=10),
        decision_date=decided,
        clause=clause,
    )


class Ledger:
    """The use cases of the credit office on one database."""

    def __init__(self, database: Database, signer: LogSigner) -> None:
        self.database, self.signer = database, signer

    async def publish(self) -> None:
        try:
            async with self.database.transaction() as session:
                await publication.publish(session, APPROVER, name="jiangsu-2020", signer=self.signer)
        except PackPublished:
            return

    async def pending(self, wanted: RecordCreate) -> Record:
        async with self.database.transaction() as session:
            record = await service.create(session, CLERK, wanted)
            return await service.submit(session, CLERK, record_id=record.id)

    async def approve(self, session: AsyncSession, record_id: uuid.UUID, *, version: int = 1) -> Record:
        decision = DecisionCreate(version=version, decision="approve")
        return await approval.decide(session, APPROVER, decision, record_id=record_id, signer=self.signer)

    async def admit(self, wanted: RecordCreate) -> Record:
        record = await self.pending(wanted)
        async with self.database.transaction() as session:
            return await self.approve(session, record.id)

    async def evaluate(self, uscc: str) -> Evaluation:
        async with self.database.transaction() as session:
            return await evaluating.evaluate(session, APPROVER, uscc=uscc, signer=self.signer)


async def filled(url: str) -> Ledger:
    """Rules at 0, records at 1 to 6 (two enterprises in turn), evaluations at 7 and 8."""
    ledger = Ledger(Database(url, pool_size=3), new_signer())
    await ledger.publish()
    for number in range(6):
        await ledger.admit(content(USCCS[number % 2]))
    for uscc in USCCS[:2]:
        await ledger.evaluate(uscc)
    return ledger
