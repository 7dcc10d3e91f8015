"""Record identities: UUID version 7 (RFC 9562), ordered by the time they were made."""

from __future__ import annotations

import uuid

import uuid_utils
from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    return uuid7()


def new_id_text() -> str:
    """The same as text, where nobody needs the object: a quarter of a microsecond instead of four."""
    return str(uuid_utils.uuid7())
