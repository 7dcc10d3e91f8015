"""Who acts in the sample's past."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from services.kit.auth import Principal


def staff(accounts: Mapping[str, uuid.UUID], login: str) -> Principal:
    """A member of the bureau; the role is in the login."""
    role = login.rstrip("0123456789")
    return Principal(
        subject=str(accounts[login]), name=login, roles=(role,), scopes=frozenset(), every_enterprise=True
    )


def representative(accounts: Mapping[str, uuid.UUID], login: str, uscc: str) -> Principal:
    """An enterprise, in its own name."""
    return Principal(
        subject=str(accounts[login]), name=login, roles=("enterprise",), scopes=frozenset(), usccs=(uscc,)
    )
