"""Somebody of the province's single sign-on works here: exchange, what it opens, what is refused; over HTTP."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.federation.models import UsedToken
from gateway.identity.schemas import TOKEN_EXCHANGE
from services.kit import clock
from services.kit.ids import new_id
from services.kit.trusted import trusted
from tests.gateway.federation.issuer import Province, claims, content, province
from tests.permits.reading import is_problem
from tests.support.stack import TestStack, another_gateway
from tests.support.town import Town

TOKEN, REPORTS = "/v1/auth/token", "/v1/permits/reports"
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"


def toml(value: dict[str, Any]) -> str:
    """The configuration as TOML: tables of texts, numbers and lists of texts."""
    plain = {name: each for name, each in value.items() if not isinstance(each, dict)}
    lines = ["[[issuer]]", *(f"{name} = {json.dumps(each)}" for name, each in plain.items())]
    for name, table in value.items():
        if isinstance(table, dict):
            lines += [f"[issuer.{name}]", *(f"{json.dumps(k)} = {json.dumps(v)}" for k, v in table.items())]
    return "\n".join(lines)


def written(folder: Path, url: str) -> Path:
    file = folder / "issuers.toml"
    file.write_text(toml(content(url)), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
async def sso() -> AsyncIterator[Province]:
    async with province() as made:
        yield made


@pytest.fixture(scope="module")
async def http(
    stack: TestStack, sso: Province, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[httpx.AsyncClient]:
    """A gateway that accepts the province."""
    file = written(tmp_path_factory.mktemp("issuers"), sso.url)
    async with (
        another_gateway(stack, issuers_file=file, limits_scale=1000) as url,
        httpx.AsyncClient(
            base_url=url, trust_env=False, verify=trusted(), timeout=20, headers={"Accept-Language": "en"}
        ) as made,
    ):
        yield made


async def exchanged(http: httpx.AsyncClient, token: str, **form: str) -> httpx.Response:
    given = {"grant_type": TOKEN_EXCHANGE, "subject_token": token, "subject_token_type": ID_TOKEN, **form}
    return await http.post(TOKEN, data=given)


def refused(answer: httpx.Response, reason: str) -> bool:
    body = answer.json()
    return (answer.status_code, body["error"], body.get("code_hint")) == (400, "invalid_grant", reason)


def bearer(answer: httpx.Response) -> dict[str, str]:
    return {"authorization": f"Bearer {answer.json()['access_token']}"}


def claims_of(answer: httpx.Response) -> dict[str, Any]:
    token = answer.json()["access_token"]
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))  # type: ignore[no-any-return]


async def test_a_reviewer_of_the_province_works_with_a_token_of_ours(
    http: httpx.AsyncClient, sso: Province, town: Town
) -> None:
    submitted = await (await town.holder()).submitted()
    answer = await exchanged(http, sso.sign(claims()))
    body = answer.json()
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert body["issued_token_type"] == "urn:ietf:params:oauth:token-type:access_token"
    assert "refresh_token" not in body
    ours = claims_of(answer)
    assert (ours["roles"], ours["every_enterprise"], ours["name"]) == (["reviewer"], True, "王审核")
    review = await http.post(
        f"{REPORTS}/{submitted['report']['id']}/reviews",
        json={"version": 1, "decision": "accept"},
        headers={**bearer(answer), "Idempotency-Key": str(new_id())},
    )
    assert review.status_code == 201, review.text
    assert review.json()["reviews"][0]["reviewer"] == ours["sub"]


async def test_the_same_person_is_the_same_subject_and_another_is_another(
    http: httpx.AsyncClient, sso: Province
) -> None:
    first = claims()
    again = claims(sub=first["sub"], name="王审核二")
    subjects = [claims_of(await exchanged(http, sso.sign(each)))["sub"] for each in (first, again, claims())]
    assert subjects[0] == subjects[1] != subjects[2]


async def test_a_company_of_the_province_has_its_own_rows(
    http: httpx.AsyncClient, sso: Province, town: Town
) -> None:
    holder = await town.holder()
    company = claims(groups=["company"], org_codes=[holder.uscc])
    answer = await exchanged(http, sso.sign(company))
    listed = (await http.get("/v1/permits/enterprises", headers=bearer(answer))).json()["items"]
    assert [each["uscc"] for each in listed] == [holder.uscc]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"groups": ["company"]}, "uscc_needed"),
        ({"groups": ["company"], "org_codes": ["9115250I7332825861"]}, "bad_claim"),
        ({"groups": ["company"], "org_codes": ["911525017332825861 "]}, "bad_claim"),
        ({"org_codes": ["911525017332825861"]}, "uscc_of_staff"),
        ({"groups": ["administrator"]}, "no_role"),
        ({"groups": ["eco-approver"]}, "second_factor_required"),
        ({"aud": "another-city"}, "wrong_audience"),
        ({"iss": "https://evil.example"}, "unknown_issuer"),
        ({"exp": 1}, "token_expired"),
        ({"jti": ""}, "bad_claim"),
        ({"jti": 7}, "bad_claim"),
        ({"sub": "a\x00b"}, "bad_claim"),
    ],
)
async def test_a_refusal_says_why(
    http: httpx.AsyncClient, sso: Province, changes: dict[str, Any], reason: str
) -> None:
    assert refused(await exchanged(http, sso.sign(claims(**changes))), reason)


async def test_an_approver_comes_in_with_a_second_factor(http: httpx.AsyncClient, sso: Province) -> None:
    answer = await exchanged(http, sso.sign(claims(groups=["eco-approver"], amr=["pwd", "otp"])))
    assert "permits:approve" in answer.json()["scope"].split()


async def test_who_needs_a_second_factor_here_needs_it_there(
    stack: TestStack, sso: Province, tmp_path: Path
) -> None:
    async with (
        another_gateway(
            stack, issuers_file=written(tmp_path, sso.url), second_factor_roles=["reviewer"]
        ) as url,
        httpx.AsyncClient(base_url=url, trust_env=False, verify=trusted(), timeout=20) as strict,
    ):
        assert refused(await exchanged(strict, sso.sign(claims())), "second_factor_required")
        assert (await exchanged(strict, sso.sign(claims(amr=["otp"])))).status_code == 200


async def test_a_token_is_exchanged_once_even_by_two_at_once(http: httpx.AsyncClient, sso: Province) -> None:
    token = sso.sign(claims())
    answers = await asyncio.gather(*(exchanged(http, token) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]
    payload = claims()
    same_jti = [sso.sign(payload), sso.sign({**payload, "name": "another text"})]
    assert (await exchanged(http, same_jti[0])).status_code == 200
    assert refused(await exchanged(http, same_jti[1]), "replayed")


async def test_without_a_jti_the_token_itself_is_used_up_whatever_its_signature(
    http: httpx.AsyncClient, sso: Province
) -> None:
    payload = claims(jti=...)
    tokens = [sso.sign(payload, kid="ec-1", alg="ES256") for _ in range(2)]
    assert tokens[0] != tokens[1]  # ECDSA signs with a random number
    assert tokens[0].rpartition(".")[0] == tokens[1].rpartition(".")[0]
    assert (await exchanged(http, tokens[0])).status_code == 200
    assert refused(await exchanged(http, tokens[1]), "replayed")


async def test_a_refused_exchange_uses_nothing_up(http: httpx.AsyncClient, sso: Province) -> None:
    token = sso.sign(claims())
    none = await exchanged(http, token, scope="credit:approve")
    assert (none.status_code, none.json()["error"]) == (400, "invalid_scope")
    assert (await exchanged(http, token)).status_code == 200


async def test_an_exchange_leaves_the_marks_of_others_to_the_round(
    http: httpx.AsyncClient, sso: Province, town: Town
) -> None:
    """Decision 0040: no exchange pays for what others left behind."""
    over, database = new_id().hex, town._gateway_database
    async with database.transaction() as session:
        session.add(UsedToken(sha256=over, expires_at=clock.now() - timedelta(hours=1)))
    assert (await exchanged(http, sso.sign(claims()))).status_code == 200
    async with database.transaction() as session:
        assert await session.get(UsedToken, over) is not None


async def test_a_foreign_bearer_is_told_of_the_exchange(http: httpx.AsyncClient, sso: Province) -> None:
    for path in (REPORTS, "/v1/auth/me"):
        answer = await http.get(path, headers={"authorization": f"Bearer {sso.sign(claims())}"})
        assert is_problem(answer, 401, "unauthorized")
        body = answer.json()
        assert (body["code_hint"], body["exchange"]) == ("token_exchange_required", TOKEN)
        assert "token-exchange" in body["detail"]
    other = sso.sign(claims(iss="https://evil.example"))
    answer = await http.get(REPORTS, headers={"authorization": f"Bearer {other}"})
    assert "exchange" not in answer.json()


async def test_a_gateway_without_issuers_takes_none(town: Town, sso: Province) -> None:
    token = sso.sign(claims())
    assert refused(await exchanged(town.public, token), "unknown_issuer")
    answer = await town.public.get(REPORTS, headers={"authorization": f"Bearer {token}"})
    assert "code_hint" not in answer.json()


async def test_a_token_of_ours_is_no_foreign_one_and_the_reverse(
    http: httpx.AsyncClient, sso: Province, town: Town
) -> None:
    ours = (await town.holder()).token
    assert refused(await exchanged(http, ours), "unknown_issuer")
    form = {
        "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "delegation": str(new_id()),
    }
    foreign = await exchanged(http, sso.sign(claims()), **form)
    assert (foreign.status_code, foreign.json()["error"]) == (400, "invalid_grant")


async def test_the_trail_says_who_vouched_and_keeps_no_token(
    http: httpx.AsyncClient, sso: Province, town: Town
) -> None:
    payload = claims(groups=["eco-approver"], acr="urn:province:loa3", dept="07")
    token = sso.sign(payload)
    subject = claims_of(await exchanged(http, token))["sub"]
    async with town._gateway_database.engine.begin() as connection:
        found = await connection.exec_driver_sql(
            "SELECT action, after FROM audit_log WHERE actor = $1", (subject,)
        )
        (row,) = found.all()
    assert row.action == "gateway.signed_in_elsewhere.v1"
    assert row.after == {
        "issuer": "province",
        "subject": payload["sub"],
        "roles": ["approver"],
        "usccs": [],
        "department": "water",
        "second_factor": True,
    }


async def test_an_issuer_that_is_away_is_503(stack: TestStack, tmp_path: Path, unused_tcp_port: int) -> None:
    file = written(tmp_path, f"http://127.0.0.1:{unused_tcp_port}/")
    async with (
        another_gateway(stack, issuers_file=file) as url,
        httpx.AsyncClient(base_url=url, trust_env=False, verify=trusted(), timeout=20) as away,
    ):
        answer = await exchanged(away, Province().sign(claims()))
        assert is_problem(answer, 503, "unavailable")
