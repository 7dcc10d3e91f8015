"""HTTP of what is public about applications (排污许可管理条例 art. 9). No sign-in."""

from typing import Annotated

from fastapi import Query

from services.kit.pages import Paging
from services.kit.routing import Session
from services.kit.routing import router as new_router
from services.kit.schemas import Page
from services.permits.applications import views
from services.permits.applications.schemas import DisclosedApplication

router = new_router("/v1/permits/disclosure/applications", tag="disclosure")


@router.get(
    "",
    summary="公开：受理与审批 Public applications, accepted and decided",
    response_model=Page[DisclosedApplication],
)
async def list_disclosed_applications(
    session: Session,
    paging: Paging,
    uscc: Annotated[str | None, Query(max_length=18)] = None,
    name: Annotated[str | None, Query(max_length=100, description="part of the enterprise's name")] = None,
) -> object:
    return await views.disclosed(session, query=paging, uscc=uscc, name=name)
