"""Use cases of the second factor: begin, confirm, check at sign-in, reset."""

from __future__ import annotations

import base64
import secrets
import uuid
from dataclasses import dataclass

import pyotp
from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.identity.models import Account
from gateway.sealing import Seal
from gateway.second_factor import pictures, repository, rules
from gateway.second_factor.errors import CodeRefused, NothingToConfirm
from gateway.second_factor.models import RecoveryCode, SecondFactor
from gateway.second_factor.schemas import FactorPending, FactorState, RecoveryCodes
from gateway.sessions import service as sessions
from services.kit import audit, clock
from services.kit.auth import Principal

PURPOSE, _RECOVERY = "second factor", "recovery code"
RECOVERY_CODES = 10


@dataclass(frozen=True, slots=True)
class Factors:
    """What the second factor needs of the process."""

    seal: Seal
    roles: frozenset[str]
    """Roles that need one."""
    drift: int
    """Steps of 30 seconds that a person's clock may be off."""
    label: str
    """What authenticator apps show beside the login."""

    def needed(self, roles: list[str]) -> bool:
        return rules.needed(roles, of=self.roles)

    async def holds(
        self, session: AsyncSession, account_id: uuid.UUID, *, otp: str | None, recovery: str | None
    ) -> bool:
        """Whether the code is good, which it is once. In a transaction that commits whatever becomes of the request."""
        if recovery is not None:
            found = _digests(self.seal, account_id, recovery)
            return await repository.use_recovery_code(session, account_id, found, clock.now())
        factor = await repository.factor(session, account_id, lock=True)
        if factor is None or factor.sealed is None or otp is None:
            return False
        return self._accept(factor, factor.sealed, otp)

    def _accept(self, factor: SecondFactor, sealed: bytes, otp: str) -> bool:
        secret = self.seal.open(sealed, purpose=PURPOSE, of=str(factor.account_id)).decode()
        step = rules.accepted_step(secret, otp, moment=clock.now(), drift=self.drift, last=factor.last_step)
        if step is not None:
            factor.last_step = step
        return step is not None

    async def prove(
        self, session: AsyncSession, account: Account, *, otp: str | None, recovery: str | None
    ) -> None:
        """Raises CodeRefused unless the account has no factor that holds, or the code is good."""
        if (await self.state(session, account)).confirmed_at is None:
            return
        if not await self.holds(session, account.id, otp=otp, recovery=recovery):
            raise CodeRefused

    async def state(self, session: AsyncSession, account: Account) -> FactorState:
        factor = await repository.factor(session, account.id)
        return FactorState(
            confirmed_at=factor.confirmed_at if factor else None,
            required=self.needed(account.roles),
            recovery_codes_left=await repository.recovery_codes_left(session, account.id),
        )

    async def begin(self, session: AsyncSession, principal: Principal, account: Account) -> FactorPending:
        """A new secret that waits to be confirmed; the one that holds goes on holding. The password is verified."""
        secret = pyotp.random_base32(32)
        factor = await repository.factor(session, account.id, lock=True)
        if factor is None:
            factor = SecondFactor(account_id=account.id, last_step=rules.NEVER)
            session.add(factor)
        factor.pending = self.seal.seal(secret.encode(), purpose=PURPOSE, of=str(account.id))
        _audit(session, principal, account.id, "gateway.second_factor_begun.v1")
        uri = pyotp.TOTP(secret).provisioning_uri(name=account.login, issuer_name=self.label)
        return FactorPending(secret=secret, uri=uri, qr_svg=pictures.svg(uri), qr_png=pictures.png_uri(uri))

    async def confirm(
        self, session: AsyncSession, principal: Principal, account: Account, otp: str
    ) -> RecoveryCodes:
        """The new authenticator holds from now on; new recovery codes. Every other session of the account ends."""
        factor = await repository.factor(session, account.id, lock=True)
        if factor is None or factor.pending is None:
            raise NothingToConfirm
        factor.last_step = rules.NEVER  # of another secret
        if not self._accept(factor, factor.pending, otp):
            raise CodeRefused
        factor.sealed, factor.pending, factor.confirmed_at = factor.pending, None, clock.now()
        await repository.forget_recovery_codes(session, account.id)
        codes = [_new_recovery_code() for _ in range(RECOVERY_CODES)]
        session.add_all(
            RecoveryCode(digest=_digests(self.seal, account.id, code)[0], account_id=account.id)
            for code in codes
        )
        _audit(session, principal, account.id, "gateway.second_factor_confirmed.v1")
        await sessions.end(session, principal, account.id, because="reset", but=principal.session)
        return RecoveryCodes(recovery_codes=codes)


async def reset(session: AsyncSession, actor: Principal, account_id: uuid.UUID) -> None:
    """The factor and its recovery codes are gone (a lost telephone); the account's sessions end."""
    factor = await repository.factor(session, account_id, lock=True)
    if factor is not None:
        await session.delete(factor)
    await repository.forget_recovery_codes(session, account_id)
    _audit(session, actor, account_id, "gateway.second_factor_reset.v1")
    await sessions.end(session, actor, account_id, because="reset")


def _audit(session: AsyncSession, actor: Principal, account_id: uuid.UUID, action: str) -> None:
    audit.record(session, actor, action=action, entity="account", entity_id=account_id)


def _new_recovery_code() -> str:
    """80 bits: `abcd-efgh-ijkl-mnop`."""
    letters = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


def _digests(seal: Seal, account_id: uuid.UUID, code: str) -> list[str]:
    plain = code.replace("-", "").lower()
    return seal.digests(f"{account_id}:{plain}", purpose=_RECOVERY)
