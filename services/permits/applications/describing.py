"""The machine in the words of the office, for `docs/rules/permits.md`: written from the rules, compared by a test.

`python -m services.permits.applications.describing` writes it anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from services.permits.applications.rules import DUTIES, ITEM_ARTICLES, TRANSITIONS, Item, Party, State, Step
from services.permits.machines.machine import Machine, diagram, table

BEGIN, END = (
    "<!-- written from applications.rules: begin -->",
    "<!-- written from applications.rules: end -->",
)
DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "rules" / "permits.md"

STATES: dict[State, str] = {
    State.SUBMITTED: "已提交，待受理",
    State.CORRECTABLE: "可当场更正",
    State.INCOMPLETE: "待补正",
    State.ACCEPTED: "已受理，审查中",
    State.PAUSED: "期限中止",
    State.REVIEWED: "待决定",
    State.GRANTED: "准予许可，待送达",
    State.DELIVERED: "已送达",
    State.REFUSED: "不予许可，待送达",
    State.REFUSAL_DELIVERED: "不予许可，已送达",
    State.NOT_REQUIRED: "不需要取得许可",
    State.NOT_COMPETENT: "无职权，不予受理",
    State.NOT_ACCEPTED: "补正不全，不予受理",
    State.WITHDRAWN: "已撤回申请",
}
STEPS: dict[Step, str] = {
    Step.SUBMIT: "提交",
    Step.ALLOW_CORRECTION: "允许当场更正",
    Step.NOTIFY: "一次性告知补正",
    Step.CORRECT: "补正、更正",
    Step.ACCEPT: "受理",
    Step.DEEM_ACCEPTED: "逾期未告知，视为受理",
    Step.FIND_NOT_REQUIRED: "告知不需要取得",
    Step.FIND_NOT_COMPETENT: "告知向有权部门申请",
    Step.DECLINE: "不予受理",
    Step.WITHDRAW: "撤回申请",
    Step.EXAMINE: "填写审查清单",
    Step.ORDER_SITE_CHECK: "决定现场核查",
    Step.RECORD_SITE_CHECK: "记录现场核查",
    Step.PAUSE: "听证、检验、鉴定、专家评审",
    Step.RESUME: "恢复计期",
    Step.REVIEW: "审查完毕，提出意见",
    Step.RETURN: "退回审查",
    Step.GRANT: "准予许可",
    Step.REFUSE: "不予许可",
    Step.DELIVER: "颁发、送达",
    Step.DELIVER_REFUSAL: "送达不予许可决定书",
}
PARTIES: dict[Party, str] = {
    Party.APPLICANT: "申请人 applicant",
    Party.CLERK: "受理人员 clerk",
    Party.REVIEWER: "审核人员 reviewer",
    Party.APPROVER: "审批人员 approver",
    Party.TIME: "期限届满 time",
}
ITEMS: dict[Item, str] = {
    Item.EIA: "依法取得环评批复或者办理备案",
    Item.STANDARDS: "符合排放标准和环评要求",
    Item.TOTAL_CONTROL: "符合重点污染物总量控制要求",
    Item.CONTROLS: "污染防治设施能达到许可排放浓度",
    Item.MONITORING: "自行监测方案符合国家规范",
}


def _machine() -> Machine:
    return Machine(
        "applications",
        "排污许可申请 Applications",
        "applications.rules.TRANSITIONS",
        states={state.value: word for state, word in STATES.items()},
        steps={step.value: word for step, word in STEPS.items()},
        edges=tuple((start.value, step.value, end.value) for (start, step), end in TRANSITIONS.items()),
        begins=((STEPS[Step.SUBMIT], State.SUBMITTED.value),),
        before=frozenset({Step.SUBMIT.value}),
        columns={
            "whose": lambda step: PARTIES[DUTIES[Step(step)].party],
            "article": lambda step: DUTIES[Step(step)].article,
        },
    )


def described() -> str:
    """The block between the two marks."""
    shown = _machine()
    return "\n".join([BEGIN, "", *diagram(shown), "", *table(shown), "", *_items(), "", END])


def _items() -> Iterator[str]:
    yield "| condition | 许可条件 | article |"
    yield "|---|---|---|"
    for item in Item:
        yield f"| `{item}` | {ITEMS[item]} | {ITEM_ARTICLES[item]} |"


def rewritten(text: str) -> str:
    """A document with its block written anew. ValueError where it has no such block."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError("the document has no block to write")
    return f"{before}{described()}{after}"


if __name__ == "__main__":
    DOCUMENT.write_text(rewritten(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
