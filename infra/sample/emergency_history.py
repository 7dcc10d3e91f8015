"""Lets the sample city's emergency stock live its two years: the same use cases as over HTTP, when things happened."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from sqlmodel.ext.asyncio.session import AsyncSession

from infra.sample.emergency_incidents import INCIDENTS, SampleIncident, SampleUse
from infra.sample.emergency_register import REGION, EmergencyRegister
from infra.sample.types import SampleCity
from services.emergency.dispatch import arriving, dispatching, repository, reserving, settling
from services.emergency.dispatch.models import Dispatch, DispatchLine
from services.emergency.dispatch.schemas import (
    ArrivalCreate,
    DispatchCreate,
    ReservationCreate,
    ReturnCreate,
    UseCreate,
)
from services.emergency.incidents import grading
from services.emergency.incidents import service as incidents
from services.emergency.incidents.models import Incident
from services.emergency.incidents.schemas import (
    ClosureCreate,
    GradingCreate,
    IncidentCreate,
    ResponsibilityCreate,
)
from services.emergency.stock import queries
from services.kit import clock
from services.kit.receipt_keys import ReceiptOffice

BEGUN_DAYS_AGO = 731


class EmergencyHistory:
    """Writes one city's past into the emergency database, within the caller's transaction."""

    def __init__(
        self,
        session: AsyncSession,
        city: SampleCity,
        *,
        accounts: Mapping[str, uuid.UUID],
        office: ReceiptOffice,
    ) -> None:
        self._session, self._office = session, office
        self._register = EmergencyRegister(session, city, accounts=accounts)
        self._store, self._duty = self._register.store, self._register.duty

    async def live(self) -> None:
        """Registers depots and items, then everything in the order of time."""
        moment = self._register.moment
        with clock.at(moment(BEGUN_DAYS_AGO)):
            await self._register.begin()
        told = [(moment(each.days_ago), self._told(each)) for each in INCIDENTS]
        for when, deed in sorted([*self._register.intakes(), *told], key=lambda each: each[0]):
            with clock.at(when):
                await deed()

    def _told(self, sample: SampleIncident) -> Callable[[], Awaitable[object]]:
        async def happen() -> None:
            await self._happen(sample, clock.now())

        return happen

    async def _happen(self, sample: SampleIncident, moment: datetime) -> None:
        """One incident from the call to its end."""
        incident = await self._recorded(sample, moment)
        of_depots = _by_depot(sample.goods)
        with clock.at(moment + timedelta(hours=1)):
            sent = [await self._sent(incident, goods) for goods in of_depots]
        with clock.at(moment + timedelta(hours=2)):
            for (dispatch, lines), goods in zip(sent, of_depots, strict=True):
                await self._arrived(dispatch, lines, goods)
        with clock.at(moment + timedelta(hours=9)):
            for (_, lines), goods in zip(sent, of_depots, strict=True):
                await self._settled(incident, lines, goods, settle_all=sample.closed)
        with clock.at(moment + timedelta(hours=20)):
            await self._promised(incident, sample)
            await self._ended(incident, sample)

    async def _recorded(self, sample: SampleIncident, moment: datetime) -> Incident:
        content = IncidentCreate.model_validate(
            {
                "kind": sample.kind,
                "happened_at": moment - timedelta(minutes=50),
                "known_at": moment - timedelta(minutes=30),
                "region_code": REGION,
                "address": sample.address,
                "longitude": sample.longitude,
                "latitude": sample.latitude,
                "description": sample.description,
            }
        )
        incident = await incidents.record(self._session, self._duty, content)
        facts = GradingCreate.model_validate(sample.facts)
        await grading.grade(self._session, self._duty, facts, incident_id=incident.id)
        return incident

    async def _sent(
        self, incident: Incident, goods: list[SampleUse]
    ) -> tuple[Dispatch, list[tuple[DispatchLine, str, str]]]:
        """A dispatch and its lines, each with item code and lot number."""
        asked = [
            {"item_code": use.item_code, "depot_code": use.depot_code, "quantity": use.sent} for use in goods
        ]
        wanted = ReservationCreate.model_validate({"incident_id": incident.id, "lines": asked})
        held = await reserving.reserve(self._session, self._duty, wanted)
        content = DispatchCreate(
            reservation_id=held.id, depot_code=goods[0].depot_code, vehicle="蒙H5Y001（演示）"
        )
        dispatch = await dispatching.dispatch(self._session, self._duty, content, office=self._office)
        lines = await repository.lines_of_dispatch(self._session, dispatch.id)
        lots = await queries.lots_with_items(self._session, (line.lot_id for line in lines))
        named = [(line, lots[line.lot_id][1].code, lots[line.lot_id][0].lot_number) for line in lines]
        return dispatch, named

    async def _arrived(
        self, dispatch: Dispatch, lines: list[tuple[DispatchLine, str, str]], goods: list[SampleUse]
    ) -> None:
        lost = {use.item_code: Decimal(use.lost) for use in goods}
        stated = [
            {
                "position": line.position,
                "received": line.quantity - lost[code],
                "lost": lost[code],
            }
            for line, code, _ in lines
        ]
        content = ArrivalCreate.model_validate({"lines": stated, "note": "现场清点"})
        await arriving.arrive(self._session, self._duty, content, dispatch_id=dispatch.id)

    async def _settled(
        self,
        incident: Incident,
        lines: list[tuple[DispatchLine, str, str]],
        goods: list[SampleUse],
        *,
        settle_all: bool,
    ) -> None:
        """What was used is booked; what is left comes back, unless the response goes on."""
        by_item = {use.item_code: use for use in goods}
        named = [(by_item[code], {"item_code": code, "lot_number": lot}) for _, code, lot in lines]
        used = [{**lot, "quantity": use.used} for use, lot in named if Decimal(use.used) > 0]
        back = [{**lot, "quantity": use.back} for use, lot in named if use.back > 0]
        about = {"incident_id": incident.id}
        if used:
            content = UseCreate.model_validate({**about, "lines": used, "note": "现场使用"})
            await settling.use(self._session, self._duty, content)
        if back and settle_all:
            returned = ReturnCreate.model_validate(
                {**about, "depot_code": goods[0].depot_code, "condition": "clean", "lines": back}
            )
            await settling.give_back(self._session, self._store, returned, office=self._office)

    async def _promised(self, incident: Incident, sample: SampleIncident) -> None:
        if sample.reserved:
            lines = [{"item_code": code, "quantity": quantity} for code, quantity in sample.reserved.items()]
            content = {"incident_id": incident.id, "hold_hours": 240, "lines": lines}
            await reserving.reserve(self._session, self._duty, ReservationCreate.model_validate(content))

    async def _ended(self, incident: Incident, sample: SampleIncident) -> None:
        if sample.login_of is not None:
            named = ResponsibilityCreate(uscc=self._register.usccs[sample.login_of], basis=sample.basis)
            await incidents.record_responsibility(self._session, self._duty, named, incident_id=incident.id)
        if sample.closed:
            note = ClosureCreate(note="污染得到控制，应急响应终止（演示数据）")
            await incidents.close(self._session, self._duty, note, incident_id=incident.id)


def _by_depot(goods: tuple[SampleUse, ...]) -> list[list[SampleUse]]:
    by_code: dict[str, list[SampleUse]] = {}
    for use in goods:
        by_code.setdefault(use.depot_code, []).append(use)
    return list(by_code.values())
