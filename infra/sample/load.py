"""Loads the sample city into databases that are empty. Each database is filled in one transaction, or not at all."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.sealing import Seal
from infra.local import record
from infra.local.environment import home_of
from infra.local.secrets import sample_otp_secret, sample_password
from infra.sample.accounts import Authenticator, bind_staff, load_accounts
from infra.sample.city import make_accounts, make_city
from infra.sample.credit_history import CreditHistory
from infra.sample.delegations import AGENT, invite_agent
from infra.sample.emergency_history import EmergencyHistory
from infra.sample.history import History
from infra.sample.permit_books import PermitBooks
from infra.sample.types import SampleCity
from infra.sample.waste_history import WasteHistory
from infra.sample.waste_units import waste_accounts
from services.credit.log.keys import LogSigner
from services.credit.records.models import Record
from services.credit.settings import CreditSettings
from services.emergency.depots.models import Depot
from services.kit import clock
from services.kit.database import Database
from services.kit.receipt_keys import ReceiptOffice
from services.kit.signing import KeyRing
from services.permits.enterprises.models import Enterprise
from services.waste.units.models import Unit

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Loading:
    """What every part of the sample is made of."""

    city: SampleCity
    accounts: Mapping[str, uuid.UUID]
    environment: Mapping[str, str]

    def secret(self, process: str, name: str) -> str:
        return _secret(Path(self.environment["STEPPE_HOME"]) / "secrets" / process / name)

    def office(self, service: str) -> ReceiptOffice:
        keys = KeyRing.from_private_jwks(self.secret(service, f"steppe_{service}_receipt_keys"))
        return ReceiptOffice(keys=keys, issuer=self.environment["STEPPE_ISSUER"])


async def _permits(session: AsyncSession, loading: Loading) -> None:
    office = loading.office("permits")
    await History(session, loading.city, accounts=loading.accounts, office=office).live()
    await PermitBooks(session, loading.city, accounts=loading.accounts, office=office).live()


async def _waste(session: AsyncSession, loading: Loading) -> None:
    await WasteHistory(
        session, loading.city, accounts=loading.accounts, office=loading.office("waste")
    ).live()


async def _credit(session: AsyncSession, loading: Loading) -> None:
    origin = str(CreditSettings.model_fields["log_origin"].default)
    origin = loading.environment.get("STEPPE_CREDIT_LOG_ORIGIN", origin)
    key = loading.secret("credit", "steppe_credit_log_key")
    await CreditHistory(
        session,
        loading.city,
        accounts=loading.accounts,
        office=loading.office("credit"),
        signer=LogSigner.from_private_jwks(key, origin=origin),
    ).live()


async def _emergency(session: AsyncSession, loading: Loading) -> None:
    office = loading.office("emergency")
    await EmergencyHistory(session, loading.city, accounts=loading.accounts, office=office).live()


Live = Callable[[AsyncSession, Loading], Awaitable[None]]

# A service's database is empty where this table of it is.
PARTS: tuple[tuple[str, Any, Live], ...] = (
    ("permits", Enterprise.id, _permits),
    ("waste", Unit.id, _waste),
    ("credit", Record.id, _credit),
    ("emergency", Depot.id, _emergency),
)


def load_if_empty(environment: Mapping[str, str], say: Say) -> None:
    """Fills the databases of the stack that `environment` describes, each where it is empty."""
    asyncio.run(_load(environment, say))


async def _load(environment: Mapping[str, str], say: Say) -> None:
    loading: Loading | None = None
    await _bind_staff(environment)
    for service, column, live in PARTS:
        database = Database(environment[f"STEPPE_{service.upper()}_DATABASE_URL"], pool_size=1)
        try:
            async with database.transaction() as session:
                if (await session.exec(select(column).limit(1))).first() is not None:
                    continue
                loading = loading or await _begin(environment)
                await live(session, loading)
                say(f"{service}: 示例数据已载入 · the sample is loaded")
        finally:
            await database.close()


async def _begin(environment: Mapping[str, str]) -> Loading:
    """Makes the city and the accounts of its people."""
    city = make_city(clock.today())
    gateway = Database(environment["STEPPE_GATEWAY_DATABASE_URL"], pool_size=1)
    try:
        accounts = await load_accounts(
            gateway,
            (*make_accounts(city), *waste_accounts(city), AGENT),
            password=sample_password(_secrets(environment)),
            authenticator=_authenticator(environment),
        )
        await invite_agent(gateway, city, accounts)
    finally:
        await gateway.close()
    return Loading(city, accounts, environment)


async def _bind_staff(environment: Mapping[str, str]) -> None:
    """Those of a sample that was loaded before there was a second factor."""
    gateway = Database(environment["STEPPE_GATEWAY_DATABASE_URL"], pool_size=1)
    try:
        await bind_staff(gateway, _authenticator(environment))
    finally:
        await gateway.close()


def _authenticator(environment: Mapping[str, str]) -> Authenticator:
    folder = _secrets(environment)
    given = environment.get("STEPPE_GATEWAY_SECRET")
    return Authenticator(
        sample_otp_secret(folder), Seal(given or _secret(folder / "gateway" / "steppe_gateway_secret"))
    )


def _secrets(environment: Mapping[str, str]) -> Path:
    return Path(environment["STEPPE_HOME"]) / "secrets"


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
