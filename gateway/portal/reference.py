"""The merged OpenAPI document as the portal shows it: services, groups, operations. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.merge import GATEWAY, Document
from gateway.policy.loading import SERVICES, service_of
from gateway.policy.rules import RoutePolicy
from gateway.portal.examples import operations
from gateway.portal.rows import Row, Schema, choices_of, kind_of, options_of, resolve, rows_of
from services.kit.texts import Text

SECTIONS = (*SERVICES, GATEWAY)
_VARIABLE = re.compile(r"\{[^}]*\}")
_LAST_CHINESE = re.compile(r"^(.*[\u3000-\u9fff\uff00-\uffef])\s*(.*)$", re.S)
_WRITTEN = ("application/json", "text/csv", "application/pdf")
_CODE = re.compile(r"`([a-z_]+)`")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value in the path, the query or a header."""

    name: str
    place: str
    kind: str
    required: bool
    description: str
    example: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Body:
    """A document that is sent or answered."""

    media_type: str
    name: str
    description: str
    rows: list[Row]
    example: Any


@dataclass(frozen=True, slots=True)
class Answer:
    """One status: what comes with it, or which refusals (`codes`) it stands for."""

    status: str
    description: str
    codes: tuple[str, ...]
    body: Body | None


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; `key` is the policy file's name of it."""

    method: str
    path: str
    service: str
    group: str
    slug: str
    title: Text
    description: str
    signed_in: bool
    parameters: list[Parameter]
    body: Body | None
    answers: list[Answer]
    policy: RoutePolicy | None

    @property
    def key(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Reference:
    """Everything that can be called, and what the services say of their events and refusals."""

    operations: list[Operation]
    events: list[dict[str, Any]]
    problems: list[dict[str, Any]]
    missing: list[str]
    findings: list[dict[str, Any]] = field(default_factory=list)
    by_slug: dict[tuple[str, str], Operation] = field(default_factory=dict)

    def of_service(self, service: str) -> dict[str, list[Operation]]:
        """The operations of a service by group, in the document's order."""
        groups: dict[str, list[Operation]] = {}
        for operation in self.operations:
            if operation.service == service:
                groups.setdefault(operation.group, []).append(operation)
        return groups


def read(document: Document, policy: Iterable[RoutePolicy]) -> Reference:
    """The reference of a merged document that has its examples (`gateway.portal.examples.with_examples`)."""
    routes = {_shape(route.key): route for route in policy}
    found = [
        _operation(method, path, operation, document, routes)
        for method, path, operation in operations(document)
    ]
    return Reference(
        operations=found,
        events=document.get("x-steppe-events", []),
        problems=[
            {"article": None, "description": None, **each} for each in document.get("x-steppe-problems", ())
        ],
        missing=document.get("x-steppe-missing-services", []),
        findings=[{"article": None, **each} for each in document.get("x-steppe-findings", ())],
        by_slug={(each.service, each.slug): each for each in found},
    )


def bilingual(summary: str) -> Text:
    """«提交执行报告 Submit a report» in its two halves; a summary in one language serves for both."""
    match = _LAST_CHINESE.match(summary)
    if match is None or not match[2]:
        return Text(zh=summary, en=summary)
    return Text(zh=match[1].strip(), en=match[2].strip())


def slug_of(method: str, path: str, service: str) -> str:
    """`GET /v1/permits/reports/{report_id}` is `get-reports-report_id` on the pages of permits."""
    rest = path.removeprefix(f"/v1/{service}/").removeprefix("/v1/").strip("/")
    return f"{method.lower()}-{re.sub('[^a-z0-9_]+', '-', rest.lower()).strip('-')}"


def _shape(key: str) -> str:
    return _VARIABLE.sub("{}", key)


def _operation(
    method: str,
    path: str,
    operation: Mapping[str, Any],
    document: Document,
    routes: Mapping[str, RoutePolicy],
) -> Operation:
    service = service_of(path)
    tag = str((operation.get("tags") or [service])[0])
    return Operation(
        method=method,
        path=path,
        service=service,
        group=tag.partition(".")[2] or tag,
        slug=slug_of(method, path, service),
        title=bilingual(operation.get("summary") or path),
        description=operation.get("description") or "",
        signed_in=bool(operation.get("security")),
        parameters=[_parameter(each, document) for each in operation.get("parameters", ())],
        body=_body(operation.get("requestBody", {}), document),
        answers=[
            _answer(status, each, document) for status, each in sorted(operation.get("responses", {}).items())
        ],
        policy=routes.get(_shape(f"{method} {path}")),
    )


def _parameter(parameter: Mapping[str, Any], document: Document) -> Parameter:
    schema: Schema = parameter.get("schema", {})
    options = options_of(resolve(schema, document))
    only = resolve(options[0] if options else schema, document)
    example = parameter.get("example", schema.get("default"))
    return Parameter(
        name=parameter["name"],
        place=parameter["in"],
        kind=kind_of(schema, document),
        required=bool(parameter.get("required")),
        description=parameter.get("description") or "",
        example="" if example is None else str(example),
        choices=choices_of(only),
    )


def _body(holder: Mapping[str, Any], document: Document) -> Body | None:
    """The body in one of its forms: first one that can be written by hand."""
    content: Mapping[str, Any] = holder.get("content", {})
    for media_type in sorted(content, key=lambda each: each not in _WRITTEN):
        media = content[media_type]
        schema = media.get("schema", {})
        whole = resolve(schema, document)
        return Body(
            media_type=media_type,
            name=str(whole.get("title", "")),
            description=str(whole.get("description", "")),
            rows=rows_of(schema, document),
            example=media.get("example"),
        )
    return None


def _answer(status: str, response: Mapping[str, Any], document: Document) -> Answer:
    description = str(response.get("description", ""))
    good = status.startswith("2")
    return Answer(
        status=status,
        description=description,
        codes=() if good else tuple(_CODE.findall(description)),
        body=_body(response, document) if good else None,
    )
