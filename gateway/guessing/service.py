"""Counts the attempts to sign in, before they are looked at."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.guessing import repository, rules
from gateway.guessing.errors import TooManyTries
from gateway.guessing.models import SignInTries
from gateway.guessing.rules import Limit, Tries
from services.kit import clock
from services.kit.telemetry import log


@dataclass(frozen=True, slots=True)
class Guessing:
    """The limits of one account and of one address."""

    account: Limit
    address: Limit

    async def charge(self, session: AsyncSession, *, login: str, address: str | None) -> bool:
        """Counts one attempt; whether the account is locked after it. TooManyTries where it must not come yet.

        In a transaction of its own, which is over before the password is looked at: the count of attempts that are
        under way must be seen by others, and no row be locked meanwhile.
        """
        limits = self._limits(login, address)
        rows = await repository.locked(session, list(limits), clock.now())
        moment = clock.now()  # once the others are through
        tries = {key: tries_of(rows[key]) for key in limits}
        blocked = max(rules.wait(each, moment) for each in tries.values())
        if blocked > rules.NO_WAIT:
            raise TooManyTries(blocked)
        for key, limit in limits.items():
            after = rules.charged(tries[key], moment, limit)
            repository.put(rows, key, after)
            if rules.locked(after, limit):
                log.warning("sign_in_locked", what=key.partition(":")[0], count=after.count)
        await repository.tidy(session, moment - self._longest())
        return rules.locked(tries_of(rows[account_key(login)]), self.account)

    async def refund(
        self, session: AsyncSession, *, login: str, address: str | None, clear: bool = True
    ) -> None:
        """An attempt has succeeded: the account's count begins anew, the address gets its own attempt back.

        Not more: with an account of one's own one could else go on guessing at others from the same address.
        Without `clear` the account gets no more back either: the password was right, and a code is still to come.
        """
        rows = await repository.lock_known(session, list(self._limits(login, address)))
        for key, row in rows.items():
            if clear and key == account_key(login):
                await session.delete(row)
            else:
                repository.put(rows, key, rules.refunded(tries_of(row)))

    def _limits(self, login: str, address: str | None) -> dict[str, Limit]:
        limits = {account_key(login): self.account}
        if address is not None:
            limits[address_key(address)] = self.address
        return limits

    def _longest(self) -> timedelta:
        each = (self.account, self.address)
        return max(limit.forget for limit in each) + max(limit.lock for limit in each)


async def unlock(session: AsyncSession, *, login: str) -> bool:
    """Forgets the attempts at an account; whether there were any."""
    rows = await repository.lock_known(session, [account_key(login)])
    for row in rows.values():
        await session.delete(row)
    return bool(rows)


async def blocked_until(session: AsyncSession, *, login: str) -> datetime | None:
    """Until when an account takes no attempt; None where it takes one now."""
    row = await session.get(SignInTries, account_key(login))
    return row.blocked_until if row is not None and row.blocked_until > clock.now() else None


def tries_of(row: SignInTries) -> Tries:
    return Tries(row.count, row.last_at, row.blocked_until)


def account_key(login: str) -> str:
    return f"account:{hashlib.sha256(login.lower().encode()).hexdigest()}"


def address_key(address: str) -> str:
    return f"address:{hashlib.sha256(address.encode()).hexdigest()}"
