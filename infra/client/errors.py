"""A refusal of the API."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An RFC 9457 problem document: programs decide by `code`, people read `detail`.

    `errors` names every field that is at fault (`pointer`, `code`, `detail`, perhaps `article`, `suggestion`).
    """

    def __init__(self, status: int, problem: dict[str, Any], headers: dict[str, str]) -> None:
        self.status, self.problem, self.headers = status, problem, headers
        self.code: str = problem.get("code", "unknown")
        self.errors: list[dict[str, Any]] = problem.get("errors", [])
        super().__init__(f"{status} {self.code}: {problem.get('detail') or problem.get('title', '')}")

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait, where the API says so."""
        value = self.headers.get("retry-after", "")
        return float(value) if value.isdecimal() else None
