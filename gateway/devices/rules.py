"""Device keys: what they look like and what they may be given. Pure.

`stk_` + 40 characters of chance (238 bits) + 6 that check them (CRC-32 in base 62): secret scanners find leaked ones by
`stk_[0-9A-Za-z]{46}` and tell them from look-alikes without asking anybody, and so does the gateway.
"""

from __future__ import annotations

import string
import zlib
from collections.abc import Callable, Iterable

PREFIX = "stk_"
ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
RANDOM_LENGTH, CHECK_LENGTH = 40, 6
HINT_LENGTH = len(PREFIX) + 8
"""How much of a key is kept readable, to tell keys apart in a list: 190 bits of chance stay unknown."""

DEVICE_SCOPES = frozenset({"waste:scan", "events:read"})
"""What a scale, a scanner or a box may do: it reports what it sees and hears what happens."""


def make_key(choose: Callable[[str], str]) -> str:
    """A new key; `choose` takes one character out of a text by chance (`secrets.choice`)."""
    body = "".join(choose(ALPHABET) for _ in range(RANDOM_LENGTH))
    return PREFIX + body + check_of(body)


def check_of(body: str) -> str:
    """The six characters that check the random ones."""
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(CHECK_LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits


def is_key(text: str) -> bool:
    """Whether a text is a device key by its form."""
    body = text[len(PREFIX) : len(PREFIX) + RANDOM_LENGTH]
    return (
        text.startswith(PREFIX)
        and len(text) == len(PREFIX) + RANDOM_LENGTH + CHECK_LENGTH
        and all(character in ALPHABET for character in body)
        and text[-CHECK_LENGTH:] == check_of(body)
    )


def hint(key: str) -> str:
    """The beginning of a key, for lists."""
    return key[:HINT_LENGTH]


def beyond(asked: Iterable[str], *, held: Iterable[str], bureau: bool) -> list[str]:
    """Those of the scopes that cannot be given: no device has them, or the giver (not the bureau) has not."""
    givable = DEVICE_SCOPES if bureau else DEVICE_SCOPES.intersection(held)
    return sorted(set(asked) - givable)
