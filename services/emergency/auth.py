"""Who may do what in emergency: each name is a parameter type of endpoints."""

from __future__ import annotations

from typing import Annotated

from services.kit.auth import Principal, requires
from services.kit.reading import reads

Reader = Annotated[Principal, requires("emergency:read")]
"""Bureau staff, storekeepers and systems. Stock and incidents are the bureau's own: no enterprise reads them here."""

EnterpriseReader = Annotated[Principal, reads("emergency:read")]
"""The same people where they read what an enterprise answers for."""

Storekeeper = Annotated[Principal, requires("emergency:stock")]
"""Who keeps a depot (物资管理员): depots, items, what comes in, what comes back."""

DutyOfficer = Annotated[Principal, requires("emergency:respond")]
"""Who answers an incident (值班人员): incidents, reservations, what leaves, what was used."""
