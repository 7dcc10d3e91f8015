"""Facts, past tense: each service's append-only event log. An event commits with the change it tells of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, trace
from services.kit.database import after_commit
from services.kit.ids import new_id
from services.kit.tables import EventRow

_WAKE = "wake_sequencer"


def emit(
    session: AsyncSession,
    *,
    kind: str,
    subject: str,
    data: dict[str, Any],
    owner: str | None = None,
    public: bool = False,
) -> None:
    """Adds one event to the log of this service.

    `kind` is the versioned name (`permits.report_accepted.v1`), `subject` the path of the record, `owner` the USCC
    of the enterprise that may read it beside the bureau; `public` opens it to every signed-in caller.
    """
    session.add(
        EventRow(
            id=new_id(),
            type=kind,
            subject=subject,
            occurred_at=clock.now(),
            owner=owner,
            public=public,
            traceparent=trace.traceparent.get(),
            data=data,
        )
    )
    wake = session.info.get(_WAKE)
    if wake is not None:
        after_commit(session, _WAKE, wake)


def wake_after_commit(session: AsyncSession, wake: Callable[[], None]) -> None:
    """Tells the session whom to wake once its events are durable."""
    session.info[_WAKE] = wake
