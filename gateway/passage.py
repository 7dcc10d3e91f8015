"""What is known of a request once it has passed the gate; `scope["state"]["passage"]`."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.types import Scope

from gateway.admission import Framing
from gateway.policy.rules import RoutePolicy
from services.kit.auth import Principal
from services.kit.problems import Problem

RawHeaders = list[tuple[bytes, bytes]]


@dataclass(slots=True)
class Passage:
    """One admitted request: its route's policy, who calls, and what its answer will carry."""

    route: RoutePolicy
    framing: Framing
    principal: Principal | None
    """None for the public."""
    address: str
    """The client's, as far as the balancer in front is believed."""
    authorization: bytes | None = None
    """What goes to the service in place of the client's own `Authorization`; None: the client's own."""
    answer_headers: RawHeaders = field(default_factory=list)
    """Put on the answer, whoever gives it: limits, deprecation."""
    for_cache: bool = False
    """Asked in nobody's name, by the cache, which says itself who may keep the answer."""

    def credited(self, headers: RawHeaders) -> RawHeaders:
        """A request's fields with the credential that stands in for the client's own."""
        if self.authorization is None:
            return headers
        kept = [(name, value) for name, value in headers if name != b"authorization"]
        return [*kept, (b"authorization", self.authorization)]

    def mark(self, problem: Problem) -> None:
        """Puts on a refusal what any answer carries; what it says itself stays."""
        for name, value in self.answer_headers:
            problem.headers.setdefault(name.decode(), value.decode())


def passage_of(scope: Scope) -> Passage | None:
    """None for a request that did not come through the gate (a proxy used alone)."""
    passage: Passage | None = scope.get("state", {}).get("passage")
    return passage


def address_of(scope: Scope) -> str | None:
    """The client's address, as far as it is known."""
    passage = passage_of(scope)
    return passage.address if passage is not None else None
