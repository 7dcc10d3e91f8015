"""Every route that the policy calls unpublished asks the bureau for its purpose, and no other does."""

from __future__ import annotations

from typing import Any

from gateway.policy.loading import load
from services.kit.reading import PURPOSE_HEADER
from tests.support.town import Town


def asks(operation: dict[str, Any]) -> bool:
    return any(each["name"] == PURPOSE_HEADER for each in operation.get("parameters", []))


def test_the_policy_and_the_endpoints_agree_on_what_is_unpublished(document: dict[str, Any]) -> None:
    asked = {
        f"{method.upper()} {path}"
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if asks(operation)
    }
    unpublished = {f"{route.method} {route.documented_path}" for route in load() if route.unpublished}
    assert len(unpublished) > 40
    assert asked == unpublished


async def test_the_purposes_of_today_are_public(town: Town) -> None:
    answer = await town.public.get("/v1/purposes")
    assert answer.status_code == 200
    by_code = {each["code"]: each for each in answer.json()["items"]}
    assert by_code["supervision"]["zh"] == "监督检查"
    assert by_code["supervision"]["until"] is None
