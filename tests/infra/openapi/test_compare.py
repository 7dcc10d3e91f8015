"""What may change in `v1`, and what the comparison refuses; on the published document itself."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.openapi.cli import published
from infra.openapi.compare import breaks

Document = dict[str, Any]
REPORTS = "/v1/permits/reports"
OLD = published()


def operation(document: Document, method: str = "post", path: str = REPORTS) -> Document:
    return document["paths"][path][method]  # type: ignore[no-any-return]


def schema(document: Document, name: str) -> Document:
    return document["components"]["schemas"][name]  # type: ignore[no-any-return]


def parameter(document: Document, name: str, path: str = REPORTS) -> Document:
    return next(each for each in operation(document, "get", path)["parameters"] if each["name"] == name)


def test_nothing_changed() -> None:
    assert breaks(OLD, deepcopy(OLD)) == []


def remove_path(document: Document) -> None:
    del document["paths"][REPORTS]


def remove_method(document: Document) -> None:
    del document["paths"][REPORTS]["post"]


def rename_operation(document: Document) -> None:
    operation(document)["operationId"] = "another"


def ask_for_a_token(document: Document) -> None:
    operation(document, "get", "/v1/waste/catalogue")["security"] = [{"bearer": []}]


def ask_for_a_scope(document: Document) -> None:
    for scheme in operation(document)["security"]:
        for scopes in scheme.values():
            scopes.append("permits:approve")


def remove_a_parameter(document: Document) -> None:
    operation(document, "get")["parameters"] = [
        each for each in operation(document, "get")["parameters"] if each["name"] != "state"
    ]


def require_a_parameter(document: Document) -> None:
    parameter(document, "uscc")["required"] = True


def narrow_a_parameter(document: Document) -> None:
    parameter(document, "limit")["schema"]["maximum"] = 10


def require_a_member(document: Document) -> None:
    schema(document, "permits.ReportCreate")["properties"]["weather"] = {"type": "string"}
    schema(document, "permits.ReportCreate")["required"].append("weather")


def refuse_a_member(document: Document) -> None:
    del schema(document, "permits.ReportCreate")["properties"]["exceedance_explanation"]


def narrow_a_member(document: Document) -> None:
    schema(document, "permits.ReportCreate")["properties"]["production_days"]["maximum"] = 3


def change_a_type(document: Document) -> None:
    schema(document, "permits.ReportCreate")["properties"]["production_days"] = {"type": "string"}


def remove_a_value(document: Document) -> None:
    schema(document, "permits.ReviewCreate")["properties"]["decision"]["enum"].pop()


def remove_from_an_answer(document: Document) -> None:
    del schema(document, "permits.ReportSummary")["properties"]["uscc"]


def remove_deep_in_an_answer(document: Document) -> None:
    del schema(document, "permits.LimitContent")["properties"]["standard"]


def promise_no_longer(document: Document) -> None:
    schema(document, "permits.ReportSummary")["required"].remove("uscc")


def answer_null(document: Document) -> None:
    had = schema(document, "permits.ReportSummary")["properties"]["uscc"]
    schema(document, "permits.ReportSummary")["properties"]["uscc"] = {"anyOf": [had, {"type": "null"}]}


def answer_another_status(document: Document) -> None:
    answers = operation(document)["responses"]
    answers["200"] = answers.pop("201")


BREAKS: dict[Callable[[Document], None], str] = {
    remove_path: f"GET {REPORTS}: gone",
    remove_method: f"POST {REPORTS}: gone",
    rename_operation: "is now another",
    ask_for_a_token: "GET /v1/waste/catalogue: a token is needed now",
    ask_for_a_scope: "scope permits:approve is needed now",
    remove_a_parameter: "query parameter state is gone",
    require_a_parameter: "query parameter uscc is required now",
    narrow_a_parameter: "query limit: maximum is now 10",
    require_a_member: "body/weather: required",
    refuse_a_member: "body/exceedance_explanation: refused",
    narrow_a_member: "body/production_days: maximum is now 3",
    change_a_type: "body/production_days: integer where only string is taken",
    remove_a_value: "body/decision: without",
    remove_from_an_answer: "/uscc: gone from the answer",
    remove_deep_in_an_answer: "/standard: gone from the answer",
    promise_no_longer: "/uscc: required",
    answer_null: "/uscc: null where only string is taken",
    answer_another_status: "status 201 is gone",
}


@pytest.mark.parametrize("change", BREAKS, ids=lambda change: change.__name__)
def test_a_break_is_named(change: Callable[[Document], None]) -> None:
    new = deepcopy(OLD)
    change(new)
    found = breaks(OLD, new)
    assert any(BREAKS[change] in line for line in found), found


def add_a_path(document: Document) -> None:
    document["paths"]["/v1/permits/new"] = deepcopy(document["paths"][REPORTS])


def add_an_optional_member(document: Document) -> None:
    schema(document, "permits.ReportCreate")["properties"]["weather"] = {"type": "string"}


def add_an_optional_parameter(document: Document) -> None:
    operation(document, "get")["parameters"].append(
        {"in": "query", "name": "weather", "required": False, "schema": {"type": "string"}}
    )


def widen_a_parameter(document: Document) -> None:
    parameter(document, "limit")["schema"]["maximum"] = 5000


def add_to_an_answer(document: Document) -> None:
    schema(document, "permits.ReportSummary")["properties"]["weather"] = {"type": "string"}
    schema(document, "permits.ReportSummary")["required"].append("weather")


def add_a_refusal(document: Document) -> None:
    operation(document)["responses"]["429"] = {"description": "too many"}


@pytest.mark.parametrize(
    "change",
    [
        add_a_path,
        add_an_optional_member,
        add_an_optional_parameter,
        widen_a_parameter,
        add_to_an_answer,
        add_a_refusal,
    ],
    ids=lambda change: change.__name__,
)
def test_what_every_caller_survives_is_allowed(change: Callable[[Document], None]) -> None:
    new = deepcopy(OLD)
    change(new)
    assert breaks(OLD, new) == []


ANSWERED = [
    (content["schema"]["$ref"].rpartition("/")[2], path)
    for path, item in OLD["paths"].items()
    for each in item.values()
    for status, response in each["responses"].items()
    if status.startswith("2")
    for content in response.get("content", {}).values()
    if "$ref" in content.get("schema", {})
]
"""Schemas of answers, each with a path that answers so."""


@given(st.data())
def test_no_member_of_any_answer_can_go_unnoticed(data: st.DataObject) -> None:
    name, path = data.draw(st.sampled_from(ANSWERED))
    members = sorted(schema(OLD, name)["properties"])
    gone = data.draw(st.sampled_from(members))
    old = {**OLD, "paths": {path: OLD["paths"][path]}}  # it shows there
    new = {**old, "components": {**OLD["components"], "schemas": dict(OLD["components"]["schemas"])}}
    left = deepcopy(schema(OLD, name))
    del left["properties"][gone]
    left["required"] = [each for each in left.get("required", []) if each != gone]
    new["components"]["schemas"][name] = left
    assert any(f"/{gone}: gone from the answer" in line for line in breaks(old, new))
