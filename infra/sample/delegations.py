"""An agent (代理人) of the sample city, whom an enterprise has invited to prepare its filings."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from gateway.delegation import repository, service
from gateway.delegation.rules import Right
from gateway.delegation.schemas import DelegationCreate
from gateway.identity.rules import scopes_of
from infra.sample.permit_applications import PLACE
from infra.sample.types import SampleAccount, SampleCity
from services.kit.auth import Principal
from services.kit.database import Database

AGENT = SampleAccount("agent01", "那仁图雅", ("agent",), ())


async def invite_agent(database: Database, city: SampleCity, accounts: Mapping[str, uuid.UUID]) -> None:
    """In the name of the enterprise that has an application to complete; once."""
    uscc = city.permits[PLACE].enterprise_uscc
    login = next(each.login for each in city.enterprises if each.uscc == uscc)
    roles = ("enterprise",)
    holder = Principal(str(accounts[login]), login, roles, scopes_of(roles), usccs=(uscc,))
    content = DelegationCreate(
        uscc=uscc,
        login=AGENT.login,
        rights=[Right.PERMITS_READ, Right.PERMITS_FILE],
        sites=None,
        valid_until=None,
        note="排污许可填报",
    )
    async with database.transaction() as session:
        if await repository.living_of(session, uscc) == 0:
            await service.invite(session, holder, content)
