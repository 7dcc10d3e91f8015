"""The EIA that a permit rests on (条例 art. 11(1))."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path

import pytest

from services.kit.findings import Findings
from services.permits.eia.classes import ClassesError, load, usual_classes
from services.permits.eia.rules import CLASSES, VERIFIED, State, check_day, may_be_verified, remark

TODAY = date(2025, 3, 17)


def test_article_11_1_an_approval_of_the_future_is_none() -> None:
    found = Findings()
    check_day(found, decided_on=TODAY, today=TODAY)
    assert found.errors == []
    check_day(found, decided_on=date(2025, 3, 18), today=TODAY)
    assert [(each.pointer, each.code) for each in found.errors] == [("/decided_on", "eia_in_future")]


def test_only_what_an_enterprise_stated_is_verified_and_a_permit_rests_on_nothing_else_unverified() -> None:
    assert [state for state in State if may_be_verified(state)] == [State.STATED]
    assert {State.REGISTERED, State.CONFIRMED} == VERIFIED


def test_the_usual_pair_of_classes_says_nothing_and_any_other_is_a_remark() -> None:
    usual = usual_classes()
    for eia_class, permit_class in itertools.product(CLASSES, ("key", "simplified", "registration")):
        said = remark(eia_class, permit_class, usual)
        assert (said is None) == (usual[eia_class] == permit_class)
        assert said is None or ("名录" in said.zh and "catalogue" in said.en)


@pytest.mark.parametrize("text", ["", 'report = "key"', 'report = "big"\nform = "key"\nregistration = "key"'])
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, text: str) -> None:
    file = tmp_path / "classes.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(ClassesError):
        load(file)
