"""Roles and what they may do. Pure. The roles are those of the design; a scope reads `service:verb`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

_READ_ALL = frozenset({"permits:read", "events:read"})

ROLE_SCOPES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "enterprise": frozenset({"permits:read", "permits:submit", "events:read"}),  # 排污单位
        "clerk": _READ_ALL | {"permits:register"},  # 受理人员
        "reviewer": _READ_ALL | {"permits:review"},  # 审核人员
        "approver": _READ_ALL | {"permits:approve"},  # 审批人员
        "inspector": _READ_ALL,  # 执法人员
        "duty_officer": _READ_ALL,  # 值班人员
        "storekeeper": frozenset({"events:read"}),  # 物资管理员
    }
)

BUREAU_ROLES = frozenset({"clerk", "reviewer", "approver", "inspector", "duty_officer"})
"""Roles of bureau staff who read the records of every enterprise of the city."""

ALL_SCOPES = frozenset().union(*ROLE_SCOPES.values())


def scopes_of(roles: Iterable[str]) -> frozenset[str]:
    """Everything that these roles may do; an unknown role may do nothing."""
    return frozenset().union(*(ROLE_SCOPES.get(role, frozenset()) for role in roles))


def reads_every_enterprise(roles: Iterable[str]) -> bool:
    """Bureau staff read all rows; everybody else those of their own enterprises."""
    return not BUREAU_ROLES.isdisjoint(roles)


def granted(held: frozenset[str], asked: str | None) -> frozenset[str]:
    """The scopes of a token: those asked for and held (RFC 6749 3.3); all that are held where none is asked for."""
    return held if asked is None else held & frozenset(asked.split())
