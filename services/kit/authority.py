"""The authority that a delegate's token names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Authority:
    """`{delegation_id}.{version}`: what a token names as the authority that it acts under (claim `acting_for`)."""

    delegation_id: str
    version: int

    def __str__(self) -> str:
        return f"{self.delegation_id}.{self.version}"

    @classmethod
    def parse(cls, text: str) -> Authority:
        """ValueError for anything else."""
        delegation_id, _, version = text.rpartition(".")
        if not delegation_id or not version.isascii() or not version.isdecimal():
            raise ValueError("no authority")
        return cls(delegation_id, int(version))
