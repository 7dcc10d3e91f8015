"""HTTP of reservations and dispatches."""

from fastapi import Response

from services.emergency.auth import DutyOfficer, Reader
from services.emergency.depots.errors import DepotNotFound
from services.emergency.dispatch import arriving, checks, dispatching, repository, reserving, views
from services.emergency.dispatch.errors import (
    ArrivalInvalid,
    DispatchArrived,
    DispatchInvalid,
    DispatchNotFound,
    ReservationInvalid,
    ReservationLapsed,
    ReservationNotActive,
    ReservationNotFound,
)
from services.emergency.dispatch.schemas import (
    ArrivalCreate,
    CancellationCreate,
    DispatchCreate,
    DispatchRead,
    DispatchState,
    HandoverRead,
    ReservationCreate,
    ReservationRead,
    ReservationState,
)
from services.emergency.incidents.errors import IncidentClosed, IncidentNotFound
from services.emergency.stock.errors import InsufficientStock
from services.kit.all_at_once import also_checked_by
from services.kit.pages import Paging
from services.kit.receipt_keys import Office
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Id, Page

router = new_router("/v1/emergency", tag="dispatch")


@router.post(
    "/reservations",
    summary="预留物资 Reserve goods for an incident",
    status_code=201,
    response_model=ReservationRead,
    responses=problem_responses(IncidentNotFound, IncidentClosed, InsufficientStock, ReservationInvalid),
)
@also_checked_by(checks.of_request)
async def reserve(
    content: ReservationCreate, officer: DutyOfficer, session: Session, response: Response
) -> object:
    made = await reserving.reserve(session, officer, content)
    response.headers["location"] = f"/v1/emergency/reservations/{made.id}"
    return await views.reservation(session, made.id)


@router.get("/reservations", summary="预留列表 List reservations", response_model=Page[ReservationRead])
async def list_reservations(
    _: Reader,
    session: Session,
    paging: Paging,
    incident_id: Id | None = None,
    state: ReservationState | None = None,
) -> object:
    found, following = await repository.reservations_page(
        session, query=paging, incident_id=incident_id, state=state
    )
    return {"items": await views.reservations(session, found), "next_cursor": following}


@router.get(
    "/reservations/{reservation_id}",
    summary="预留 Read a reservation",
    response_model=ReservationRead,
    responses=problem_responses(ReservationNotFound),
)
async def read_reservation(reservation_id: Id, _: Reader, session: Session) -> object:
    return await views.reservation(session, reservation_id)


@router.post(
    "/reservations/{reservation_id}/cancellation",
    summary="取消预留 Release what is not yet dispatched",
    status_code=201,
    response_model=ReservationRead,
    responses=problem_responses(ReservationNotFound, ReservationNotActive),
)
async def cancel_reservation(
    reservation_id: Id, content: CancellationCreate, officer: DutyOfficer, session: Session
) -> object:
    await reserving.cancel(session, officer, content, reservation_id=reservation_id)
    return await views.reservation(session, reservation_id)


@router.post(
    "/dispatches",
    summary="物资出库 Dispatch goods from a depot",
    status_code=201,
    response_model=DispatchRead,
    responses=problem_responses(
        ReservationNotFound, DepotNotFound, ReservationNotActive, ReservationLapsed, DispatchInvalid
    ),
)
@also_checked_by(checks.of_dispatch)
async def dispatch_goods(
    content: DispatchCreate, officer: DutyOfficer, session: Session, office: Office, response: Response
) -> object:
    made = await dispatching.dispatch(session, officer, content, office=office)
    response.headers["location"] = f"/v1/emergency/dispatches/{made.id}"
    return await views.dispatch(session, made.id)


@router.get("/dispatches", summary="出库单列表 List dispatches", response_model=Page[DispatchRead])
async def list_dispatches(
    _: Reader,
    session: Session,
    paging: Paging,
    incident_id: Id | None = None,
    state: DispatchState | None = None,
) -> object:
    found, following = await repository.dispatches_page(
        session, query=paging, incident_id=incident_id, state=state
    )
    return {"items": await views.dispatches(session, found), "next_cursor": following}


@router.get(
    "/dispatches/{dispatch_id}",
    summary="出库单（含回执） Read a dispatch with its receipt",
    response_model=DispatchRead,
    responses=problem_responses(DispatchNotFound),
)
async def read_dispatch(dispatch_id: Id, _: Reader, session: Session) -> object:
    return await views.dispatch(session, dispatch_id)


@router.post(
    "/dispatches/{dispatch_id}/arrivals",
    summary="物资到达 Goods arrive at the incident",
    status_code=201,
    response_model=HandoverRead,
    responses=problem_responses(DispatchNotFound, DispatchArrived, ArrivalInvalid),
)
@also_checked_by(checks.of_arrival)
async def arrive(dispatch_id: Id, content: ArrivalCreate, officer: DutyOfficer, session: Session) -> object:
    return views.handover_view(await arriving.arrive(session, officer, content, dispatch_id=dispatch_id))
