"""People and enterprises for tests: each test makes its own, so tests never see each other's records."""

from __future__ import annotations

import itertools
import uuid
from contextlib import AsyncExitStack
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self

import httpx
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from gateway.identity import passwords
from gateway.identity.models import Account
from gateway.sealing import Seal
from gateway.second_factor.models import SecondFactor
from gateway.second_factor.rules import NEVER, code_at, step_at
from gateway.second_factor.service import PURPOSE
from infra.journeys.reports import fill
from services.kit import clock
from services.kit.database import Database
from services.kit.identifiers.make import make_uscc
from services.kit.ids import new_id
from services.kit.reading import PURPOSE_HEADER
from services.kit.trusted import trusted
from tests.support.stack import SECRET, TestStack

PASSWORD = "open sesame 2026"
SHIPPED = passwords._hasher
"""How the product hashes passwords, at its cost: 0.15 s of a core for each. So do processes of their own."""
# In the tests' own process it is done as well, but cheaply: it would be most of what many tests do. A hash says itself
# what checking it costs.
passwords._hasher = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))
_serials = itertools.count(700_001)

OUTLETS = [
    {
        "code": "DA001",
        "name": "锅炉烟囱",
        "medium": "air",
        "kind": "main",
        "limits": [
            {
                "pollutant_code": code,
                "pollutant_name": name,
                "kind": kind,
                "value": value,
                "unit": unit,
                "valid_from": "2024-01-01",
                "valid_to": None,
                "standard": "GB 13271-2014",
            }
            for code, name, kind, value, unit in (
                ("a21026", "二氧化硫", "hourly_concentration", "300", "mg/m3"),
                ("a21026", "二氧化硫", "annual_amount", "12.5", "t/a"),
                ("a21002", "氮氧化物", "hourly_concentration", "300", "mg/m3"),
            )
        ],
    }
]


SECOND_FACTOR = {"approver", "administrator"}
OTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""Of every account of the tests that needs a second factor."""


@dataclass
class Caller:
    """A signed-in caller: an HTTP client with its token, through the gateway."""

    http: httpx.AsyncClient
    account: uuid.UUID
    login: str
    token: str

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.http.get(path, params=params)

    async def post(self, path: str, body: Any, *, key: str | None = None, **headers: str) -> httpx.Response:
        headers = {"Idempotency-Key": key or str(new_id()), **headers}
        return await self.http.post(path, json=body, headers=headers)


@dataclass
class Holder(Caller):
    """An enterprise with one permit and its open obligations."""

    uscc: str = ""
    permit: dict[str, Any] = field(default_factory=dict)

    async def obligations(self, **filters: str) -> list[dict[str, Any]]:
        answer = await self.get("/v1/permits/obligations", state="open", **filters)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    async def report(self, index: int = 0) -> dict[str, Any]:
        """A correct report for one of the open obligations, not yet sent."""
        obligation = (await self.obligations())[index]
        blank = await self.get(f"/v1/permits/obligations/{obligation['id']}/blank")
        assert blank.status_code == 200, blank.text
        return fill(blank.json())

    async def submitted(self, index: int = 0) -> dict[str, Any]:
        """A report that was sent: the answer's body."""
        answer = await self.post("/v1/permits/reports", await self.report(index))
        assert answer.status_code == 201, answer.text
        return answer.json()


def _factor(account_id: uuid.UUID) -> SecondFactor:
    sealed = Seal(SECRET).seal(OTP_SECRET.encode(), purpose=PURPOSE, of=str(account_id))
    return SecondFactor(account_id=account_id, sealed=sealed, last_step=NEVER, confirmed_at=clock.now())


