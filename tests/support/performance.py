"""Declarations of performance classes and sheets of measures, for tests."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from services.kit import clock
from services.kit.auth import Principal
from services.kit.database import Database
from services.kit.working_days import published_calendar
from services.permits.performance import service
from services.permits.performance.editions import load
from services.permits.performance.schemas import DeclarationStep
from tests.support.quotas import entered
from tests.support.town import Holder, Town

DECLARATIONS = "/v1/permits/performance/declarations"
MEASURE_PLANS = "/v1/permits/performance/measure-plans"
OF_PERMIT = "/v1/permits/performance/permits"


def declaration(holder: Holder, given_class: str = "A", **changes: Any) -> dict[str, Any]:
    content = {
        "permit_number": holder.permit["permit_number"],
        "sector": "锅炉",
        "given_class": given_class,
        "self_assessment": "超低排放，逐项符合",
    }
    return {**content, **changes}


def review(step: str, on_day: date, **changes: Any) -> dict[str, Any]:
    return {"step": step, "on_day": on_day.isoformat(), "basis": "锡环发〔2026〕5号", **changes}


async def noticed(town: Town, holder: Holder, given_class: str = "A") -> dict[str, Any]:
    """A declaration that went up the whole chain and is under public notice since today."""
    made = entered(await holder.post(DECLARATIONS, declaration(holder, given_class)))
    reviewer = await town.staff("reviewer")
    for step in ("county_review", "league_review", "region_review", "publish"):
        path = f"{DECLARATIONS}/{made['id']}/steps"
        made = entered(await reviewer.post(path, review(step, town.today)))
    return made


async def put_into_effect(town: Town, made: dict[str, Any]) -> date:
    """Enters the effect on the day after the notice, by the service itself: the stack's clock stands at today."""
    day = date.fromisoformat(made["notice_until"]) + timedelta(days=1)
    somebody = Principal(
        str(uuid.uuid4()), "审核员", roles=("reviewer",), scopes=frozenset(), every_enterprise=True
    )
    content = DeclarationStep.model_validate(review("take_effect", day))
    database = Database(town.stack.databases["permits"], pool_size=1)
    try:
        with clock.at(datetime.combine(day, time(4), tzinfo=UTC)):
            async with database.transaction() as session:
                await service.enter(
                    session,
                    somebody,
                    content,
                    declaration_id=uuid.UUID(made["id"]),
                    editions=load(),
                    calendar=published_calendar,
                )
    finally:
        await database.close()
    return day


def measure(alert_level: str, percent: str | None = None, **changes: Any) -> dict[str, Any]:
    content = {
        "alert_level": alert_level,
        "process": "1号锅炉",
        "action": "limit",
        "outlet_code": "DA001",
        "measure": "降低负荷运行",
        "reduction_percent": percent,
        "check_method": "在线监测烟气量与用电量",
        "responsible": "巴特尔",
    }
    return {**content, **changes}


def plan(holder: Holder, effective_from: date, *measures: dict[str, Any]) -> dict[str, Any]:
    """A sheet that cuts a boiler more at each level, if no other measures are named."""
    usual = (measure("yellow", "20"), measure("orange", "30"), measure("red", "50"))
    return {
        "permit_number": holder.permit["permit_number"],
        "effective_from": effective_from.isoformat(),
        "measures": list(measures or usual),
    }
