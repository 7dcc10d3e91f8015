"""HTTP of the overview."""

from services.emergency.auth import EnterpriseReader
from services.emergency.overview import service
from services.emergency.overview.errors import EnterpriseUnknown
from services.emergency.overview.schemas import Overview
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router

router = new_router("/v1/emergency/enterprises", tag="enterprises")


@router.get(
    "/{uscc}/overview",
    summary="企业应急概览 An enterprise at a glance",
    response_model=Overview,
    responses=problem_responses(EnterpriseUnknown),
)
async def read_overview(uscc: str, reader: EnterpriseReader, session: Session) -> object:
    return await service.overview(session, reader, uscc=uscc)
