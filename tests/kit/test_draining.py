"""Being told to end: who listens hears of it once, and answers ask for the connection to be closed."""

from __future__ import annotations

import pytest
from starlette.types import Message, Receive, Scope, Send

from services.kit import draining


@pytest.fixture(autouse=True)
def not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draining, "_told", False)
    monkeypatch.setattr(draining, "_listeners", [])


def test_listeners_hear_of_it_unless_they_have_withdrawn() -> None:
    heard: list[str] = []
    draining.when_begun(lambda: heard.append("stays"))
    withdraw = draining.when_begun(lambda: heard.append("left"))
    withdraw()
    assert heard == []
    draining.begin()
    assert heard == ["stays"]
    assert draining.begun()


def test_who_comes_later_hears_of_it_at_once() -> None:
    heard: list[str] = []
    draining.begin()
    draining.when_begun(lambda: heard.append("late"))
    assert heard == ["late"]


@pytest.mark.parametrize("told", [False, True])
async def test_the_last_answers_ask_for_the_connection_to_be_closed(told: bool) -> None:
    sent: list[Message] = []

    async def app(_: Scope, __: Receive, send: Send) -> None:
        headers = [(b"connection", b"keep-alive"), (b"x-kept", b"1")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})

    async def receive() -> Message:
        raise AssertionError("nothing to receive")

    async def send(message: Message) -> None:
        sent.append(message)

    if told:
        draining.begin()
    await draining.LastAnswers(app)({"type": "http"}, receive, send)
    connection = (b"connection", b"close" if told else b"keep-alive")
    assert sorted(sent[0]["headers"]) == sorted([connection, (b"x-kept", b"1")])
