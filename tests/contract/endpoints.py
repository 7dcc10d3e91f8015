"""The endpoints that the contract tests attack: each with a body that is right but for what a test spoils."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
from jsonschema import Draft202012Validator

from services.kit.ids import new_id
from tests.support.town import Town

Place = tuple[str | int, ...]
JSON_TYPE = {"content-type": "application/json"}


@dataclass(frozen=True)
class Endpoint:
    """One writing endpoint; `clients` are the caller's, through the gateway and past it."""

    name: str
    method: str
    path: str
    body: Any
    schema: dict[str, Any]
    clients: dict[str, httpx.AsyncClient]

    async def send(self, way: str, content: Any, **headers: str | bytes) -> httpx.Response:
        """Sends `content`: bytes or an iterator of bytes as they are, anything else as JSON."""
        raw = content if isinstance(content, bytes) or hasattr(content, "__aiter__") else to_json(content)
        given = {"Idempotency-Key": str(new_id()), "If-Match": "*", **JSON_TYPE, **headers}
        sent = {name: value for name, value in given.items() if value}
        return await self.clients[way].request(self.method, self.path, content=raw, headers=sent)

    def changed(self, changes: dict[Place, Any]) -> Any:
        """A copy of the right body with other values at these places; `...` takes a member out."""
        body = json.loads(to_json(self.body))
        for place, value in changes.items():
            if not place:
                return value
            holder = body
            for part in place[:-1]:
                holder = holder[part]
            if value is ...:
                del holder[place[-1]]
            else:
                holder[place[-1]] = value
        return body

    def places(self) -> Iterator[tuple[Place, Any, dict[str, Any]]]:
        """Every place of the right body, with its value and the schema that the service publishes for it."""
        yield from _places((), self.body, self.schema, self.schema)


def to_json(value: Any) -> bytes:
    return json.dumps(value).encode()


def resolved(node: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: Any = root
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def _places(
    at: Place, value: Any, node: dict[str, Any], root: dict[str, Any]
) -> Iterator[tuple[Place, Any, dict[str, Any]]]:
    yield at, value, node
    node = resolved(node, root)
    if isinstance(value, dict | list) and "anyOf" in node:  # or null
        node = next(resolved(each, root) for each in node["anyOf"] if each.get("type") != "null")
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _places((*at, name), member, node["properties"][name], root)
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _places((*at, index), item, node["items"], root)


def allows(node: dict[str, Any], root: dict[str, Any], value: Any) -> bool:
    """Whether the published schema lets the value pass."""
    return Draft202012Validator({**node, "components": root["components"]}).is_valid(value)


async def endpoints(town: Town) -> dict[str, Endpoint]:
    """A representative of each kind of write, on records of their own."""
    holder = await town.holder()
    submitted = await holder.submitted()
    report = f"/v1/permits/reports/{submitted['report']['id']}"
    correction = {
        "production_days": 80,
        "values": submitted["document"]["values"],
        "exceedance_explanation": "无",
        "corrects_version": 1,
        "reason": "抄录有误",
    }
    filed = {**await holder.report(2), "exceedance_explanation": "无"}
    draft = (await holder.post("/v1/permits/drafts", filed)).json()
    permit = town.permit_content(holder.uscc, serial=2)
    permit["reporting"] |= {
        **{"quarterly_due_day": 15, "annual_due_month": 1, "annual_due_day": 31},
        **{"quarterly_from": "2025-01-01", "annual_from": "2025-01-01"},
    }
    enterprise = {
        **town.enterprise_content(town.new_uscc()),
        "crs": "CGCS2000",
        "automatic_monitoring": False,
    }
    clerk, reviewer = await town.staff("clerk"), await town.staff("reviewer")
    made = [
        (
            "submit",
            "POST",
            "/v1/permits/reports",
            {**await holder.report(), "exceedance_explanation": "无"},
            holder,
        ),
        (
            *("file", "POST", "/v1/permits/drafts"),
            {
                **await holder.report(1),
                "exceedance_explanation": "无",
            },
            holder,
        ),
        ("redraft", "PUT", f"/v1/permits/drafts/{draft['id']}", draft["content"], holder),
        ("correct", "POST", f"{report}/versions", correction, holder),
        (
            "review",
            "POST",
            f"{report}/reviews",
            {"version": 1, "decision": "return", "comment": "x"},
            reviewer,
        ),
        ("register", "POST", "/v1/permits/enterprises", enterprise, clerk),
        (
            *("change", "PATCH", f"/v1/permits/enterprises/{holder.uscc}"),
            {"name": "甲", "address": "乙", "legal_representative": "丙"},
            clerk,
        ),
        ("issue", "POST", "/v1/permits/permits", permit, clerk),
    ]
    document = (await town.public.get(f"{town.stack.urls['permits']}/openapi.json")).json()
    return {
        name: Endpoint(
            name=name,
            method=method,
            path=path,
            body=body,
            schema={**_schema_of(document, method, path), "components": document["components"]},
            clients={"gateway": caller.http, "direct": await town.direct("permits", caller.token)},
        )
        for name, method, path, body, caller in made
    }


def _schema_of(document: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    parts = path.split("/")
    for template, operations in document["paths"].items():
        wanted = template.split("/")
        fits = len(wanted) == len(parts) and all(
            part.startswith("{") or part == given for part, given in zip(wanted, parts, strict=True)
        )
        if fits and method.lower() in operations:
            content = operations[method.lower()]["requestBody"]["content"]
            return content["application/json"]["schema"]  # type: ignore[no-any-return]
    raise LookupError(path)


def refused(answer: httpx.Response, *codes: str) -> dict[str, Any]:
    """The problem document of a refusal: the caller's fault, with a stable code (one of `codes`)."""
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.text[:500])
    assert answer.headers["content-type"] == "application/problem+json", answer.text[:200]
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["type"] == f"urn:steppe:problem:{problem['code']}"
    assert problem["title"]
    assert not codes or problem["code"] in codes, problem
    return problem  # type: ignore[no-any-return]


def pointers(problem: dict[str, Any]) -> set[str]:
    return {error["pointer"] for error in problem["errors"]}


async def stored(town: Town) -> dict[str, int]:
    """How many rows the permits service holds, table by table."""
    kit = town.stack.apps["permits"].state.kit
    tables = (
        "enterprise",
        "permit",
        "obligation",
        "report",
        "report_version",
        "review",
        "draft",
        "idempotency_key",
    )
    counts = {}
    async with kit.database.engine.connect() as connection:
        for table in (*tables, "event_log", "audit_log"):
            found = await connection.exec_driver_sql(f"SELECT count(*) FROM {table}")  # noqa: S608
            counts[table] = found.scalar_one()
    return counts
