"""The yearly greenhouse-gas report of a key emitter (重点排放单位), and the states it goes through. Pure.

Sources: 碳排放权交易管理暂行条例 (in force 2024-05-01): art. 11 (annual report of the year before to the province, raw
records at least five years, disclosure), art. 12 (verification; the result is fed back within seven working days of its
end), art. 21 (fine for not reporting), art. 22 (fine for false data). The province verifies: the city keeps the report,
forwards it, and enters what comes back.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.kit.findings import Findings, pointer
from services.kit.texts import Text

ARTICLE_REPORT = "碳排放权交易管理暂行条例 第十一条"
ARTICLE_VERIFICATION = "碳排放权交易管理暂行条例 第十二条"
ARTICLE_LATE = "碳排放权交易管理暂行条例 第二十一条"
ARTICLE_FALSE = "碳排放权交易管理暂行条例 第二十二条"


class State(StrEnum):
    """States of a report, with the office's words."""

    SUBMITTED = "submitted"  # 已提交
    RETURNED = "returned"  # 退回修改
    FORWARDED = "forwarded"  # 已报送自治区
    VERIFIED = "verified"  # 核查完成
    FED_BACK = "fed_back"  # 核查结果已反馈


class Step(StrEnum):
    """What can happen to a report after it was first submitted."""

    CORRECT = "correct"  # 更正
    RETURN = "return"  # 退回
    FORWARD = "forward"  # 报送
    VERIFY = "verify"  # 录入核查结果
    FEED_BACK = "feed_back"  # 反馈


TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.SUBMITTED, Step.CORRECT): State.SUBMITTED,
    (State.SUBMITTED, Step.RETURN): State.RETURNED,
    (State.SUBMITTED, Step.FORWARD): State.FORWARDED,
    (State.RETURNED, Step.CORRECT): State.SUBMITTED,
    (State.FORWARDED, Step.RETURN): State.RETURNED,
    (State.FORWARDED, Step.VERIFY): State.VERIFIED,
    (State.VERIFIED, Step.FEED_BACK): State.FED_BACK,
}


def after(state: State, step: Step) -> State | None:
    """碳交易条例 art. 11, 12: the state that `step` leads to; None where it is not open.

    Nothing is verified that was not forwarded, nothing fed back that was not verified, and what was verified is no
    longer corrected.
    """
    return TRANSITIONS.get((state, step))


def due_on(year: int, *, month: int, day: int) -> date:
    """碳交易条例 art. 11: the report of a year is due in the year after; the day is that of the notice."""
    following = year + 1
    return date(following, month, min(day, calendar.monthrange(following, month)[1]))


def keep_until(year: int, *, years: int) -> date:
    """碳交易条例 art. 11: raw records and ledgers are kept at least five years, counted from the end of the year."""
    return date(year + years, 12, 31)


def days_late(due: date, submitted_on: date) -> int:
    """碳交易条例 art. 21: calendar days after the due day; 0 when in time."""
    return max(0, (submitted_on - due).days)


_NOT_OVER = Text(zh="{year}年尚未结束", en="the year {year} is not over")
_NO_REPORTS = Text(zh="{year}年以前没有排放报告制度", en="nobody reported emissions before {year}")
_TOO_FAR = Text(zh="名录最多提前一年：不晚于{year}年", en="a list is of {year} at the latest, a year ahead")
_UNUSED = Text(zh="有{count}条能源消耗记录未纳入报告", en="{count} fuel facts of the year are left out")
_UNKNOWN = Text(zh="该年度没有此能源消耗记录", en="the year has no such fuel fact")
_OLDER = Text(zh="该记录已更正为第{version}版", en="the fact was corrected: its version is {version}")
_TWICE = Text(zh="同一记录重复", en="the same fact appears twice")
_NO_FACTOR = Text(zh="{year}年没有{about}的排放因子", en="no factor is known for {about} in {year}")
_NOTHING = Text(zh="该年度没有任何活动数据", en="there are no activity data of that year")
_BEFORE = Text(zh="日期早于上一步", en="earlier than the step before")
_FUTURE = Text(zh="日期晚于今天", en="after today")
_GAS_TWICE = Text(zh="同一过程的同一气体重复", en="the same gas of the same process appears twice")
_NOT_THE_SAME = Text(
    zh="核查相符的，核定排放量应为报告的{total}吨", en="what conforms is verified as reported, {total} t"
)
_THE_SAME = Text(
    zh="核定排放量与报告的{total}吨相同，结论应为相符",
    en="it is what was reported, {total} t, so it conforms",
)


