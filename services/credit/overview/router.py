"""HTTP of the view of one enterprise."""

from services.credit.auth import Reader
from services.credit.grading.errors import SubjectNotFound
from services.credit.overview import service
from services.credit.overview.schemas import Overview
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router

router = new_router("/v1/credit/enterprises", tag="overview")


@router.get(
    "/{uscc}/overview",
    summary="企业信用概况 An enterprise at a glance",
    response_model=Overview,
    responses=problem_responses(SubjectNotFound),
)
async def read_overview(uscc: str, reader: Reader, session: Session) -> object:
    return await service.overview(session, reader.rows, uscc=uscc)
