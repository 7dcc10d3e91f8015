"""Every state machine of the permits service, as its rules hold it. That of applications has a chapter of its own
(`applications.describing`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from services.permits.alerts import rules as alerts
from services.permits.confidentiality import rules as confidentiality
from services.permits.drafts import rules as drafts
from services.permits.eia import rules as eia
from services.permits.endings import rules as endings
from services.permits.endings import rules_procedure as ending_procedure
from services.permits.greenhouse import rules as greenhouse
from services.permits.machines.machine import Edge, Machine, machine, words_of
from services.permits.notices import rules as notices
from services.permits.obligations.rules import Duty
from services.permits.obligations.rules_changes import MERGED, OWED, VOID, WAIVED, Kept, changes
from services.permits.performance import rules as performance
from services.permits.registrations import rules as registrations
from services.permits.reports import rules as reports
from services.permits.totals import rules as totals
from services.permits.violations import rules as violations

_DAY = date(2026, 1, 1)
_PASSES = {"time": "时间届至"}


def known() -> tuple[Machine, ...]:
    """In the order of a permit's life."""
    return (
        _eia(),
        _drafts(),
        _permits(),
        _procedure(),
        _registrations(),
        _obligations(),
        _of(reports, "reports", "执行报告 Execution reports", "提交"),
        _violations(),
        _of(greenhouse, "greenhouse", "温室气体排放报告 Greenhouse-gas reports", "提交"),
        _performance(),
        _of(totals, "offsets", "削减替代说明 Replacement statements", "提交"),
        _of(alerts, "alerts", "重污染天气预警 Heavy-pollution alerts", "发布", alerts.State.OPEN),
        _of(confidentiality, "confidentiality", "不予公开 Withheld contents", "申请"),
        _notices(),
    )


def _of(rules: Any, part: str, title: str, word: str, first: StrEnum | None = None) -> Machine:
    """A part whose rules hold `State`, `Step` and `TRANSITIONS`."""
    begin = first or next(iter(rules.State))
    return machine(
        part,
        title,
        source=f"{rules.__name__.removeprefix('services.permits.')}.TRANSITIONS",
        states=rules.State,
        steps=rules.Step,
        transitions=rules.TRANSITIONS,
        begins=[(word, begin)],
    )


def _eia() -> Machine:
    """What an enterprise states is looked up once (`eia.rules.may_be_verified`)."""
    ends = {"confirm": eia.State.CONFIRMED, "reject": eia.State.REJECTED}
    edges = [
        (state.value, step, end.value)
        for state in eia.State
        if eia.may_be_verified(state)
        for step, end in ends.items()
    ]
    return Machine(
        "eia",
        "环评文件 EIA documents",
        "eia.rules.may_be_verified",
        states=words_of(eia.State),
        steps={"confirm": "核实成立", "reject": "核实不成立"},
        edges=tuple(edges),
        begins=(("企业自报", eia.State.STATED), ("登记", eia.State.REGISTERED)),
    )


def _drafts() -> Machine:
    return _of(drafts, "drafts", "草稿（执行报告、申请） Drafts of reports and applications", "填报")


_STANDINGS: dict[str, str] = {"not_yet": "未生效", "in_force": "有效", "expired": "已届满"}
_STANDINGS |= dict(endings.WORDS.items())


def _permits() -> Machine:
    """How a permit stands: by time, and by the ends that are decided."""
    steps = {"annulled": "撤销", "withdrawn": "撤回", "revoked": "吊销", "cancelled": "注销"}
    edges: list[Edge] = [("not_yet", "time", "in_force"), ("in_force", "time", "expired")]
    edges += [
        (standing, kind, kind)
        for kind, before in endings.OPEN.items()
        for standing in _STANDINGS
        if standing in before
    ]
    return Machine(
        "permits",
        "许可证 Permits",
        "endings.rules.standing_on, OPEN",
        states=_STANDINGS,
        steps={**steps, **_PASSES},
        edges=tuple(edges),
        begins=(("核发", "not_yet"), ("核发", "in_force")),
    )


def _procedure() -> Machine:
    return machine(
        "endings",
        "终止许可的程序 The way to the end of a permit",
        source="endings.rules_procedure.TRANSITIONS",
        states=ending_procedure.State,
        steps=ending_procedure.Step,
        transitions=ending_procedure.TRANSITIONS,
        begins=[("提出建议", ending_procedure.State.PROPOSED)],
    )


