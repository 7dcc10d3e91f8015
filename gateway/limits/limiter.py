"""Rate limits of the gate: each caller's count in the route's class, and the address's count of bad credentials.

Every answer carries `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10); a refusal is 429
with `Retry-After`. Counted before it is judged who may: a flood of refused requests costs no more than the quota.
"""

from __future__ import annotations

from functools import lru_cache

from gateway.limits import addresses
from gateway.limits.counters import Counters, LocalCounters
from gateway.limits.credentials import Credentials
from gateway.limits.errors import RateLimited
from gateway.limits.quotas import UNLIMITED, Quotas
from gateway.limits.rules import Quota, Reading
from gateway.limits.windows import Windows
from gateway.passage import Passage
from gateway.policy.rules import RateClass


class Limiter:
    """`callers` and `addresses` are apart so that a flood of addresses cannot push callers out of memory."""

    def __init__(self, quotas: Quotas, *, callers: Counters, addresses: Counters) -> None:
        self._quotas, self._callers, self._addresses = quotas, callers, addresses
        self._here = callers.windows if isinstance(callers, LocalCounters) else None
        self._credentials, self._repeated = Credentials(), Windows()

    def holds(self, authorization: str) -> bool:
        """Whether it held when it was checked last."""
        return self._credentials.held(authorization)

    async def before_credential(self, passage: Passage, authorization: str) -> None:
        """Raises RateLimited for a credential that failed too often, or a new one of an address that tries too many."""
        quota = self._quotas.credentials
        if self._credentials.failed(authorization):
            reading = self._repeated.look(_repetitions_of(authorization), quota)
        else:
            reading = await self._addresses.look(_failures_of(passage), quota, guarded=True)
        if not reading.allowed:
            _say(passage, quota, reading)
            raise RateLimited(reading.reset, policy=quota.name)

    async def bad_credential(self, passage: Passage, authorization: str) -> None:
        """Counts it: a new one for the address, a known one for itself."""
        quota = self._quotas.credentials
        if self._credentials.failed(authorization):
            reading = self._repeated.hit(_repetitions_of(authorization), quota)
        else:
            reading = await self._addresses.hit(_failures_of(passage), quota, guarded=True)
        self._credentials.fail(authorization)
        _say(passage, quota, reading)

    def good_credential(self, authorization: str) -> None:
        """Lets it through to its check from now on, whatever else its address sends."""
        self._credentials.hold(authorization)

    def admitted(self, passage: Passage) -> bool:
        """`admit` for a caller who is counted in this process: at once. False: to be asked for by `admit`."""
        rate, principal = passage.route.rate, passage.principal
        if rate is UNLIMITED:
            return True
        if principal is None or self._here is None or rate is RateClass.SIGN_IN:
            return False
        quota = self._quotas.of_roles(rate, principal.roles)
        self._tell(passage, quota, self._here.hit(f"{rate}:{principal.subject}", quota))
        return True

    async def admit(self, passage: Passage) -> None:
        """Counts the request; raises RateLimited where the quota is used up."""
        rate, principal = passage.route.rate, passage.principal
        if rate is UNLIMITED:
            return
        guarded = rate is RateClass.SIGN_IN
        if principal is None:
            quota = self._quotas.of_public(rate)
            key = f"{rate}@{addresses.group(passage.address)}"
            reading = await self._addresses.hit(key, quota, guarded=guarded)
        else:
            quota = self._quotas.of_roles(rate, principal.roles)
            reading = await self._callers.hit(f"{rate}:{principal.subject}", quota, guarded=guarded)
        self._tell(passage, quota, reading)

    @staticmethod
    def _tell(passage: Passage, quota: Quota, reading: Reading) -> None:
        _say(passage, quota, reading)
        if not reading.allowed:
            raise RateLimited(reading.reset, policy=quota.name)

    @property
    def standing(self) -> str:
        """How requests are counted at present: `memory`, `shared` or `alone` (`gateway.limits.counters`)."""
        return self._callers.standing

    async def close(self) -> None:
        await self._callers.close()
        await self._addresses.close()


def _repetitions_of(authorization: str) -> str:
    return f"credential#{hash(authorization)}"


def _failures_of(passage: Passage) -> str:
    return _failures_key(passage.address)


@lru_cache(maxsize=8192)
def _failures_key(address: str) -> str:
    return f"credentials@{addresses.group(address)}"


def _say(passage: Passage, quota: Quota, reading: Reading) -> None:
    passage.answer_headers += (
        (b"ratelimit-policy", quota.policy),
        (b"ratelimit", b"%b;r=%d;t=%d" % (quota.quoted, reading.remaining, reading.reset)),
    )
