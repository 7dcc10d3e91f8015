"""Repeatable draws: the same names give the same stream in every process, without floats."""

from __future__ import annotations

from decimal import Decimal
from random import Random


def stream(*names: str | int) -> Random:
    """A stream of its own for each thing drawn, so that adding one thing does not change the others."""
    # random seeds a string by SHA-512, not by the process's own hash(). Nothing here is a secret.
    return Random("/".join(str(name) for name in names))  # noqa: S311


def draw(rng: Random, low: str, high: str) -> Decimal:
    """A decimal from `low` to `high`, both included, with as many places as `low` is written with."""
    places = -int(Decimal(low).as_tuple().exponent)
    scale = 10**places
    return Decimal(rng.randint(int(Decimal(low) * scale), int(Decimal(high) * scale))).scaleb(-places)


def chance(rng: Random, per_thousand: int) -> bool:
    return rng.randint(1, 1000) <= per_thousand
