"""Why somebody may use a route or may not, in words: what the route asks for beside what the account has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.identity.models import Account
from gateway.identity.repository import account_by_login, client_by_id
from gateway.identity.rules import ROLE_SCOPES, reads_every_enterprise, scopes_of
from gateway.limits.quotas import UNLIMITED, Quotas
from gateway.policy.rules import (
    AUDIENCE_OF_ROLE,
    Audience,
    RoutePolicy,
    Verdict,
    audiences_of,
    decide,
    missing_scopes,
)
from gateway.second_factor.models import SecondFactor
from gateway.second_factor.rules import needed
from gateway.settings import PolicySettings
from infra.migrate import database_url
from infra.process_table import named
from services.kit import clock
from services.kit.database import Database


class Unknown(ValueError):  # noqa: N818 - what it is
    """Nobody of that name is in the gateway's database."""


@dataclass(frozen=True, slots=True)
class Who:
    """What the gateway's database says of a person or a system: the most that a token of theirs can hold."""

    login: str
    name: str
    roles: tuple[str, ...]
    scopes: frozenset[str]
    usccs: tuple[str, ...]
    every_enterprise: bool
    disabled: bool
    app: str | None = None
    acting_for: str | None = None
    first: str | None = None
    """What the person has to do at the next sign-in; the token is good for that alone until then."""


async def of_database(login: str, environ: Mapping[str, str]) -> Who:
    """The account with that login, or the client with that id. Raises Unknown."""
    database = Database(database_url(named("gateway"), environ), pool_size=1)
    try:
        async with database.transaction() as session:
            account = await account_by_login(session, login)
            client = None if account else await client_by_id(session, login)
            factor = await session.get(SecondFactor, account.id) if account else None
    finally:
        await database.close()
    if account is not None:
        roles = tuple(account.roles)
        scopes, everything = scopes_of(roles), reads_every_enterprise(roles)
        disabled = account.disabled_at is not None
        first = _first(account, confirmed=factor is not None and factor.confirmed_at is not None)
        usccs = tuple(account.usccs)
        return Who(account.login, account.name, roles, scopes, usccs, everything, disabled, first=first)
    if client is not None:
        scopes, disabled = frozenset(client.scopes), client.disabled_at is not None
        usccs, everything = tuple(client.usccs), client.every_enterprise
        return Who(client.client_id, client.name, ("system",), scopes, usccs, everything, disabled)
    raise Unknown(f"没有此账号或客户端 · no such account or client: {login}")


def _first(account: Account, *, confirmed: bool) -> str | None:
    if account.password_temporary:
        return "须先更改临时密码 · a temporary password has to be changed first"
    if needed(account.roles, of=PolicySettings.load().second_factor_roles) and not confirmed:
        return "须先设置第二重验证 · a second factor has to be set up first"
    return None


def explanation(route: RoutePolicy, who: Who | None, limits: Quotas) -> tuple[bool, list[str]]:
    """Whether `who` (None: not signed in) may use the route, and the lines that say so."""
    reasons = _reasons(route, who)
    verdict = [f"拒绝 · refused: {reason}" for reason in reasons] or ["允许 · allowed"]
    return not reasons, [*_of_route(route, who, limits), *_of_caller(who), "", *verdict]


def _of_route(route: RoutePolicy, who: Who | None, limits: Quotas) -> list[str]:
    lines = [
        route.key,
        f"  service   {route.service}",
        f"  audience  {', '.join(sorted(route.audience))}",
        f"  scopes    {' '.join(sorted(route.scopes)) or '-'}",
        f"  rate      {route.rate.value}: {_quota(route, who, limits)}",
        f"  body      {route.max_body_bytes // 1024} KiB",
        f"  time-out  {route.timeout_seconds:g} s",
    ]
    if route.cache is not None:
        lines.append(f"  cache     {route.cache.max_age} s, stale {route.cache.stale_while_revalidate} s")
    if route.unpublished:
        lines.append(
            "  reads     未公开信息：监管人员和系统须说明用途 · unpublished: bureau and systems send Steppe-Purpose"
        )
    if route.retirement is not None:
        lines.append(f"  retires   {route.retirement.since.date()} → {route.retirement.sunset or '?'}")
    return lines


def _quota(route: RoutePolicy, who: Who | None, limits: Quotas) -> str:
    if route.rate is UNLIMITED:
        return "不限 · no limit"
    quota = limits.of_roles(route.rate, who.roles) if who else limits.of_public(route.rate)
    return f"{quota.amount} / {quota.window} s"


def _of_caller(who: Who | None) -> list[str]:
    if who is None:
        return ["", "未登录 · not signed in"]
    kinds = ", ".join(sorted(audiences_of(who.roles))) or "-"
    rows = "全部企业 · every enterprise" if who.every_enterprise else ", ".join(who.usccs) or "-"
    return [
        "",
        f"{who.login} · {who.name}",
        f"  roles     {', '.join(who.roles) or '-'} → {kinds}",
        f"  scopes    {' '.join(sorted(who.scopes)) or '-'}",
        f"  rows      {rows}",
    ]


def _reasons(route: RoutePolicy, who: Who | None) -> list[str]:
    """All of them, where the gate would stop at the first."""
    verdict = decide(route, who)
    sunset = route.retirement.sunset if route.retirement is not None else None
    reasons = ["接口已停用 · the route is retired"] if sunset is not None and clock.now() >= sunset else []
    if who is None:
        return reasons if verdict is Verdict.ALLOWED else [*reasons, "须登录 · signing in is needed"]
    if who.disabled and not route.public:
        reasons.append("账号已停用 · the account is disabled")
    if who.first is not None and not route.audience & {Audience.PUBLIC, Audience.RESTRICTED}:
        reasons.append(who.first)
    if verdict is Verdict.ALLOWED:
        return reasons
    for scope in missing_scopes(route, who):
        holders = sorted(role for role, scopes in ROLE_SCOPES.items() if scope in scopes)
        reasons.append(f"缺少权限 · missing scope {scope} (held by: {', '.join(holders) or '-'})")
    if route.audience.isdisjoint(audiences_of(who.roles)):
        reasons.append(f"不面向此类调用者 · for {_people(route.audience)}")
    return reasons


def _people(audience: frozenset[Audience]) -> str:
    """The audiences with the roles that belong to them."""
    roles = {kind: sorted(r for r, k in AUDIENCE_OF_ROLE.items() if k is kind) for kind in sorted(audience)}
    return "; ".join(f"{kind} ({', '.join(members)})" for kind, members in roles.items())
