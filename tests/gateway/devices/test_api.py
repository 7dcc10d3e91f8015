"""A hospital gives its scanner a key: it scans with it, it is exchanged, it is revoked, at every gateway."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.kit import clock
from services.kit.ids import new_id
from tests.support.stack import TestStack, another_gateway
from tests.support.town import Caller, Town
from tests.support.waste import WasteTown, bag_code, done

DEVICES, ME, EVENTS = "/v1/devices", "/v1/auth/me", "/v1/waste/events"


class Owner(Caller):
    uscc: str


@pytest.fixture
async def hospital(town: Town) -> Owner:
    uscc = town.new_uscc()
    made = await town.caller(f"h{new_id().hex}", roles=["hospital"], usccs=[uscc])
    owner = Owner(made.http, made.account, made.login, made.token)
    owner.uscc = uscc
    return owner


async def registered(owner: Owner, **changes: Any) -> dict[str, Any]:
    content = {"uscc": owner.uscc, "name": "扫码枪1号", "scopes": ["waste:scan", "events:read"], **changes}
    answer = await owner.post(DEVICES, content)
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def called(town: Town, key: str, path: str = ME, base: str = "") -> httpx.Response:
    return await town.public.get(f"{base}{path}", headers={"authorization": f"Bearer {key}"})


async def becomes(town: Town, status: int, key: str, base: str = "") -> None:
    for _ in range(600):
        if (await called(town, key, base=base)).status_code == status:
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"the key is not answered with {status}")


async def rows(town: Town, statement: str, *values: object) -> list[Any]:
    async with town._gateway_database.engine.begin() as connection:
        found = await connection.exec_driver_sql(statement, tuple(values))
        return list(found) if found.returns_rows else []


@pytest.fixture(scope="module")
async def beside(stack: TestStack) -> AsyncIterator[str]:
    async with another_gateway(stack, notice_poll_seconds=60) as url:
        yield url


class TestUsing:
    async def test_the_key_is_a_caller_of_its_enterprise_with_narrow_rights(
        self, town: Town, hospital: Owner
    ) -> None:
        device = await registered(hospital)
        me = (await called(town, device["key"])).json()
        assert me["subject"] == f"device.{device['id']}"
        assert (me["roles"], me["usccs"], me["every_enterprise"]) == (["device"], [hospital.uscc], False)
        assert me["scopes"] == ["events:read", "waste:scan"]

    async def test_a_service_gets_a_signed_token_in_its_place(self, town: Town, hospital: Owner) -> None:
        device = await registered(hospital)
        assert (await called(town, device["key"], EVENTS)).status_code == 200
        direct = await town.direct("waste", device["key"])
        assert (await direct.get(EVENTS)).status_code == 401  # services know no keys

    async def test_it_opens_nothing_that_is_not_for_devices(self, town: Town, hospital: Owner) -> None:
        key = (await registered(hospital))["key"]
        for path in (DEVICES, "/v1/waste/manifests", "/v1/permits/reports", "/v1/accounts"):
            assert (await called(town, key, path)).status_code == 403

    async def test_a_scanner_scans_a_bag(self, town: Town) -> None:
        waste = WasteTown(town)
        unit = await waste.unit("hospital", "hospital")
        content = {"code": bag_code(), "hospital_uscc": unit.uscc, "kind": "infectious", "mass_kg": "4.35"}
        done(await unit.post("/v1/waste/medical/bags", content))
        device = {"uscc": unit.uscc, "name": "扫码枪", "scopes": ["waste:scan"]}
        key = done(await unit.post(DEVICES, device))["key"]
        scan = {"place": "clinic", "uscc": unit.uscc, "scanned_at": clock.now().isoformat()}
        headers = {"authorization": f"Bearer {key}", "idempotency-key": "scan-1"}
        path = f"/v1/waste/medical/bags/{content['code']}/scans"
        answers = [await town.public.post(path, json=scan, headers=headers) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[1].headers["idempotency-replayed"] == "true"

    async def test_a_request_costs_no_query_once_the_key_is_known(
        self, town: Town, hospital: Owner, beside: str
    ) -> None:
        device = await registered(hospital)
        assert (await called(town, device["key"], EVENTS, beside)).status_code == 200
        await rows(town, "DELETE FROM device_key WHERE device_id = $1", device["id"])  # and nobody tells
        assert (await called(town, device["key"], EVENTS, beside)).status_code == 200

    @pytest.mark.parametrize("spoil", [lambda k: k[:-1] + ("a" if k[-1] != "a" else "b"), lambda k: k + "x"])
    async def test_a_key_that_is_none_is_refused(self, town: Town, hospital: Owner, spoil: Any) -> None:
        key = (await registered(hospital))["key"]
        assert (await called(town, spoil(key))).status_code == 401

    async def test_an_expired_key_is_refused(self, town: Town, hospital: Owner) -> None:
        soon = (clock.now() + timedelta(seconds=1)).isoformat()
        key = (await registered(hospital, expires_at=soon))["key"]
        await becomes(town, 401, key)

    async def test_a_device_narrowed_to_sites_says_so_in_its_token(self, town: Town, hospital: Owner) -> None:
        site = f"{hospital.uscc}001P"
        device = await registered(hospital, sites=[site])
        assert device["sites"] == [site]
        assert (await called(town, device["key"], EVENTS)).status_code == 200


class TestKeeping:
    async def test_a_repeated_request_makes_one_device_and_tells_the_key_once(
        self, town: Town, hospital: Owner
    ) -> None:
        content = {"uscc": hospital.uscc, "name": "秤", "scopes": ["waste:scan"]}
        first = await hospital.post(DEVICES, content, key=str(new_id()))
        again = await hospital.post(DEVICES, content, key=first.request.headers["idempotency-key"])
        assert again.status_code == 201
        assert again.json()["id"] == first.json()["id"]
        assert "key" not in again.json()

    async def test_no_key_is_kept_readable(self, town: Town, hospital: Owner) -> None:
        key = (await registered(hospital))["key"]
        dump = await rows(town, "SELECT k::text FROM device_key k")
        dump += await rows(town, "SELECT a::text FROM audit_log a")
        dump += await rows(
            town, "SELECT convert_from(body, 'UTF8') FROM idempotency_key WHERE body IS NOT NULL"
        )
        assert not any(key[12:] in row[0] for row in dump)

    async def test_only_the_own_enterprise_and_narrow_rights_can_be_given(
        self, town: Town, hospital: Owner
    ) -> None:
        foreign = town.new_uscc()
        content = {
            "uscc": foreign,
            "name": "x",
            "scopes": ["waste:scan", "waste:submit"],
            "sites": [f"{hospital.uscc}001P"],
            "expires_at": "2020-01-01T00:00:00+08:00",
        }
        answer = await hospital.post(DEVICES, content)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_device")
        assert {(e["pointer"], e["code"]) for e in answer.json()["errors"]} == {
            ("/uscc", "not_your_enterprise"),
            ("/scopes/1", "scope_beyond"),
            ("/sites/0", "site_of_another"),
            ("/expires_at", "in_the_past"),
        }

    async def test_the_list_shows_ones_own_and_the_bureau_all(self, town: Town, hospital: Owner) -> None:
        ids = [(await registered(hospital))["id"] for _ in range(3)]
        page = (await hospital.get(DEVICES, limit=2)).json()
        rest = (await hospital.get(DEVICES, limit=2, cursor=page["next_cursor"])).json()
        assert [item["id"] for item in (*page["items"], *rest["items"])] == ids[::-1]
        clerk = await town.staff("clerk")
        assert len((await clerk.get(DEVICES, uscc=hospital.uscc)).json()["items"]) == 3
        stranger = await town.caller(f"h{new_id().hex}", roles=["hospital"], usccs=[town.new_uscc()])
        assert (await stranger.get(DEVICES)).json()["items"] == []
        for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/rotation")):
            headers = {"idempotency-key": str(new_id())}
            answer = await stranger.http.request(
                method, f"{DEVICES}/{ids[0]}{path}", json={}, headers=headers
            )
            assert answer.status_code == 404

    async def test_when_it_was_used_last_is_noted_now_and_then(
        self, town: Town, hospital: Owner, stack: TestStack
    ) -> None:
        device = await registered(hospital)
        often = {"notice_poll_seconds": 0.05, "device_noted_seconds": 0.05}
        async with another_gateway(stack, **often) as base:
            for _ in range(100):
                assert (await called(town, device["key"], base=base)).status_code == 200
                if (await hospital.get(f"{DEVICES}/{device['id']}")).json()["last_used_at"] is not None:
                    return
        pytest.fail("it was used and nothing says so")


class TestEnding:
    async def test_a_revoked_key_ends_at_every_gateway_within_seconds(
        self, town: Town, hospital: Owner, beside: str
    ) -> None:
        device = await registered(hospital)
        for base in ("", beside):
            assert (await called(town, device["key"], base=base)).status_code == 200
        assert (await hospital.http.delete(f"{DEVICES}/{device['id']}")).status_code == 204
        for base in ("", beside):
            await becomes(town, 401, device["key"], base)
        shown = (await hospital.get(f"{DEVICES}/{device['id']}")).json()
        assert shown["revoked_at"] is not None
        assert shown["keys"] == []
        again = await hospital.post(f"{DEVICES}/{device['id']}/rotation", {})
        assert (again.status_code, again.json()["code"]) == (409, "device_revoked")

    async def test_a_lost_notice_is_made_good_by_reading_again(
        self, town: Town, hospital: Owner, stack: TestStack
    ) -> None:
        device = await registered(hospital)
        async with another_gateway(stack, notice_poll_seconds=0.05) as base:
            assert (await called(town, device["key"], base=base)).status_code == 200
            statement = "UPDATE device SET revoked_at = now(), changed_at = now() WHERE id = $1"
            await rows(town, statement, device["id"])  # and no NOTIFY
            await becomes(town, 401, device["key"], base)

    async def test_another_key_ends_the_one_of_before_at_once(self, town: Town, hospital: Owner) -> None:
        device = await registered(hospital)
        await called(town, device["key"])
        rotated = (await hospital.post(f"{DEVICES}/{device['id']}/rotation", {})).json()
        assert rotated["key"] != device["key"]
        assert [key["hint"] for key in rotated["keys"]] == [rotated["key"][:12]]
        await becomes(town, 401, device["key"])
        assert (await called(town, rotated["key"])).status_code == 200

    async def test_or_lets_it_go_on_for_a_while(self, town: Town, hospital: Owner) -> None:
        device = await registered(hospital)
        answer = await hospital.post(f"{DEVICES}/{device['id']}/rotation", {"overlap_seconds": 600})
        for key in (device["key"], answer.json()["key"]):
            assert (await called(town, key)).status_code == 200
        assert len(answer.json()["keys"]) == 2

    async def test_each_step_is_in_the_trail_of_the_enterprise(self, town: Town, hospital: Owner) -> None:
        device = await registered(hospital)
        await hospital.post(f"{DEVICES}/{device['id']}/rotation", {})
        await hospital.http.delete(f"{DEVICES}/{device['id']}")
        statement = "SELECT action, owner FROM audit_log WHERE entity_id = $1 ORDER BY id"
        assert await rows(town, statement, device["id"]) == [
            (f"gateway.device_{what}.v1", hospital.uscc) for what in ("registered", "key_rotated", "revoked")
        ]
