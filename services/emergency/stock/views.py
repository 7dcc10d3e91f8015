"""Stock as it is read: balances with their names, and the ledger's proof."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.emergency.items.models import Item
from services.emergency.stock import queries
from services.emergency.stock.models import Balance, Lot
from services.emergency.stock.rules import expired
from services.emergency.stock.schemas import BalanceRead, CheckRead, DifferenceRead
from services.kit import clock
from services.kit.pages import PageQuery
from services.kit.schemas import Page


async def balances(session: AsyncSession, *, query: PageQuery, **filters: Any) -> Page[BalanceRead]:
    """What depots hold, what is on the way and what is at incidents; a used-up lot is not listed."""
    found, following = await queries.balances_page(session, query=query, **filters)
    lots = await queries.lots_with_items(session, (balance.lot_id for balance in found))
    places = await queries.places_of(session, (balance.location_id for balance in found))
    items = [
        _balance(each, *lots[each.lot_id], place=places[each.location_id], today=clock.today())
        for each in found
    ]
    return Page(items=items, next_cursor=following)


def _balance(balance: Balance, lot: Lot, item: Item, *, place: tuple[str, str], today: date) -> BalanceRead:
    stale = expired(lot.expires_on, on=today)
    kind, name = place
    usable = kind == "depot" and not stale
    return BalanceRead.model_validate(
        {
            **balance.model_dump(),
            **lot.model_dump(include={"lot_number", "manufactured_on", "expires_on"}),
            **item.model_dump(include={"category", "unit"}),
            "location_kind": kind,
            "location": name,
            "item_code": item.code,
            "item_name": item.name,
            "expired": stale,
            "available": balance.on_hand - balance.reserved if usable else Decimal(0),
        }
    )


async def check(session: AsyncSession) -> CheckRead:
    """Proves in one call that each balance is the sum of the ledger, or lists where it is not."""
    found = await queries.differences(session)
    lots = await queries.lots_with_items(session, (row.lot_id for row in found))
    places = await queries.places_of(session, (row.location_id for row in found))
    movements, balances = await queries.sizes(session)
    differences = [
        DifferenceRead(
            measure=row.measure,
            lot_id=row.lot_id,
            item_code=lots[row.lot_id][1].code if row.lot_id in lots else None,
            lot_number=lots[row.lot_id][0].lot_number if row.lot_id in lots else None,
            location_id=row.location_id,
            location=places[row.location_id][1] if row.location_id in places else None,
            recorded=row.recorded,
            computed=row.computed,
        )
        for row in found
    ]
    return CheckRead(
        as_of=clock.now(),
        balanced=not differences,
        movements=movements,
        balances=balances,
        differences=differences,
    )
