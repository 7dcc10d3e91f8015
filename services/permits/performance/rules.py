"""Performance classes (绩效分级) and the measures of 一厂一策. Pure: no clock, no database.

Sources: 大气污染防治法 art. 93-96 (heavy-pollution response: measures by alert level), 排污许可管理条例 art. 35(2)
(special-period limits are enforced); Inner Mongolia's chain 企业申报, 旗县初审, 盟市复审, 自治区审核 with a public
notice of seven working days (verified); classes, sectors and which may take no measure are data with their edition.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from services.kit.findings import Findings, pointer
from services.kit.texts import Text

ARTICLE_RESPONSE = "大气污染防治法 第九十六条"
SOURCE_CHAIN = "内蒙古自治区重污染天气绩效分级：企业申报、旗县初审、盟市复审、自治区审核、公示7个工作日"
LEVELS = ("yellow", "orange", "red")
"""Alert levels (黄色、橙色、红色), weakest first."""


class State(StrEnum):
    """States of a declaration, with the office's words."""

    DECLARED = "declared"  # 企业申报
    COUNTY_PASSED = "county_passed"  # 旗县初审通过
    LEAGUE_PASSED = "league_passed"  # 盟市复审通过
    REGION_PASSED = "region_passed"  # 自治区审核通过
    NOTICED = "noticed"  # 公示中
    EFFECTIVE = "effective"  # 已生效
    REFUSED = "refused"  # 未通过
    WITHDRAWN = "withdrawn"  # 已撤回


class Step(StrEnum):
    """What can happen to a declaration."""

    COUNTY_REVIEW = "county_review"  # 旗县初审
    LEAGUE_REVIEW = "league_review"  # 盟市复审
    REGION_REVIEW = "region_review"  # 自治区审核
    PUBLISH = "publish"  # 公示
    TAKE_EFFECT = "take_effect"  # 生效
    REFUSE = "refuse"  # 不予通过
    WITHDRAW = "withdraw"  # 撤回申报


_CHAIN = (
    (Step.COUNTY_REVIEW, State.COUNTY_PASSED),
    (Step.LEAGUE_REVIEW, State.LEAGUE_PASSED),
    (Step.REGION_REVIEW, State.REGION_PASSED),
)
_LENGTH = {"county": 1, "league": 2, "region": 3}


def transitions(level: str) -> dict[tuple[State, Step], State]:
    """自治区分级程序: the reviews up to `level`, then the notice, then the effect; refused until it is in effect."""
    made: dict[tuple[State, Step], State] = {}
    at = State.DECLARED
    for step, state in _CHAIN[: _LENGTH[level]]:
        made[at, step] = state
        at = state
    made[at, Step.PUBLISH] = State.NOTICED
    made[State.NOTICED, Step.TAKE_EFFECT] = State.EFFECTIVE
    pending = {state for state, _ in made}
    made |= {(state, Step.REFUSE): State.REFUSED for state in pending}
    made |= {(state, Step.WITHDRAW): State.WITHDRAWN for state in pending - {State.NOTICED}}
    return made


def after(state: State, step: Step, *, level: str) -> State | None:
    """自治区分级程序: the state that `step` leads to; None where it is not open."""
    return transitions(level).get((state, step))


_NOT_RAISED = Text(
    zh="审核只能维持或降低等级，不能由{before}改为{after}", en="a review does not raise {before} to {after}"
)
_NO_SECTOR = Text(zh="该版指南没有行业{sector}", en="the edition has no sector {sector}")
_NO_CLASS = Text(zh="该行业没有{given}级，只有{known}", en="the sector has no class {given}, but {known}")
_BEFORE = Text(zh="日期早于上一步", en="earlier than the step before")
_FUTURE = Text(zh="日期晚于今天", en="after today")
_NOTICE = Text(zh="公示期至{day}", en="the notice runs to {day}")
_NOT_LOWER = Text(zh="降级应低于当日等级{now}", en="a downgrade goes below the class of that day, {now}")
_TOO_EARLY = Text(zh="不能早于现等级生效日{day}", en="not before {day}, when the present class took effect")
_UNRATED = Text(zh="该日没有绩效等级", en="there is no class on that day")


