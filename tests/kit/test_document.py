"""The document is FastAPI's own, found in less time."""

from __future__ import annotations

from enum import StrEnum

from fastapi import APIRouter, FastAPI
from fastapi._compat import v2
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, Field

from services.kit.document import looking_at_types_alone
from tests.support.town import Town


class Kind(StrEnum):
    GREY = "grey"


class Leaf(BaseModel):
    kind: Kind | None = None
    above: Tree | None = None


class Tree(BaseModel):
    leaves: list[Leaf] = Field(alias="leaf", description="none in winter")
    by_name: dict[str, tuple[Leaf, Kind]] = {}


Leaf.model_rebuild()
router = APIRouter()


@router.post("/trees/{kind}")
async def plant(kind: Kind, tree: Tree, leaf: Leaf) -> list[Tree]:
    return [tree]


def test_what_it_finds_is_what_fastapi_finds() -> None:
    app = FastAPI()
    app.include_router(router)
    given = {"title": "trees", "version": "1", "routes": app.routes}
    with looking_at_types_alone():
        quick = get_openapi(**given)
    assert {"Kind", "Leaf-Input", "Tree-Output"} <= set(quick["components"]["schemas"])
    assert quick == get_openapi(**given)
    assert v2.get_model_fields(Tree)[0].name == "leaves"  # and FastAPI is as it was


async def test_it_does_so_in_a_service(town: Town) -> None:
    app = town.stack.apps["waste"]
    with looking_at_types_alone():
        quick = get_openapi(title=app.title, version=app.version, routes=app.routes)
    assert quick == get_openapi(title=app.title, version=app.version, routes=app.routes)
