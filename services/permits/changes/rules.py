"""Which procedure a change of a permit needs: from what is different, the route and its article. Pure: no clock.

Sources: 排污许可管理条例 (Order 736) art. 14 (basic facts: within 30 days), art. 15 (re-application: a new, rebuilt or
expanded project; another site, place of an outlet, way or destination of discharge; more outlets, kinds, amounts or
concentrations), art. 16 (the authority changes what standards or total control made different); 排污许可管理办法 (MEE
Order 32; from memory: other matters are changed on application). Where it cannot be said that nothing grows, the
stricter route is answered: dropping a limit permits more than any number did.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from services.kit.findings import pointer
from services.kit.texts import Text
from services.permits.changes.differences import Difference, Document, compare


class Route(StrEnum):
    """Routes from the lightest to the strictest, with the office's words."""

    NONE = "none"  # 无需办理
    BASIC_CHANGE = "basic_change"  # 基本信息变更
    ADJUSTMENT = "adjustment"  # 依职权变更
    CHANGE = "change"  # 其他变更
    REAPPLICATION = "reapplication"  # 重新申请

    @property
    def rank(self) -> int:
        return list(Route).index(self)


ARTICLES = {
    Route.BASIC_CHANGE: "排污许可管理条例 第十四条",
    Route.ADJUSTMENT: "排污许可管理条例 第十六条",
    Route.CHANGE: "排污许可管理办法（生态环境部令第32号）",
    Route.REAPPLICATION: "排污许可管理条例 第十五条",
}
BASIC_CHANGE_DAYS = 30
"""条例 art. 14: to be applied for within 30 days of the change."""

NOT_ROUTED = frozenset({"valid_from", "valid_to", "issued_on"})
"""What the authority gives a permit when it decides, and the enterprise does not declare (at the top of a permit)."""

