"""Licences as they are read, and how they stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.waste.budgets import repository as budgets
from services.waste.budgets.service import balance_of
from services.waste.licences import repository
from services.waste.licences.models import Licence
from services.waste.licences.schemas import GroupBalance, GroupRead, LicenceBalance, LicenceRead


async def views_of(session: AsyncSession, licences: Sequence[Licence]) -> list[LicenceRead]:
    groups = await repository.groups_of(session, [licence.id for licence in licences])
    views = []
    for licence in licences:
        content: dict[str, Any] = licence.model_dump()
        content["groups"] = [
            GroupRead.model_validate(group.model_dump(include=_GROUP)) for group in groups[licence.id]
        ]
        views.append(LicenceRead.model_validate(content))
    return views


_GROUP = {"name", "codes", "yearly_scale_kg"}


async def balances_of(
    session: AsyncSession, licences: Sequence[Licence], *, year: int
) -> list[LicenceBalance]:
    """How these licences stand in `year`; a group without a budget in that year is left out."""
    groups = await repository.groups_of(session, [licence.id for licence in licences])
    ids = [group.id for of_licence in groups.values() for group in of_licence]
    known = await budgets.of_groups(session, ids, year=year)
    return [
        LicenceBalance(
            licence_number=licence.licence_number,
            holder_uscc=licence.holder_uscc,
            valid_to=licence.valid_to,
            year=year,
            groups=[
                GroupBalance(
                    name=group.name,
                    codes=group.codes,
                    scale_kg=known[group.id].scale_kg,
                    reserved_kg=known[group.id].reserved_kg,
                    received_kg=known[group.id].received_kg,
                    free_kg=balance_of(known[group.id]).free_kg,
                )
                for group in groups.get(licence.id, [])
                if group.id in known
            ],
        )
        for licence in licences
    ]
