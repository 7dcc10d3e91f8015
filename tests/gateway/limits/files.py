"""Files of quotas for tests: so many requests an hour, the same for every kind of caller."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

AUDIENCES = ("public", "enterprise", "bureau", "system", "reader", "device")
CLASSES = ("reads", "submissions", "bulk", "devices", "sign_in", "credentials")


def limits_file(folder: Path, amounts: Mapping[str, int]) -> Path:
    """Classes that are not named have 1000."""
    lines: list[str] = []
    for name in CLASSES:
        kinds = AUDIENCES if name != "credentials" else ("public",)
        lines += [f"[{name}]", "window = 3600", *(f"{kind} = {amounts.get(name, 1000)}" for kind in kinds)]
    file = folder / "limits.toml"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file
