"""What may be delegated, and the states of a delegation. Pure: no clock, no database.

An enterprise's legal representative gives an agent (代理人) rights to act in its name (民法典 art. 161-174: agency by
mandate; the principal may end it at any time, the agent may give it up). What is signed the representative signs
itself, so no right gives a signature (`services.kit.auth.delegable` holds it in every service).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from services.kit.findings import Findings, pointer
from services.kit.texts import Text

ARTICLE_MANDATE = "民法典 第一百六十五条"
ARTICLE_END = "民法典 第一百七十三条"


class Right(StrEnum):
    """The vocabulary of rights."""

    PERMITS_READ = "permits:read"  # 查看许可证、任务和报告
    PERMITS_FILE = "permits:file"  # 填报执行报告草稿
    WASTE_READ = "waste:read"  # 查看转移联单
    CREDIT_READ = "credit:read"  # 查看信用记录
    EVENTS_READ = "events:read"  # 接收事件


RIGHT_SCOPES: Mapping[Right, frozenset[str]] = MappingProxyType(
    {
        Right.PERMITS_READ: frozenset({"permits:read"}),
        Right.PERMITS_FILE: frozenset(
            {"permits:read", "permits:file"}
        ),  # nobody files what they may not read
        Right.WASTE_READ: frozenset({"waste:read"}),
        Right.CREDIT_READ: frozenset({"credit:read"}),
        Right.EVENTS_READ: frozenset({"events:read"}),
    }
)

OF_A_SITE = frozenset({Right.PERMITS_READ, Right.PERMITS_FILE})
"""Rights over records that belong to a site; the others are for all of an enterprise or not at all."""


class State(StrEnum):
    """States of a delegation, as they are stored."""

    INVITED = "invited"  # 已邀请
    ACTIVE = "active"  # 生效
    DECLINED = "declined"  # 已谢绝
    WITHDRAWN = "withdrawn"  # 已撤回
    RESIGNED = "resigned"  # 代理人辞去


class Standing(StrEnum):
    """How a delegation stands on a day: its state, or that its time is over."""

    INVITED = "invited"
    ACTIVE = "active"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    RESIGNED = "resigned"
    LAPSED = "lapsed"  # 邀请已过期
    EXPIRED = "expired"  # 委托期满


class Step(StrEnum):
    """What can happen to a delegation after the invitation."""

    ACCEPT = "accept"  # 接受
    DECLINE = "decline"  # 谢绝
    CHANGE = "change"  # 变更
    WITHDRAW = "withdraw"  # 撤回
    RESIGN = "resign"  # 辞去


# What has ended stays so: a new trust is a new invitation. What has run out may be given a new day.
TRANSITIONS: Mapping[tuple[Standing, Step], State] = MappingProxyType(
    {
        (Standing.INVITED, Step.ACCEPT): State.ACTIVE,
        (Standing.INVITED, Step.DECLINE): State.DECLINED,
        (Standing.INVITED, Step.CHANGE): State.INVITED,
        (Standing.INVITED, Step.WITHDRAW): State.WITHDRAWN,
        (Standing.LAPSED, Step.WITHDRAW): State.WITHDRAWN,
        (Standing.ACTIVE, Step.CHANGE): State.ACTIVE,
        (Standing.ACTIVE, Step.WITHDRAW): State.WITHDRAWN,
        (Standing.ACTIVE, Step.RESIGN): State.RESIGNED,
        (Standing.EXPIRED, Step.CHANGE): State.ACTIVE,
        (Standing.EXPIRED, Step.WITHDRAW): State.WITHDRAWN,
        (Standing.EXPIRED, Step.RESIGN): State.RESIGNED,
    }
)


def after(standing: Standing, step: Step) -> State | None:
    """The state that `step` leads to; None where the step is not open."""
    return TRANSITIONS.get((standing, step))


def standing(state: State, *, answer_until: date, valid_until: date | None, today: date) -> Standing:
    """How it stands on `today`; both days are included."""
    if state is State.INVITED and answer_until < today:
        return Standing.LAPSED
    if state in (State.INVITED, State.ACTIVE) and valid_until is not None and valid_until < today:
        return Standing.EXPIRED if state is State.ACTIVE else Standing.LAPSED
    return Standing(state.value)


def scopes_of(rights: Iterable[str]) -> frozenset[str]:
    """The scopes of a token under these rights."""
    return frozenset().union(*(RIGHT_SCOPES[Right(right)] for right in rights))


_NOT_YOURS = Text(zh="您不代表该单位", en="you do not represent this enterprise")
_NOT_HELD = Text(zh="您本人没有该权限，不能委托他人", en="you do not hold this right, so you cannot give it")
_TWICE = Text(zh="重复", en="given twice")
_ELSEWHERE = Text(zh="不是该单位的排污许可证", en="this is no permit of the enterprise")
_WHOLE = Text(
    zh="该权限不能按厂区授予，只能授予全部厂区", en="this right is given for all sites (null) or not at all"
)
_OVER = Text(zh="截止日期已过", en="this day is over")


def check_extent(
    found: Findings,
    *,
    uscc: str,
    rights: Sequence[str],
    sites: Sequence[str] | None,
    valid_until: date | None,
    held: Collection[str],
    today: date,
) -> None:
    """民法典 art. 165: a mandate names its matters and its time. Nobody gives more than they hold (`held`: scopes)."""
    for index, right in enumerate(rights):
        where = pointer("rights", index)
        if right in rights[:index]:
            found.add(where, "right_repeated", _TWICE)
        if not RIGHT_SCOPES[Right(right)] <= set(held):
            found.add(where, "right_not_held", _NOT_HELD, article=ARTICLE_MANDATE)
        if sites is not None and right not in OF_A_SITE:
            found.add(where, "right_of_no_site", _WHOLE, rests_on=("/sites",))
    for index, site in enumerate(sites or ()):
        where = pointer("sites", index)
        if not site.startswith(uscc):
            found.add(where, "site_not_of_enterprise", _ELSEWHERE, rests_on=("/uscc",))
        if sites is not None and site in sites[:index]:
            found.add(where, "site_repeated", _TWICE)
    if valid_until is not None and valid_until < today:
        found.add("/valid_until", "day_over", _OVER, article=ARTICLE_MANDATE)


def check_representative(found: Findings, *, uscc: str, usccs: Collection[str]) -> None:
    """Only who stands for an enterprise invites in its name (`usccs`: those that the caller stands for)."""
    if uscc not in usccs:
        found.add("/uscc", "not_your_enterprise", _NOT_YOURS)