def _registrations() -> Machine:
    states = {"in_force": "有效", "expired": "已届满", "cancelled": "已注销"}
    steps = words_of(registrations.Step)
    ends = dict.fromkeys(registrations.Step, "in_force") | {registrations.Step.CANCELLATION: "cancelled"}
    edges: list[Edge] = [
        (standing, step.value, ends[step])
        for standing, open_to in registrations.OPEN.items()
        for step in registrations.Step
        if step in open_to
    ]
    return Machine(
        "registrations",
        "排污登记 Registrations",
        "registrations.rules.OPEN, standing_on",
        states=states,
        steps={**steps, **_PASSES},
        edges=(*edges, ("in_force", "time", "expired")),
        begins=((steps["first"], "in_force"),),
        before=frozenset({"first"}),
    )


def _obligations() -> Machine:
    """No step of anybody: what the permit asks for changes, and `changes` says what becomes of a report that was owed.
    The edges are its answers."""
    words = {OWED: "应报", WAIVED: "免报", MERGED: "并入上级周期", VOID: "失效"}
    edges: list[Edge] = [(OWED, "report", "reported")]
    for before in words:
        for after in (OWED, WAIVED, MERGED, None):
            end = _becomes(before, after)
            if end not in (None, before):
                edges.append((before, "change" if after else "end", str(end)))
    return Machine(
        "obligations",
        "报告任务 Report obligations",
        "obligations.rules_changes.changes",
        states={**words, "reported": "已报"},
        steps={"report": "提交执行报告", "change": "许可证变更、延续", "end": "许可证终止，或不再要求"},
        edges=tuple(edges),
        begins=tuple(("核发", state) for state in (OWED, WAIVED, MERGED)),
    )


def _becomes(before: str, after: str | None) -> str | None:
    """What an obligation that stands as `before` is, once the permit asks for `after` (None: for nothing)."""
    kept = Kept("annual", _DAY, _DAY, before, reported=False)
    wanted = [Duty("annual", _DAY, _DAY, _DAY, "", "", standing=after)] if after else []
    found = changes([kept], wanted, since=_DAY)
    if found.become:
        return found.become[0].standing
    return VOID if found.void else None


def _violations() -> Machine:
    """A dismissal is proposed by one inspector and decided by another: while it is, the state is a second one."""

    def node(state: violations.State, *, proposed: bool) -> str:
        return f"{state.value}_proposed" if proposed else state.value

    words = words_of(violations.State)
    states = {node(state, proposed=False): words[state] for state in violations.State}
    edges = []
    for (state, proposed, step), (end, still) in violations.TRANSITIONS.items():
        for each, waits in ((state, proposed), (end, still)):
            states.setdefault(
                node(each, proposed=waits), f"{words[each]}，提请认定不成立" if waits else words[each]
            )
        edges.append((node(state, proposed=proposed), step.value, node(end, proposed=still)))
    return Machine(
        "violations",
        "违法记录 Violations",
        "violations.rules.TRANSITIONS",
        states=states,
        steps=words_of(violations.Step),
        edges=tuple(edges),
        begins=(("发现", "open"),),
    )


def _performance() -> Machine:
    """By the level that decides on the class the chain is shorter; shown is the whole one."""
    return machine(
        "performance",
        "绩效分级申报 Performance declarations",
        source="performance.rules.transitions",
        states=performance.State,
        steps=performance.Step,
        transitions=_in_order(performance.transitions("region")),
        begins=[("申报", performance.State.DECLARED)],
    )


def _in_order(
    transitions: Mapping[tuple[performance.State, performance.Step], performance.State],
) -> dict[tuple[performance.State, performance.Step], performance.State]:
    """The same however the sets that it was made of are ordered."""
    states, steps = list(performance.State), list(performance.Step)
    ordered = sorted(transitions, key=lambda each: (states.index(each[0]), steps.index(each[1])))
    return {each: transitions[each] for each in ordered}


def _notices() -> Machine:
    """A notice goes by time, unless what it announced comes to nothing (`notices.rules.state_on`)."""
    coming, opened, closed, ended = (each.value for each in notices.State)
    return Machine(
        "notices",
        "公示 Public notices",
        "notices.rules.state_on",
        states=words_of(notices.State),
        steps={**_PASSES, "end": "终止"},
        edges=(
            (coming, "time", opened),
            (opened, "time", closed),
            (coming, "end", ended),
            (opened, "end", ended),
        ),
        begins=(("发布", coming), ("发布", opened)),
    )
