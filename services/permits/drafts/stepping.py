"""One step of a draft, of whatever kind: it counts, or 409 says why it is not open; and what the trail keeps of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from services.kit import clock
from services.kit.auth import Principal
from services.kit.canonical import document_digest
from services.permits.drafts import rules
from services.permits.drafts.errors import DraftChanged, DraftEnded

_IMAGE = {"state", "version", "filed_under", "corrects_version"}


class Prepared(Protocol):
    """What waits for a signature."""

    state: str
    version: int
    content: dict[str, Any]
    filed_by: str
    filed_under: str | None
    ended_by: str | None
    updated_at: datetime

    def model_dump(self, *, mode: str, include: set[str]) -> dict[str, Any]: ...


def image(draft: Prepared, *, became: str) -> dict[str, Any]:
    """What the audit trail keeps of a draft: nothing of its content but a digest that proves which. `became` names the
    member with what it is about, or became."""
    return {
        **draft.model_dump(mode="json", include={*_IMAGE, became}),
        "content_sha256": document_digest(draft.content),
    }


def change(draft: Prepared, principal: Principal, content: dict[str, Any]) -> None:
    """The content anew: whoever changed it last has filed it."""
    _advance(draft, rules.Step.CHANGE)
    draft.content = content
    draft.filed_by, draft.filed_under = principal.subject, principal.acting_for


def discard(draft: Prepared, principal: Principal) -> None:
    _advance(draft, rules.Step.DISCARD)
    draft.ended_by = principal.subject


def sign(draft: Prepared, principal: Principal) -> dict[str, Any]:
    """What the trail says of it: the duty that was done, and whose work it checked."""
    _advance(draft, rules.Step.SIGN)
    draft.ended_by = principal.subject
    return {
        "duty": "sign",
        "counterparts": [draft.filed_by] if draft.filed_by != principal.subject else [],
    }


def refuse_unless_read(draft: Prepared, version: int) -> None:
    """Who signs, signs what was read and nothing newer."""
    if rules.after(rules.State(draft.state), rules.Step.SIGN) is None:
        raise DraftEnded(state=draft.state)
    if version != draft.version:
        raise DraftChanged(version=draft.version)


def _advance(draft: Prepared, step: rules.Step) -> None:
    """Takes one step; 409 where it is not open."""
    state = rules.after(rules.State(draft.state), step)
    if state is None:
        raise DraftEnded(state=draft.state)
    draft.state = state
    draft.version += 1
    draft.updated_at = clock.now()
