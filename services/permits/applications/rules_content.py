"""What an application must hold when it is submitted, and what it is told of time. Pure: no clock, no database.

Sources: 排污许可管理条例 (Order 736) art. 7, 8, 14, 33. The applicant's own periods are calendar days (interpretation:
行政许可法 art. 82 counts those of the authority in working days).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from services.kit.findings import Findings
from services.kit.texts import Text
from services.permits.applications.rules import ARTICLE_BAR, ARTICLE_EIA, ARTICLE_ONE_PERMIT, Kind, State

ARTICLE_RENEWAL = "排污许可管理条例 第十四条"
RENEWAL_LEAD_DAYS = 60
CHANGE_DAYS = 30

_NO_NUMBER = Text(zh="首次申请尚无许可证编号", en="a first application has no permit number yet")
_NUMBER = Text(zh="应填写原许可证编号", en="name the permit that it is about")
_EXPIRED = Text(
    zh="许可证已于{day}届满，不能延续或变更，应重新申领",
    en="the permit ended on {day}: it can be neither renewed nor changed; apply for a permit",
)
_ENDED = Text(
    zh="许可证已撤销、撤回、吊销或注销，应重新申领",
    en="the permit was annulled, withdrawn, revoked or cancelled: apply for a new one",
)
_REAPPLY = Text(
    zh="{where}：{why}，应重新申请，不能变更或延续",
    en="{where}: {why}: apply anew, this is neither a change nor a renewal",
)
_NOT_CHANGED = Text(zh="变更信息仅限变更申请", en="only a change alters the enterprise's particulars")
_CHANGED_ON = Text(zh="应填写变更日期", en="say since when the particulars differ")
_CHANGED_LATER = Text(zh="变更日期不能晚于今日", en="the change lies in the future")
_EIA = Text(zh="应列明环评批复或备案", en="name the EIA approval or filing that the permit rests on")
_EIA_UNKNOWN = Text(
    zh="没有该环评文件，或不属于该单位", en="there is no such EIA document of this enterprise"
)
_EIA_REJECTED = Text(zh="该环评文件经核实不成立", en="this EIA document was found not to hold")
_HAS_PERMIT = Text(
    zh="该场所已有有效许可证{number}，每个场所一证",
    en="this site holds permit {number}: one permit a site",
)
_ANOTHER_SITE = Text(
    zh="补正不能改为另一场所，请另行申请", en="a correction stays with its site; apply for another one"
)
_BARRED = Text(zh="至{day}不得再次申请排污许可证", en="the applicant may not apply for a permit until {day}")
_LATE_RENEWAL = Text(
    zh="应于有效期届满60日前（{day}前）申请，本申请迟{late}日：审批部门可能来不及在届满前决定，届满后未延续仍排污的，依第三十三条处罚",
    en="it was to be applied for 60 days before the end, by {day}; this is {late} days late. A decision may not come "
    "before the permit ends, and discharge after its end is punished (art. 33)",
)
_DEEMED_RENEWED = Text(
    zh="有效期已于{day}届满而未作决定，视为准予延续",
    en="the permit ended on {day} without a decision: the renewal counts as granted",
)
_LATE_CHANGE = Text(
    zh="应自变更之日起30日内（{day}前）申请，本申请迟{late}日",
    en="it was to be applied for within 30 days of the change, by {day}; this is {late} days late",
)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that an applicant is told; it refuses nothing."""

    code: str
    text: Text
    article: str


def check_number(found: Findings, *, kind: Kind, permit_number: str | None) -> None:
    """条例 art. 14, 15: everything but a first application is about a permit that is held."""
    if kind is Kind.FIRST and permit_number is not None:
        found.add("/permit_number", "permit_number_of_first", _NO_NUMBER, rests_on=("/kind",))
    if kind is not Kind.FIRST and permit_number is None:
        found.add(
            "/permit_number",
            "permit_number_missing",
            _NUMBER,
            article=ARTICLE_RENEWAL,
            rests_on=("/kind",),
        )


def check_held(found: Findings, *, valid_to: date, today: date) -> None:
    """条例 art. 14, 行政许可法 art. 70(1): what has ended is not renewed or changed."""
    if valid_to < today:
        found.add("/permit_number", "permit_expired", _EXPIRED.format(day=valid_to), article=ARTICLE_RENEWAL)


def check_route(found: Findings, *, kind: Kind, needs_reapplication: Iterable[tuple[str, Text, str]]) -> None:
    """条例 art. 15: what lets more be discharged, or elsewhere, is applied for anew: neither changed nor renewed.

    `needs_reapplication` are the differences from the permit that ask for it: where, why and by which article.
    """
    if kind not in (Kind.CHANGE, Kind.RENEWAL):
        return
    for where, why, article in needs_reapplication:
        text = Text(
            zh=_REAPPLY.zh.format(where=where, why=why.zh), en=_REAPPLY.en.format(where=where, why=why.en)
        )
        found.add("/kind", "reapplication_needed", text, article=article, rests_on=("/content",))


