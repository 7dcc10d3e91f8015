"""行政许可法 art. 46, 47 and 政府信息公开条例 art. 15."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import Findings
from services.permits.notices.rules import State, check_days, check_no_person, state_on

TODAY = date(2026, 11, 26)
DAYS = st.integers(-400, 400).map(lambda days: TODAY + timedelta(days=days))


@given(DAYS, DAYS, DAYS)
def test_a_notice_is_open_from_its_first_day_to_its_last_art_47(
    opens: date, closes: date, today: date
) -> None:
    expected = State.OPEN if opens <= today <= closes else State.COMING if today < opens else State.CLOSED
    assert state_on(opens, closes, today) is expected


@given(DAYS, DAYS)
def test_a_notice_that_was_ended_is_open_no_more_art_47(opens: date, today: date) -> None:
    assert state_on(opens, opens + timedelta(days=9), today, ended=True) is State.ENDED


def codes(found: Findings) -> set[str]:
    return {each.code for each in found.errors}


@given(DAYS, DAYS)
def test_a_notice_has_days_to_come_art_46(opens: date, closes: date) -> None:
    found = Findings()
    check_days(found, opens_on=opens, closes_on=closes, today=TODAY)
    assert ("closes_before_it_opens" in codes(found)) == (closes < opens)
    assert ("opens_in_the_past" in codes(found)) == (opens < TODAY)


@pytest.mark.parametrize(
    ("opens", "closes", "found"),
    [
        (0, 366, set()),
        (366, 366, set()),
        (0, 367, {"open_too_long"}),
        (367, 370, {"opens_too_late"}),
        (0, 2_900_000, {"open_too_long"}),
        (2_900_000, 2_900_000, {"opens_too_late"}),
    ],
)
def test_a_notice_opens_within_a_year_and_is_open_for_one_at_most(
    opens: int, closes: int, found: set[str]
) -> None:
    said = Findings()
    check_days(
        said, opens_on=TODAY + timedelta(days=opens), closes_on=TODAY + timedelta(days=closes), today=TODAY
    )
    assert codes(said) == found


@pytest.mark.parametrize(
    "text",
    [
        *("请联系13800001111。", "身份证15250119900101123X", "写信至a.b@example.cn", "152501199001011234"),
        *(
            "138-0000-1111",
            "138 0000 1111",
            "+86 138 00001111",
            "１３８００００１１１１",
            "15250119900101123Ｘ",
        ),
    ],
)
def test_what_is_published_names_no_person_art_15(text: str) -> None:
    found = Findings()
    check_no_person(found, "/answer", text)
    assert codes(found) == {"names_a_person"}


@pytest.mark.parametrize(
    "text",
    [
        *("电话0479-7520000", "许可证91152501MA0N123456001P", "排放12.5吨，2026年11月26日"),
        *("2026-11-26 150 吨", "130-250 mg/m3", "DA001 138 2025-2026"),
    ],
)
def test_other_numbers_may_be_said(text: str) -> None:
    found = Findings()
    check_no_person(found, "/answer", text)
    assert codes(found) == set()
