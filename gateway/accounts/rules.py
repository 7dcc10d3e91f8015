"""Whom an account may belong to. Pure. Enterprise people have enterprises, bureau staff a department, nobody both."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from gateway.identity.rules import FOR_ENTERPRISES, OF_THE_BUREAU, ROLE_SCOPES
from services.kit.texts import Text


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an account: the member of the document, a stable code, what to say."""

    member: str
    code: str
    text: Text


_NEEDS_USCC = Text(
    zh="角色“{roles}”须至少关联一个统一社会信用代码", en="{roles}: needs at least one enterprise (USCC)"
)
_NO_USCC = Text(
    zh="局内人员不得关联企业（角色“{roles}”）", en="{roles}: staff of the bureau belong to no enterprise"
)
_NO_DEPARTMENT = Text(zh="只有局内人员属于部门", en="only staff of the bureau belong to a department")
_UNKNOWN = Text(zh="没有这个角色：{role}", en="no such role: {role}")


def faults(roles: Collection[str], usccs: Collection[str], department: str | None) -> Iterator[Fault]:
    """Everything that is wrong with an account of these roles."""
    for role in sorted(set(roles) - set(ROLE_SCOPES)):
        yield Fault("roles", "unknown_role", _UNKNOWN.format(role=role))
    acting, staff = sorted(FOR_ENTERPRISES.intersection(roles)), sorted(OF_THE_BUREAU.intersection(roles))
    if acting and not usccs:
        yield Fault("usccs", "uscc_needed", _NEEDS_USCC.format(roles=", ".join(acting)))
    if staff and usccs:
        yield Fault("usccs", "uscc_of_staff", _NO_USCC.format(roles=", ".join(staff)))
    if department is not None and not staff:
        yield Fault("department", "department_of_no_staff", _NO_DEPARTMENT)
