"""Facts, past tense: each service's append-only event log. An event commits with the change it tells of."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, trace, tracing
from services.kit.database import after_commit
from services.kit.event_catalogue import EventType, Readers
from services.kit.ids import new_id
from services.kit.tables import EventRow
from services.kit.told import tell

_WAKE = "wake_sequencer"
_PUBLISH = {"messaging.system": "steppe", "messaging.operation.name": "publish"}


def emit(
    session: AsyncSession,
    *,
    kind: EventType,
    subject: str,
    fact: BaseModel,
    owner: str | None = None,
) -> None:
    """Adds one event to the log of this service.

    `kind` says what happened and who may read it, `fact` is its payload, `subject` the path of the record, `owner`
    the USCC of the enterprise that it is about. Raises TypeError for a fact of another kind's payload, or an owner
    of what only the bureau may read.
    """
    if not isinstance(fact, kind.payload):
        raise TypeError(f"{kind}: {type(fact).__name__} is not its payload")
    if owner is not None and kind.readers is Readers.BUREAU:
        raise TypeError(f"{kind}: has no owner, only the bureau may read it")
    span = tracing.begin(f"publish {kind.name}", "producer", _PUBLISH)
    row = {
        "id": new_id(),
        "type": kind.name,
        "subject": subject,
        "occurred_at": clock.now(),
        "owner": owner,
        "public": kind.readers is Readers.PUBLIC,
        "traceparent": span.traceparent if span else trace.traceparent.get(),
        "data": fact.model_dump(mode="json"),
    }
    tell(session, EventRow, row)
    if span is not None:
        span.end()
    wake = session.info.get(_WAKE)
    if wake is not None:
        after_commit(session, _WAKE, wake)


def wake_after_commit(session: AsyncSession, wake: Callable[[], None]) -> None:
    """Tells the session whom to wake once its events are durable."""
    session.info[_WAKE] = wake
