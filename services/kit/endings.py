"""What ended of late: the access tokens of ended sign-ins and changed delegations are refused before they expire.

In memory, so that a request costs no query. The gateways hear of an end as it commits (`gateway.noticeboard`); a
service reads on from what it has heard at `GET /v1/auth/endings`, so that going past the gateway gains nothing.
"""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any, Protocol, TypedDict

import httpx

from services.kit.auth import Principal
from services.kit.authority import Authority
from services.kit.problems import Unauthorized
from services.kit.recent import MOST, Journal, Recent
from services.kit.telemetry import log
from services.kit.texts import Text

LONGEST_TOKEN = timedelta(hours=1)
"""No gateway gives access tokens that live longer."""
WAIT_SECONDS = 20
_AGAIN_AFTER_SECONDS = 1
_ENDED = Text(zh="该登录会话已终止，请重新登录", en="This sign-in was ended; sign in again")
_CHANGED = Text(
    zh="委托已变更或终止，请重新换取凭证", en="The delegation has changed or ended; exchange for a new token"
)


class EndedSessions:
    """The ids of sessions that were ended, and of systems that were disabled, while access tokens may still hold."""

    def __init__(
        self, *, token_lifetime: timedelta, most: int = MOST, journal: Journal | None = None
    ) -> None:
        self.recent = Recent[None](
            token_lifetime=token_lifetime, most=most, overflow="ended_sessions_overflow", journal=journal
        )

    def __contains__(self, session_id: object) -> bool:
        return session_id in self.recent

    def __len__(self) -> int:
        return len(self.recent)

    def heard(self, session_id: str) -> None:
        """This session was ended just now, here or at another gateway."""
        self.recent.put(session_id, None)


class CurrentDelegations:
    """The newest version of each delegation that changed while tokens of an older one may still hold."""

    def __init__(
        self, *, token_lifetime: timedelta, most: int = MOST, journal: Journal | None = None
    ) -> None:
        self.recent = Recent[int](
            token_lifetime=token_lifetime, most=most, overflow="changed_delegations_overflow", journal=journal
        )

    def __len__(self) -> int:
        return len(self.recent)

    def is_stale(self, acting_for: str) -> bool:
        """Whether a token under this authority no longer holds; what is no authority never does."""
        try:
            authority = Authority.parse(acting_for)
        except ValueError:
            return True
        known = self.recent.get(authority.delegation_id)
        return known is not None and authority.version < known

    def heard(self, notice: str) -> None:
        """A delegation is now at this version. An older notice that comes late changes nothing."""
        try:
            authority = Authority.parse(notice)
        except ValueError:
            log.warning("delegation_notice_unread", notice=notice[:100])
            return
        known = self.recent.get(authority.delegation_id)
        if known is None or known < authority.version:
            self.recent.put(authority.delegation_id, authority.version)


class News(TypedDict):
    """What one process heard of after some position."""

    position: str
    sessions: list[str]
    delegations: list[str]


class Endings:
    """What one process knows of sign-ins that ended and delegations that changed."""

    def __init__(self, *, token_lifetime: timedelta = LONGEST_TOKEN) -> None:
        self.journal = Journal()
        self.sessions = EndedSessions(token_lifetime=token_lifetime, journal=self.journal)
        self.delegations = CurrentDelegations(token_lifetime=token_lifetime, journal=self.journal)

    def refuse(self, principal: Principal) -> None:
        """Raises Unauthorized where what the caller's token rests on has ended."""
        if (principal.session or principal.subject) in self.sessions:
            raise Unauthorized(_ENDED, code_hint="session_ended")
        if principal.acting_for is not None and self.delegations.is_stale(principal.acting_for):
            raise Unauthorized(_CHANGED, code_hint="delegation_changed")

    def after(self, position: str) -> News:
        """Everything that still matters and was heard of behind `position`; all of it for a position not of here."""
        number = self.journal.number_of(position)
        changed = self.delegations.recent.after(number)
        return {
            "position": self.journal.position,
            "sessions": [session_id for session_id, _ in self.sessions.recent.after(number)],
            "delegations": [str(Authority(name, version)) for name, version in changed],
        }

    def take(self, news: Any) -> str:
        """Remembers what another process heard of; its position. ValueError for what is no news."""
        if not isinstance(news, dict) or not isinstance(news.get("position"), str):
            raise ValueError("no news")
        moment = time.monotonic()
        for name, heard in (("sessions", self.sessions.heard), ("delegations", self.delegations.heard)):
            told = news.get(name)
            if not isinstance(told, list) or not all(isinstance(each, str) for each in told):
                raise ValueError("no news")
            for each in reversed(told):
                heard(each)
        self.sessions.recent.forget_before(moment)
        self.delegations.recent.forget_before(moment)
        return str(news["position"])


class Asks(Protocol):
    """A service's own sign-in at the gateway."""

    async def get(self, path: str, *, seconds: float, **parameters: str | int) -> httpx.Response: ...


async def follow(endings: Endings, gateway: Asks) -> None:
    """Reads on until cancelled. A gateway that is away is asked again: until then what was heard holds."""
    position, told = "", False
    while True:
        try:
            answer = await gateway.get(
                "/v1/auth/endings", seconds=WAIT_SECONDS + 10, after=position, wait=WAIT_SECONDS
            )
            answer.raise_for_status()
            position = endings.take(answer.json())
            told = False
        except Exception as error:  # whatever it was, this task must not end: nobody would start it again
            if not told:
                log.warning("endings_unread", error=error)
            told = True
            await asyncio.sleep(_AGAIN_AFTER_SECONDS)
