"""One enterprise, seen by the four services side by side."""

from typing import Any, Literal

from pydantic import Field

from services.kit.schemas import Moment, Schema

Standing = Literal["known", "unknown", "forbidden", "unavailable"]


class Part(Schema):
    """What one service says, and when it said it. A service that did not answer is named, not hidden."""

    status: Standing = Field(
        description="unknown: no record that the caller may see; forbidden: a scope is missing"
    )
    as_of: Moment | None = Field(default=None, description="when the service answered for")
    view: dict[str, Any] | None = Field(default=None, description="the service's own overview")


class Dossier(Schema):
    """The four views. `complete` is false where a service did not answer."""

    uscc: str
    as_of: Moment
    complete: bool
    missing: list[str] = Field(description="services that did not answer")
    permits: Part
    waste: Part
    credit: Part
    emergency: Part
