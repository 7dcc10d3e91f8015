"""Characters that people and scanners mistake for others.

A replacement is justified only where the letter cannot stand: outside the alphabet of the code, or where the
rule wants a digit.
"""

from __future__ import annotations

from collections.abc import Iterable

# GB 32100 leaves out I O S V Z because of exactly these confusions.
MISSING_LETTERS = {"O": "0", "I": "1", "Z": "2", "S": "5", "V": "U"}

_READ_AS_DIGIT = {"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "B": "8"}


def as_digits(value: str, positions: Iterable[int]) -> str:
    """`value` with look-alike letters at the given 0-based positions read as digits."""
    chars = list(value)
    for position in positions:
        if position < len(chars):
            chars[position] = _READ_AS_DIGIT.get(chars[position], chars[position])
    return "".join(chars)


def first_not_digit(value: str, positions: Iterable[int]) -> int | None:
    """The first of the 0-based positions that does not hold 0-9, or None."""
    return next((at for at in positions if not ("0" <= value[at] <= "9")), None)
