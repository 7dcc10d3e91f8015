"""HTTP of the portal: `/docs`, its pages in two languages, its assets, and the merged OpenAPI document."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from gateway.merge import Document
from gateway.portal import assets
from gateway.portal.answers import SECURITY, answer
from gateway.portal.pages import Portal
from gateway.portal.texts import LANGUAGES
from services.kit.problems import NotFound
from services.kit.texts import language_of

MergedDocument = Callable[[], Awaitable[Document]]
FOREVER = "public, max-age=31536000, immutable"


def portal_router(portal: Portal, merged: MergedDocument) -> APIRouter:
    """The portal over the merged document that `merged()` gives."""
    router = APIRouter(include_in_schema=False)

    @router.get("/openapi.json")
    async def openapi(request: Request) -> Response:
        return answer(request, portal.openapi(await merged()))

    @router.get("/docs")
    async def start(request: Request) -> Response:
        language = "en" if language_of(request.headers.get("accept-language")) == "en" else "zh"
        headers = {"vary": "Accept-Language", "cache-control": "no-cache", **SECURITY}
        return RedirectResponse(f"/docs/{language}", status_code=302, headers=headers)

    @router.get("/docs/assets/{digest}/{name}")
    async def asset(request: Request, digest: str, name: str) -> Response:
        known = assets.load()
        file = known.files.get(name)
        if file is None:
            raise NotFound
        # Another digest is another version's: its page gets what there is, and keeps it for no longer than that.
        headers = {**SECURITY, "vary": "Accept-Encoding"}
        headers["cache-control"] = FOREVER if digest == known.digest else "no-store"
        body = file.plain
        if "gzip" in request.headers.get("accept-encoding", ""):
            body, headers["content-encoding"] = file.packed, "gzip"
        return Response(body, media_type=file.media_type, headers=headers)

    @router.get("/docs/{language}")
    async def home(request: Request, language: str) -> Response:
        return await _page(request, portal, merged, language)

    @router.get("/docs/{language}/{section}")
    async def section_page(request: Request, language: str, section: str) -> Response:
        return await _page(request, portal, merged, language, section)

    @router.get("/docs/{language}/{section}/{name}")
    async def named_page(request: Request, language: str, section: str, name: str) -> Response:
        return await _page(request, portal, merged, language, section, name)

    @router.get("/docs/{language}/reference/{service}/{operation}")
    async def operation_page(request: Request, language: str, service: str, operation: str) -> Response:
        return await _page(request, portal, merged, language, "reference", service, operation)

    return router


async def _page(
    request: Request, portal: Portal, merged: MergedDocument, language: str, *path: str
) -> Response:
    document = await merged()
    spoken = language if language in LANGUAGES else "zh"
    found = portal.page(document, spoken, *path) if spoken == language else None
    if found is None:
        found = portal.lost(document, spoken, *path)
    return answer(request, found, language=LANGUAGES[spoken])
