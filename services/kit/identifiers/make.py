"""Synthetic identifiers for the sample city and for tests: well formed, deterministic, of no real unit."""

from __future__ import annotations

import re

from services.kit.identifiers.organisation_code import organisation_check_character
from services.kit.identifiers.uscc import ALPHABET, uscc_check_character

_MARK = "XY"  # every made organisation code starts so: made codes are told from real ones at a glance
_MAX_SERIAL = 999_999


def make_uscc(*, department: str = "9", kind: str = "1", region: str, serial: int) -> str:
    """A unified social credit code with both check characters right; the same arguments give the same code.

    `region` is six digits, `serial` 0 to 999999; ValueError otherwise.
    """
    if len(department) != 1 or len(kind) != 1 or department not in ALPHABET or kind not in ALPHABET:
        raise ValueError("department and kind are one character each of the GB 32100 alphabet")
    if not re.fullmatch(r"[0-9]{6}", region):
        raise ValueError("a region is six digits")
    if not 0 <= serial <= _MAX_SERIAL:
        raise ValueError(f"a serial is 0 to {_MAX_SERIAL}")
    organisation = f"{_MARK}{serial:06d}"
    body = f"{department}{kind}{region}{organisation}{organisation_check_character(organisation)}"
    return body + uscc_check_character(body)
