"""Who acts in the sample's past."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from services.kit.auth import Principal


def staff(accounts: Mapping[str, uuid.UUID], login: str, *, role: str | None = None) -> Principal:
    """A member of the bureau; without a `role` it is the one that the login names."""
    role = role or login.rstrip("0123456789")
    return Principal(
        subject=str(accounts[login]), name=login, roles=(role,), scopes=frozenset(), every_enterprise=True
    )


def representative(account: uuid.UUID, login: str, uscc: str) -> Principal:
    """An enterprise, in its own name."""
    return Principal(
        subject=str(account), name=login, roles=("enterprise",), scopes=frozenset(), usccs=(uscc,)
    )
