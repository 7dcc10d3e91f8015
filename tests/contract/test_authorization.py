"""What a good token opens, and what nobody sees without one."""

from __future__ import annotations

import base64
import json
import uuid

import pytest

from tests.contract.endpoints import refused
from tests.contract.tokens import REPORTS, asked, claims, signed
from tests.support.town import Holder, Town


@pytest.fixture(scope="module")
async def holder(town: Town) -> Holder:
    return await town.holder()


class TestWhatATokenOpens:
    async def test_a_missing_scope_is_403_and_named(self, town: Town, holder: Holder, way: str) -> None:
        token = signed(town, claims(town, holder, scope="events:read"))
        answer = await asked(town, way, f"Bearer {token}")
        assert answer.status_code == 403
        assert refused(answer, "forbidden")["missing_scopes"] == ["permits:read"]

    async def test_a_scope_is_a_whole_word(self, town: Town, holder: Holder, way: str) -> None:
        for scope in (
            "permits:reader",
            "xpermits:read",
            "permits:*",
            "permits",
            "PERMITS:READ",
            "permits:read,x",
            "",
        ):
            answer = await asked(town, way, f"Bearer {signed(town, claims(town, holder, scope=scope))}")
            assert answer.status_code == 403, scope

    async def test_another_enterprises_rows_are_404(self, town: Town, holder: Holder, way: str) -> None:
        owner = await town.holder()
        submitted = (await owner.submitted())["report"]
        base = town.stack.urls["permits" if way == "direct" else "gateway"]
        headers = {"authorization": f"Bearer {signed(town, claims(town, holder))}"}
        for path in (
            f"/v1/permits/enterprises/{owner.uscc}",
            f"/v1/permits/permits/{owner.permit['permit_number']}",
            f"/v1/permits/obligations/{submitted['obligation_id']}",
            f"/v1/permits/obligations/{submitted['obligation_id']}/blank",
            *(f"{REPORTS}/{submitted['id']}{rest}" for rest in ("", "/versions", "/versions/1")),
        ):
            answer = await town.public.get(f"{base}{path}", headers=headers)
            assert answer.status_code == 404, path

    async def test_a_token_for_no_enterprise_sees_no_rows(self, town: Town, holder: Holder, way: str) -> None:
        for changes in (
            {"usccs": []},
            {"usccs": ...},
            {"usccs": [holder.uscc.lower()]},
            {"every_enterprise": "true"},
        ):
            changed = claims(town, holder, **{"usccs": [], **changes})
            answer = await asked(town, way, f"Bearer {signed(town, changed)}")
            assert answer.json()["items"] == []

    async def test_a_disabled_account_gets_no_new_token_and_its_last_one_ends_by_itself(
        self, town: Town
    ) -> None:
        owner = await town.holder()
        refresh = (await town.sign_in(owner.login))["refresh_token"]
        async with town._gateway_database.engine.begin() as connection:
            await connection.exec_driver_sql(
                "UPDATE account SET disabled_at = now() WHERE login = $1", (owner.login,)
            )
        for form in (
            {"grant_type": "password", "username": owner.login, "password": "open sesame 2026"},
            {"grant_type": "refresh_token", "refresh_token": refresh},
        ):
            refused(await town.public.post("/v1/auth/token", data=form), "invalid_grant")
        # No service asks the gateway about each call: an access token holds to its end, minutes at most.
        assert (await owner.get(REPORTS)).status_code == 200
        payload = json.loads(base64.urlsafe_b64decode(owner.token.split(".")[1] + "=="))
        assert payload["exp"] - payload["iat"] <= 60 * 60


async def test_without_a_token_everything_but_the_public_pages_is_401(town: Town, way: str) -> None:
    base = town.stack.urls["permits" if way == "direct" else "gateway"]
    some = str(uuid.uuid4())
    for method, path in (
        *(
            ("GET", f"/v1/permits/{name}")
            for name in ("enterprises", "permits", "obligations", "reports", "events")
        ),
        *(
            ("GET", f"/v1/permits/{name}/{some}")
            for name in ("enterprises", "permits", "obligations", "reports")
        ),
        *(
            ("POST", f"/v1/permits/{name}")
            for name in ("enterprises", "permits", "reports", f"reports/{some}/versions")
        ),
        *(("POST", f"/v1/permits/reports/{some}/reviews"), ("PATCH", "/v1/permits/enterprises/x")),
    ):
        answer = await town.public.request(method, f"{base}{path}", json={} if method != "GET" else None)
        assert answer.status_code == 401, path
        refused(answer, "unauthorized")
