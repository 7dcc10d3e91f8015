"""The soak test's judgement: that it would notice what it looks for. The run itself is `make soak`."""

from __future__ import annotations

import httpx
import pytest

from infra.soak.audience import Follower
from infra.soak.person import Person, RefusedError
from infra.soak.samples import Sample, Span, growth
from infra.soak.work import compared


@pytest.mark.parametrize(
    ("told", "kept", "faults"),
    [
        (["a", "b"], ["b", "a"], []),
        (["a", "b"], ["a"], ["x: lost b"]),
        (["a"], ["a", "b"], ["x: there, though nobody was told so: b"]),
        (["a"], ["a", "a"], ["x: 1 doubled"]),
    ],
)
def test_what_is_lost_surplus_or_doubled_is_named(
    told: list[str], kept: list[str], faults: list[str]
) -> None:
    assert compared("x", told, kept) == faults


def test_growth_is_of_the_process_that_grew() -> None:
    samples = [Sample("gateway", moment, 100 + moment, 10) for moment in range(100)]
    samples += [Sample("permits", moment, 50, 10) for moment in range(100)]
    whole = Span(0, 100)
    grown = growth(samples, whole.part(0.2, 0.4), whole.part(0.8, 1), lambda sample: sample.memory_mib)
    assert (grown["gateway"], grown["permits"]) == (60, 0)


async def test_an_event_that_comes_twice_is_named() -> None:
    follower = Follower(Person("http://127.0.0.1:9"), "/v1/permits/events")
    follower._seen.update(["one", "two", "two"])
    assert await follower.faults() == ["/v1/permits/events: event two came more than once"]


class _Answers(httpx.AsyncBaseTransport):
    """Answers in their order; an exception is raised."""

    def __init__(self, *answers: int | Exception) -> None:
        self._answers = list(answers)
        self.keys: list[str | None] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.keys.append(request.headers.get("idempotency-key"))
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer, json={"status": answer}, headers={"retry-after": "0"})


def _person(transport: _Answers) -> Person:
    person = Person("http://gateway")
    person._http = httpx.AsyncClient(base_url="http://gateway", transport=transport)
    return person


async def test_a_person_repeats_a_submission_with_its_key_until_it_is_answered() -> None:
    transport = _Answers(503, httpx.ReadError("cut"), 429, 201)
    assert await _person(transport).post("/v1/x", {}) == {"status": 201}
    assert len(transport.keys) == 4
    assert len(set(transport.keys)) == 1
    assert transport.keys[0]


@pytest.mark.parametrize("status", [400, 409, 422, 500])
async def test_a_person_repeats_nothing_that_was_refused(status: int) -> None:
    person = _person(_Answers(status))
    with pytest.raises(RefusedError):
        await person.post("/v1/x", {})
    assert person.seen == {str(status): 1}
