"""`steppe verify statement FILE --keys KEYS.json --vkey VKEY [--at TIME]`: checks a credit statement offline.

FILE is the statement's file, or an answer of the API that holds it as `statement`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.credit.log.note import NoteInvalid, read_vkey
from services.credit.statements.claims import Claims
from services.credit.statements.verify import StatementInvalid, check_statement
from services.kit.canonical import load_json
from services.kit.texts import Text

_HOLDS, _REFUSED, _USAGE = 0, 1, 2

_PROVED = (
    Text(
        zh="签发方“{issuer}”于 {as_of} 声明：{subject} 的环境信用等级为 {grade_name}（{grade}），得分 {score}",
        en="{issuer} stated at {as_of}: the grade of {subject} is {grade} ({grade_name}), its score {score}",
    ),
    Text(
        zh="该评价按规则包 {rule_pack}（{rule_hash}）作出，是日志“{log}”的第 {evaluation_index} 号条目，"
        "写入后未被改动",
        en="that evaluation, by the rule pack {rule_pack} ({rule_hash}), is entry {evaluation_index} of the log "
        "{log}, unchanged since it was written",
    ),
    Text(
        zh="截至日志大小 {tree_size}，签发方称有关该主体的条目共 {subject_entries} 条",
        en="the issuer says that the log of size {tree_size} has {subject_entries} entries about the subject",
    ),
)
_NOT_PROVED = (
    Text(
        zh="时效：{as_of} 之后的新记录、重新评价或信用修复，离线无法得知；须在 {expires_at} 前使用，"
        "与“信用中国”不一致时以“信用中国”为准",
        en="freshness: later records, evaluations or repairs cannot be known offline; use it before {expires_at}, "
        "and where it differs from 信用中国 (Credit China), that prevails",
    ),
    Text(
        zh="条目总数：只有对照完整日志才能证实没有隐去条目",
        en="the number of entries: only the whole log shows that none was left out",
    ),
    Text(
        zh="日志未向他人出示另一版本：请比对他处取得的检查点",
        en="that the log shows everybody the same: compare checkpoints got elsewhere",
    ),
    Text(
        zh="所用公钥确属签发方：请从官方渠道核对",
        en="that the keys are the issuer's: compare them over a channel you trust",
    ),
)


class _UnreadableError(Exception):
    """A file or argument that cannot be used; the message is for the person at the terminal."""


def main(argv: list[str]) -> int:
    """Exit code 0 the statement holds, 1 it does not (or has expired), 2 bad usage."""
    try:
        given = _parser().parse_args(argv)
    except SystemExit as end:  # argparse has written its message
        return end.code if isinstance(end.code, int) else _USAGE
    try:
        keys, file = _keys(given.keys), _file(given.file)
        verifiers = [read_vkey(vkey) for vkey in given.vkey]
        at = _moment(given.at)
    except (_UnreadableError, NoteInvalid) as error:
        sys.stderr.write(f"steppe verify statement: {error}\n")
        return _USAGE
    try:
        claims = check_statement(file, public_jwks=keys, verifiers=verifiers, at=at)
    except StatementInvalid as error:
        _say([f"声明无效 / the statement does NOT hold  [{error.code}]", *_both(error.reason)])
        return _REFUSED
    _say(_report(claims, at))
    return _HOLDS


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="steppe verify statement", description="Check a credit statement offline / 离线核验信用状况声明"
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="the statement, or the API's answer as JSON")
    parser.add_argument("--keys", metavar="KEYS.json", type=Path, required=True, help="the published JWK Set")
    parser.add_argument(
        "--vkey", action="append", required=True, help="verifier key of the log; again for an older key"
    )
    parser.add_argument("--at", metavar="TIME", help="check as of this time (RFC 3339); default now")
    return parser


def _json(file: Path) -> Any:
    try:
        return load_json(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise _UnreadableError(f"{file}: cannot be read / 无法读取 ({type(error).__name__})") from error
    except ValueError as error:
        raise _UnreadableError(f"{file}: no JSON document / 不是JSON文件 ({error})") from error


def _keys(file: Path) -> dict[str, Any]:
    keys = _json(file)
    if not isinstance(keys, dict) or not isinstance(keys.get("keys"), list):
        raise _UnreadableError(f"{file}: no JWK Set / 不是公钥集（JWKS）")
    return keys


def _file(file: Path) -> Any:
    document = _json(file)
    if isinstance(document, dict) and isinstance(document.get("statement"), dict):
        return document["statement"]
    return document


def _moment(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
        if moment.utcoffset() is None:
            raise ValueError
    except ValueError as error:
        raise _UnreadableError(f"--at {text}: no time with offset (RFC 3339) / 不是带时区的时间") from error
    return moment


def _report(claims: Claims, at: datetime) -> list[str]:
    said = claims.payload()
    lines = [f"声明有效 / the statement holds  ({at.isoformat(timespec='seconds')})"]
    lines += [f"  {name}: {value}" for name, value in said.items()]
    lines += ["已证明 / proved:", *(line for text in _PROVED for line in _both(text.format(**said)))]
    unproved = (line for text in _NOT_PROVED for line in _both(text.format(**said)))
    return [*lines, "未证明 / not proved:", *unproved]


def _both(text: Text) -> list[str]:
    return [f"  - {text.zh}", f"    {text.en}"]


def _say(lines: Iterable[str]) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    said = "".join(f"{line}\n" for line in lines)
    sys.stdout.write(said.encode(encoding, "backslashreplace").decode(encoding))
