"""HTTP of the overview."""

from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.waste.auth import Reader
from services.waste.overview import service
from services.waste.overview.schemas import Overview
from services.waste.units.errors import UnitNotFound

router = new_router("/v1/waste/enterprises", tag="units")


@router.get(
    "/{uscc}/overview",
    summary="单位概览 A unit at a glance",
    response_model=Overview,
    responses=problem_responses(UnitNotFound),
)
async def read_overview(uscc: str, reader: Reader, session: Session) -> object:
    return await service.overview(session, reader, uscc=uscc)
