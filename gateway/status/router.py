"""HTTP of the status: `/status` for people, `/status.json` for programs. Always 200: the answer is in it."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request, Response

from gateway.portal.answers import answer, content
from gateway.portal.texts import LANGUAGES
from gateway.status.schemas import StatusRead, read_of
from gateway.status.watch import Report, StatusWatch
from services.kit.texts import language_of

Render = Callable[[str, Report], str]


def status_router(watch: StatusWatch, render: Render) -> APIRouter:
    """`render` makes the page of a report in `zh` or `en`."""
    router = APIRouter(tags=["status"])

    @router.get("/status.json", summary="运行状态 How everything stands", response_model=StatusRead)
    async def status(response: Response) -> StatusRead:
        response.headers["cache-control"] = "no-cache"
        return read_of(await watch.report())

    @router.get("/status", include_in_schema=False)
    async def page(request: Request, lang: str | None = None) -> Response:
        preferred = "en" if language_of(request.headers.get("accept-language")) == "en" else "zh"
        language = lang if lang is not None and lang in LANGUAGES else preferred
        shown = content(render(language, await watch.report()))
        return answer(request, shown, language=LANGUAGES[language])

    return router
