"""Problem details (RFC 9457): every refusal of Steppe has one shape.

    Problem
    ├── BadRequest 400        what cannot be read at all
    ├── Unauthorized 401      no token, or one that does not hold
    ├── Forbidden 403         a scope or role that is missing
    ├── NotFound 404          not there, or not yours
    ├── Conflict 409          the record's state does not allow it
    ├── PreconditionFailed 412
    ├── ContentTooLarge 413
    ├── Invalid 422           the document breaks rules: all of them at once, in `errors`
    └── Unavailable 503

A subclass states `code` and `title`; raise it anywhere, it is rendered once, by `services.kit.app`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from starlette.types import Scope, Send

from services.kit.findings import FieldError
from services.kit.texts import Language, Text, language_of

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):  # noqa: N818 - the field's word is "problem"
    """A refusal with a status, a stable code and both languages."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    title: ClassVar[Text] = Text(zh="系统内部错误", en="Internal error")
    article: ClassVar[str | None] = None

    def __init__(
        self,
        detail: Text | None = None,
        *,
        errors: Iterable[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **extra: object,
    ) -> None:
        self.detail = detail
        self.errors = tuple(errors)
        super().__init__(self.code, *(f"{error.pointer}: {error.text.en}" for error in self.errors))
        self.headers = dict(headers or {})
        self.extra = extra

    def render(self, language: Language, *, instance: str | None = None) -> dict[str, Any]:
        """The problem document as a JSON object."""
        document: dict[str, Any] = {
            "type": f"urn:steppe:problem:{self.code}",
            "title": self.title.say(language),
            "status": self.status,
            "code": self.code,
        }
        if self.detail is not None:
            document["detail"] = self.detail.say(language)
        if instance is not None:
            document["instance"] = instance
        if self.article is not None:
            document["article"] = self.article
        if self.errors:
            document["errors"] = [error.render(language) for error in self.errors]
        return {**document, **{name: value for name, value in self.extra.items() if value is not None}}

    def body(self, language: Language, *, instance: str | None = None) -> bytes:
        return json.dumps(self.render(language, instance=instance), ensure_ascii=False).encode()


class BadRequest(Problem):
    status = 400
    code = "bad_request"
    title = Text(zh="请求无法解析", en="The request cannot be read")


class Unauthorized(Problem):
    status = 401
    code = "unauthorized"
    title = Text(zh="未登录或凭证无效", en="Not signed in, or the token does not hold")

    def __init__(self, detail: Text | None = None, **extra: Any) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": 'Bearer realm="steppe"'}, **extra)


class Forbidden(Problem):
    status = 403
    code = "forbidden"
    title = Text(zh="没有权限", en="Not allowed")


class NotFound(Problem):
    status = 404
    code = "not_found"
    title = Text(zh="未找到", en="Not found")


class MethodNotAllowed(Problem):
    status = 405
    code = "method_not_allowed"
    title = Text(zh="不支持该方法", en="The method is not allowed here")


class NotAcceptable(Problem):
    status = 406
    code = "not_acceptable"
    title = Text(zh="无法提供所要求的格式", en="Not available in the form asked for")


class RequestTimeout(Problem):
    status = 408
    code = "request_timeout"
    title = Text(zh="请求接收超时", en="The request did not arrive in time")


class Conflict(Problem):
    status = 409
    code = "conflict"
    title = Text(zh="与当前状态冲突", en="In conflict with the present state")


class PreconditionFailed(Problem):
    status = 412
    code = "precondition_failed"
    title = Text(zh="记录已被他人修改", en="The record has changed since it was read")


class ContentTooLarge(Problem):
    status = 413
    code = "content_too_large"
    title = Text(zh="请求内容过大", en="The request body is too large")


class UnsupportedMediaType(Problem):
    status = 415
    code = "unsupported_media_type"
    title = Text(zh="不支持的内容类型", en="The content type is not supported")


class Invalid(Problem):
    status = 422
    code = "invalid_document"
    title = Text(zh="提交的内容不符合要求", en="The document breaks rules")


class PreconditionRequired(Problem):
    status = 428
    code = "precondition_required"
    title = Text(zh="缺少 If-Match 请求头", en="If-Match is required")


class HeadersTooLarge(Problem):
    status = 431
    code = "headers_too_large"
    title = Text(zh="请求头过大", en="The header fields are too large")


class BadGateway(Problem):
    status = 502
    code = "bad_gateway"
    title = Text(zh="后端服务不可用", en="The service behind the gateway did not answer properly")


class Unavailable(Problem):
    status = 503
    code = "unavailable"
    title = Text(zh="服务暂时不可用", en="Temporarily unavailable")


class GatewayTimeout(Problem):
    status = 504
    code = "gateway_timeout"
    title = Text(zh="后端服务响应超时", en="The service behind the gateway did not answer in time")


async def send_problem(problem: Problem, scope: Scope, send: Send) -> None:
    """Answers with a problem document from plain ASGI."""
    accept_language = dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1")
    language = language_of(accept_language)
    request_id = scope.get("state", {}).get("request_id")
    body = problem.body(language, instance=request_id and f"urn:uuid:{request_id}")
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"content-language", language.encode()),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
        *((name.lower().encode(), value.encode()) for name, value in problem.headers.items()),
    ]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
