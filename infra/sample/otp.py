"""`steppe otp LOGIN`: a one-time code that the second factor of a sample account takes now.

A code is good once. So that a script may sign in again within the half minute, each call gives the code of a step that
it did not give before, and waits where there is none yet: the gateway takes the next one as well (a clock may be off).
"""

from __future__ import annotations

import argparse
import fcntl
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from gateway.second_factor.rules import STEP_SECONDS, code_at
from infra.local.environment import home_of
from infra.local.secrets import sample_otp_secret

VARIABLE = "STEPPE_SAMPLE_OTP_SECRET"
APPROVER = "approver01"


def sample_code(environ: Mapping[str, str], login: str) -> str:
    """A code that was not given before. The secret is in the variable, else in the stack's folder; OSError."""
    home = home_of(environ)
    secret = environ.get(VARIABLE) or sample_otp_secret(home / "secrets")
    records = home if home.is_dir() else Path(tempfile.gettempdir()) / f"steppe-otp-{os.getuid()}"
    return code_at(secret, fresh_step(records / f"otp.{login}"))


def fresh_step(
    given: Path, *, now: Callable[[], float] = time.time, sleep: Callable[[float], None] = time.sleep
) -> int:
    """The present step or the next one, whichever was not given yet by the record in the file `given`."""
    given.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with given.open("a+", encoding="ascii") as record:
        fcntl.flock(record, fcntl.LOCK_EX)
        record.seek(0)
        text = record.read().strip()
        step = max(int(now()) // STEP_SECONDS, int(text) + 1 if text.isdigit() else 0)
        while (early := (step - 1) * STEP_SECONDS - now()) > 0:
            sleep(early)
        record.truncate(0)
        record.write(str(step))
    return step


def main(argv: list[str]) -> int:
    """Prints the code; 1 where there is no sample here."""
    parser = argparse.ArgumentParser(
        prog="steppe otp",
        description="示例账号的动态口令 / a one-time code of the sample's approver or administrator",
        epilog=f"{VARIABLE}: another secret, in base32",
    )
    parser.add_argument("login", nargs="?", default=APPROVER, metavar="LOGIN", help=APPROVER)
    arguments = parser.parse_args(argv)
    try:
        print(sample_code(os.environ, arguments.login))
    except OSError as error:
        print(f"steppe otp: {error}", file=sys.stderr)
        return 1
    return 0