class Town:
    """Makes callers; bureau staff are made once, enterprises anew."""

    def __init__(self, stack: TestStack) -> None:
        self.stack = stack
        self._exit = AsyncExitStack()
        self._staff: dict[str, Caller] = {}
        self._authenticators: set[str] = set()
        self._hash = passwords.hash_password(PASSWORD)

    async def __aenter__(self) -> Self:
        self._gateway_database = Database(self.stack.databases["gateway"], pool_size=2)
        self._exit.push_async_callback(self._gateway_database.close)
        self.public = await self._client(None)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._exit.aclose()

    async def _client(self, token: str | None, *, base: str | None = None) -> httpx.AsyncClient:
        headers = {"Accept-Language": "en", PURPOSE_HEADER: "supervision"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        client = httpx.AsyncClient(
            base_url=base or self.stack.gateway,
            headers=headers,
            timeout=60,
            trust_env=False,
            verify=trusted(),
        )
        return await self._exit.enter_async_context(client)

    async def direct(self, service: str, token: str | None = None) -> httpx.AsyncClient:
        """A client that goes past the gateway, straight to a service."""
        return await self._client(token, base=self.stack.urls[service])

    async def account(self, login: str, *, roles: list[str], usccs: list[str]) -> uuid.UUID:
        async with self._gateway_database.transaction() as session:
            account = Account(
                id=new_id(),
                login=login,
                name=login,
                password_hash=self._hash,
                roles=roles,
                usccs=usccs,
                created_at=clock.now(),
            )
            session.add(account)
            if not SECOND_FACTOR.isdisjoint(roles):
                await session.flush()
                session.add(_factor(account.id))
                self._authenticators.add(account.login)
        return account.id

    async def sign_in(self, login: str) -> dict[str, Any]:
        form = {"grant_type": "password", "username": login, "password": PASSWORD}
        if login in self._authenticators:
            form["otp"] = await self._fresh_code(login)
        answer = await self.public.post("/v1/auth/token", data=form)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def _fresh_code(self, login: str) -> str:
        """A code that was not used yet: a test does not wait half a minute for the next one."""
        forget = (
            "UPDATE second_factor SET last_step = -1 FROM account a WHERE a.id = account_id AND a.login = $1"
        )
        async with self._gateway_database.engine.begin() as connection:
            await connection.exec_driver_sql(forget, (login,))
        return code_at(OTP_SECRET, step_at(clock.now()))

    async def caller(self, login: str, *, roles: list[str], usccs: list[str]) -> Caller:
        account = await self.account(login, roles=roles, usccs=usccs)
        token = (await self.sign_in(login))["access_token"]
        return Caller(await self._client(token), account, login, token)

    async def sign_in_anew(self, *callers: Caller) -> None:
        """Gives callers new tokens, where a travelling clock has passed the end of theirs."""
        for caller in callers:
            caller.token = (await self.sign_in(caller.login))["access_token"]
            caller.http.headers["Authorization"] = f"Bearer {caller.token}"

    async def staff(self, role: str) -> Caller:
        """A member of the bureau in this role."""
        if role not in self._staff:
            self._staff[role] = await self.caller(f"{role}.{uuid.uuid4().hex[:8]}", roles=[role], usccs=[])
        return self._staff[role]

    def new_uscc(self) -> str:
        return make_uscc(region="152501", serial=next(_serials))

    def enterprise_content(self, uscc: str) -> dict[str, Any]:
        return {
            "uscc": uscc,
            "name": f"测试热力有限责任公司{uscc[-4:]}",
            "region_code": "152501",
            "industry_code": "4430",
            "address": "示例路1号",
            "longitude": "111.9772",
            "latitude": "43.6526",
            "management_class": "key",
            "legal_representative": "张某某",
        }

    def permit_content(self, uscc: str, *, serial: int = 1, **changes: Any) -> dict[str, Any]:
        """A permit since 2025 with quarterly and annual reports: several periods are over and open."""
        content = {
            "permit_number": f"{uscc}{serial:03}P",
            "site_name": "一号厂区",
            "management_class": "key",
            "industry_code": "4430",
            "valid_from": "2025-01-01",
            "valid_to": "2029-12-31",
            "issued_on": "2024-12-20",
            "reporting": {"quarterly": True, "annual": True},
            "outlets": deepcopy(OUTLETS),
        }
        return {**content, **changes}

    def version_content(self, uscc: str, *, amends: int = 1, **changes: Any) -> dict[str, Any]:
        """A right change of that permit from 2026-07-01: its site has another name."""
        content = self.permit_content(uscc)
        del content["permit_number"]
        basis = {"kind": "change", "effective_from": "2026-07-01", **changes.pop("basis", {})}
        return {**content, "site_name": "新厂区", "amends_version": amends, "basis": basis, **changes}

    async def holder(self, *, in_time: bool = False, **changes: Any) -> Holder:
        """A new enterprise with a permit, signed in; `in_time`: what it owes is not late yet, whatever the day.

        `changes` are those of its permit.
        """
        uscc, clerk = self.new_uscc(), await self.staff("clerk")
        registered = await clerk.post("/v1/permits/enterprises", self.enterprise_content(uscc))
        assert registered.status_code == 201, registered.text
        issued = await clerk.post("/v1/permits/permits", self.permit_content(uscc, **changes))
        assert issued.status_code == 201, issued.text
        if in_time:
            database = Database(self.stack.databases["permits"], pool_size=1)
            async with database.engine.begin() as connection:
                later = "UPDATE obligation SET due_on = '2099-12-31' WHERE uscc = $1"
                await connection.exec_driver_sql(later, (uscc,))
            await database.close()
        made = await self.caller(f"e.{uscc.lower()}", roles=["enterprise"], usccs=[uscc])
        return Holder(made.http, made.account, made.login, made.token, uscc, issued.json())

    @property
    def today(self) -> date:
        return clock.today()
