"""HTTP of heavy-pollution alerts. They are public."""

from typing import Annotated

from fastapi import Query, Response

from services.kit.identifiers.types import RegionCode
from services.kit.pages import Paging
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Id, Page
from services.permits.alerts import service
from services.permits.alerts.errors import AlertChanged, AlertExists, AlertLifted, AlertNotFound, AlertOver
from services.permits.alerts.schemas import (
    AlertCreate,
    AlertLevelChange,
    AlertLifting,
    AlertRead,
    AlertRescheduling,
    AlertState,
)
from services.permits.auth import AlertOfficer, OfTheCityOnly
from services.permits.permits.schemas import PermitDay

router = new_router("/v1/permits/alert-periods", tag="alerts")


@router.get("", summary="重污染天气预警 List alerts", response_model=Page[AlertRead])
async def list_alert_periods(
    session: Session,
    paging: Paging,
    state: AlertState | None = None,
    region_code: Annotated[
        RegionCode | None,
        Query(description="those that hold in this division: its own, its city's and its province's"),
    ] = None,
    on: Annotated[PermitDay | None, Query(description="those that held on some part of this day")] = None,
) -> object:
    return await service.listing(session, query=paging, state=state, region=region_code, day=on)


@router.get(
    "/{alert_period_id}",
    summary="一次预警 Read an alert",
    response_model=AlertRead,
    responses=problem_responses(AlertNotFound),
)
async def read_alert_period(alert_period_id: Id, session: Session) -> object:
    return await service.read(session, alert_period_id=alert_period_id)


@router.post(
    "",
    summary="录入预警 Declare an alert",
    status_code=201,
    response_model=AlertRead,
    responses=problem_responses(OfTheCityOnly, AlertExists),
)
async def declare_alert_period(
    content: AlertCreate, officer: AlertOfficer, session: Session, response: Response
) -> object:
    declared = await service.declare(session, officer, content)
    response.headers["location"] = f"/v1/permits/alert-periods/{declared.id}"
    return declared


@router.post(
    "/{alert_period_id}/lifting",
    summary="解除预警 Lift an alert",
    response_model=AlertRead,
    responses=problem_responses(AlertNotFound, AlertChanged, AlertLifted, OfTheCityOnly),
)
async def lift_alert_period(
    alert_period_id: Id, content: AlertLifting, officer: AlertOfficer, session: Session
) -> object:
    return await service.lift(session, officer, content, alert_period_id=alert_period_id)


@router.post(
    "/{alert_period_id}/level",
    summary="调整预警级别 Raise or lower an alert",
    status_code=201,
    response_model=AlertRead,
    responses=problem_responses(AlertNotFound, AlertChanged, AlertLifted, AlertOver, OfTheCityOnly),
)
async def change_alert_level(
    alert_period_id: Id,
    content: AlertLevelChange,
    officer: AlertOfficer,
    session: Session,
    response: Response,
) -> object:
    following = await service.change_level(session, officer, content, alert_period_id=alert_period_id)
    response.headers["location"] = f"/v1/permits/alert-periods/{following.id}"
    return following


@router.post(
    "/{alert_period_id}/end",
    summary="调整预警结束时间 Give an alert another end",
    response_model=AlertRead,
    responses=problem_responses(AlertNotFound, AlertChanged, AlertLifted, AlertOver, OfTheCityOnly),
)
async def reschedule_alert(
    alert_period_id: Id, content: AlertRescheduling, officer: AlertOfficer, session: Session
) -> object:
    return await service.reschedule(session, officer, content, alert_period_id=alert_period_id)
