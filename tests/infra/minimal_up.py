"""`steppe up` with the minimal application instead of the five, and no database; the argument is its function."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from infra.local.up import run
from tests.infra.support import minimal_table


def banner(environment: Mapping[str, str]) -> list[str]:
    return [f"BANNER {environment['STEPPE_GATEWAY_URL']}"]


if __name__ == "__main__":
    sys.exit(run(sample=False, table=minimal_table(sys.argv[1]), banner=banner))
