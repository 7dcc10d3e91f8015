"""`steppe policy check | table | explain`: what the policy says, whether it fits the code, who may and why not."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from gateway.app import create_app
from gateway.limits import quotas
from gateway.policy.agreement import faults, routes_of_service
from gateway.policy.loading import SHIPPED, load
from gateway.policy.rules import RoutePolicy
from gateway.policy.table import PolicyTable
from gateway.policy.watch import DisagreementError
from gateway.sealing import Seal
from gateway.settings import GatewaySettings, PolicySettings
from infra.policy_explaining import Unknown, explanation, of_database
from infra.process_table import PROCESSES
from services.kit.configuration import EXIT_CODE, ConfigurationError
from services.kit.problems import MethodNotAllowed, NotFound
from services.kit.route_list import routes_of_application
from services.kit.settings import SharedSettings
from services.kit.signing import KeyRing

_NOWHERE = "postgresql+asyncpg://nowhere/nothing"


def check_main(argv: list[str]) -> int:
    """0 where the policy and all five processes name the same routes; 78 with a line for each fault."""
    path = (
        _parser("check", "核对策略与全部接口 / check the policy against every endpoint").parse_args(argv).file
    )
    try:
        policy = load(path)
        found = [*_faults(policy, path)]
    except ConfigurationError as error:
        found = str(error).splitlines()
    if found:
        print("\n".join(found), file=sys.stderr)
        return EXIT_CODE
    print(f"{len(policy)} 条路由与接口一致 · routes, and the endpoints agree")
    return 0


def table_main(argv: list[str]) -> int:
    """The compiled policy, a line for each route."""
    arguments = _parser("table", "列出编译后的策略 / list the compiled policy").parse_args(argv)
    try:
        policy = load(arguments.file)
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return EXIT_CODE
    rows = [_HEAD, *(_row(route) for route in policy)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())
    return 0


def explain_main(argv: list[str]) -> int:
    """Whether somebody may use a route, and why not: 0 allowed, 1 refused, 2 for a route or account unknown."""
    parser = _parser("explain", "说明谁可以调用、为什么不可以 / say who may call a route and why not")
    parser.add_argument("method", metavar="METHOD", type=str.upper)
    parser.add_argument("path", metavar="PATH", help="/v1/permits/reports/7, 或模板 · or its template")
    parser.add_argument(
        "--as", dest="account", metavar="ACCOUNT", help="登录名或客户端 · a login, or a client id"
    )
    arguments = parser.parse_args(argv)
    try:
        policy = load(arguments.file)
        route = policy.match(arguments.method, arguments.path.encode())
        who = asyncio.run(of_database(arguments.account, os.environ)) if arguments.account else None
        limits = _limits()
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return EXIT_CODE
    except (NotFound, MethodNotAllowed) as problem:
        methods = problem.headers.get("Allow", "")
        print(
            f"没有此路由 · no such route: {arguments.method} {arguments.path} {methods}".rstrip(),
            file=sys.stderr,
        )
        return 2
    except (Unknown, OSError, ValueError, SQLAlchemyError) as error:
        print(f"steppe policy explain: {error}", file=sys.stderr)
        return 2
    allowed, lines = explanation(route, who, limits)
    print("\n".join(lines))
    return 0 if allowed else 1


def _parser(command: str, does: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"steppe policy {command}", description=does)
    parser.add_argument(
        "--file",
        type=Path,
        default=PolicySettings.load().policy_file or SHIPPED,
        help="STEPPE_GATEWAY_POLICY_FILE, 否则随附的策略",
    )
    return parser


def _limits() -> quotas.Quotas:
    """The rate limits that the gateway of this environment has."""
    settings = PolicySettings.load()
    return quotas.load(settings.limits_file or quotas.SHIPPED, scale=settings.limits_scale)


_HEAD = ("METHOD", "ROUTE", "AUDIENCE", "SCOPES", "RATE", "KIB", "SECONDS", "CACHE", "")


def _row(route: RoutePolicy) -> tuple[str, ...]:
    return (
        route.method,
        route.template,
        ",".join(sorted(route.audience)),
        " ".join(sorted(route.scopes)) or "-",
        route.rate.value,
        str(route.max_body_bytes // 1024),
        f"{route.timeout_seconds:g}",
        str(route.cache.max_age) if route.cache else "-",
        "unpublished" if route.unpublished else "",
    )


def _faults(policy: PolicyTable, path: Path) -> Iterator[str]:
    """What does not fit, found without any process or database: the applications are only put together."""
    shared, keys = SharedSettings(), KeyRing.generate()
    try:
        settings = GatewaySettings(
            database_url=_NOWHERE, token_keys=keys, secret=Seal.generate(), policy_file=path
        )
        create_app(settings, shared)
    except DisagreementError as error:
        yield from str(error).splitlines()
    for spec in PROCESSES:
        if spec.name == "gateway":
            continue
        module = importlib.import_module(f"services.{spec.name}.settings")
        settings = getattr(module, f"{spec.name.capitalize()}Settings")
        # Fields that only one service has: pydantic-settings ignores what a class does not know.
        given = settings(database_url=_NOWHERE, receipt_keys=keys, log_key=keys)
        application = importlib.import_module(f"services.{spec.name}.app").create_app(given, shared)
        found = routes_of_service(routes_of_application(application.routes))
        yield from faults(policy, found, service=spec.name)
