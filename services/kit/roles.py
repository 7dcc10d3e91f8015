"""Roles that every process has to know of, whatever it does. Pure."""

from __future__ import annotations

BUREAU_ROLES = frozenset(
    {
        *("clerk", "reviewer", "approver", "inspector", "duty_officer", "storekeeper"),
        *("administrator", "auditor"),
    }
)
"""Roles of people who work for the bureau: what they read of enterprises is logged with its purpose."""

OF_INSTALLATION = "service"
"""One of Steppe's own services, beside its role `system`."""