def check_not_ended(found: Findings, *, ended: bool) -> None:
    """行政许可法 art. 70: what was annulled, withdrawn, revoked or cancelled is not renewed or changed."""
    if ended:
        found.add("/permit_number", "permit_ended", _ENDED, article="行政许可法 第六十九条、第七十条")


def check_particulars(
    found: Findings, *, kind: Kind, changes_enterprise: bool, changed_on: date | None, today: date
) -> None:
    """条例 art. 14: a change of name, address or representative says since when."""
    if changes_enterprise and kind is not Kind.CHANGE:
        found.add(
            "/enterprise",
            "particulars_without_change",
            _NOT_CHANGED,
            article=ARTICLE_RENEWAL,
            rests_on=("/kind",),
        )
    if changes_enterprise and changed_on is None:
        found.add(
            "/changed_on",
            "changed_on_missing",
            _CHANGED_ON,
            article=ARTICLE_RENEWAL,
            rests_on=("/enterprise",),
        )
    if changed_on is not None and changed_on > today:
        found.add("/changed_on", "changed_in_future", _CHANGED_LATER, article=ARTICLE_RENEWAL)


def check_site(found: Findings, *, held: str | None) -> None:
    """条例 art. 6: one permit for each site; `held` is the number of the one that the site holds."""
    if held is not None:
        text = _HAS_PERMIT.format(number=held)
        found.add("/content/site_name", "site_has_permit", text, article=ARTICLE_ONE_PERMIT)


def check_same_site(found: Findings, *, before: str | None, now: str) -> None:
    """条例 art. 6: an application is for one site; `before` is the site of the one that is corrected."""
    if before is not None and before != now:
        found.add("/content/site_name", "another_site", _ANOTHER_SITE, article=ARTICLE_ONE_PERMIT)


def check_eia(found: Findings, *, states: list[str | None]) -> None:
    """条例 art. 11(1): the permit rests on an EIA; `states` are those of the documents named, None where unknown."""
    if not states:
        found.add("/eia_ids", "eia_missing", _EIA, article=ARTICLE_EIA)
    for index, state in enumerate(states):
        if state is None:
            found.add(f"/eia_ids/{index}", "eia_unknown", _EIA_UNKNOWN, article=ARTICLE_EIA)
        elif state == "rejected":
            found.add(f"/eia_ids/{index}", "eia_rejected", _EIA_REJECTED, article=ARTICLE_EIA)


def check_bar(found: Findings, *, barred_until: date | None, today: date) -> None:
    """条例 art. 40, 41: three years without a permit for who got or used one by deceit."""
    if barred_until is not None and today <= barred_until:
        found.add("/uscc", "applicant_barred", _BARRED.format(day=barred_until), article=ARTICLE_BAR)


def renewal_due(valid_to: date) -> date:
    """条例 art. 14: the last day to apply for a renewal, sixty days before the permit ends."""
    return valid_to - timedelta(days=RENEWAL_LEAD_DAYS)


def remarks(*, kind: Kind, applied_on: date, valid_to: date | None, changed_on: date | None) -> list[Remark]:
    """条例 art. 14: who applies late is heard, and told so."""
    told = []
    if kind is Kind.RENEWAL and valid_to is not None and applied_on > renewal_due(valid_to):
        due = renewal_due(valid_to)
        text = _LATE_RENEWAL.format(day=due, late=(applied_on - due).days)
        told.append(Remark("renewal_late", text, "排污许可管理条例 第十四条、第三十三条"))
    if kind is Kind.CHANGE and changed_on is not None:
        due = changed_on + timedelta(days=CHANGE_DAYS)
        if applied_on > due:
            text = _LATE_CHANGE.format(day=due, late=(applied_on - due).days)
            told.append(Remark("change_late", text, ARTICLE_RENEWAL))
    return told


def deemed_renewed(*, kind: Kind, state: State, valid_to: date | None, today: date) -> Remark | None:
    """行政许可法 art. 50: a renewal on which nobody decided before the permit ended counts as granted."""
    undecided = state in (State.ACCEPTED, State.PAUSED, State.REVIEWED)
    if kind is not Kind.RENEWAL or not undecided or valid_to is None or today <= valid_to:
        return None
    return Remark("renewal_deemed_granted", _DEEMED_RENEWED.format(day=valid_to), "行政许可法 第五十条")
