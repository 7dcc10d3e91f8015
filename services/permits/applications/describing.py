"""The machine in the words of the office, for `docs/rules/permits.md`: written from the rules, compared by a test.

`python -m services.permits.applications.describing` writes it anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from services.permits.applications.rules import DUTIES, ITEM_ARTICLES, TRANSITIONS, Item, Party, State, Step

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
    State.REFUSED: "不予许可",
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


def described() -> str:
    """The block between the two marks."""
    return "\n".join([BEGIN, "", *_diagram(), "", *_steps(), "", *_items(), "", END])


def _diagram() -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    for state in State:
        yield f"  {state}: {STATES[state]}"
    yield f"  [*] --> {State.SUBMITTED}: {STEPS[Step.SUBMIT]}"
    for (start, step), end in TRANSITIONS.items():
        yield f"  {start} --> {end}: {STEPS[step]}"
    for state in State:
        if all(start is not state for start, _ in TRANSITIONS):
            yield f"  {state} --> [*]"
    yield "```"


def _steps() -> Iterator[str]:
    yield "| step | 步骤 | from | to | whose | article |"
    yield "|---|---|---|---|---|---|"
    for step in Step:
        starts = [str(start) for start, taken in TRANSITIONS if taken is step]
        ends = {str(end) for (_, taken), end in TRANSITIONS.items() if taken is step} or {State.SUBMITTED}
        duty = DUTIES[step]
        yield (
            f"| `{step}` | {STEPS[step]} | {', '.join(starts) or '-'} | {', '.join(sorted(ends))} "
            f"| {PARTIES[duty.party]} | {duty.article} |"
        )


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
