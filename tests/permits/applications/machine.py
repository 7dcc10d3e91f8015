"""Any way that an application could go, for the properties of its machine."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from services.kit.working_days import working_calendar
from services.permits.applications.rules import (
    DUTIES,
    ENDS,
    TRANSITIONS,
    Case,
    Done,
    Item,
    Kind,
    Outcome,
    Party,
    Step,
    obstacles,
)
from services.permits.applications.rules_clocks import Period, Standing, lapsed, standing

CALENDAR = working_calendar()
CHANGE = Period(20, "行政许可法 第四十二条")
MONDAY = date(2025, 3, 3)
APPLICANT, LAW = "applicant", ""
PEOPLE = [APPLICANT, "clerk", "wang", "li", "zhao"]
STEPS = sorted({step for _, step in TRANSITIONS})


def submitted(
    *, kind: Kind = Kind.FIRST, management_class: str = "key", on: date = MONDAY, **more: object
) -> Case:
    case = Case(kind, management_class, (Done(Step.SUBMIT, on, APPLICANT),))
    return replace(case, **more)  # type: ignore[arg-type] - fields of Case


def stands(case: Case, today: date) -> Standing:
    return standing(case, today, CALENDAR, change=CHANGE)


@st.composite
def ways(draw: st.DrawFn) -> list[Case]:
    """An application after each of its steps: whoever tries whatever on whatever day, and only what is open is done."""
    case = submitted(
        kind=draw(st.sampled_from(Kind)),
        management_class=draw(st.sampled_from(["key", "simplified"])),
        barred_until=draw(st.sampled_from([None, None, MONDAY + timedelta(days=60)])),
    )
    cases, day = [case], MONDAY
    for _ in range(draw(st.integers(0, 25))):
        day += timedelta(days=draw(st.integers(0, 6)))
        if lapsed(case, day, CALENDAR):  # as the service does before anything else
            case = case.with_step(Done(Step.DEEM_ACCEPTED, day, LAW))
            cases.append(case)
        onward = [
            step for (start, step), end in TRANSITIONS.items() if start is case.state and end not in ENDS
        ]
        if case.state in ENDS:
            break
        likely = st.sampled_from(onward or STEPS)
        step, by = (
            draw(st.one_of(likely, likely, likely, st.sampled_from(STEPS))),
            draw(st.sampled_from(PEOPLE)),
        )
        if DUTIES[step].party is Party.TIME:
            continue
        if DUTIES[step].party is Party.APPLICANT:
            by = APPLICANT
        if obstacles(case, step, by=by, on=day, proposes_grant=draw(st.booleans())):
            continue
        if step is Step.EXAMINE:
            case = replace(
                case, findings={**case.findings, **draw(findings())}, eia_verified=draw(st.booleans())
            )
        case = case.with_step(Done(step, day, by))
        cases.append(case)
    return cases


def findings() -> st.SearchStrategy[dict[Item, Outcome]]:
    mostly_met = st.sampled_from([Outcome.MET, Outcome.MET, Outcome.MET, Outcome.NOT_MET])
    return st.one_of(
        st.just(dict.fromkeys(Item, Outcome.MET)),
        st.dictionaries(st.sampled_from(Item), mostly_met, min_size=1),
    )