def check_class(found: Findings, *, sector: str, given: str, classes: Sequence[str] | None) -> None:
    """分级指南: a class of the sector's scheme; `classes` is None where the edition has no such sector."""
    if classes is None:
        text = _NO_SECTOR.format(sector=sector)
        found.add("/sector", "sector_unknown", text, article=SOURCE_CHAIN)
    elif given not in classes:
        text = _NO_CLASS.format(given=given, known=", ".join(classes))
        found.add("/given_class", "class_unknown", text, article=SOURCE_CHAIN, rests_on=("/sector",))


def check_not_raised(found: Findings, *, before: str, given: str, classes: Sequence[str]) -> None:
    """分级指南: a review keeps the class or lowers it; who wants a better one declares it."""
    if given not in classes:
        text = _NO_CLASS.format(given=given, known=", ".join(classes))
        found.add("/given_class", "class_unknown", text, article=SOURCE_CHAIN)
    elif classes.index(given) < classes.index(before):
        text = _NOT_RAISED.format(before=before, after=given)
        found.add("/given_class", "class_raised", text, article=SOURCE_CHAIN)


def check_follows(found: Findings, *, day: date, earliest: date, today: date) -> None:
    """自治区分级程序: a step is on or after the one before, and not of tomorrow: no clock runs backwards."""
    if day < earliest:
        found.add("/on_day", "step_before_last", _BEFORE, article=SOURCE_CHAIN)
    if day > today:
        found.add("/on_day", "step_in_future", _FUTURE, article=SOURCE_CHAIN)


def check_notice_over(found: Findings, *, day: date, notice_until: date) -> None:
    """自治区分级程序: a class takes effect when its notice of seven working days is over."""
    if day <= notice_until:
        text = _NOTICE.format(day=notice_until.isoformat())
        found.add("/on_day", "notice_running", text, article=SOURCE_CHAIN)


@dataclass(frozen=True, slots=True)
class Given:
    """A class that was given to a site, from a day on, until another one is."""

    given_class: str
    effective_from: date
    entered: int
    """Its place in the order of entries: of two of the same day the later one holds."""


def holding(given: Iterable[Given], day: date) -> Given | None:
    """分级指南: what holds on `day`: the newest of those in effect; None before the first."""
    begun = [each for each in given if each.effective_from <= day]
    return max(begun, key=lambda each: (each.effective_from, each.entered), default=None)


