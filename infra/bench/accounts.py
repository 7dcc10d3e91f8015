"""Accounts that last as long as a run."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys

import httpx

from infra.local.environment import HOST
from infra.local.stack import Stack

_PASSWORD = secrets.token_urlsafe(18)


def add_account(stack: Stack, login: str, role: str, *, uscc: str | None = None) -> None:
    """With the password of this run."""
    command = [sys.executable, "-m", "infra.cli", "account", "add", login, "--name", "基准测试"]
    command += ["--role", role, *(["--uscc", uscc] if uscc else [])]
    environ = {**os.environ, **stack.environment, "STEPPE_ACCOUNT_PASSWORD": _PASSWORD}
    subprocess.run(command, env=environ, check=True, stdout=subprocess.DEVNULL)


def sign_in(port: int, login: str) -> str:
    """A fresh access token."""
    form = {"grant_type": "password", "username": login, "password": _PASSWORD}
    answer = httpx.post(f"http://{HOST}:{port}/v1/auth/token", data=form, trust_env=False)
    answer.raise_for_status()
    token: str = answer.json()["access_token"]
    return token
