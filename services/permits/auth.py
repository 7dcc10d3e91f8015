"""Who may do what in permits: each name is a parameter type of endpoints."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from services.kit.auth import Principal, requires
from services.kit.problems import Forbidden
from services.kit.reading import reads
from services.kit.texts import Text


class OfTheCityOnly(Forbidden):
    code = "of_the_city_only"
    title = Text(zh="全市汇总数据仅供生态环境部门查询", en="The city's sums are for the bureau")


Reader = Annotated[Principal, reads("permits:read")]
"""Enterprises (their own rows), bureau staff and systems (all rows)."""

PUBLIC = Principal("public", "public", roles=(), scopes=frozenset())
"""Whoever asks without signing in, in the trail of what was made for them."""

Asker = Annotated[Principal, requires("permits:read")]
"""Whoever reads permits and asks something that is about nobody's rows: no purpose, nothing in the read log."""

Submitter = Annotated[Principal, requires("permits:submit")]
"""An enterprise that reports for itself (排污单位)."""

Filer = Annotated[Principal, requires("permits:file")]
"""Who prepares reports: the enterprise itself, or an agent under a delegation. No bureau: a draft is not submitted."""

Registrar = Annotated[Principal, requires("permits:register")]
"""A clerk who keeps the register of enterprises and permits (受理人员)."""

Reviewer = Annotated[Principal, requires("permits:review")]
"""A reviewer of execution reports (审核人员)."""

CommentReader = Annotated[Principal, reads("permits:review")]
"""Whoever of the bureau reads what the public said to a notice, and who may be asked back."""
Inspector = Annotated[Principal, requires("permits:inspect")]
"""An inspector who confirms what reports and data show (执法人员)."""

Approver = Annotated[Principal, requires("permits:approve")]
"""An approver of the bureau (审批人员)."""


def _require_city(principal: Principal) -> Principal:
    if not principal.rows.everything:
        raise OfTheCityOnly()
    return principal


async def _of_the_city(asker: Asker) -> Principal:
    return _require_city(asker)


City = Annotated[Principal, Depends(_of_the_city)]
"""Whoever reads all of the city's rows: sums over them say nothing to one enterprise, or too much."""


async def _for_the_city(registrar: Registrar) -> Principal:
    return _require_city(registrar)


CityRegistrar = Annotated[Principal, Depends(_for_the_city)]
"""A registrar whose entry reaches every enterprise of the city: nobody who sees a part of them."""


async def _alerts_the_city(officer: Annotated[Principal, requires("permits:alert")]) -> Principal:
    return _require_city(officer)


AlertOfficer = Annotated[Principal, Depends(_alerts_the_city)]
"""Who enters heavy-pollution alerts and lifts them: the duty officer, or a reviewer (值班人员、审核人员). They hold for
every enterprise of their area."""


async def _tells_of_taxes(teller: Annotated[Principal, requires("permits:tax")]) -> Principal:
    return _require_city(teller)


TaxTeller = Annotated[Principal, Depends(_tells_of_taxes)]
"""Who tells what was declared for the environmental tax: the tax office's system, or a clerk. Of every enterprise."""


async def _reads_the_city(reader: Reader) -> Principal:
    return _require_city(reader)


CityReader = Annotated[Principal, Depends(_reads_the_city)]
"""Whoever reads lists over all enterprises of the city, for a purpose that is logged."""
