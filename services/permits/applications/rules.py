"""The way of an application: its states and steps, who may take them, and what a grant rests on. Pure: no clock, no
database.

Sources: 排污许可管理条例 (Order 736, in force 2021-03-01) art. 9-12; 行政许可法 (2019) art. 32, 38, 44, 45. That
whoever reviewed does not decide is ours (审核 and 审批 are the work of two).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from services.kit.identifiers.verdict import fold


class Kind(StrEnum):
    """What is applied for."""

    FIRST = "first"  # 首次申请
    SUPPLEMENT = "supplement"  # 补充申请
    REAPPLICATION = "reapplication"  # 重新申请
    CHANGE = "change"  # 变更
    RENEWAL = "renewal"  # 延续


class State(StrEnum):
    """States of an application, with the office's words."""

    SUBMITTED = "submitted"  # 已提交，待受理
    CORRECTABLE = "correctable"  # 可当场更正
    INCOMPLETE = "incomplete"  # 待补正
    ACCEPTED = "accepted"  # 已受理，审查中
    PAUSED = "paused"  # 期限中止
    REVIEWED = "reviewed"  # 审查完毕，待决定
    GRANTED = "granted"  # 准予许可，待送达
    DELIVERED = "delivered"  # 已送达
    REFUSED = "refused"  # 不予许可，待送达
    REFUSAL_DELIVERED = "refusal_delivered"  # 不予许可，已送达
    NOT_REQUIRED = "not_required"  # 不需要取得许可
    NOT_COMPETENT = "not_competent"  # 不属本机关职权
    NOT_ACCEPTED = "not_accepted"  # 补正不全，不予受理
    WITHDRAWN = "withdrawn"  # 已撤回申请


class Step(StrEnum):
    """What can happen to an application."""

    SUBMIT = "submit"  # 提交
    ALLOW_CORRECTION = "allow_correction"  # 允许当场更正
    NOTIFY = "notify"  # 一次性告知补正
    CORRECT = "correct"  # 补正、更正
    ACCEPT = "accept"  # 受理
    DEEM_ACCEPTED = "deem_accepted"  # 逾期未告知，视为受理
    FIND_NOT_REQUIRED = "find_not_required"  # 告知不需要取得
    FIND_NOT_COMPETENT = "find_not_competent"  # 不予受理：无职权
    DECLINE = "decline"  # 不予受理：补正不全
    WITHDRAW = "withdraw"  # 撤回申请
    EXAMINE = "examine"  # 填写审查意见
    ORDER_SITE_CHECK = "order_site_check"  # 决定现场核查
    RECORD_SITE_CHECK = "record_site_check"  # 记录现场核查
    PAUSE = "pause"  # 听证、检验、鉴定、专家评审
    RESUME = "resume"  # 恢复计期
    REVIEW = "review"  # 审查完毕，提出意见
    RETURN = "return"  # 退回审查
    GRANT = "grant"  # 准予许可
    REFUSE = "refuse"  # 不予许可
    DELIVER = "deliver"  # 颁发、送达
    DELIVER_REFUSAL = "deliver_refusal"  # 送达不予许可决定书


class Party(StrEnum):
    """Whose step it is; `TIME` is the law's own, when a period has run out."""

    APPLICANT = "applicant"
    CLERK = "clerk"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Duty:
    """Who takes a step, and the article that it rests on."""

    party: Party
    article: str


ARTICLE_ONE_PERMIT = "排污许可管理条例 第六条"
ARTICLE_CONTENT = "排污许可管理条例 第七条"
ARTICLE_ACCEPTANCE = "排污许可管理条例 第九条"
ARTICLE_REVIEW = "排污许可管理条例 第十条"
ARTICLE_CONDITIONS = "排污许可管理条例 第十一条"
ARTICLE_EIA = "排污许可管理条例 第十一条第（一）项"
ARTICLE_DECISION = "排污许可管理条例 第十二条"
ARTICLE_PROCEDURE = "排污许可管理条例 第九条至第十二条"
ARTICLE_PAUSE = "行政许可法 第四十五条"
ARTICLE_DELIVERY = "行政许可法 第四十四条"
ARTICLE_REFUSAL = "行政许可法 第三十八条"
ARTICLE_REFUSAL_DELIVERY = "行政许可法 第三十八条第二款、第四十四条"
ARTICLE_DISCLOSURE = "排污许可管理条例 第八条第（一）项"
ARTICLE_BAR = "排污许可管理条例 第四十条、第四十一条"