def check_downgrade(
    found: Findings, *, now: str | None, since: date | None, to: str, day: date, classes: Sequence[str]
) -> None:
    """分级指南: a downgrade is below the class of that day, and not dated before it."""
    if now is None or since is None:
        found.add("/effective_from", "not_rated", _UNRATED, article=SOURCE_CHAIN)
        return
    if to not in classes or classes.index(to) <= classes.index(now):
        text = _NOT_LOWER.format(now=now)
        found.add(
            "/given_class", "class_not_lower", text, article=SOURCE_CHAIN, rests_on=("/effective_from",)
        )
    if day < since:
        text = _TOO_EARLY.format(day=since.isoformat())
        found.add("/effective_from", "before_present_class", text, article=SOURCE_CHAIN)


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of a 一厂一策 sheet: at which alert, which process, what is done and how much."""

    alert_level: str
    process: str
    action: str
    outlet_code: str | None
    reduction_percent: Decimal | None
    quantity: Decimal | None
    unit: str | None = None
    measure: str = ""


_BEFORE_PERMIT = Text(zh="许可证自{day}起有效", en="the permit holds from {day} on")
_NO_MEASURE = Text(zh="{level}预警没有减排措施", en="there is no measure for the {level} alert")
_NO_AMOUNT = Text(zh="限产措施应写明比例或数量", en="a cut states its percentage or its quantity")
_UNIT = Text(zh="数量和单位应同时填写", en="a quantity has its unit, a unit its quantity")
_ALL = Text(zh="停产即削减100%", en="a stop is a reduction of 100 %")
_WEAKER = Text(
    zh="{process}在{level}预警的削减比例不应低于更低等级预警",
    en="{process} is cut less at {level} than below it",
)
_REPEATED = Text(zh="同一工序的同类措施重复", en="the same measure appears twice")
_NO_OUTLET = Text(zh="许可证中没有排放口{code}", en="the permit has no outlet {code}")
_COMPARED = tuple(f"/measures/*/{name}" for name in ("alert_level", "process", "action", "reduction_percent"))
_ZH = {"yellow": "黄色", "orange": "橙色", "red": "红色"}


def check_begin(found: Findings, *, effective_from: date, since: date) -> None:
    """大气污染防治法 art. 96, 一厂一策: a site has its sheet from the first day of its permit on, not before."""
    if effective_from < since:
        text = _BEFORE_PERMIT.format(day=since.isoformat())
        found.add("/effective_from", "before_permit", text, article=ARTICLE_RESPONSE)


def check_measures(
    found: Findings, measures: Sequence[Measure], *, exempt: bool, outlets: Collection[str] | None
) -> None:
    """大气污染防治法 art. 96, 一厂一策: every alert level has its measures, none weaker than at the level below.

    A class that may take no measure (A, 引领性) may file none. `outlets` are those of the permit; None: not looked at.
    """
    seen: set[tuple[str | None, ...]] = set()
    for index, each in enumerate(measures):
        _check_measure(found, pointer("measures", index), each, outlets)
        key = (each.alert_level, each.process, each.action, each.outlet_code, each.measure)
        if key in seen:
            found.add(pointer("measures", index), "measure_repeated", _REPEATED)
        seen.add(key)
    if not exempt:
        for level in LEVELS:
            if all(each.alert_level != level for each in measures):
                text = Text(zh=_NO_MEASURE.zh.format(level=_ZH[level]), en=_NO_MEASURE.en.format(level=level))
                found.add(
                    "/measures",
                    "level_without_measure",
                    text,
                    article=ARTICLE_RESPONSE,
                    rests_on=("/measures/*/alert_level",),
                )
    _check_steps(found, measures)


def _check_measure(found: Findings, where: str, each: Measure, outlets: Collection[str] | None) -> None:
    if outlets is not None and each.outlet_code is not None and each.outlet_code not in outlets:
        text = _NO_OUTLET.format(code=each.outlet_code)
        found.add(f"{where}/outlet_code", "outlet_not_permitted", text, article=ARTICLE_RESPONSE)
    if each.action == "limit" and each.reduction_percent is None and each.quantity is None:
        rests_on = (f"{where}/quantity", f"{where}/action")
        found.add(
            f"{where}/reduction_percent",
            "measure_without_amount",
            _NO_AMOUNT,
            article=ARTICLE_RESPONSE,
            rests_on=rests_on,
        )
    if (each.quantity is None) != (each.unit is None):
        found.add(
            f"{where}/unit", "unit_missing", _UNIT, article=ARTICLE_RESPONSE, rests_on=(f"{where}/quantity",)
        )
    if each.action == "stop" and each.reduction_percent not in (None, Decimal(100)):
        found.add(
            f"{where}/reduction_percent",
            "stop_is_whole",
            _ALL,
            article=ARTICLE_RESPONSE,
            rests_on=(f"{where}/action",),
        )


def cut_of(measures: Iterable[Measure], process: str, level: str) -> Decimal:
    """一厂一策: by how many per cent a process is cut at an alert level; a stop is the whole of it, nothing is none."""
    cuts = [Decimal(0)]
    for each in measures:
        if each.process == process and each.alert_level == level:
            whole = each.action == "stop"
            cuts.append(Decimal(100) if whole else each.reduction_percent or Decimal(0))
    return max(cuts)


def _check_steps(found: Findings, measures: Sequence[Measure]) -> None:
    for process in sorted({each.process for each in measures}):
        for below, level in pairwise(LEVELS):
            if cut_of(measures, process, level) < cut_of(measures, process, below):
                text = Text(
                    zh=_WEAKER.zh.format(process=process, level=_ZH[level]),
                    en=_WEAKER.en.format(process=process, level=level),
                )
                found.add(
                    "/measures",
                    "measure_weaker",
                    text,
                    article=ARTICLE_RESPONSE,
                    rests_on=_COMPARED,
                )
