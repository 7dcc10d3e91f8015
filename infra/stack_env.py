"""`steppe stack env`: the environment of the stack that runs here, for `eval "$(steppe stack env)"`."""

from __future__ import annotations

import argparse
import os
import shlex
import sys

from infra.local import record
from infra.local.environment import home_of


def main(argv: list[str]) -> int:
    """Print `export NAME=value` lines; 1 where no stack runs in STEPPE_HOME or it is not ready yet."""
    parser = argparse.ArgumentParser(
        prog="steppe stack env",
        description="打印运行中的环境变量 / print the environment of the running stack",
    )
    parser.parse_args(argv)
    home = home_of(os.environ)
    running = record.running(home)
    if running is None:
        print(f"steppe stack env: no stack is running and ready in {home}", file=sys.stderr)
        return 1
    for name, value in running.environment.items():
        print(f"export {name}={shlex.quote(value)}")
    return 0
