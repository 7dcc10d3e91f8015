"""The merged OpenAPI document at the gateway: well formed, complete, and true about who may call what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
from jsonschema import Draft202012Validator

from gateway.identity.rules import ALL_SCOPES
from services.kit.ids import new_id
from tests.contract.endpoints import refused, resolved
from tests.support.town import Town

Operation = dict[str, Any]
TOKEN = ("post", "/v1/auth/token")
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
SERVICES = ("permits", "waste", "credit", "emergency")

# Every endpoint that needs no token, with what makes it public. A new one is added here with its reason, or fails.
PUBLIC = {
    "GET /status.json": "whoever waits sees whether it works; no addresses, no figures of records",
    "GET /v1/purposes": "whoever reads for the bureau picks from them",
    "POST /v1/auth/token": "RFC 6749 3.2: it is how a token is got",
    "POST /v1/delegations/registrations": "the one-time code in it is the credential",
    "GET /.well-known/jwks.json": "RFC 7517: public keys",
    **{
        f"GET /v1/{name}/receipt-keys": "电子签名法 第十六条: whoever relies on a receipt checks it"
        for name in SERVICES
    },
    **{
        f"GET /v1/permits/disclosure/{path}": "排污许可管理条例 第二十三条"
        for path in (
            *("permits", "permits/{permit_number}", "permits/{permit_number}/original"),
            "permits/{permit_number}/monitoring",
            *("reports", "reports/{report_id}", "map"),
        )
    },
    "GET /v1/permits/disclosure/receipts/{receipt_id}": "电子签名法 第十六条: whoever is shown a receipt checks it",
    **{
        f"GET /v1/permits/disclosure/registrations{rest}": "排污许可管理条例 第二十四条"
        for rest in ("", "/{receipt_number}")
    },
    **{
        f"GET /v1/permits/alert-periods{rest}": "大气污染防治法 第九十五条: alerts are published"
        for rest in ("", "/{alert_period_id}")
    },
    "GET /v1/permits/ending-grounds": "grounds of the law, of nobody",
    "GET /v1/permits/no-data-codes": "codes of a form (HJ 944-2018), of nobody",
    "GET /v1/permits/disclosure/applications": "排污许可管理条例 第九条: acceptance is published",
    "GET /v1/permits/disclosure/documents/{document_id}": "电子签名法 第十六条: whoever is shown a permit checks it",
    **{
        f"GET /v1/permits/disclosure/notices{rest}": "行政许可法 第四十六条: what touches the public is announced"
        for rest in ("", "/{notice_id}", "/{notice_id}/answers")
    },
    "POST /v1/permits/disclosure/notices/{notice_id}/comments": "行政许可法 第四十七条: anybody is heard",
    **{
        f"GET /v1/permits/disclosure/downloads/{name}": "排污许可管理条例 第二十三条"
        for name in ("permits", "limits", "reports", "report-values", "monitoring")
    },
    **{
        f"GET /v1/permits/catalogue{rest}": "排污许可分类管理名录, a published order"
        for rest in ("", "/{row}")
    },
    "GET /v1/permits/totals/control": "环境保护法 第四十四条: totals and plans are published",
    "GET /v1/permits/fuels/kinds": "names and units of fuels, of no enterprise",
    "GET /v1/permits/greenhouse/factors": "published factors, of no enterprise",
    "GET /v1/permits/greenhouse/disclosure": "碳排放权交易管理暂行条例 第十一条",
    "GET /v1/permits/performance/editions": "分级指南, a published order",
    "GET /v1/permits/performance/disclosure": "the list of performance classes is published",
    "GET /v1/permits/performance/notices": "公示7个工作日",
    **{f"GET /v1/waste/catalogue{rest}": "国家危险废物名录, a published order" for rest in ("", "/{code}")},
    **{f"GET /v1/credit/rule-packs{rest}": "政府信息公开条例 第十九条" for rest in ("", "/{sha256}")},
    **{
        f"GET /v1/credit/log/{path}": "digests only: whoever holds a statement checks it"
        for path in ("checkpoint", "vkey", "proof/inclusion", "proof/consistency")
    },
}


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, Operation]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield method, path, operation


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(inner)


class TestForm:
    def test_it_is_openapi_3_1_of_all_services(self, document: dict[str, Any]) -> None:
        assert re.fullmatch(r"3\.1\.\d", document["openapi"])
        assert {"title", "version"} <= document["info"].keys()
        assert "x-steppe-missing-services" not in document
        for service in SERVICES:
            assert any(path.startswith(f"/v1/{service}/") for path in document["paths"]), service
        assert all(METHODS.issuperset(item) for item in document["paths"].values())

    def test_every_reference_resolves(self, document: dict[str, Any]) -> None:
        found = [node for node in nodes(document["paths"]) if isinstance(node.get("$ref"), str)]
        found += [node for node in nodes(document["components"]) if isinstance(node.get("$ref"), str)]
        assert len(found) > 100
        for node in found:
            assert node["$ref"].startswith("#/components/")
            assert isinstance(resolved(node, document), dict)

    def test_every_schema_is_json_schema_2020_12(self, document: dict[str, Any]) -> None:
        for schema in document["components"]["schemas"].values():
            Draft202012Validator.check_schema(schema)
        for _, _, operation in operations(document):
            for parameter in operation.get("parameters", []):
                Draft202012Validator.check_schema(parameter["schema"])

    def test_every_default_and_example_meets_its_schema(self, document: dict[str, Any]) -> None:
        for node in nodes(document["components"]["schemas"]):
            for example in [*node.get("examples", []), *([node["default"]] if "default" in node else [])]:
                if isinstance(node.get("examples", []), list) and node.get("default", 0) is not None:
                    whole = {**node, "components": document["components"]}
                    assert Draft202012Validator(whole).is_valid(example), node

    def test_operation_ids_are_unique(self, document: dict[str, Any]) -> None:
        ids = [operation["operationId"] for _, _, operation in operations(document)]
        assert len(ids) == len(set(ids))

    def test_every_variable_of_a_path_is_a_declared_parameter(self, document: dict[str, Any]) -> None:
        for method, path, operation in operations(document):
            declared = {each["name"] for each in operation.get("parameters", []) if each["in"] == "path"}
            assert declared == set(re.findall(r"\{([^}]*)\}", path)), (method, path)
            assert all(each["required"] for each in operation.get("parameters", []) if each["in"] == "path")


class TestContent:
    def test_every_operation_says_what_it_does_in_both_languages(self, document: dict[str, Any]) -> None:
        for method, path, operation in operations(document):
            summary = operation["summary"]
            assert re.search(r"[\u4e00-\u9fff]", summary), (method, path)
            assert re.search(r"[A-Za-z]{2}", summary), (method, path)
            assert operation["tags"], (method, path)

    def test_every_refusal_is_a_problem_document(self, document: dict[str, Any]) -> None:
        for method, path, operation in operations(document):
            refusals = {status: each for status, each in operation["responses"].items() if status >= "400"}
            assert "400" in refusals, (method, path)
            for response in refusals.values():
                ((media_type, content),) = response["content"].items()
                assert media_type == "application/problem+json", (method, path)
                assert {"type", "status", "code"} <= set(resolved(content["schema"], document)["required"])
                assert response["description"]

    def test_operations_of_the_signed_in_say_401_and_403(self, document: dict[str, Any]) -> None:
        for method, path, operation in operations(document):
            signed_in = "security" in operation
            assert ("403" in operation["responses"]) == signed_in, (method, path)
            if signed_in:
                assert "401" in operation["responses"], (method, path)

    def test_every_scope_is_one_that_a_role_holds(self, document: dict[str, Any]) -> None:
        for method, path, operation in operations(document):
            for scheme in operation.get("security", []):
                for name, scopes in scheme.items():
                    assert name in document["components"]["securitySchemes"]
                    assert set(scopes) <= ALL_SCOPES, (method, path)

    def test_every_post_of_the_signed_in_asks_for_an_idempotency_key(self, document: dict[str, Any]) -> None:
        for method, path, operation in operations(document):
            keys = [each for each in operation.get("parameters", []) if each["name"] == "Idempotency-Key"]
            # The other two hold a credential that is used up, and nothing of their answers is stored.
            wanted = method == "post" and ("security" in operation or path.endswith("/comments"))
            assert [each["required"] for each in keys] == [True] * wanted, (method, path)

    def test_every_list_is_read_in_pages(self, document: dict[str, Any]) -> None:
        for method, path, operation in operations(document):
            names = {each["name"]: each for each in operation.get("parameters", [])}
            if "cursor" in names:
                limit = names["limit"]["schema"]
                assert (limit["minimum"], limit["default"] <= limit["maximum"]) == (1, True), (method, path)


class TestWhoMayCall:
    def test_what_needs_no_token_is_listed_with_its_reason(self, document: dict[str, Any]) -> None:
        found = {
            f"{method.upper()} {path}"
            for method, path, operation in operations(document)
            if not operation.get("security")
        }
        assert found - PUBLIC.keys() == set()
        assert all(PUBLIC.values())

    async def test_the_document_is_true_about_it(self, document: dict[str, Any], town: Town) -> None:
        for method, path, operation in operations(document):
            answer = await self.called(town, method, path)
            if operation.get("security"):
                assert answer.status_code == 401, (method, path, answer.text)
                refused(answer, "unauthorized")
            else:
                assert answer.status_code not in (401, 403), (method, path)

    async def called(self, town: Town, method: str, path: str) -> httpx.Response:
        """A call without a token, with something in the place of every variable."""
        headers = {"Idempotency-Key": str(new_id())}
        place = re.sub(r"\{[^}]*\}", "1", path)
        return await town.public.request(method, place, headers=headers, json={} if method != "get" else None)

    def test_the_tokens_come_from_the_token_endpoint(self, document: dict[str, Any]) -> None:
        for scheme in document["components"]["securitySchemes"].values():
            assert scheme["flows"]["password"]["tokenUrl"] == TOKEN[1]

    async def test_each_service_publishes_its_own_part_too(
        self, document: dict[str, Any], town: Town
    ) -> None:
        for service in SERVICES:
            own = (await town.public.get(f"{town.stack.urls[service]}/openapi.json")).json()
            assert set(own["paths"]) <= document["paths"].keys()
