"""Who may do what: each endpoint that changes something asks for its own scope."""

from __future__ import annotations

import pytest

from tests.support.emergency import Response
from tests.support.town import Town

# Nothing has this id; the same one each time, so that parallel runs collect the same tests.
NOWHERE = "01900000-0000-7000-8000-000000000000"
STOCK = ("depots", "items", "stock/intakes", "returns")
RESPOND = (
    "incidents",
    f"incidents/{NOWHERE}/gradings",
    f"incidents/{NOWHERE}/responsibility",
    f"incidents/{NOWHERE}/closure",
    "reservations",
    f"reservations/{NOWHERE}/cancellation",
    "dispatches",
    f"dispatches/{NOWHERE}/arrivals",
    "uses",
)
READS = (
    "depots",
    "items",
    "stock/balances",
    "stock/movements",
    "stock/check",
    "incidents",
    "reservations",
    "dispatches",
)


@pytest.mark.parametrize("path", STOCK)
async def test_a_duty_officer_does_not_keep_the_stock(team: Response, path: str) -> None:
    answer = await team.duty.post(f"/v1/emergency/{path}", {})
    assert (answer.status_code, answer.json()["missing_scopes"]) == (403, ["emergency:stock"])


@pytest.mark.parametrize("path", RESPOND)
async def test_a_storekeeper_does_not_answer_incidents(team: Response, path: str) -> None:
    answer = await team.store.post(f"/v1/emergency/{path}", {})
    assert (answer.status_code, answer.json()["missing_scopes"]) == (403, ["emergency:respond"])


@pytest.mark.parametrize("path", READS)
async def test_bureau_and_storekeeper_read_and_others_do_not(town: Town, path: str) -> None:
    for role, expected in (("storekeeper", 200), ("reviewer", 200), ("bank", 403)):
        caller = await town.staff(role)
        assert (await caller.get(f"/v1/emergency/{path}")).status_code == expected
    assert (await town.public.get(f"/v1/emergency/{path}")).status_code == 401


async def test_the_service_checks_the_token_itself(town: Town) -> None:
    direct = await town.direct("emergency")
    assert (await direct.get("/v1/emergency/depots")).status_code == 401


async def test_what_is_not_there_is_404(team: Response) -> None:
    for path in (
        "depots/CK-NONE",
        "items/NONE",
        *(f"{each}/{NOWHERE}" for each in ("incidents", "reservations")),
    ):
        assert (await team.duty.get(f"/v1/emergency/{path}")).status_code == 404
    for path in ("dispatches", "uses", "returns", "stock/intakes"):
        assert (await team.duty.get(f"/v1/emergency/{path}/{NOWHERE}")).status_code == 404
