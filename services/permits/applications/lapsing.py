"""Periodic work: writes down what time has accepted, so that whoever listens hears of it; sealed for the applicant.

The answers need it not: what has lapsed reads as accepted from the day on which it did.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.receipt_keys import ReceiptOffice
from services.kit.rounds import CLOCK, Round
from services.permits.applications import repository, stepping

EVERY = timedelta(minutes=30)


def deemed_acceptances(office: ReceiptOffice) -> Round:
    """The round of 条例 art. 9(4)."""

    async def due(session: AsyncSession) -> Iterable[uuid.UUID]:
        return await repository.lapsed_ids(session, clock.today())

    async def act(session: AsyncSession, application_id: uuid.UUID) -> None:
        await stepping.open_one(session, CLOCK, application_id, office=office, must_match=False)

    return Round("permits.deemed_acceptances", EVERY, due, act)
