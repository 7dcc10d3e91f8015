"""What may not be in a log: credentials, and what tells one person from another. Pure functions on text.

The access line is built of fields that hold nothing of the kind. These are for every other line: messages of our own,
of libraries, and the texts of exceptions, which like to quote what they choked on.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

CUT = "…"
MAX_TEXT = 2000
MAX_FRAMES = 15
LIBRARY_FRAMES = 3
MAX_CHAIN = 5

_TELLING = (
    r"[\w-]*(?:passw(?:or)?d|secret|token|authorization|cookie|api[-_]?key|device[-_]?key|private[-_]?key|otp|"
    r"id[-_]?card|phone|mobile|login|username|legal[-_]?representative)[\w-]*"
)
_TELLING_NAME = re.compile(_TELLING, re.I)
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # credentials of a scheme, wherever they stand (RFC 9110 11.4)
    (re.compile(r"\b(bearer|basic|digest|hmac|key)\s+[A-Za-z0-9+/=._~:-]{8,}", re.I), rf"\1 {CUT}"),
    # JWS and JWE in compact form
    (re.compile(r"\beyJ[\w-]{4,}(?:\.[\w-]*){0,4}"), CUT),
    # private keys, keys and tokens without a name: device keys, long chance in base 62 or 64, secrets in base 32
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*-----|$)", re.S), CUT),
    (re.compile(r"\bstk_\w{4,}"), CUT),
    (re.compile(r"(?<![\w-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d)[A-Za-z0-9_-]{32,}(?![\w-])"), CUT),
    (re.compile(r"(?<![\w-])[A-Z2-7]{26,}(?![\w-])"), CUT),
    # a member, header or parameter whose name says what it holds
    (
        re.compile(rf"""(?P<name>["']?\b{_TELLING}\b["']?\s*[:=]\s*)(?:"[^"]*"|'[^']*'|[^\s,;&)}}\]]+)""", re.I),
        rf"\g<name>{CUT}",
    ),
    # user and password of a URL, and its query
    (re.compile(r"(://)[^/\s@'\"]+@"), rf"\1{CUT}@"),
    (re.compile(r"(https?://[^\s?'\"]*|/v1/[^\s?'\"]*)\?[^\s'\"]*"), rf"\1?{CUT}"),
    # resident identity card (GB 11643): region, birthday, serial, check character
    (
        re.compile(r"(?<![0-9A-Za-z])[1-9]\d{5}(?:18|19|20)\d{2}(?:0\d|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])"),
        CUT,
    ),
    # mobile and fixed telephone numbers
    (re.compile(r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?![0-9A-Za-z])"), CUT),
    (re.compile(r"(?<![0-9A-Za-z-])0\d{2,3}-\d{7,8}(?![0-9A-Za-z-])"), CUT),
)  # fmt: skip

# What an exception quotes: the value that it was about.
_QUOTED = re.compile(r"""(?<!\w)[bru]{0,2}(?P<quote>["'`])(?:.*?(?P=quote)(?!\w)|.*)""", re.I | re.S)
_CHINESE_QUOTED = re.compile(r"[“‘「『].*?[”’」』]", re.S)
_IDEOGRAPHS = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff][\u3400-\u9fff·\U00020000-\U0003ffff]*")
_LONG_NUMBER = re.compile(r"\d{6,}")
_INPUT_VALUE = re.compile(r"input_value=.*?(?=, input_type=|\]|$)", re.S)
_DATABASE_SAID = re.compile(r"^\s*(?:DETAIL|CONTEXT|\[parameters)\b.*$|(?<=query argument )\$\d+: .*$", re.M)
# They quote names of the code, which say where the defect is.
_ABOUT_CODE = (AttributeError, ImportError, NameError, TypeError, UnboundLocalError)


def clean(text: str) -> str:
    """The text without credentials, identity card and telephone numbers; a very long one is cut."""
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + CUT


def names_secret(name: str) -> bool:
    """Whether a field of this name holds what may not be told."""
    return _TELLING_NAME.fullmatch(name) is not None


def strict(text: str) -> str:
    """`clean`, and without all that could be somebody's input: quoted values, ideographs, long numbers.

    For texts that were not written by us.
    """
    text = _INPUT_VALUE.sub(f"input_value={CUT}", _DATABASE_SAID.sub(CUT, text))
    text = _CHINESE_QUOTED.sub(CUT, _QUOTED.sub(CUT, clean(text)))
    return _LONG_NUMBER.sub(CUT, _IDEOGRAPHS.sub(CUT, text))


def said(error: BaseException) -> str:
    """`TypeOfError: what it says` in one line, without the values that it quotes."""
    status = getattr(getattr(error, "response", None), "status_code", None)  # an HTTP client's
    if isinstance(status, int):
        text = f"status {status}"
    elif isinstance(error, _ABOUT_CODE):
        text = clean(str(error))
    else:
        text = strict(str(error))
        if text and " " not in text:
            text = CUT  # a single word is a value, no sentence
    text = " ".join(text.split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def described(error: BaseException) -> list[dict[str, Any]]:
    """An exception and those it came from, the outermost first: `error`, and `frames` (innermost last).

    Frames name file, line and function; source lines and local variables are not in it.
    """
    return [{"error": said(each), "frames": _frames(each)} for each in _chain(error)]


def _chain(error: BaseException) -> Iterator[BaseException]:
    left, seen = [error], set[int]()
    while left and len(seen) < MAX_CHAIN:
        each = left.pop(0)
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        if isinstance(each, BaseExceptionGroup):
            left.extend(each.exceptions)
        cause = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
        if cause is not None:
            left.append(cause)


def _frames(error: BaseException) -> list[str]:
    """Ours, and the innermost few of the libraries."""
    frames = traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), lookup_lines=False)
    last = len(frames) - LIBRARY_FRAMES
    kept = [each for at, each in enumerate(frames) if at >= last or "site-packages" not in each.filename]
    return [f"{_short(each.filename)}:{each.lineno} {each.name}" for each in kept[-MAX_FRAMES:]]


def _short(filename: str) -> str:
    return "/".join(PurePath(filename).parts[-3:])
