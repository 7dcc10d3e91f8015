"""`steppe id check KIND VALUE`: checks one identifier and answers in Chinese and English."""

from __future__ import annotations

import argparse
import sys

from services.kit.identifiers import KINDS, Verdict, check

_ACCEPTED, _REFUSED, _USAGE = 0, 1, 2


def main(argv: list[str]) -> int:
    """Exit code 0 well formed, 1 not, 2 unknown kind or bad usage; `argv` is what follows `steppe id check`."""
    try:
        arguments = _parser().parse_args(argv)
    except SystemExit as end:  # argparse has written its message
        return end.code if isinstance(end.code, int) else _USAGE
    verdict = check(arguments.kind, arguments.value)
    # A terminal may send, or be unable to show, any byte: the answer must still come.
    text = "".join(f"{line}\n" for line in _lines(verdict))
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
    return _ACCEPTED if verdict.ok else _REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="steppe id check", description="Check an identifier / 检查标识码")
    parser.add_argument("kind", metavar="KIND", type=_kind, help=", ".join(KINDS))
    parser.add_argument("value", metavar="VALUE", help="quote it if it holds spaces")
    return parser


def _kind(name: str) -> str:
    kind = name.replace("-", "_").lower()
    if kind not in KINDS:
        raise argparse.ArgumentTypeError(f"unknown kind; known are {', '.join(KINDS)}")
    return kind


def _lines(verdict: Verdict) -> list[str]:
    head = ("有效", "well formed") if verdict.ok else ("无效", "not well formed")
    lines = [f"{verdict.kind}  {verdict.value}  {head[0]} / {head[1]}  ({verdict.source})"]
    if verdict.reason is not None:
        where = "" if verdict.position is None else f" @{verdict.position}"
        lines += [f"  [{verdict.code}{where}]", f"  {verdict.reason.zh}", f"  {verdict.reason.en}"]
    if verdict.suggestion is not None:
        lines.append(f"  是否应为 / did you mean: {verdict.suggestion}")
    for warning in verdict.warnings:
        lines += [f"  提示: {warning.zh}", f"  note: {warning.en}"]
    return lines
