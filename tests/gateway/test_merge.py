"""One OpenAPI document out of several: every name renamed wherever it is used, and nothing else touched."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import pytest
from fastapi import FastAPI, Security
from fastapi.security import HTTPBearer
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from gateway.merge import Document, MergeError, merge


class Air(BaseModel):
    kind: Literal["air"]
    flow_m3_h: str


class Water(BaseModel):
    kind: Literal["water"]
    next: Air | None = None


class Reading(BaseModel):
    medium: Annotated[Air | Water, Field(discriminator="kind")]


def service(name: str) -> Document:
    """What FastAPI makes of a small service."""
    app = FastAPI(title=name, openapi_tags=[{"name": "readings"}])

    @app.post(f"/v1/{name}/readings", tags=["readings"], dependencies=[Security(HTTPBearer())])
    async def submit(reading: Reading) -> Reading:
        return reading

    @app.get("/healthz")
    async def healthz() -> str:
        return ""

    return app.openapi()


def plain(paths: dict[str, Any] | None = None, **more: Any) -> Document:
    return {"openapi": "3.1.0", "info": {"title": "t", "version": "0"}, "paths": paths or {}, **more}


def merged(documents: dict[str, Document | None], *, own: Document | None = None) -> Document:
    return merge(documents, own=own or plain(), title="Steppe", version="1.2.3")


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            elif key == "mapping":
                yield from value.values()
            else:
                yield from references(value)
    elif isinstance(node, list):
        for item in node:
            yield from references(item)


def resolves(document: Document, reference: str) -> bool:
    node: Any = document
    for part in reference.removeprefix("#/").split("/"):
        if part not in node:
            return False
        node = node[part]
    return True


def test_two_services_with_the_same_names_live_in_one_document() -> None:
    document = merged({"permits": service("permits"), "waste": service("waste")})
    assert document["openapi"] == "3.1.0"
    assert document["info"] == {"title": "Steppe", "version": "1.2.3"}
    assert set(document["paths"]) == {"/v1/permits/readings", "/v1/waste/readings"}
    schemas = document["components"]["schemas"]
    assert {"permits.Reading", "waste.Reading", "permits.Air"} <= set(schemas)
    assert not [name for name in schemas if "." not in name]
    assert [tag["name"] for tag in document["tags"]] == ["permits.readings", "waste.readings"]
    assert document["paths"]["/v1/waste/readings"]["post"]["tags"] == ["waste.readings"]
    assert document["paths"]["/v1/waste/readings"]["post"]["operationId"].startswith("waste_submit")
    assert "x-steppe-missing-services" not in document


def test_every_reference_of_the_merged_document_resolves() -> None:
    document = merged({"permits": service("permits"), "waste": service("waste")})
    found = list(references(document))
    assert len(found) > 10
    assert [reference for reference in found if not resolves(document, reference)] == []


def test_a_discriminator_still_leads_to_the_schema_it_led_to() -> None:
    document = merged({"permits": service("permits")})
    discriminator = document["components"]["schemas"]["permits.Reading"]["properties"]["medium"][
        "discriminator"
    ]
    assert discriminator["mapping"] == {
        "air": "#/components/schemas/permits.Air",
        "water": "#/components/schemas/permits.Water",
    }


def test_an_implicit_discriminator_is_made_explicit_because_its_values_are_schema_names() -> None:
    either = {
        "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
        "discriminator": {"propertyName": "kind", "mapping": {"hound": "Dog"}},
    }
    schemas = {"Cat": {}, "Dog": {}, "Either": either}
    document = merged({"permits": plain(components={"schemas": schemas})})
    assert document["components"]["schemas"]["permits.Either"]["discriminator"]["mapping"] == {
        "Cat": "#/components/schemas/permits.Cat",
        "hound": "#/components/schemas/permits.Dog",
    }


def test_data_is_left_alone_even_where_it_looks_like_a_reference() -> None:
    lookalike = {"$ref": "#/components/schemas/A", "operationId": "x", "tags": ["y"]}
    schema = {
        "properties": {
            "example": {"$ref": "#/components/schemas/A"},
            "tags": {"type": "array"},
            "$ref": {"type": "string"},
            "security": {"default": lookalike},
        },
        "required": ["tags"],
        "example": lookalike,
        "examples": [lookalike],
        "const": lookalike,
        "enum": [lookalike],
        "x-note": lookalike,
    }
    document = merged({"permits": plain(components={"schemas": {"A": schema}})})
    got = document["components"]["schemas"]["permits.A"]
    assert got["properties"]["example"] == {"$ref": "#/components/schemas/permits.A"}
    assert got["properties"]["security"]["default"] == lookalike
    assert {key: got[key] for key in schema if key != "properties"} == {
        key: value for key, value in schema.items() if key != "properties"
    }


def test_responses_parameters_examples_links_and_callbacks_are_followed() -> None:
    operation = {
        "operationId": "submit",
        "parameters": [{"$ref": "#/components/parameters/Limit"}],
        "requestBody": {
            "content": {"application/json": {"examples": {"one": {"$ref": "#/components/examples/One"}}}}
        },
        "responses": {
            "default": {"$ref": "#/components/responses/Oops"},
            "201": {"links": {"next": {"operationId": "submit"}}},
        },
        "callbacks": {
            "done": {
                "{$request.body#/url}": {
                    "post": {"responses": {"200": {"$ref": "#/components/responses/Oops"}}}
                }
            }
        },
    }
    components: dict[str, Any] = {
        "parameters": {
            "Limit": {
                "name": "limit",
                "in": "query",
                "schema": {"$ref": "#/components/schemas/N/properties/a"},
            }
        },
        "examples": {"One": {"value": {"$ref": "#/components/schemas/N"}}},
        "responses": {"Oops": {"description": "no"}},
        "schemas": {"N": {"properties": {"a": {"type": "integer"}}}},
    }
    document = merged({"permits": plain({"/v1/permits/a": {"post": operation}}, components=components)})
    assert document["components"]["examples"]["permits.One"] == components["examples"]["One"]
    assert document["paths"]["/v1/permits/a"]["post"]["responses"]["201"]["links"]["next"] == {
        "operationId": "permits_submit"
    }
    dangling = [ref for ref in references(document) if "permits." not in ref]
    assert dangling == ["#/components/schemas/N"]  # the one inside the example's value


def test_security_schemes_that_are_equal_are_stated_once_and_others_are_renamed() -> None:
    def with_scheme(path: str, scheme: dict[str, str]) -> Document:
        operation = {"security": [{"bearer": ["a:b"]}], "responses": {}}
        return plain({path: {"get": operation}}, components={"securitySchemes": {"bearer": scheme}})

    jwt, basic = {"type": "http", "scheme": "bearer"}, {"type": "http", "scheme": "basic"}
    document = merged(
        {
            "permits": with_scheme("/p", jwt),
            "waste": with_scheme("/w", jwt),
            "credit": with_scheme("/c", basic),
        },
        own=with_scheme("/o", jwt),
    )
    assert document["components"]["securitySchemes"] == {"bearer": jwt, "credit.bearer": basic}
    assert document["paths"]["/w"]["get"]["security"] == [{"bearer": ["a:b"]}]
    assert document["paths"]["/c"]["get"]["security"] == [{"credit.bearer": ["a:b"]}]


def test_what_a_whole_document_says_of_security_is_said_by_its_operations() -> None:
    paths = {"/p": {"get": {"responses": {}}, "post": {"security": [], "responses": {}}}}
    components = {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "k"}}}
    document = merged({"permits": plain(paths, security=[{"key": []}], components=components)})
    assert document["paths"]["/p"]["get"]["security"] == [{"key": []}]
    assert document["paths"]["/p"]["post"]["security"] == []
    assert "security" not in document


def test_the_gateways_own_names_stay_as_they_are() -> None:
    operation = {"operationId": "token", "tags": ["auth"], "responses": {}}
    own = plain(
        {"/v1/auth/token": {"post": operation}},
        components={"schemas": {"Token": {}}},
        tags=[{"name": "auth"}],
    )
    document = merged({"permits": service("permits")}, own=own)
    assert document["paths"]["/v1/auth/token"]["post"] == operation
    assert "Token" in document["components"]["schemas"]
    assert document["tags"][0] == {"name": "auth"}


def test_an_operation_without_a_tag_is_tagged_with_its_service() -> None:
    document = merged({"permits": plain({"/p": {"get": {"responses": {}}}})})
    assert document["paths"]["/p"]["get"]["tags"] == ["permits"]


def test_services_without_a_document_are_named() -> None:
    document = merged({"permits": None, "waste": service("waste"), "credit": None})
    assert document["x-steppe-missing-services"] == ["permits", "credit"]


def test_webhooks_are_renamed() -> None:
    document = merged({"permits": plain(webhooks={"changed": {"post": {"responses": {}}}})})
    assert list(document["webhooks"]) == ["permits.changed"]


@pytest.mark.parametrize(
    ("one", "other", "says"),
    [
        (plain({"/a": {}}), plain({"/a": {}}), "/a: defined by permits and by waste"),
        (plain({"/a/{id}": {}}), plain({"/a/{code}": {}}), "defined by permits"),
        (
            plain({"/a": {"get": {"operationId": "x"}}}),
            {**plain(), "openapi": "3.0.3"},
            "waste: not OpenAPI 3.1",
        ),
        (
            plain({"/a": {"get": {"operationId": "x"}}, "/b": {"get": {"operationId": "x"}}}),
            None,
            "permits_x",
        ),
        (plain(components={"schemas": {"a b": {}}}), None, "not a component name"),
    ],
)
def test_contradictions_are_errors_that_name_the_place(
    one: Document, other: Document | None, says: str
) -> None:
    with pytest.raises(MergeError, match=says):
        merged({"permits": one, "waste": other})


def test_a_path_of_the_gateway_cannot_be_a_services() -> None:
    with pytest.raises(MergeError, match="defined by gateway and by permits"):
        merged({"permits": plain({"/a": {}})}, own=plain({"/a": {}}))


@given(
    names=st.lists(st.sampled_from(["permits", "waste", "credit", "emergency"]), unique=True),
    first_is_missing=st.booleans(),
)
def test_merging_changes_no_argument_and_gives_a_json_document(
    names: list[str], *, first_is_missing: bool
) -> None:
    documents: dict[str, Document | None] = {name: copy.deepcopy(SERVICES[name]) for name in names}
    if names and first_is_missing:
        documents[names[0]] = None
    before = copy.deepcopy(documents)
    document = merged(documents)
    assert documents == before
    assert json.loads(json.dumps(document)) == document
    assert len(document["paths"]) == len(names) - (bool(names) and first_is_missing)
    assert all(resolves(document, reference) for reference in references(document))


SERVICES = {name: service(name) for name in ("permits", "waste", "credit", "emergency")}
