"""Performance classes of the sample city: one holds, one is under public notice, with their measures."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal

from infra.sample.permit_past import PermitPast
from infra.sample.times import at_hour
from infra.sample.types import SamplePermit
from services.kit import clock
from services.kit.working_days import published_calendar
from services.permits.performance import editions, measures, service
from services.permits.performance.schemas import (
    DeclarationCreate,
    DeclarationStep,
    MeasurePlanCreate,
    MeasurePlanDecision,
)

_REVIEWS = ("county_review", "league_review", "region_review", "publish")


class PermitClasses(PermitPast):
    """Performance classes and the measures of heavy pollution."""

    async def live(self) -> None:
        """An A that holds, a B that the public may speak to; both file their measures."""
        today = self._city.as_of
        rated, noticed = self._city.permits[2], self._city.permits[4]
        declaration = await self._declared(rated, "A", published_on=today - timedelta(days=90))
        await self._step(declaration, "take_effect", today - timedelta(days=60), login="reviewer02")
        await self._declared(noticed, "B", published_on=today - timedelta(days=1))
        for permit in (rated, noticed):
            await self._measures(permit, today - timedelta(days=50))

    async def _declared(self, permit: SamplePermit, given_class: str, *, published_on: date) -> uuid.UUID:
        """Declared, reviewed up the chain in four weeks, and published."""
        uscc = permit.enterprise_uscc
        content = DeclarationCreate(
            permit_number=permit.permit_number,
            sector="锅炉",
            given_class=given_class,
            self_assessment="超低排放改造完成，逐项对照指标符合",
        )
        with clock.at(at_hour(published_on - timedelta(days=28), 12)):
            made = await service.declare(
                self._session,
                self._holder(uscc),
                content,
                editions=editions.load(),
                office=self._office,
            )
        for step, days in zip(_REVIEWS, (21, 14, 7, 0), strict=True):
            await self._step(made.id, step, published_on - timedelta(days=days))
        return made.id

    async def _step(
        self, declaration_id: uuid.UUID, step: str, day: date, *, login: str = "reviewer01"
    ) -> None:
        content = DeclarationStep.model_validate({"step": step, "on_day": day, "basis": "锡环发〔示例〕5号"})
        with clock.at(at_hour(day, 12)):
            await service.enter(
                self._session,
                self._staff(login),
                content,
                declaration_id=declaration_id,
                editions=editions.load(),
                calendar=published_calendar,
            )

    async def _measures(self, permit: SamplePermit, day: date) -> None:
        uscc = permit.enterprise_uscc
        content = MeasurePlanCreate.model_validate(
            {
                "permit_number": permit.permit_number,
                "effective_from": day,
                "measures": [
                    {
                        "alert_level": level,
                        "process": "1号锅炉",
                        "action": "limit",
                        "outlet_code": permit.outlets[0].code,
                        "measure": "降低负荷运行",
                        "reduction_percent": Decimal(percent),
                        "check_method": "在线监测烟气量与用电量",
                        "responsible": "值班厂长",
                    }
                    for level, percent in (("yellow", 10), ("orange", 20), ("red", 40))
                ],
            }
        )
        with clock.at(at_hour(day, 12)):
            filed = await measures.file(
                self._session,
                self._holder(uscc),
                content,
                editions=editions.load(),
                office=self._office,
            )
            decision = MeasurePlanDecision(decision="confirm")
            await measures.decide(self._session, self._staff("reviewer01"), decision, plan_id=filed.id)
