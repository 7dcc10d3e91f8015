"""Who may do what in emergency: each name is a parameter type of endpoints."""

from __future__ import annotations

from typing import Annotated

from fastapi import Security

from services.kit.auth import Principal, requires
from services.kit.problems import Forbidden
from services.kit.reading import reads
from services.kit.texts import Text

_OWN = Text(
    zh="库存与突发事件仅限主管部门办理", en="Stock and incidents are the bureau's own: not for an enterprise"
)


async def _office(principal: Annotated[Principal, requires()]) -> Principal:
    """Whatever scopes stand in its token: who acts for some enterprises is not the bureau."""
    if principal.usccs and not principal.every_enterprise:
        raise Forbidden(_OWN)
    return principal


async def _office_reading(principal: Annotated[Principal, reads()]) -> Principal:
    return await _office(principal)


Reader = Annotated[Principal, Security(_office, scopes=["emergency:read"])]
"""Bureau staff, storekeepers and systems. Stock and incidents are the bureau's own: no enterprise reads them here."""

IncidentReader = Annotated[Principal, Security(_office_reading, scopes=["emergency:read"])]
"""The same people where they read who answers for an incident."""

EnterpriseReader = Annotated[Principal, reads("emergency:read")]
"""Who reads what one enterprise answers for: by rows."""

Storekeeper = Annotated[Principal, Security(_office, scopes=["emergency:stock"])]
"""Who keeps a depot (物资管理员): depots, items, what comes in, what comes back."""

DutyOfficer = Annotated[Principal, Security(_office, scopes=["emergency:respond"])]
"""Who answers an incident (值班人员): incidents, reservations, what leaves, what was used."""
