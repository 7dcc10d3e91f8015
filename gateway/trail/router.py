"""HTTP of the trail: what may be read for which purpose."""

from __future__ import annotations

from fastapi import APIRouter, Request

from gateway.trail.schemas import PurposeList, PurposeRead
from services.kit import clock
from services.kit.routing import Authenticated

router = APIRouter(tags=["trail"], route_class=Authenticated)


@router.get(
    "/v1/purposes", summary="公开：读取用途代码 Purposes of reading (public)", response_model=PurposeList
)
async def list_purposes(request: Request) -> object:
    today = request.app.state.kit.purposes.on(clock.today())
    return PurposeList(
        items=[
            PurposeRead(code=each.code, zh=each.text.zh, en=each.text.en, since=each.since, until=each.until)
            for each in today
        ]
    )