DUTIES: dict[Step, Duty] = {
    Step.SUBMIT: Duty(Party.APPLICANT, "排污许可管理条例 第七条"),
    Step.ALLOW_CORRECTION: Duty(Party.CLERK, "排污许可管理条例 第九条第（三）项"),
    Step.NOTIFY: Duty(Party.CLERK, "排污许可管理条例 第九条第（四）项"),
    Step.CORRECT: Duty(Party.APPLICANT, "排污许可管理条例 第九条第（三）、（五）项"),
    Step.ACCEPT: Duty(Party.CLERK, "排污许可管理条例 第九条第（五）项"),
    Step.DEEM_ACCEPTED: Duty(Party.TIME, "排污许可管理条例 第九条第（四）项"),
    Step.FIND_NOT_REQUIRED: Duty(Party.CLERK, "排污许可管理条例 第九条第（一）项"),
    Step.FIND_NOT_COMPETENT: Duty(Party.CLERK, "排污许可管理条例 第九条第（二）项"),
    Step.DECLINE: Duty(Party.CLERK, "排污许可管理条例 第九条第（五）项"),
    Step.WITHDRAW: Duty(Party.APPLICANT, "本系统"),
    Step.EXAMINE: Duty(Party.REVIEWER, ARTICLE_CONDITIONS),
    Step.ORDER_SITE_CHECK: Duty(Party.REVIEWER, ARTICLE_REVIEW),
    Step.RECORD_SITE_CHECK: Duty(Party.REVIEWER, ARTICLE_REVIEW),
    Step.PAUSE: Duty(Party.REVIEWER, ARTICLE_PAUSE),
    Step.RESUME: Duty(Party.REVIEWER, ARTICLE_PAUSE),
    Step.REVIEW: Duty(Party.REVIEWER, ARTICLE_CONDITIONS),
    Step.RETURN: Duty(Party.APPROVER, "本系统"),
    Step.GRANT: Duty(Party.APPROVER, ARTICLE_DECISION),
    Step.REFUSE: Duty(Party.APPROVER, ARTICLE_DECISION),
    Step.DELIVER: Duty(Party.CLERK, ARTICLE_DELIVERY),
    Step.DELIVER_REFUSAL: Duty(Party.CLERK, ARTICLE_REFUSAL_DELIVERY),
}

# 条例 art. 9: what came in is accepted, refused or sent back once, all faults named at once.
_AT_THE_COUNTER = {
    Step.ACCEPT: State.ACCEPTED,
    Step.DEEM_ACCEPTED: State.ACCEPTED,
    Step.NOTIFY: State.INCOMPLETE,
    Step.FIND_NOT_REQUIRED: State.NOT_REQUIRED,
    Step.FIND_NOT_COMPETENT: State.NOT_COMPETENT,
    Step.DECLINE: State.NOT_ACCEPTED,
    Step.WITHDRAW: State.WITHDRAWN,
}

TRANSITIONS: dict[tuple[State, Step], State] = {
    **{(State.SUBMITTED, step): end for step, end in _AT_THE_COUNTER.items()},
    (State.SUBMITTED, Step.ALLOW_CORRECTION): State.CORRECTABLE,
    **{(State.CORRECTABLE, step): end for step, end in _AT_THE_COUNTER.items()},
    (State.CORRECTABLE, Step.CORRECT): State.SUBMITTED,
    (State.INCOMPLETE, Step.CORRECT): State.SUBMITTED,
    (State.INCOMPLETE, Step.WITHDRAW): State.WITHDRAWN,
    (State.ACCEPTED, Step.EXAMINE): State.ACCEPTED,
    (State.ACCEPTED, Step.ORDER_SITE_CHECK): State.ACCEPTED,
    (State.ACCEPTED, Step.RECORD_SITE_CHECK): State.ACCEPTED,
    (State.ACCEPTED, Step.PAUSE): State.PAUSED,
    (State.ACCEPTED, Step.REVIEW): State.REVIEWED,
    (State.ACCEPTED, Step.WITHDRAW): State.WITHDRAWN,
    (State.PAUSED, Step.RESUME): State.ACCEPTED,
    (State.PAUSED, Step.WITHDRAW): State.WITHDRAWN,
    (State.REVIEWED, Step.RETURN): State.ACCEPTED,
    (State.REVIEWED, Step.GRANT): State.GRANTED,
    (State.REVIEWED, Step.REFUSE): State.REFUSED,
    (State.REVIEWED, Step.WITHDRAW): State.WITHDRAWN,
    (State.GRANTED, Step.DELIVER): State.DELIVERED,
    (State.REFUSED, Step.DELIVER_REFUSAL): State.REFUSAL_DELIVERED,
}

