"""The emergency service alone, called in-process by many clients at once, with a clock that a test can move."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
import sqlalchemy as sa

from gateway.identity.rules import scopes_of
from gateway.identity.tokens import Grant, TokenMint
from services.emergency.app import create_app
from services.emergency.settings import EmergencySettings
from services.emergency.stock import queries
from services.kit import clock
from services.kit.ids import new_id
from services.kit.reading import PURPOSE_HEADER
from services.kit.settings import SharedSettings
from services.kit.signing import KeyRing
from services.kit.tokens import TokenVerifier

ISSUER = "https://desk.test"

# What must hold of the rows at any time, and what each says where it does not.
_RULES = {
    "a balance is negative or promised beyond what is there": (
        "SELECT count(*) FROM balance WHERE NOT (0 <= reserved AND reserved <= on_hand)"
    ),
    "an expired lot moved": """
        SELECT count(*) FROM movement JOIN lot ON lot.id = lot_id
        WHERE kind IN ('intake', 'dispatch', 'return')
          AND (recorded_at AT TIME ZONE 'Asia/Shanghai')::date > expires_on
    """,
    "an expired lot was promised": """
        SELECT count(*) FROM reservation_line JOIN lot ON lot.id = lot_id
        JOIN reservation ON reservation.id = reservation_id
        WHERE (reserved_at AT TIME ZONE 'Asia/Shanghai')::date > lot.expires_on
    """,
    "a reservation was dispatched past its time": """
        SELECT count(*) FROM dispatch JOIN reservation ON reservation.id = reservation_id
        WHERE dispatched_at >= expires_at
    """,
    "goods appeared or vanished": """
        SELECT (SELECT coalesce(sum(quantity), 0) FROM movement WHERE from_kind = 'supplier')
             - (SELECT coalesce(sum(on_hand), 0) FROM balance)
    """,
    "a closed incident has goods": """
        SELECT count(*) FROM balance JOIN incident ON incident.id = location_id
        WHERE state = 'closed' AND on_hand > 0
    """,
    "goods are promised to a closed incident": """
        SELECT count(*) FROM reservation_line JOIN reservation ON reservation.id = reservation_id
        JOIN incident ON incident.id = incident_id
        WHERE incident.state = 'closed' AND quantity > dispatched + released
    """,
}


@dataclass
class Sent:
    """A request that was answered with 201, to be sent again."""

    path: str
    body: Any
    key: str
    answer: str


@dataclass
class Desk:
    """Sends requests as a storekeeper and a duty officer; remembers those that had an effect."""

    url: str
    moment: datetime = field(default_factory=clock.now)
    done: list[Sent] = field(default_factory=list)

    def __post_init__(self) -> None:
        keys = KeyRing.generate()
        shared = SharedSettings(issuer=ISSUER)
        settings = EmergencySettings(database_url=self.url, receipt_keys=KeyRing.generate(), database_pool=10)
        self.app = create_app(settings, shared)
        ring = KeyRing.from_private_jwks(keys)

        async def published(*, refresh: bool = False) -> dict[str, Any]:
            return ring.public_jwks()

        self.database = self.app.state.kit.database
        self.app.state.kit.verifier = TokenVerifier(published, issuer=ISSUER)
        roles = ("storekeeper", "duty_officer")
        grant = Grant("desk", "desk", roles, scopes_of(roles), (), every_enterprise=True)
        # The desk's moment moves on by days, and the verifier goes by it.
        token = TokenMint(ring, ISSUER, timedelta(days=4000)).mint(grant)
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url="http://desk.test",
            headers={
                "Authorization": f"Bearer {token}",
                "Accept-Language": "en",
                PURPOSE_HEADER: "emergency",
            },
        )

    async def post(self, path: str, body: Any, *, key: str | None = None) -> httpx.Response:
        """A POST at the desk's moment. Whatever is refused is refused for a reason, never for being busy."""
        key = key or str(new_id())
        with clock.at(self.moment):
            answer = await self.http.post(
                f"/v1/emergency/{path}", json=body, headers={"Idempotency-Key": key}
            )
        assert answer.status_code in (201, 404, 409, 422), answer.text
        assert answer.status_code == 201 or answer.json()["code"] != "busy", answer.text
        if answer.status_code == 201:
            self.done.append(Sent(path, body, key, answer.text))
        return answer

    async def at_once(self, *requests: tuple[str, Any]) -> list[httpx.Response]:
        """All of them at the same time, while somebody else looks at the books again and again."""
        work = asyncio.gather(*(self.post(path, body) for path, body in requests))
        while not work.done():
            await self.check()
            await asyncio.sleep(0)
        return await work

    async def check(self) -> None:
        """Every rule holds in the state that is committed now."""
        async with self.database.transaction() as session:
            assert await queries.differences(session) == []
            connection = await session.connection()
            for broken, statement in _RULES.items():
                assert not await connection.scalar(sa.text(statement)), broken

    async def image(self) -> list[Any]:
        """Everything that the service has stored, but for the log of requests."""
        tables = ("balance", "movement", "reservation", "reservation_line", "dispatch", "dispatch_line")
        rows = []
        async with self.database.engine.connect() as connection:
            for table in (*tables, "handover", "intake", "incident", "event_log", "audit_log"):
                found = await connection.execute(sa.text(f"SELECT * FROM {table} ORDER BY 1, 2"))  # noqa: S608
                rows.append([tuple(row) for row in found])
        return rows

    async def close(self) -> None:
        await self.http.aclose()
        await self.database.close()
