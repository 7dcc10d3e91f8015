"""`steppe account unlock` and `steppe account reset`: for when no administrator gets in any more.

On the machine, as `steppe account add`; over HTTP administrators do the same for others (`/v1/accounts`). Audited,
with the actor `system`; the sessions of a reset account end at every gateway.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable

from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.accounts import service
from gateway.identity.models import Account
from gateway.identity.repository import account_by_login
from infra.accounts import SYSTEM, RefusedError, write

Work = Callable[[AsyncSession, Account], Awaitable[None]]


def unlock_main(argv: list[str]) -> int:
    """Forget the attempts to sign in: 0, or 1 where there is no such account or no database, 2 for bad usage."""
    login = _login(argv, "unlock", "解除登录锁定 / forget the attempts that locked an account")

    async def unlock(session: AsyncSession, account: Account) -> None:
        await service.unlock(session, SYSTEM, account.id)

    return _run("unlock", login, unlock, said=f"已解除锁定 · unlocked: {login}")


def reset_main(argv: list[str]) -> int:
    """Set a temporary password, printed once, and forget the second factor; exit codes as above."""
    login = _login(argv, "reset", "重置密码与第二重验证 / reset the password and the second factor")
    told: list[str] = []

    async def reset(session: AsyncSession, account: Account) -> None:
        answer = await service.reset_password(session, SYSTEM, account.id)
        await service.reset_second_factor(session, SYSTEM, account.id)
        told.append(answer.temporary_password or "")

    code = _run("reset", login, reset, said=f"已重置 · reset: {login}; 临时密码 · temporary password:")
    print(*told, sep="\n", end="\n" if told else "")
    return code


def _login(argv: list[str], word: str, description: str) -> str:
    parser = argparse.ArgumentParser(prog=f"steppe account {word}", description=description)
    parser.add_argument("login", metavar="LOGIN")
    return str(parser.parse_args(argv).login)


def _run(word: str, login: str, work: Work, *, said: str) -> int:
    async def with_account(session: AsyncSession) -> None:
        account = await account_by_login(session, login)
        if account is None:
            raise RefusedError(f"没有这个账号 · no such account: {login}")
        await work(session, account)

    try:
        asyncio.run(write(with_account, taken=login))
    except RefusedError as refusal:
        print(f"steppe account {word}: {refusal}", file=sys.stderr)
        return 1
    print(said, file=sys.stderr)
    return 0