@dataclass(frozen=True, slots=True)
class Named:
    """A fuel fact as a report names it: in the version that was read."""

    fact_id: UUID
    version: int


def check_year(found: Findings, *, year: int, today: date) -> None:
    """碳交易条例 art. 11: the report is of the year before, so of one that is over."""
    if year >= today.year:
        found.add("/year", "year_not_over", _NOT_OVER.format(year=year), article=ARTICLE_REPORT)


def check_listed_year(found: Findings, *, year: int, first: int | None, today: date) -> None:
    """碳交易条例 art. 11: a list is of a year of emissions that is reported, known a year ahead at most (ours).

    `first` is the first year with reports; None: not looked at.
    """
    if first is not None and year < first:
        found.add("/year", "year_before_rules", _NO_REPORTS.format(year=first), article=ARTICLE_REPORT)
    if year > today.year + 1:
        text = _TOO_FAR.format(year=today.year + 1)
        found.add("/year", "year_too_far", text, article=ARTICLE_REPORT)


def check_facts(found: Findings, named: Iterable[Named], newest: Mapping[UUID, int]) -> None:
    """碳交易条例 art. 11: the report rests on every fuel fact of the year, each once, in its newest version."""
    seen: set[UUID] = set()
    for index, each in enumerate(named):
        where = pointer("facts", index)
        if each.fact_id not in newest:
            found.add(f"{where}/fact_id", "fact_unknown", _UNKNOWN, article=ARTICLE_REPORT)
        elif each.fact_id in seen:
            found.add(f"{where}/fact_id", "fact_repeated", _TWICE)
        elif each.version != newest[each.fact_id]:
            text = _OLDER.format(version=newest[each.fact_id])
            found.add(f"{where}/version", "fact_superseded", text, article=ARTICLE_REPORT)
        seen.add(each.fact_id)
    unused = newest.keys() - seen
    if unused:
        text = _UNUSED.format(count=len(unused))
        rests_on = ("/facts/*/fact_id",)
        found.add("/facts", "facts_left_out", text, article=ARTICLE_REPORT, rests_on=rests_on)


def check_gases(found: Findings, gases: Sequence[tuple[str, str]]) -> None:
    """碳交易条例 art. 22: each gas of each process once, so that nothing is counted twice."""
    seen: set[tuple[str, str]] = set()
    for index, each in enumerate(gases):
        if each in seen:
            where, rests_on = pointer("other_gases", index), ("/other_gases/*/gas", "/other_gases/*/process")
            found.add(where, "gas_repeated", _GAS_TWICE, article=ARTICLE_FALSE, rests_on=rests_on)
        seen.add(each)


def check_result(found: Findings, *, conclusion: str, verified: Decimal, reported: Decimal) -> None:
    """碳交易条例 art. 12: a verification that conforms finds what was reported, one that corrects another amount."""
    if (conclusion == "conforms") == (verified == reported):
        return
    said = _NOT_THE_SAME if conclusion == "conforms" else _THE_SAME
    text, rests_on = said.format(total=format(reported, "f")), ("/conclusion", "/step")
    found.add("/verified_t", "result_contradicts", text, article=ARTICLE_VERIFICATION, rests_on=rests_on)


def check_sheet(
    found: Findings, *, year: int, lines: int, missing: Iterable[str], gases: Sequence[str] = ()
) -> None:
    """碳交易条例 art. 11, 22: a report has activity data, and a factor for each; what has none is not left out."""
    if not lines:
        rests_on = ("/facts", "/other_gases")
        found.add("/facts", "no_activity_data", _NOTHING, article=ARTICLE_REPORT, rests_on=rests_on)
    for about in sorted(set(missing)):
        text = _NO_FACTOR.format(about=about, year=year)
        rests_on = ("/facts", "/other_gases")
        of_gas = [f"/other_gases/{index}/gas" for index, gas in enumerate(gases) if gas == about]
        for where in of_gas or ["/facts"]:
            found.add(where, "factor_unknown", text, article=ARTICLE_FALSE, rests_on=rests_on)


def check_follows(found: Findings, where: str, *, day: date, earliest: date, today: date) -> None:
    """碳交易条例 art. 12: a step is on or after the step before it, and not of tomorrow: no clock runs backwards."""
    if day < earliest:
        found.add(where, "step_before_last", _BEFORE, article=ARTICLE_VERIFICATION)
    if day > today:
        found.add(where, "step_in_future", _FUTURE, article=ARTICLE_VERIFICATION)
