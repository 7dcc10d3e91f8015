"""Loads the sample city into databases that are empty. Each database is filled in one transaction, or not at all."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from sqlmodel import select

from infra.local import record
from infra.local.environment import home_of
from infra.sample.accounts import load_accounts
from infra.sample.city import make_accounts, make_city
from infra.sample.history import History
from services.kit import clock
from services.kit.database import Database
from services.kit.receipt_keys import ReceiptOffice
from services.kit.signing import KeyRing
from services.permits.enterprises.models import Enterprise

Say = Callable[[str], None]


def load_if_empty(environment: Mapping[str, str], say: Say) -> None:
    """Fills the gateway's and the permits database of the stack that `environment` describes, where empty."""
    asyncio.run(_load(environment, say))


async def _load(environment: Mapping[str, str], say: Say) -> None:
    gateway = Database(environment["STEPPE_GATEWAY_DATABASE_URL"], pool_size=1)
    permits = Database(environment["STEPPE_PERMITS_DATABASE_URL"], pool_size=1)
    secrets = Path(environment["STEPPE_HOME"]) / "secrets"
    try:
        async with permits.transaction() as session:
            if (await session.exec(select(Enterprise.id).limit(1))).first() is not None:
                return
            city = make_city(clock.today())
            accounts = await load_accounts(
                gateway,
                make_accounts(city),
                password=_secret(secrets / "sample" / "sample_password"),
            )
            keys = KeyRing.from_private_jwks(_secret(secrets / "permits" / "steppe_permits_receipt_keys"))
            office = ReceiptOffice(keys=keys, issuer=environment["STEPPE_ISSUER"])
            await History(session, city, accounts=accounts, office=office).live()
        say(
            f"示例城市已载入 · loaded: {len(city.enterprises)} enterprises, {len(city.permits)} permits, "
            f"{len(city.reports)} reports, {len(accounts)} accounts"
        )
    finally:
        await gateway.close()
        await permits.close()


def _secret(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip()


def main(argv: list[str]) -> int:
    """`steppe sample load`: into the stack that runs in STEPPE_HOME, where its databases are empty."""
    argparse.ArgumentParser(
        prog="steppe sample load", description="载入示例城市 / load the sample city"
    ).parse_args(argv)
    running = record.running(home_of(os.environ))
    if running is None:
        print("steppe sample load: no stack is running here", file=sys.stderr)
        return 1
    load_if_empty(running.environment, print)
    return 0
