"""Whatever a permit version says stands on its 副本 (条例 art. 13), in words; and what is struck across it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.permits.documents import content, labels
from services.permits.documents.rules import Kind, stamp
from services.permits.documents.sheets import texts
from tests.permits.documents.example import GRADE, PH, SPECIAL, permit, sheet

TERM = {"effective_from": date(2025, 1, 1), "valid_to": date(2029, 12, 31)}
REGISTERED = {
    "uscc": "91152501MA0N123456",
    "name": "登记的名称",
    "address": "登记的地址",
    "legal_representative": "王某某",
}
SAID_OTHERWISE = {
    "current_version",
    "standing",
    "permit_year",
    "minimum_unit",
    "quarterly",
    "annual",
    "per",
    "every",
}


def scalars(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for member, each in value.items():
            yield from scalars(each, member)
    elif isinstance(value, list):
        for each in value:
            yield from scalars(each, name)
    elif value not in (None, True, False) and name not in SAID_OTHERWISE:
        yield name, value


def in_words(name: str, value: Any) -> str:
    if name == "unit":
        return labels.unit(value)
    if name in ("period", "statistic") and value in ("hour", "mean"):
        return "小时均值"
    return labels.value(value)


def test_a_duplicate_says_everything_that_the_version_says_art_13() -> None:
    named = content.holder_of(permit(), REGISTERED, public=False)
    said = "\n".join(texts(sheet(holder=named)))
    for name, value in scalars(permit()):
        if (name, value) != ("unit", "kg/d"):  # of what is prohibited altogether
            assert in_words(name, value) in said, (name, value)


@given(
    st.dictionaries(
        st.text("abcdefgh_", min_size=3, max_size=8).map(lambda name: f"x_{name}"),
        st.recursive(
            st.text(min_size=1, max_size=20) | st.integers(),
            lambda inner: (
                st.lists(inner, min_size=1, max_size=3) | st.dictionaries(st.just("note"), inner, min_size=1)
            ),
            max_leaves=5,
        ),
        max_size=4,
    )
)
def test_what_no_table_knows_is_printed_all_the_same_art_13(others: dict[str, Any]) -> None:
    said = "\n".join(texts(sheet(**others)))
    outlets = [{**permit()["outlets"][0], **others}]
    of_outlet = "\n".join(texts(sheet(outlets=outlets)))
    for _, value in scalars(others):
        assert labels.value(value) in said
        assert labels.value(value) in of_outlet


def test_frequencies_read_as_the_office_writes_them_art_13_8() -> None:
    said = texts(sheet())
    for expected in ("连续", "4次/日", "1次/2年", "厂界"):
        assert expected in said


def test_the_unit_is_named_as_the_version_names_it_and_as_the_register_does_where_it_is_silent() -> None:
    of_version = content.holder_of(permit(), REGISTERED, public=False)
    assert (of_version.name, of_version.legal_representative) == ("二连浩特市𠮷祥热力有限责任公司", "李某某")
    of_register = content.holder_of(permit(terms=None), REGISTERED, public=False)
    assert (of_register.name, of_register.legal_representative) == ("登记的名称", "王某某")


def test_a_public_document_names_no_person() -> None:
    unit = content.holder_of(permit(), REGISTERED, public=True)
    whole = content.without_persons(permit())
    said = "\n".join(texts(sheet(holder=unit, **whole)))
    assert "李某某" not in said
    assert content.NO_PERSON in said


def test_the_original_says_whose_permit_for_what_and_until_when() -> None:
    said = "\n".join(texts(sheet(Kind.ORIGINAL)))
    for expected in (
        "正本",
        "91152501MA0N123456001P",
        "热力有限责任公司",
        "重点管理",
        "自2025-01-01至2029-12-31止",
    ):
        assert expected in said
    assert "二氧化硫" not in said


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (PH, "6～9 无量纲"),
        (GRADE, "林格曼黑度1级（1级）"),
        (SPECIAL, "禁止排放"),
    ],
)
def test_a_limit_reads_as_the_office_writes_it(limit: dict[str, Any], expected: str) -> None:
    changes = (
        {"special_limits": [limit]}
        if "prohibited" in limit
        else {"outlets": [{**permit()["outlets"][1], "limits": [limit]}]}
    )
    assert expected in texts(sheet(**changes))


def test_an_averaging_rule_reads_as_one_phrase() -> None:
    assert labels.averaging(PH["averaging"]) == "小时均值（有效数据不少于45分钟）"
    assert labels.averaging(None) == "—"


def test_an_outlet_without_limits_says_so_and_shows_no_zero() -> None:
    said = texts(sheet(outlets=[{**permit()["outlets"][0], "limits": []}]))
    assert "无限值" in said
    assert "0" not in said


class TestStamp:
    @pytest.mark.parametrize(
        ("today", "word"),
        [("2024-12-31", "尚未生效"), ("2025-01-01", None), ("2029-12-31", None), ("2030-01-01", "已届满")],
    )
    def test_art_14_the_term(self, today: str, word: str | None) -> None:
        found = stamp(**TERM, version=1, shown_version=1, today=date.fromisoformat(today), ended=None)
        assert (found.word if found else None) == word

    def test_a_version_that_was_replaced_is_history(self) -> None:
        found = stamp(**TERM, version=1, shown_version=3, today=date(2026, 1, 1), ended=None)
        assert found is not None
        assert (found.word, found.detail) == ("历史版本", "第1版，现行为第3版")

    @given(st.dates(), st.integers(1, 3), st.sampled_from(["已撤销", "已撤回", "已吊销", "已注销"]))
    def test_an_end_is_said_before_anything_else(self, today: date, version: int, word: str) -> None:
        ended = (word, date(2026, 5, 1))
        found = stamp(**TERM, version=version, shown_version=3, today=today, ended=ended)
        assert found is not None
        assert found.word == word
        assert "2026-05-01" in found.detail


def test_the_industry_is_named_as_the_catalogue_of_the_day_of_issue_names_it() -> None:
    assert ("行业类别", "热力生产和供应 4430") in sheet().facts
    assert ("行业类别", "4430") in sheet(issued_on="1990-01-01").facts
