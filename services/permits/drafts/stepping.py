"""One step of a draft, of whatever kind: it counts, or 409 says why it is not open."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from services.kit import clock
from services.permits.drafts import rules
from services.permits.drafts.errors import DraftChanged, DraftEnded


class Prepared(Protocol):
    """What waits for a signature."""

    state: str
    version: int
    updated_at: datetime


def advance(draft: Prepared, step: rules.Step) -> None:
    """Takes one step; 409 where it is not open."""
    state = rules.after(rules.State(draft.state), step)
    if state is None:
        raise DraftEnded(state=draft.state)
    draft.state = state
    draft.version += 1
    draft.updated_at = clock.now()


def refuse_unless_read(draft: Prepared, version: int) -> None:
    """Who signs, signs what was read and nothing newer."""
    if rules.after(rules.State(draft.state), rules.Step.SIGN) is None:
        raise DraftEnded(state=draft.state)
    if version != draft.version:
        raise DraftChanged(version=draft.version)
