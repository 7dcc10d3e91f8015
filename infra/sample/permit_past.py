"""What every part of the permits' past is written with."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from sqlmodel.ext.asyncio.session import AsyncSession

from infra.sample.people import representative, staff
from infra.sample.types import SampleCity
from services.kit.auth import Principal
from services.kit.receipt_keys import ReceiptOffice


class PermitPast:
    """One city's past in the permits database, written within the caller's transaction."""

    def __init__(
        self,
        session: AsyncSession,
        city: SampleCity,
        *,
        accounts: Mapping[str, uuid.UUID],
        office: ReceiptOffice,
    ) -> None:
        self._session, self._city, self._office, self._accounts = session, city, office, accounts
        self._logins = {enterprise.uscc: enterprise.login for enterprise in city.enterprises}

    def _holder(self, uscc: str) -> Principal:
        login = self._logins[uscc]
        return representative(self._accounts[login], login, uscc)

    def _staff(self, login: str) -> Principal:
        return staff(self._accounts, login)
