"""What a key unit discloses before it applies (申请前信息公开). Pure: no clock, no database.

Source: 排污许可管理条例 (Order 736) art. 8(1): that key units disclose was read; how long, and what an application may
state of a disclosure that was made elsewhere, are configuration (`data/periods.toml`).
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from services.kit.findings import Findings
from services.kit.texts import Text
from services.kit.working_days import WorkingCalendar
from services.permits.applications.rules import ARTICLE_DISCLOSURE, Kind

_WHERE = "/pre_disclosure"
_NOTICE = "/disclosure_notice_id"
_FIRST_DAY = date(2000, 1, 1)  # no document holds an earlier one
_LONG_ENOUGH = timedelta(days=366)

_DISCLOSE = Text(
    zh="重点管理单位申请前应公开不少于{days}个工作日",
    en="a key unit discloses for at least {days} working days before it applies",
)
_SHORT = Text(
    zh="公开期为{had}个工作日，不足{days}个", en="disclosed for {had} working days, {days} are needed"
)
_REVERSED = Text(zh="公开止期早于起期", en="the disclosure ends before it begins")
_RUNS = Text(zh="公开期尚未结束", en="the disclosure is not over")
_TWICE = Text(zh="已指明公示，不另填公开日期和载体", en="the notice says it: state it no second time")
_UNKNOWN = Text(
    zh="没有该公示，或不是本单位的申请前公开",
    en="there is no such notice, or it is not this unit's before an application",
)
_ANOTHER_PERMIT = Text(zh="该公示为许可证{number}而发", en="the notice is about permit {number}")
_USED = Text(
    zh="该公示已用于另一件在办或准予许可的申请",
    en="another application, undecided or granted, rests on the notice",
)
_LINK = Text(zh="在其他平台公开的，应附网页链接", en="a disclosure made elsewhere is linked to")
_HERE = Text(zh="申请前公开应在本平台发布公示", en="the disclosure is a notice published here")


class Elsewhere(StrEnum):
    """What an application states of a disclosure that was not a notice here."""

    STATED = "stated"  # its days and where it was
    LINKED = "linked"  # its page as well
    REFUSED = "refused"  # nothing serves but a notice


@dataclass(frozen=True, slots=True)
class PreDisclosure:
    """Who discloses before applying, for how long and where: configuration (`periods.toml`)."""

    working_days: int
    management_classes: Set[str]
    kinds: Set[Kind]
    elsewhere: Elsewhere
    basis: str


@dataclass(frozen=True, slots=True)
class NoticeHeld:
    """A notice of the unit as it was held: from its first day to its last, or to the day before it was ended."""

    first: date
    last: date
    permit_number: str | None
    used: bool
    """Whether another application, undecided or granted, rests on it."""


@dataclass(frozen=True, slots=True)
class Disclosed:
    """What an application says of its disclosure: the notice, the days of one made elsewhere, or nothing."""

    stated: tuple[date, date] | None = None
    linked: bool = False
    names_notice: bool = False
    notice: NoticeHeld | None = None
    """None where no notice is named, or there is no such notice of this unit."""

    @property
    def days(self) -> tuple[date, date] | None:
        """First and last day, as they are judged: of the notice before what is stated."""
        if self.names_notice:
            return (self.notice.first, self.notice.last) if self.notice else None
        return self.stated


def check_disclosure(
    found: Findings,
    *,
    kind: Kind,
    management_class: str,
    permit_number: str | None,
    disclosed: Disclosed,
    today: date,
    calendar: WorkingCalendar,
    rule: PreDisclosure | None,
) -> None:
    """条例 art. 8(1): key units disclose what they are and what they will apply for, before they do."""
    if rule is not None and (kind not in rule.kinds or management_class not in rule.management_classes):
        rule = None
    if disclosed.names_notice:
        _check_notice(found, disclosed, permit_number=permit_number)
    elif disclosed.stated is not None:
        _check_stated(found, disclosed.stated, linked=disclosed.linked, rule=rule)
    elif rule is not None:
        text = _DISCLOSE.format(days=rule.working_days)
        rests_on = ("/kind", "/content/management_class", _NOTICE)
        found.add(_WHERE, "disclosure_missing", text, article=rule.basis, rests_on=rests_on)
    if rule is not None and disclosed.days is not None:
        where = _NOTICE if disclosed.names_notice else f"{_WHERE}/last_day"
        _check_days(found, where, disclosed.days, today=today, calendar=calendar, rule=rule)


def _check_notice(found: Findings, disclosed: Disclosed, *, permit_number: str | None) -> None:
    if disclosed.stated is not None:
        found.add(_WHERE, "disclosure_stated_twice", _TWICE, article=ARTICLE_DISCLOSURE, rests_on=(_NOTICE,))
    notice = disclosed.notice
    if notice is None:
        found.add(_NOTICE, "disclosure_notice_unknown", _UNKNOWN, article=ARTICLE_DISCLOSURE)
        return
    if notice.permit_number is not None and notice.permit_number != permit_number:
        text = _ANOTHER_PERMIT.format(number=notice.permit_number)
        found.add(
            _NOTICE,
            "disclosure_of_another_permit",
            text,
            article=ARTICLE_DISCLOSURE,
            rests_on=("/permit_number",),
        )
    if notice.used:
        found.add(_NOTICE, "disclosure_notice_used", _USED, article=ARTICLE_DISCLOSURE)


def _check_stated(
    found: Findings, stated: tuple[date, date], *, linked: bool, rule: PreDisclosure | None
) -> None:
    if stated[1] < stated[0]:
        first_day = (f"{_WHERE}/first_day",)
        found.add(
            f"{_WHERE}/last_day",
            "disclosure_reversed",
            _REVERSED,
            article=ARTICLE_DISCLOSURE,
            rests_on=first_day,
        )
    if rule is None:
        return
    if rule.elsewhere is Elsewhere.REFUSED:
        found.add(_NOTICE, "disclosure_not_here", _HERE, article=rule.basis, rests_on=(_WHERE,))
    elif rule.elsewhere is Elsewhere.LINKED and not linked:
        found.add(f"{_WHERE}/link", "disclosure_link_missing", _LINK, article=rule.basis, rests_on=(_NOTICE,))


def _check_days(
    found: Findings,
    where: str,
    days: tuple[date, date],
    *,
    today: date,
    calendar: WorkingCalendar,
    rule: PreDisclosure,
) -> None:
    first, last = days
    if last < first and where != _NOTICE:
        return  # told already: the two days that were stated are mixed up
    if last >= today:
        found.add(where, "disclosure_not_over", _RUNS, article=rule.basis)
    if first < _FIRST_DAY or last - first > _LONG_ENOUGH:
        return
    had = calendar.working_days_between(first - timedelta(days=1), last).days if first <= last else 0
    if had < rule.working_days:
        text = _SHORT.format(had=had, days=rule.working_days)
        rests_on = ("/kind", "/content/management_class", f"{_WHERE}/first_day", f"{_WHERE}/last_day")
        found.add(where, "disclosure_too_short", text, article=rule.basis, rests_on=rests_on)
