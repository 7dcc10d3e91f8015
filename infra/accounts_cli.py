"""`steppe account add` and `steppe client add`: the people and systems that may sign in.

A new installation has nobody who could add them over HTTP. Passwords and secrets never stand in the command
line, where the list of processes and the shell's history would show them.
"""

from __future__ import annotations

import argparse
import asyncio
import getpass
import os
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from pydantic import TypeAdapter, ValidationError

from gateway.identity.passwords import new_secret
from gateway.identity.rules import ACTING_SCOPES, ALL_SCOPES, FOR_ENTERPRISES, ROLE_SCOPES
from gateway.identity.schemas import Login
from gateway.passwords.common import common_passwords
from gateway.passwords.rules import MIN_LENGTH, weaknesses
from infra.accounts import RefusedError, add_account, add_client
from services.kit import clock
from services.kit.identifiers import check
from services.kit.purposes import load
from services.kit.pydantic_texts import text_of
from services.kit.schemas import Name
from services.kit.settings import SharedSettings

MIN_SECRET, MAX_SECRET = 32, 1024
_LOGIN: TypeAdapter[str] = TypeAdapter(Login)
_NAME: TypeAdapter[str] = TypeAdapter(Name)


def account_main(argv: list[str]) -> int:
    """Add a person: 0, or 1 where it is refused (login taken, weak password, no database), 2 for bad usage."""
    parser = _parser("account", "添加账号 / add a person's account")
    parser.add_argument("login", metavar="LOGIN", type=login_text)
    parser.add_argument("--name", required=True, type=name_text, help="姓名 / the person's name")
    parser.add_argument("--role", action="append", required=True, choices=sorted(ROLE_SCOPES), dest="roles")
    _add_usccs(parser)
    parser.epilog = (
        f"STEPPE_ACCOUNT_PASSWORD, else standard input: the password, from {MIN_LENGTH} characters"
    )
    arguments = parser.parse_args(argv)
    acting = FOR_ENTERPRISES.intersection(arguments.roles)
    if acting and not arguments.usccs:
        parser.error(f"--uscc is needed with the role {', '.join(sorted(acting))}")
    return run(parser, lambda: _account(arguments))


def client_main(argv: list[str]) -> int:
    """Add a system (OAuth 2.0 client credentials), with a secret made here or given; exit codes as above."""
    parser = _parser("client", "添加系统客户端 / add a system that signs in with a secret")
    parser.add_argument("client_id", metavar="CLIENT_ID", type=login_text)
    parser.add_argument("--name", type=name_text, help="系统名称 / the system's name; CLIENT_ID")
    parser.add_argument("--scope", action="append", required=True, choices=sorted(ALL_SCOPES), dest="scopes")
    _add_usccs(parser)
    parser.add_argument(
        "--every-enterprise", action="store_true", help="可读全部企业 / reads all enterprises' rows"
    )
    parser.add_argument(
        "--purpose",
        action="append",
        default=[],
        dest="purposes",
        metavar="CODE",
        help="查阅未公开信息的用途 / what it reads unpublished data for; may be given again",
    )
    parser.add_argument(
        "--secret-stdin", action="store_true", help="从标准输入读取密钥 / the secret is on standard input"
    )
    parser.epilog = (
        "STEPPE_CLIENT_SECRET, else --secret-stdin; with neither it is made and printed, this once"
    )
    arguments = parser.parse_args(argv)
    if arguments.every_enterprise and not arguments.purposes:
        parser.error("--purpose is needed with --every-enterprise")
    if arguments.every_enterprise and (acting := ACTING_SCOPES.intersection(arguments.scopes)):
        parser.error(
            f"--every-enterprise acts for no enterprise: without --scope {', '.join(sorted(acting))}"
        )
    known = [each.code for each in load(SharedSettings.load().purposes_file).on(clock.today())]
    if unknown := sorted(set(arguments.purposes).difference(known)):
        parser.error(f"--purpose {', '.join(unknown)}: one of {', '.join(known)}")
    return run(parser, lambda: _client(arguments))


async def _account(arguments: argparse.Namespace) -> None:
    account = await add_account(
        arguments.login,
        name=arguments.name,
        password=_password(arguments.login),
        roles=arguments.roles,
        usccs=arguments.usccs,
    )
    print(f"账号已添加 · account added: {account.login} ({', '.join(account.roles)})")


async def _client(arguments: argparse.Namespace) -> None:
    given = _given_secret(from_stdin=arguments.secret_stdin)
    secret = given or new_secret()
    client = await add_client(
        arguments.client_id,
        name=arguments.name or arguments.client_id,
        secret=secret,
        scopes=arguments.scopes,
        usccs=arguments.usccs,
        every_enterprise=arguments.every_enterprise,
        purposes=arguments.purposes,
    )
    print(f"客户端已添加 · client added: {client.client_id} ({', '.join(client.scopes)})", file=sys.stderr)
    if given is None:
        print(secret)


def run(parser: argparse.ArgumentParser, work: Callable[[], Coroutine[Any, Any, None]]) -> int:
    try:
        asyncio.run(work())
    except RefusedError as refusal:
        print(f"{parser.prog}: {refusal}", file=sys.stderr)
        return 1
    return 0


def _password(login: str) -> str:
    password = os.environ.get("STEPPE_ACCOUNT_PASSWORD") or _read("密码 · password: ")
    found = list(weaknesses(password, login=login, common=common_passwords()))
    if found:
        raise RefusedError("; ".join(f"{each.text.zh} · {each.text.en}" for each in found))
    return password


def _given_secret(*, from_stdin: bool) -> str | None:
    secret = os.environ.get("STEPPE_CLIENT_SECRET") or (_read("密钥 · secret: ") if from_stdin else None)
    # It is kept under a fast hash, which only a long random text is safe with.
    if secret is not None and not MIN_SECRET <= len(secret) <= MAX_SECRET:
        raise RefusedError(f"密钥长度 · the secret must have {MIN_SECRET} to {MAX_SECRET} characters")
    return secret


def _read(prompt: str) -> str:
    """The first line of standard input; unseen where somebody types it."""
    return getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")


def _parser(word: str, description: str) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(prog=f"steppe {word} add", description=description)


def _add_usccs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--uscc",
        action="append",
        default=[],
        type=_uscc,
        dest="usccs",
        metavar="USCC",
        help="统一社会信用代码 / an enterprise that it acts for; may be given again",
    )


def login_text(text: str) -> str:
    try:
        return _LOGIN.validate_python(text)
    except ValidationError as error:
        raise argparse.ArgumentTypeError("1 to 64 letters, digits and . _ @ -") from error


def name_text(text: str) -> str:
    """A name as `POST /v1/accounts` takes it. What is refused is not said again: it may hide or turn what is there."""
    try:
        return _NAME.validate_python(text)
    except ValidationError as error:
        (found,) = error.errors()
        why = found.get("ctx", {}).get("text") or text_of(dict(found))
        raise argparse.ArgumentTypeError(f"{why.zh} · {why.en}") from error


def _uscc(text: str) -> str:
    verdict = check("uscc", text)
    if not verdict.ok:
        why = verdict.reason.en if verdict.reason else "not well formed"
        hint = f"; did you mean {verdict.suggestion}?" if verdict.suggestion else ""
        raise argparse.ArgumentTypeError(f"{text}: {why}{hint}")
    return verdict.value
