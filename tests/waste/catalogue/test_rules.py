"""How the catalogue is read, and what a line must match."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import Findings
from services.waste.catalogue import rules
from services.waste.catalogue.rules import TRAITS, Entry, Hazards, read_hazards

OIL = Entry("900-249-08", "HW08", "废矿物油", "非特定行业", "其他", Hazards(("T",), ("I",)))
ANY_OF_TWO = Entry("900-041-49", "HW49", "其他废物", "非特定行业", "包装物", Hazards((), ("T", "In")))


@pytest.mark.parametrize(
    ("column", "certain", "possible"),
    [
        ("T", ("T",), ()),
        ("T，I", ("T",), ("I",)),
        ("C，T", ("C",), ("T",)),
        ("T, In", ("T",), ("In",)),
        ("T/In", (), ("T", "In")),
        ("T/C/I/R", (), ("T", "C", "I", "R")),
    ],
)
def test_behind_a_comma_the_first_trait_is_certain_and_a_slash_leaves_it_open(
    column: str, certain: tuple[str, ...], possible: tuple[str, ...]
) -> None:
    assert read_hazards(column) == Hazards(certain, possible)


@pytest.mark.parametrize("column", ["", "X", "T，T", "T/", "T，C/I"])
def test_what_is_no_list_of_traits_is_refused(column: str) -> None:
    with pytest.raises(ValueError, match=r"“，”|no hazard traits"):
        read_hazards(column)


def codes_of(entry: Entry, traits: set[str]) -> list[str]:
    found = Findings()
    rules.check_traits(found, "/lines/0/hazard_traits", traits=traits, entry=entry)
    return [error.code for error in found.errors]


@given(st.sets(st.sampled_from(TRAITS)))
def test_traits_stated_hold_every_certain_one_and_none_that_the_catalogue_does_not_name(
    traits: set[str],
) -> None:
    for entry in (OIL, ANY_OF_TWO):
        certain, allowed = set(entry.hazards.certain), {*entry.hazards.certain, *entry.hazards.possible}
        right = bool(traits) and certain <= traits <= allowed
        assert codes_of(entry, traits) == ([] if right else ["hazard_traits_mismatch"])


def test_a_category_of_another_code_is_refused_with_the_right_one_as_suggestion() -> None:
    found = Findings()
    rules.check_category(found, "/lines/0/category", category="HW49", entry=OIL)
    assert [(error.code, error.suggestion) for error in found.errors] == [("category_mismatch", "HW08")]
