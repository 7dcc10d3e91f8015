"""One sequence of bytes for one JSON document: RFC 8785 (JSON Canonicalization Scheme), and its digest.

Numbers are whole and exact here: a float has no place in law or money, and its text differs between
languages. Decimals are turned into strings before (as they are on the wire).
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import rfc8785

from services.kit.findings import pointer
from services.kit.texts import Text

_MAX_INTEGER = 2**53 - 1  # beyond it readers that hold numbers as IEEE 754 doubles lose digits (RFC 7493)
_MAX_DEPTH = 100
_MAX_POINTER = 200


class NotCanonical(ValueError):  # noqa: N818 - reads as the sentence it is
    """A document that has no canonical form here; `pointer` (RFC 6901) is the place, `reason` says why."""

    def __init__(self, reason: Text, at: str) -> None:
        super().__init__(f"{at or 'document'}: {reason.en}")
        self.reason = reason
        self.pointer = at


def canonical_json(document: object) -> bytes:
    """The RFC 8785 bytes of dicts, lists, tuples, strings, booleans, None and integers within ±(2^53 - 1).

    NotCanonical for floats and any other type, keys that are no strings, lone surrogates, and nesting deeper
    than 100.
    """
    # As nearly all are: the standard library's encoder writes RFC 8785's bytes for them in a fifth of the time.
    if _is_plain(document):
        return _encode(document).encode()
    _refuse_what_has_no_form(document)
    return rfc8785.dumps(document)  # type: ignore[arg-type]


_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def _is_plain(value: Any, depth: int = 0) -> bool:
    """Of ordinary types, with names in ASCII, which every order sorts alike. False for what is refused."""
    kind = type(value)
    if kind is not dict and kind is not list:
        return _is_plain_scalar(value)
    if depth >= _MAX_DEPTH:
        return False
    if kind is dict and not all(type(name) is str and name.isascii() for name in value):
        return False
    for member in value.values() if kind is dict else value:
        kind = type(member)
        if kind is dict or kind is list:  # the members of a line are asked without a call for each
            if not _is_plain(member, depth + 1):
                return False
        elif member is not None and not (kind is str and member.isascii()) and not _is_plain_scalar(member):
            return False
    return True


def _is_plain_scalar(value: Any) -> bool:
    kind = type(value)
    if kind is str:
        return value.isascii() or _is_unicode(value)
    if kind is int:
        return bool(-_MAX_INTEGER <= value <= _MAX_INTEGER)
    return value is None or kind is bool


def document_digest(document: object) -> str:
    """Lower-case hexadecimal SHA-256 of the canonical bytes (64 characters)."""
    return hashlib.sha256(canonical_json(document)).hexdigest()


def load_json(text: str | bytes) -> Any:
    """JSON text as a document; ValueError for what is no JSON, is no UTF-8, or names a member twice.

    A member named twice would let two readers see two documents behind one digest (RFC 7493, 2.3).
    """
    decoded = text if isinstance(text, str) else text.decode("utf-8")
    try:
        return json.loads(decoded, object_pairs_hook=_members, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("an object names a member twice")
    return members


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _refuse_what_has_no_form(document: object) -> None:
    pending: list[tuple[object, tuple[str | int, ...]]] = [(document, ())]
    while pending:
        value, path = pending.pop()
        if len(path) > _MAX_DEPTH:
            raise _not_canonical(path, Text(zh="嵌套超过100层", en="nested deeper than 100"))
        if isinstance(value, dict):
            for key, member in value.items():
                _refuse_scalar(key, path, as_key=True)
                pending.append((member, (*path, key)))
        elif isinstance(value, list | tuple):
            pending += [(item, (*path, index)) for index, item in enumerate(value)]
        else:
            _refuse_scalar(value, path, as_key=False)


def _refuse_scalar(value: object, path: tuple[str | int, ...], *, as_key: bool) -> None:
    if isinstance(value, str):
        if not _is_unicode(value):
            raise _not_canonical(
                path, Text(zh="文字含无效的Unicode代理项", en="the text holds a lone surrogate")
            )
        return
    if as_key:
        raise _not_canonical(path, Text(zh="成员名必须是文字", en="a member's name must be a text"))
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, int):
        if abs(value) > _MAX_INTEGER:
            reason = Text(
                zh="整数超出±(2^53-1)，请改用字符串",
                en="the integer is beyond ±(2^53 - 1): send it as a string",
            )
            raise _not_canonical(path, reason)
        return
    if isinstance(value, float):
        reason = Text(
            zh='不接受浮点数，请将小数写成字符串，如 "12.50"',
            en='floating-point numbers are refused: send decimals as strings, such as "12.50"',
        )
        raise _not_canonical(path, reason)
    name = type(value).__name__
    raise _not_canonical(path, Text(zh=f"{name}不是JSON类型", en=f"{name} is no JSON type"))


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _not_canonical(path: tuple[str | int, ...], reason: Text) -> NotCanonical:
    at = pointer(*path).encode("utf-8", "replace").decode("utf-8")
    return NotCanonical(reason, at if len(at) <= _MAX_POINTER else at[:_MAX_POINTER] + "…")