LIMITS = frozenset({"limits", "plant_limits", "special_limits"})
_PERIODS = ("instant", "hour", "day", "week", "month", "year")
_FIRST_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one difference needs a route."""

    route: Route
    article: str
    text: Text


@dataclass(frozen=True, slots=True)
class Routed:
    """One difference, or one statement of the enterprise, with its route."""

    pointer: str
    difference: Difference | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class Decision:
    """The strictest route of all, and what asks for which."""

    route: Route
    routed: tuple[Routed, ...]

    @property
    def article(self) -> str | None:
        return next((each.reason.article for each in self.routed if each.reason.route is self.route), None)


@dataclass(frozen=True, slots=True)
class Statement:
    """What no comparison shows: a construction project, a move of the site, and who asks for the change."""

    construction: str | None = None
    site_moved: bool = False
    by_authority: bool = False


def _article_15(item: str, zh: str, en: str) -> Reason:
    return Reason(Route.REAPPLICATION, f"{ARTICLES[Route.REAPPLICATION]}第{item}项", Text(zh=zh, en=en))


_PROJECT = _article_15("一", "新建、改建、扩建排放污染物的项目", "a new, rebuilt or expanded project")
_SITE = _article_15("二", "生产经营场所变化", "the site is another one")
_PLACE = _article_15("二", "污染物排放口位置变化", "the place of an outlet changes")
_MODE = _article_15("二", "污染物排放方式变化", "the way of discharge changes")
_DESTINATION = _article_15("二", "污染物排放去向变化", "the destination of the discharge changes")
_OUTLETS = _article_15("三", "污染物排放口数量增加", "there are more outlets")
_KINDS = _article_15("三", "污染物排放种类增加", "more kinds of pollutants are discharged")
_CONCENTRATION = _article_15("三", "污染物排放浓度增加", "the permitted concentration grows")
_AMOUNT = _article_15("三", "污染物排放量增加", "the permitted amount grows")
_DROPPED = _article_15(
    "三",
    "取消限值等于不再限制，视为增加",
    "a limit is dropped: without one there is none, which is an increase",
)
_LOOSER = _article_15(
    "三",
    "限值的单位、取值时间或适用期间不可比，视为增加",
    "what the limit covers shrinks or cannot be compared",
)
_BASIC = Reason(
    Route.BASIC_CHANGE,
    ARTICLES[Route.BASIC_CHANGE],
    Text(
        zh="名称、住所、法定代表人或者主要负责人变更，30日内申请",
        en="a change of name, address or representative: apply within 30 days",
    ),
)
_BY_AUTHORITY = Reason(
    Route.ADJUSTMENT,
    ARTICLES[Route.ADJUSTMENT],
    Text(
        zh="排放标准或总量控制要求变化，由审批部门依法变更",
        en="standards or total control changed: the authority changes the permit",
    ),
)
_OTHER = Reason(
    Route.CHANGE,
    ARTICLES[Route.CHANGE],
    Text(zh="许可证载明的其他事项变更", en="another matter that the permit states changes"),
)


def decide(before: Document, after: Document, statement: Statement | None = None) -> Decision:
    """条例 art. 14-16: each difference between the permit and what is declared asks for a route; the strictest wins."""
    statement = statement or Statement()
    differences = [each for each in compare(before, after) if not _not_routed(each)]
    routed = [*_stated(statement)]
    routed += [
        Routed(each.pointer, each, reason_for(each, before, by_authority=statement.by_authority))
        for each in differences
    ]
    return Decision(strictest(each.reason.route for each in routed), tuple(routed))


def strictest(routes: Iterable[Route]) -> Route:
    """The strictest of some routes; none of none."""
    return max(routes, key=lambda route: route.rank, default=Route.NONE)


def _not_routed(difference: Difference) -> bool:
    return len(difference.trail) == 1 and difference.members[0] in NOT_ROUTED


def _stated(statement: Statement) -> list[Routed]:
    """条例 art. 15(1) and (2): a project and a move are what the enterprise says, not what fields show."""
    said = []
    if statement.construction is not None:
        said.append(Routed(pointer("construction"), None, _PROJECT))
    if statement.site_moved:
        said.append(Routed(pointer("site_moved"), None, _SITE))
    return said


def reason_for(difference: Difference, before: Document, *, by_authority: bool = False) -> Reason:
    """The route of one difference; `before` is the permit as it stands."""
    first = difference.members[0]
    if first == "outlets":
        reason = _of_outlet(difference, before)
    elif first in LIMITS:
        reason = _of_limit(difference, before)
    elif first == "terms":
        reason = _of_terms(difference)
    else:
        reason = _BASIC if first == "site_name" else _OTHER
    if by_authority and reason is _OTHER and LIMITS & set(difference.members):
        return _BY_AUTHORITY
    return reason


def _of_outlet(difference: Difference, before: Document) -> Reason:
    """条例 art. 15(2), (3): more outlets, another place, way or destination; then what its limits say."""
    if "limits" in difference.members:
        return _of_limit(difference, before)
    if len(difference.members) == 1:
        return _OUTLETS if difference.kind == "added" else _OTHER
    changed = {
        "longitude": _PLACE,
        "latitude": _PLACE,
        "mode": _MODE,
        "medium": _DESTINATION,
        "destination": _DESTINATION,
    }
    # What the permit did not say before is no change of it.
    return changed.get(difference.members[1], _OTHER) if difference.kind != "added" else _OTHER


def _of_limit(difference: Difference, before: Document) -> Reason:
    """条例 art. 15(3): whatever lets more be discharged than before."""
    name, whole = difference.members[-1], difference.members[-1] in LIMITS
    limit: Document = difference.trail[-1 if whole else -2][1] or {}
    grows = (
        _AMOUNT if str(limit.get("kind", "annual_amount")).endswith(("_amount", "_rate")) else _CONCENTRATION
    )
    if whole:
        return _of_whole_limit(difference, limit, before)
    if "averaging" in difference.members:
        return _of_averaging(difference)
    nothing = limit.get("prohibited") is True
    looser = {
        "value": difference.direction != "down" and difference.kind != "added" and not nothing,
        "lower_value": difference.direction != "up" and difference.kind != "added",
        "promised_value": difference.direction != "down" and difference.kind != "added",
        "prohibited": difference.after is not True,
    }
    if looser.get(name):
        return grows
    covers = {
        "unit": True,
        "valid_from": str(difference.after) > str(difference.before),
        "valid_to": difference.before is None
        or (difference.after is not None and str(difference.after) < str(difference.before)),
    }
    return _LOOSER if covers.get(name) else _OTHER


def _of_whole_limit(difference: Difference, limit: Document, before: Document) -> Reason:
    """A limit of a pollutant that was not permitted before is a new kind; one less of those it had permits more."""
    if difference.kind == "added":
        return _OTHER if _permitted(before, difference, limit) else _KINDS
    return _DROPPED if difference.members[-1] != "limits" or not _gone(difference, limit) else _OTHER


def _permitted(before: Document, difference: Difference, limit: Document) -> bool:
    """Whether the pollutant was limited there before: at the outlet, or anywhere for a limit of no outlet."""
    outlets: Sequence[Document] = before.get("outlets") or ()
    here = _outlet_of(difference)
    of = [outlet for outlet in outlets if here is None or outlet.get("code") == here]
    limits = [each for outlet in of for each in outlet.get("limits") or ()]
    if here is None:
        limits += [*(before.get("plant_limits") or ()), *(before.get("special_limits") or ())]
    return any(each.get("pollutant_code") == limit.get("pollutant_code") for each in limits)


def _outlet_of(difference: Difference) -> str | None:
    item = difference.trail[0][1]
    return str(item["code"]) if item is not None and difference.members[0] == "outlets" else None


def _gone(difference: Difference, limit: Document) -> bool:
    """Whether the outlet, as declared, has no limit of the pollutant left: it is no longer discharged there."""
    declared: Document = difference.trail[0][1] or {}
    left = declared.get("limits") or ()
    return all(each.get("pollutant_code") != limit.get("pollutant_code") for each in left)


def _of_averaging(difference: Difference) -> Reason:
    """A longer averaging time lets peaks pass; another statistic cannot be compared."""
    name = difference.members[-1]
    if name == "period" and difference.kind == "changed":
        longer = _PERIODS.index(difference.after) > _PERIODS.index(difference.before)
        return _LOOSER if longer else _OTHER
    if name == "averaging":
        return _LOOSER if difference.kind == "removed" else _OTHER
    return _LOOSER if name in ("statistic", "minimum_unit") else _OTHER


_WHERE = ("site_address", "site_region_code")


def _of_terms(difference: Difference) -> Reason:
    """条例 art. 14: holder; art. 15: site and facilities in which pollutants arise; the rest is another matter."""
    if difference.kind == "added" and difference.members[-1] in ("holder", *_WHERE):
        return _OTHER  # not said before
    name = difference.members[1] if len(difference.members) > 1 else ""
    if name == "holder":
        return _BASIC
    if name in _WHERE:
        return _SITE
    if name == "production_facilities":
        return _of_facility(difference)
    return _OTHER


def _of_facility(difference: Difference) -> Reason:
    """条例 art. 15(1): one more facility in which pollutants arise, or a bigger one, is an expansion."""
    if len(difference.members) == 2:
        return _PROJECT if difference.kind == "added" else _OTHER
    if difference.members[-1] != "capacity":
        return _OTHER
    before, after = _size(difference.before), _size(difference.after)
    bigger = before is not None and (after is None or after > before)
    return _PROJECT if bigger else _OTHER


def _size(words: Any) -> Decimal | None:
    found = _FIRST_NUMBER.search(str(words or ""))
    return Decimal(found.group()) if found else None
