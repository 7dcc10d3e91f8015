"""`steppe verify receipt FILE --keys KEYS.json [--document DOC.json] [--file DOC.pdf]`: checks a receipt offline.

FILE is the bare JWS, or an answer of the API: a JSON object with `receipt.jws`, and `document` where it has
one.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from services.kit.canonical import load_json
from services.kit.receipts import Receipt, ReceiptInvalid, check_receipt
from services.kit.texts import Text

_HOLDS, _REFUSED, _USAGE = 0, 1, 2


class _UnreadableError(Exception):
    """A file that cannot be used; the message is for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class _Given:
    jws: str
    shown: dict[str, Any]
    documents: tuple[Any, ...]


def main(argv: list[str]) -> int:
    """Exit code 0 the receipt holds, 1 it does not, 2 bad usage; `argv` is what follows `steppe verify receipt`."""
    try:
        arguments = _parser().parse_args(argv)
    except SystemExit as end:  # argparse has written its message
        return end.code if isinstance(end.code, int) else _USAGE
    try:
        keys = _read_keys(arguments.keys)
        given = _read_given(arguments.receipt, arguments.document, arguments.file)
    except _UnreadableError as error:
        sys.stderr.write(f"steppe verify receipt: {error}\n")
        return _USAGE
    try:
        receipt = check_receipt(given.jws, keys)
        _compare_shown(receipt, given.shown)
        for document in given.documents:
            check_receipt(given.jws, keys, document=document)
    except ReceiptInvalid as error:
        _say([f"回执无效 / the receipt does NOT hold  [{error.code}]", *_both(error.reason)])
        return _REFUSED
    _say(_report(receipt, with_document=bool(given.documents)))
    return _HOLDS


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="steppe verify receipt", description="Check a receipt offline / 离线核验回执"
    )
    parser.add_argument("receipt", metavar="FILE", type=Path, help="the JWS, or the API's answer as JSON")
    parser.add_argument("--keys", metavar="KEYS.json", type=Path, required=True, help="the published JWK Set")
    parser.add_argument("--document", metavar="DOC.json", type=Path, help="the document that was submitted")
    parser.add_argument(
        "--file", metavar="DOC.pdf", type=Path, help="the file that was signed, byte for byte"
    )
    return parser


def _read_text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _UnreadableError(f"{file}: cannot be read / 无法读取 ({type(error).__name__})") from error


def _read_bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise _UnreadableError(f"{file}: cannot be read / 无法读取 ({type(error).__name__})") from error


def _read_json(file: Path) -> Any:
    try:
        return load_json(_read_text(file))
    except ValueError as error:
        raise _UnreadableError(f"{file}: no JSON document / 不是JSON文件 ({error})") from error


def _read_keys(file: Path) -> dict[str, Any]:
    keys = _read_json(file)
    if not isinstance(keys, dict) or not isinstance(keys.get("keys"), list):
        raise _UnreadableError(f"{file}: no JWK Set / 不是公钥集（JWKS）")
    return keys


def _read_given(file: Path, document: Path | None, signed: Path | None) -> _Given:
    documents: tuple[Any, ...] = () if document is None else (_read_json(document),)
    documents += () if signed is None else (_read_bytes(signed),)
    text = _read_text(file).strip()
    if not text.startswith(("{", "[", '"')):
        return _Given(jws=text, shown={}, documents=documents)
    answer = _read_json(file)
    receipt = answer.get("receipt") if isinstance(answer, dict) else None
    if not isinstance(receipt, dict) or not isinstance(receipt.get("jws"), str):
        raise _UnreadableError(f"{file}: holds no receipt.jws / 没有receipt.jws")
    embedded = (answer["document"],) if answer.get("document") is not None else ()
    return _Given(jws=receipt["jws"], shown=receipt, documents=(*documents, *embedded))


def _compare_shown(receipt: Receipt, shown: dict[str, Any]) -> None:
    """What stands beside the JWS in an answer is not signed: it must say the same."""
    for name, signed in receipt.payload().items():
        if name in shown and not _same(name, shown[name], signed):
            reason = Text(
                zh=f"所附的{name}与签名内容不同：签名中是{signed}",
                en=f"{name} beside the signature differs from what was signed: {signed}",
            )
            raise ReceiptInvalid("receipt_shown_differs", reason)


def _same(name: str, shown: Any, signed: str) -> bool:
    if name != "received_at" or not isinstance(shown, str):
        return bool(shown == signed)
    try:
        return datetime.fromisoformat(shown) == datetime.fromisoformat(signed)
    except (ValueError, TypeError):  # no time, or one without its offset
        return False


def _report(receipt: Receipt, *, with_document: bool) -> list[str]:
    proved = [
        Text(
            zh="签发方“{issuer}”于 {received_at} 收到了具有上述摘要的文件，此后回执未被改动",
            en="{issuer} received, at {received_at}, the document with the digest above; "
            "the receipt is unchanged since",
        ).format(**receipt.payload())
    ]
    not_proved = [
        Text(
            zh="所用公钥确属签发方：请从官方渠道核对密钥",
            en="that the keys are the issuer's: compare them over a channel you trust",
        ),
        Text(
            zh="文件内容属实，或已被审核通过",
            en="that what the document says is true, or was accepted",
        ),
    ]
    document = Text(
        zh="您手中的文件就是当时收到的文件", en="that the document at hand is the one that was received"
    )
    (proved if with_document else not_proved).append(document)
    lines = ["回执有效 / the receipt holds"]
    lines += [f"  {name}: {value}" for name, value in receipt.payload().items()]
    lines += ["已证明 / proved:", *(line for text in proved for line in _both(text))]
    return [*lines, "未证明 / not proved:", *(line for text in not_proved for line in _both(text))]


def _both(text: Text) -> list[str]:
    return [f"  - {text.zh}", f"    {text.en}"]


def _say(lines: Iterable[str]) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    said = "".join(f"{line}\n" for line in lines)
    sys.stdout.write(said.encode(encoding, "backslashreplace").decode(encoding))
