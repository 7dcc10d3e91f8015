"""What the gateway itself may answer on any route, stated on each operation of the merged document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_REFUSALS: Mapping[str, str] = {
    "401": "a token was sent, and it does not hold",
    "404": "there is no such record, or it is not yours to see",
    "414": "the address is too long",
    "431": "the header fields are too many or too long",
    "502": "the service behind the gateway gave no usable answer",
    "504": "the service behind the gateway gave no answer in time",
}
_OF_BODIES: Mapping[str, str] = {"408": "the body did not arrive in time"}
_OF_RETIRED: Mapping[str, str] = {"410": "this endpoint has ended; `Link` names its successor"}


def with_gateway_answers(document: dict[str, Any]) -> dict[str, Any]:
    """The document, changed in place; what an operation says itself stays."""
    for path in document.get("paths", {}).values():
        for operation in path.values():
            refusals = {**_REFUSALS, **(_OF_BODIES if "requestBody" in operation else {})}
            refusals |= _OF_RETIRED if operation.get("deprecated") else {}
            for status, description in refusals.items():
                operation.setdefault("responses", {}).setdefault(status, _response(description))
    return document


def _response(description: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": description, "content": content}
