"""The services' own sign-in at the gateway, made by the migration."""

from __future__ import annotations

from infra.clients import provide
from tests.support.stack import TestStack
from tests.support.town import Town


async def signs_in(town: Town, secret: str) -> int:
    form = {"grant_type": "client_credentials", "client_id": "permits", "client_secret": secret}
    return (await town.public.post("/v1/auth/token", data=form)).status_code


async def test_a_service_signs_in_with_the_secret_it_was_given(stack: TestStack, town: Town) -> None:
    await provide(stack.databases["gateway"], {"permits": "a" * 43})
    assert await signs_in(town, "a" * 43) == 200


async def test_a_service_is_known_as_one_of_the_installation(stack: TestStack, town: Town) -> None:
    await provide(stack.databases["gateway"], {"permits": "d" * 43})
    form = {"grant_type": "client_credentials", "client_id": "permits", "client_secret": "d" * 43}
    token = (await town.public.post("/v1/auth/token", data=form)).json()["access_token"]
    me = await town.public.get("/v1/auth/me", headers={"authorization": f"Bearer {token}"})
    assert me.json()["roles"] == ["service", "system"]


async def test_a_changed_secret_holds_and_the_old_one_does_not(stack: TestStack, town: Town) -> None:
    await provide(stack.databases["gateway"], {"permits": "b" * 43})
    await provide(stack.databases["gateway"], {"permits": "c" * 43})
    assert (await signs_in(town, "c" * 43), await signs_in(town, "b" * 43)) == (200, 401)
