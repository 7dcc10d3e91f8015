"""The consumers of the other services' feeds. Replayed from zero they end with the same candidates."""

from __future__ import annotations

from collections.abc import Mapping

from services.credit.candidates import events, service
from services.credit.settings import CreditSettings
from services.kit.consumers import Consumer, Fetch, Handler
from services.kit.neighbours import ServiceIdentity

HEARD: Mapping[str, str] = {
    "permits": events.EXCEEDANCE_CONFIRMED,
    "waste": events.DISCREPANCY_FOUND,
    "emergency": events.RESPONSIBILITY_RECORDED,
}
"""The one type of event of each neighbour that a candidate comes of."""
_ABOUT_THEM: Mapping[str, dict[str, Handler]] = {
    "permits": {events.VIOLATION_DISMISSED: service.contradict, events.VIOLATION_REOPENED: service.uphold},
}
"""What changes a candidate that is there."""


def consumer(neighbour: str, fetch: Fetch) -> Consumer:
    """The consumer of one neighbour's feed, read by `fetch`."""
    handlers: dict[str, Handler] = {HEARD[neighbour]: service.arrive, **_ABOUT_THEM.get(neighbour, {})}
    return Consumer(name=f"credit.{neighbour}", source=neighbour, fetch=fetch, handlers=handlers)


def consumers(identity: ServiceIdentity, settings: CreditSettings) -> list[Consumer]:
    addresses = {
        "permits": settings.permits_url,
        "waste": settings.waste_url,
        "emergency": settings.emergency_url,
    }
    return [consumer(name, identity.feed(address, name)) for name, address in addresses.items()]
