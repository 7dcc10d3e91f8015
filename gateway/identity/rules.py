"""Roles and what they may do. Pure. The roles are those of the design; a scope reads `service:verb`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

_FEED = frozenset({"events:read"})
_BUREAU = _FEED | {"permits:read", "waste:read", "credit:read", "emergency:read"}

ROLE_SCOPES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        # Enterprises, each for itself.
        "enterprise": _FEED  # 排污单位, 产废单位
        | {
            "permits:read",
            "permits:file",
            "permits:submit",
            "waste:read",
            "waste:submit",
            "credit:read",
            "credit:state",
            "delegations:manage",
            "devices:manage",
        },
        "carrier": _FEED | {"devices:manage", "waste:read", "waste:carry", "waste:scan"},  # 运输单位
        "driver": frozenset({"waste:read", "waste:carry", "waste:scan"}),  # 驾驶员
        "receiver": _FEED | {"devices:manage", "waste:read", "waste:receive", "waste:scan"},  # 接收单位
        "hospital": _FEED | {"devices:manage", "waste:read", "waste:submit", "waste:scan"},  # 医疗卫生机构
        "collection_point": _FEED | {"devices:manage", "waste:read", "waste:submit", "waste:scan"},  # 收集点
        # Who acts for enterprises under their delegations; in its own right an agent may do nothing else.
        "agent": frozenset({"delegations:accept"}),  # 代理人
        # The bureau.
        "clerk": _BUREAU
        | {
            "devices:manage",
            "permits:register",
            "permits:tax",
            "waste:register",
            "credit:record",
            "credit:state",
        },  # 受理人员
        "reviewer": _BUREAU | {"permits:review", "permits:alert"},  # 审核人员
        "approver": _BUREAU | {"permits:approve", "credit:approve"},  # 审批人员
        "inspector": _BUREAU | {"permits:inspect"},  # 执法人员
        "duty_officer": _BUREAU | {"emergency:respond", "permits:alert"},  # 值班人员
        "storekeeper": _FEED | {"emergency:read", "emergency:stock"},  # 物资管理员
        "administrator": frozenset({"accounts:manage"}),  # 账号管理员
        "auditor": frozenset({"audit:read"}),  # 审计人员: the trail, and no record
        # Readers of credit.
        "bank": frozenset({"credit:check"}),  # 银行
        "insurer": frozenset({"credit:check"}),  # 保险机构
    }
)

BUREAU_ROLES = frozenset({"clerk", "reviewer", "approver", "inspector", "duty_officer", "auditor"})
"""Roles of bureau staff who read the records of every enterprise of the city."""

FOR_ENTERPRISES = frozenset({"enterprise", "carrier", "driver", "receiver", "hospital", "collection_point"})
"""Roles that act for an enterprise and may do nothing without one."""

OF_THE_BUREAU = BUREAU_ROLES | {"storekeeper", "administrator"}
"""Roles of bureau staff: they belong to a department, and to no enterprise."""

RESTRICTED = "restricted"
"""The only role of somebody who has signed in and must first set something up: a password, a second factor."""

ACTING_SCOPES = frozenset[str]().union(*(ROLE_SCOPES[role] for role in FOR_ENTERPRISES)) - frozenset[
    str
]().union(*(ROLE_SCOPES[role] for role in OF_THE_BUREAU))
"""What is done in an enterprise's name and by no bureau: to file, sign, submit, carry, receive, delegate."""

SYSTEM_SCOPES = frozenset({"endings:read"})
"""Of systems alone: what a process needs that checks access tokens itself."""

ALL_SCOPES = SYSTEM_SCOPES.union(*ROLE_SCOPES.values())


def scopes_of(roles: Iterable[str]) -> frozenset[str]:
    """Everything that these roles may do; an unknown role may do nothing."""
    return frozenset().union(*(ROLE_SCOPES.get(role, frozenset()) for role in roles))


def reads_every_enterprise(roles: Iterable[str]) -> bool:
    """Bureau staff read all rows; everybody else those of their own enterprises."""
    return not BUREAU_ROLES.isdisjoint(roles)


def scopes_of_system(scopes: Iterable[str], *, every_enterprise: bool) -> frozenset[str]:
    """What a system may do. One that reads every enterprise acts for none: it would sign in the name of all of them
    (条例 art. 22: the permit holder reports), and read drafts that the bureau does not see."""
    return frozenset(scopes) - (ACTING_SCOPES if every_enterprise else frozenset())


def granted(held: frozenset[str], asked: str | None) -> frozenset[str]:
    """The scopes of a token: those asked for and held (RFC 6749 3.3); all that are held where none is asked for."""
    return held if asked is None else held & frozenset(asked.split())
