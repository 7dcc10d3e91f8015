"""Differences and change routes over the wire."""

from typing import Any, Literal

from pydantic import Field

from services.kit.schemas import Flag, Schema
from services.permits.changes.rules import Route
from services.permits.permits.schemas import PermitContent


class DifferenceRead(Schema):
    """One thing that two versions say differently."""

    pointer: str = Field(
        description="a JSON Pointer in which items of lists are named by what they are: /outlets/DA001/limits/a21026/…"
    )
    change: Literal["added", "removed", "changed"]
    before: Any = Field(description="null where it was added")
    after: Any = Field(description="null where it was removed")
    direction: Literal["up", "down"] | None = Field(description="of a number")
    label_zh: str
    label_en: str


class Comparison(Schema):
    """Everything that two versions of one permit say differently."""

    permit_number: str
    from_version: int
    to_version: int
    differences: list[DifferenceRead]


class ChangeDeclaration(PermitContent):
    """What the enterprise now declares, all of it, with what no comparison shows."""

    construction: Literal["new", "rebuilt", "expanded"] | None = Field(
        default=None, description="新建、改建、扩建排放污染物的项目 (art. 15(1))"
    )
    site_moved: Flag = Field(default=False, description="生产经营场所变化 (art. 15(2))")
    by_authority: Flag = Field(
        default=False, description="the authority changes it, for standards or total control (art. 16)"
    )


class RouteReason(Schema):
    """One difference, or one statement, with the route that it needs."""

    pointer: str
    route: Route
    article: str
    reason_zh: str
    reason_en: str
    difference: DifferenceRead | None = Field(description="null for what the enterprise stated")


class RouteRead(Schema):
    """The procedure that a change needs: the strictest of all that its differences need."""

    permit_number: str
    version: int = Field(description="the version that it was compared with")
    route: Route = Field(description="无需办理, 基本信息变更, 依职权变更, 其他变更 or 重新申请")
    article: str | None
    apply_within_days: int | None = Field(description="art. 14: of a change of basic facts, from the change")
    reasons: list[RouteReason]
