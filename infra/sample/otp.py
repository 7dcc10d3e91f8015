"""`steppe otp`: the one-time code that the second factor of a sample account takes now."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from gateway.second_factor.rules import STEP_SECONDS, code_at, step_at
from infra.local.environment import home_of
from infra.local.secrets import sample_otp_secret

VARIABLE = "STEPPE_SAMPLE_OTP_SECRET"


def sample_code(environ: Mapping[str, str], *, steps_ahead: int = 0) -> str:
    """The code of this moment. The secret is in the variable, else in the stack's secrets folder; OSError."""
    secret = environ.get(VARIABLE) or sample_otp_secret(home_of(environ) / "secrets")
    return code_at(secret, step_at(datetime.now(UTC)) + steps_ahead)


def main(argv: list[str]) -> int:
    """Prints the code; 1 where there is no sample here. A code is good once, and for about a minute."""
    parser = argparse.ArgumentParser(
        prog="steppe otp",
        description="示例账号的动态口令 / the one-time code of the sample's approver and administrator",
        epilog=f"{VARIABLE}: another secret, in base32; a code is good once, the next comes within {STEP_SECONDS} s",
    )
    parser.parse_args(argv)
    try:
        print(sample_code(os.environ))
    except OSError as error:
        print(f"steppe otp: {error}", file=sys.stderr)
        return 1
    return 0
