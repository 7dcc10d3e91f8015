"""OpenAPI 3.1 as Steppe answers: problem documents in place of FastAPI's own error shape, header rules spelled out."""

from __future__ import annotations

from typing import Any

_ERROR = {
    "type": "object",
    "title": "FieldError",
    "required": ["pointer", "code", "detail"],
    "properties": {
        "pointer": {"type": "string", "description": "RFC 6901 JSON Pointer of the place"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "detail_zh": {"type": "string"},
        "detail_en": {"type": "string"},
        "article": {"type": "string", "description": "the article that refuses it"},
        "suggestion": {"type": "string", "description": "a repaired value that may have been meant"},
    },
}
_PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457 problem details, zh-CN or en by Accept-Language",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "stable; programs decide by it"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "description": "urn:uuid of the request"},
        "article": {"type": "string"},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldError"}},
    },
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "1 to 255 visible ASCII characters; the same key and body give the stored answer",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"},
}
_STANDARD = {
    "400": "the request cannot be read, or a parameter or header breaks its rule",
    "401": "not signed in, or the token does not hold",
    "403": "a scope is missing",
    "409": "in conflict with the present state, or busy",
    "413": "the body is too large",
    "415": "send the media type of the request body",
    "422": "the document breaks rules: `errors` names all of them",
    "429": "the caller's quota is used up; see RateLimit and Retry-After",
    "503": "temporarily unavailable; see Retry-After",
}
_OF_EVERY_CALL = ("400", "429", "503")
_OF_SIGNED_IN = ("401", "403")
_OF_WRITES = ("409", "413", "415", "422")
_OF_FORMS = ("413", "415")


def with_problems(document: dict[str, Any], *, idempotent: bool = True) -> dict[str, Any]:
    """The document with problem responses on every operation and `Idempotency-Key` on every POST."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    schemas.update(Problem=_PROBLEM, FieldError=_ERROR)
    for path in document.get("paths", {}).values():
        for method, operation in path.items():
            _complete(method, operation)
            if method == "post" and idempotent and "security" in operation:
                operation.setdefault("parameters", []).append(_KEY)
    return document


def _complete(method: str, operation: dict[str, Any]) -> None:
    responses = operation.setdefault("responses", {})
    if "HTTPValidationError" in str(
        responses.get("422")
    ):  # FastAPI's own: ours is stated where it is answered
        del responses["422"]
    wanted = [*_OF_EVERY_CALL]
    wanted += _OF_SIGNED_IN if "security" in operation else ()
    if "application/x-www-form-urlencoded" in operation.get("requestBody", {}).get("content", {}):
        wanted += _OF_FORMS
    elif method in ("post", "put", "patch"):
        wanted += _OF_WRITES
    for status in wanted:
        responses.setdefault(status, _response(_STANDARD[status]))
    if method == "get":
        responses.setdefault("304", {"description": "not changed since the ETag in If-None-Match"})


def _response(description: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": description, "content": content}
