"""The family of a session's refresh tokens as a state machine, against the real sign-in: whatever is done in whatever
order, the newest token alone holds, and a used one that comes back ends the family for good."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.kit.ids import new_id
from tests.support.town import PASSWORD, Town

TOKEN = "/v1/auth/token"
STEPS = st.lists(st.tuples(st.sampled_from(["newest", "older", "sign_out"]), st.integers(0, 9)), max_size=6)


class Model:
    """What must be so."""

    def __init__(self, first: str) -> None:
        self.tokens, self.ended = [first], False

    def chosen(self, kind: str, number: int) -> str:
        older = self.tokens[:-1]
        return older[number % len(older)] if kind == "older" and older else self.tokens[-1]

    def expected(self, token: str) -> bool:
        holds = not self.ended and token == self.tokens[-1]
        self.ended = self.ended or not holds
        return holds


@given(STEPS)
@settings(max_examples=12)
async def test_only_the_newest_token_of_a_family_holds(town: Town, steps: list[tuple[str, int]]) -> None:
    login = f"f{new_id().hex}"
    await town.account(login, roles=["clerk"], usccs=[])
    form = {"grant_type": "password", "username": login, "password": PASSWORD}
    begun: dict[str, Any] = (await town.public.post(TOKEN, data=form)).json()
    model, access = Model(begun["refresh_token"]), begun["access_token"]
    for kind, number in steps:
        if kind == "sign_out":
            headers = {"authorization": f"Bearer {access}"}
            answer = await town.public.delete("/v1/auth/sessions/current", headers=headers)
            assert answer.status_code in ({401, 404} if model.ended else {204})
            model.ended = True
            continue
        token = model.chosen(kind, number)
        answer = await town.public.post(TOKEN, data={"grant_type": "refresh_token", "refresh_token": token})
        assert (answer.status_code == 200) is model.expected(token)
        if answer.status_code == 200:
            model.tokens.append(answer.json()["refresh_token"])
            access = answer.json()["access_token"]
