"""Who may do what in waste: each name is a parameter type of endpoints."""

from __future__ import annotations

from typing import Annotated

from services.kit.auth import Principal, requires
from services.kit.reading import reads

Reader = Annotated[Principal, reads("waste:read")]
"""Enterprises (their own rows), bureau staff and systems (all rows)."""

Registrar = Annotated[Principal, requires("waste:register")]
"""A clerk who keeps the register of units and licences (受理人员)."""

Shipper = Annotated[Principal, requires("waste:submit")]
"""A unit that hands waste over: 移出人, 产废单位, 医疗卫生机构."""

Carrier = Annotated[Principal, requires("waste:carry")]
"""A unit that carries waste, and its drivers: 承运人."""

Receiver = Annotated[Principal, requires("waste:receive")]
"""A unit that takes waste in: 接受人, 经营单位."""

Scanner = Annotated[Principal, requires("waste:scan")]
"""Whoever handles medical waste bags at one of the places of their way."""
