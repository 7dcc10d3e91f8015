"""Limits through the whole front: headers, 429, and who takes from whom."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from gateway.limits import quotas
from gateway.limits.counters import LocalCounters
from gateway.limits.credentials import Credentials
from gateway.limits.limiter import Limiter
from tests.gateway.front import PUBLIC, SIGNED_IN, Front, fronted
from tests.gateway.limits.files import limits_file

SMALL = {"reads": 3, "submissions": 2, "bulk": 1, "devices": 4, "sign_in": 2, "credentials": 2}
ROUTES = {
    "GET /v1/permits/open": PUBLIC,
    "GET /v1/permits/mine": SIGNED_IN,
    "POST /v1/permits/reports": {**SIGNED_IN, "rate": "submissions"},
    "POST /v1/permits/readings": {**SIGNED_IN, "rate": "devices"},
    "POST /v1/auth/token": {**PUBLIC, "rate": "sign_in"},
    "GET /healthz": {**PUBLIC, "rate": "probes"},
    "GET /v1/permits/staff": {**SIGNED_IN, "audience": ["bureau"]},
}


@pytest.fixture
def small(tmp_path: Path) -> Limiter:
    """A few requests an hour, of every kind of caller."""
    file = limits_file(tmp_path, SMALL)
    return Limiter(quotas.load(file), callers=LocalCounters(), addresses=LocalCounters())


@pytest.fixture
async def front(small: Limiter) -> AsyncIterator[Front]:
    async with fronted(ROUTES, limiter=small) as made:
        yield made


def is_limited(answer: httpx.Response, policy: str) -> bool:
    if answer.status_code != 429:
        return False
    problem = answer.json()
    assert problem["code"] == "rate_limited"
    assert problem["policy"] == policy
    assert answer.headers["retry-after"] == str(problem["retry_after_seconds"])
    assert 1 <= problem["retry_after_seconds"] <= 7200
    assert re.fullmatch(rf'"{policy}";r=0;t={problem["retry_after_seconds"]}', answer.headers["ratelimit"])
    return True


async def test_every_answer_says_the_quota_and_what_is_left_of_it(front: Front) -> None:
    for left in (2, 1, 0):
        answer = await front.http.get("/v1/permits/open")
        assert answer.status_code == 200
        assert answer.headers["ratelimit-policy"] == '"reads";q=3;w=3600'
        assert re.fullmatch(rf'"reads";r={left};t=\d+', answer.headers["ratelimit"])
    refused = await front.http.get("/v1/permits/open")
    assert is_limited(refused, "reads")
    assert refused.headers["ratelimit-policy"] == '"reads";q=3;w=3600'
    assert len(front.service.seen) == 3


async def test_each_caller_has_a_count_of_its_own_apart_from_its_address(front: Front) -> None:
    for subject in ("heat01", "heat02"):
        token = front.token(subject, "enterprise")
        answers = [await front.http.get("/v1/permits/mine", headers=token) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert (await front.http.get("/v1/permits/open")).status_code == 200


async def test_a_flood_of_readings_takes_nothing_from_a_submission(front: Front) -> None:
    token = front.token("heat01", "enterprise")
    answers = [await front.http.post("/v1/permits/readings", headers=token) for _ in range(20)]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429] * 16
    submitted = await front.http.post("/v1/permits/reports", headers=token)
    assert submitted.status_code == 200
    assert submitted.headers["ratelimit-policy"] == '"submissions";q=2;w=3600'


async def test_signing_in_is_limited_by_address_before_anything_is_checked(front: Front) -> None:
    answers = [await front.http.post("/v1/auth/token", data={"username": str(n)}) for n in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert is_limited(answers[-1], "sign_in")


def forged(number: int) -> dict[str, str]:
    return {"Authorization": f"Bearer forged{number}"}


async def test_an_address_that_tries_too_many_credentials_gets_no_new_one_looked_at(front: Front) -> None:
    known, late = front.token("heat01", "enterprise"), front.token("heat02", "enterprise")
    assert (await front.http.get("/v1/permits/mine", headers=known)).status_code == 200
    for left in (1, 0):
        answer = await front.http.get("/v1/permits/mine", headers=forged(left))
        assert answer.status_code == 401
        assert answer.headers["ratelimit"].startswith(f'"credentials";r={left};')
    assert is_limited(await front.http.get("/v1/permits/mine", headers=forged(2)), "credentials")
    assert is_limited(await front.http.get("/v1/permits/mine", headers=late), "credentials")
    # Whoever was known goes on, and so does whoever shows none.
    assert (await front.http.get("/v1/permits/mine", headers=known)).status_code == 200
    assert (await front.http.get("/v1/permits/open")).status_code == 200


async def test_one_bad_credential_over_and_over_shuts_out_itself_and_nobody_else(front: Front) -> None:
    answers = [await front.http.get("/v1/permits/mine", headers=forged(1)) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]
    assert is_limited(answers[-1], "credentials")
    good = front.token("heat01", "enterprise")
    assert (await front.http.get("/v1/permits/mine", headers=good)).status_code == 200


def test_credentials_are_remembered_within_bounds_and_a_failure_ends_their_good_name() -> None:
    credentials = Credentials(most=3)
    for number in range(10):
        credentials.hold(str(number))
    assert [number for number in range(10) if credentials.held(str(number))] == [7, 8, 9]
    credentials.fail("8")
    assert not credentials.held("8")
    assert credentials.failed("8")


async def test_refused_requests_count_so_that_asking_in_vain_is_limited_too(front: Front) -> None:
    token = front.token("heat01", "enterprise")
    answers = [await front.http.get("/v1/permits/staff", headers=token) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [403, 403, 403, 429]
    assert all("ratelimit" in answer.headers for answer in answers)
    nobody = [await front.http.get("/v1/permits/mine") for _ in range(4)]
    assert [answer.status_code for answer in nobody] == [401, 401, 401, 429]


async def test_probes_are_never_limited(front: Front) -> None:
    for _ in range(20):
        answer = await front.http.get("/healthz")
        assert answer.status_code == 200
        assert "ratelimit" not in answer.headers
