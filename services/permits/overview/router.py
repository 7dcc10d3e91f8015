"""HTTP of the overview."""

from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.permits.auth import Reader
from services.permits.enterprises.errors import EnterpriseNotFound
from services.permits.overview import service
from services.permits.overview.schemas import Overview

router = new_router("/v1/permits/enterprises", tag="enterprises")


@router.get(
    "/{uscc}/overview",
    summary="排污单位概览 An enterprise at a glance",
    response_model=Overview,
    responses=problem_responses(EnterpriseNotFound),
)
async def read_overview(uscc: str, reader: Reader, session: Session) -> object:
    return await service.overview(session, reader, uscc=uscc)