ENDS = frozenset(State) - {start for start, _ in TRANSITIONS}
"""Where nothing more happens."""

OPEN = frozenset(State) - ENDS - {State.GRANTED, State.REFUSED}
"""Where an application still waits for somebody, so that the site has no second one."""

DECIDED = frozenset({State.GRANTED, State.DELIVERED, State.REFUSED, State.REFUSAL_DELIVERED})


def after(state: State, step: Step) -> State | None:
    """The state that `step` leads to; None where the step is not open."""
    return TRANSITIONS.get((state, step))


MOST_DAYS_AHEAD = 366
"""So far ahead a site check is planned, and the clock stopped, at most: later is a slip of the pen (ours)."""


def different_people(names: Sequence[str]) -> bool:
    """条例 art. 10: two people look at a site; one whose name is written otherwise is still one.

    王 五 is 王五, and full-width letters are those of half the width.
    """
    return len({fold(each).casefold() for each in names}) == len(names)


class Item(StrEnum):
    """What a permit may only be issued on (条例 art. 11)."""

    EIA = "eia"  # （一）依法取得环评批复或备案
    STANDARDS = "standards"  # （二）符合排放标准、环评要求
    TOTAL_CONTROL = "total_control"  # （二）符合重点污染物总量控制要求
    CONTROLS = "controls"  # （三）污染防治设施或措施
    MONITORING = "monitoring"  # （四）自行监测方案


ITEM_ARTICLES: dict[Item, str] = {
    Item.EIA: ARTICLE_EIA,
    Item.STANDARDS: "排污许可管理条例 第十一条第（二）项",
    Item.TOTAL_CONTROL: "排污许可管理条例 第十一条第（二）项",
    Item.CONTROLS: "排污许可管理条例 第十一条第（三）项",
    Item.MONITORING: "排污许可管理条例 第十一条第（四）项",
}


class Outcome(StrEnum):
    """What a reviewer finds of an item."""

    MET = "met"  # 符合
    NOT_MET = "not_met"  # 不符合
    UNAFFECTED = "unaffected"  # 本次变更不涉及


def may_be_unaffected(kind: Kind, item: Item) -> bool:
    """条例 art. 14: a change of names leaves most conditions as they were found; the EIA is looked at every time."""
    return kind is Kind.CHANGE and item is not Item.EIA


@dataclass(frozen=True, slots=True)
class Done:
    """One step that was taken: when, and by whom."""

    step: Step
    on: date
    by: str


@dataclass(frozen=True, slots=True)
class Case:
    """An application as the rules see it: every step so far, oldest first, and what was found."""

    kind: Kind
    management_class: str
    history: tuple[Done, ...]
    findings: Mapping[Item, Outcome] = field(default_factory=dict)
    eia_verified: bool = False
    barred_until: date | None = None
    """Until when the applicant may hold no new permit (条例 art. 40, 41)."""
    permit_ended: bool = False
    """Whether the permit that it is about was annulled, withdrawn, revoked or cancelled meanwhile."""
    disclosed: bool = True
    """Whether what had to be disclosed before it was, as that is known now (条例 art. 8(1))."""

    @property
    def state(self) -> State:
        state = State.SUBMITTED
        for done in self.history[1:]:
            state = TRANSITIONS[(state, done.step)]
        return state

    def has(self, *steps: Step) -> bool:
        return any(done.step in steps for done in self.history)

    def doers(self, *steps: Step) -> frozenset[str]:
        """Who took any of these steps."""
        return frozenset(done.by for done in self.history if done.step in steps)

    def with_step(self, done: Done) -> Case:
        return replace(self, history=(*self.history, done))


class Obstacle(StrEnum):
    """Why a step is not open; each is the code of a refusal."""

    STEP_NOT_OPEN = "step_not_open"
    NOTICE_ONLY_ONCE = "notice_only_once"
    NOTICE_FIRST = "notice_first"
    SITE_CHECK_ORDERED = "site_check_ordered"
    SITE_CHECK_NOT_ORDERED = "site_check_not_ordered"
    SITE_CHECK_PENDING = "site_check_pending"
    CHECKLIST_INCOMPLETE = "checklist_incomplete"
    CONDITION_NOT_MET = "condition_not_met"
    EIA_UNVERIFIED = "eia_unverified"
    APPLICANT_BARRED = "applicant_barred"
    PERMIT_ENDED = "permit_ended"
    DISCLOSURE_UNMET = "disclosure_unmet"
    FOUR_EYES = "four_eyes"


CHECKED_WORK: dict[Step, tuple[Step, ...]] = {
    **dict.fromkeys((Step.EXAMINE, Step.RECORD_SITE_CHECK, Step.REVIEW), (Step.SUBMIT, Step.CORRECT)),
    **dict.fromkeys(
        (Step.GRANT, Step.REFUSE, Step.RETURN),
        (Step.SUBMIT, Step.CORRECT, Step.EXAMINE, Step.RECORD_SITE_CHECK, Step.REVIEW),
    ),
}
"""By step, whose steps it checks: nobody checks what is their own."""


def obstacles(case: Case, step: Step, *, by: str, on: date, proposes_grant: bool = False) -> list[Obstacle]:
    """Everything that stands in the way of a step; empty where it is open.

    `proposes_grant` is for a review that ends with the proposal to grant: it asks for what the grant asks for.
    """
    if after(case.state, step) is None:
        return [Obstacle.STEP_NOT_OPEN]
    found = _of_the_counter(case, step) + _of_the_site(case, step)
    if step in (Step.REVIEW, Step.GRANT) and set(case.findings) < set(Item):
        found.append(Obstacle.CHECKLIST_INCOMPLETE)
    if step is Step.GRANT or (step is Step.REVIEW and proposes_grant):
        found += _of_the_permit(case, on)
    if by in checked(case, step):
        found.append(Obstacle.FOUR_EYES)
    return found


def checked(case: Case, step: Step) -> frozenset[str]:
    """Whose work the step checks."""
    return case.doers(*CHECKED_WORK.get(step, ()))


def _of_the_counter(case: Case, step: Step) -> list[Obstacle]:
    """条例 art. 9(4): all that is missing is said once; only what was then not supplied ends an application (5)."""
    if step is Step.NOTIFY and case.has(Step.NOTIFY):
        return [Obstacle.NOTICE_ONLY_ONCE]
    if step is Step.DECLINE and not case.has(Step.NOTIFY):
        return [Obstacle.NOTICE_FIRST]
    return []


def _of_the_site(case: Case, step: Step) -> list[Obstacle]:
    """条例 art. 10: a site check that was ordered is made before anybody decides."""
    ordered, made = case.has(Step.ORDER_SITE_CHECK), case.has(Step.RECORD_SITE_CHECK)
    if step is Step.ORDER_SITE_CHECK and ordered:
        return [Obstacle.SITE_CHECK_ORDERED]
    if step is Step.RECORD_SITE_CHECK and not ordered:
        return [Obstacle.SITE_CHECK_NOT_ORDERED]
    if step in (Step.REVIEW, Step.GRANT) and ordered and not made:
        return [Obstacle.SITE_CHECK_PENDING]
    return []


def _of_the_permit(case: Case, on: date) -> list[Obstacle]:
    """条例 art. 11: every condition is met; (1) an EIA that somebody of the bureau has seen; art. 40, 41: no bar.

    行政许可法 art. 70: what was struck from the register is not changed or renewed. 条例 art. 8(1): a key unit's
    disclosure that was cut short, or proves too short, is none.
    """
    found = []
    if Outcome.NOT_MET in case.findings.values():
        found.append(Obstacle.CONDITION_NOT_MET)
    if not case.eia_verified:
        found.append(Obstacle.EIA_UNVERIFIED)
    if case.barred_until is not None and on <= case.barred_until:
        found.append(Obstacle.APPLICANT_BARRED)
    if case.permit_ended:
        found.append(Obstacle.PERMIT_ENDED)
    if not case.disclosed:
        found.append(Obstacle.DISCLOSURE_UNMET)
    return found
