"""条例 art. 7 and 23: what may be withheld, and that a text that is withheld stands nowhere."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import Findings
from services.permits.confidentiality import rules
from services.permits.confidentiality.rules import ALWAYS_OPEN, State, Step
from tests.permits.documents.example import permit

SECRET = "绝密工艺"
PUBLIC_LEAVES = [
    *("/permit_number", "/management_class", "/industry_code", "/valid_from", "/valid_to", "/issued_on"),
    *("/outlets/0/code", "/outlets/0/medium", "/outlets/0/kind", "/outlets/0/limits/0/value"),
    *("/outlets/0/limits/0/pollutant_name", "/outlets/1/limits/1/text", "/plant_limits/0/value"),
    *("/special_limits/0/kind", "/basis/kind", "/basis/article"),
]


def refused(*pointers: str, content: dict[str, Any] | None = None) -> set[tuple[str, str]]:
    found = Findings()
    rules.check_places(found, pointers, content or permit())
    return {(each.pointer, each.code) for each in found.errors}


def test_names_of_places_and_reasons_may_be_withheld_art_7() -> None:
    assert refused("/site_name", "/outlets/0/name", "/outlets/1/name", "/basis/reason") == set()


@pytest.mark.parametrize("pointer", PUBLIC_LEAVES)
def test_kinds_concentration_and_amount_are_public_whatever_the_holder_wishes_art_23(pointer: str) -> None:
    assert refused(pointer) == {("/pointers/0", "always_public")}


@pytest.mark.parametrize(
    ("pointer", "code"),
    [
        *((pointer, "place_unknown") for pointer in ("x", "", "/x", "/outlets/9/name", "/outlets/-1/name")),
        *((pointer, "place_unknown") for pointer in ("/outlets/x/name", "/site_name/0", "/outlets/٠/name")),
        *((pointer, "not_a_text") for pointer in ("/outlets", "/outlets/0", "/basis", "/basis/application")),
    ],
)
def test_only_a_text_that_is_there_can_be_named_art_7(pointer: str, code: str) -> None:
    assert refused(pointer) == {("/pointers/0", code)}


def test_each_place_is_named_once() -> None:
    assert refused("/site_name", "/site_name") == {("/pointers/1", "place_repeated")}


def hide(content: dict[str, Any], *pointers: str) -> list[tuple[rules.Anchor, str]]:
    return [(rules.anchor_of(content, rules.path_of(pointer) or ()), "商业秘密") for pointer in pointers]


class TestRedaction:
    def test_the_reason_stands_where_the_text_stood(self) -> None:
        before = permit(site_name=SECRET)
        shown, withheld = rules.redacted(before, hide(before, "/site_name"))
        assert shown["site_name"] == "〔不予公开：商业秘密〕"
        assert withheld == [("/site_name", "商业秘密")]
        assert before["site_name"] == SECRET

    def test_an_outlet_is_the_same_one_in_a_version_with_another_order(self) -> None:
        before = permit()
        hidden = hide(before, "/outlets/1/name")
        after = permit(outlets=[{**before["outlets"][1], "name": SECRET}, before["outlets"][0]])
        shown, withheld = rules.redacted(after, hidden)
        assert SECRET not in json.dumps(shown, ensure_ascii=False)
        assert shown["outlets"][1]["name"] == before["outlets"][0]["name"]
        assert withheld == [("/outlets/0/name", "商业秘密")]

    def test_where_items_have_no_code_all_are_hidden_rather_than_the_wrong_one(self) -> None:
        before = permit(facilities=[{"process": SECRET}, {"process": "甲"}])
        hidden = hide(before, "/facilities/0/process")
        after = permit(facilities=[{"process": "甲"}, {"process": SECRET}])
        shown, _ = rules.redacted(after, hidden)
        assert SECRET not in json.dumps(shown, ensure_ascii=False)

    def test_an_anchor_never_reaches_what_the_law_opens(self) -> None:
        for anchor in (("permit_number",), ("outlets", "*", "limits", "*", "unit"), ("basis", "kind")):
            shown, withheld = rules.redacted(permit(), [(anchor, "x")])
            assert (shown, withheld) == (permit(), [])

    @given(st.data())
    def test_a_withheld_text_stands_nowhere_and_nothing_else_changes(self, data: st.DataObject) -> None:
        content = permit(
            extra={"list": [{"code": "A", "note": "n"}, {"code": "B", "note": "m"}], "text": "t"}
        )
        texts = [path for path in leaves(content) if not rules.is_always_open(path)]
        chosen = data.draw(st.lists(st.sampled_from(texts), unique=True, min_size=1))
        original = deepcopy(content)
        for path in chosen:
            put(content, path, SECRET + "/".join(path))
        pointers = ["/" + "/".join(path) for path in chosen]
        assert refused(*pointers, content=content) == set()
        shown, withheld = rules.redacted(content, hide(content, *pointers))
        assert SECRET not in json.dumps(shown, ensure_ascii=False)
        assert {pointer for pointer, _ in withheld} == set(pointers)
        for path in chosen:
            put(shown, path, rules.found_at(original, path)[1])
        assert shown == original


def leaves(value: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if isinstance(value, str):
        return [path]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [leaf for name, each in items for leaf in leaves(each, (*path, str(name)))]


def put(content: Any, path: tuple[str, ...], value: Any) -> None:
    _, holder = rules.found_at(content, path[:-1])
    holder[int(path[-1]) if isinstance(holder, list) else path[-1]] = value


def test_every_open_form_is_one_of_a_real_permit() -> None:
    content = {**permit(), "id": "x", "uscc": "y"}
    content["basis"]["effective_from"] = "2025-01-01"
    for form in ALWAYS_OPEN:
        path = tuple("0" if part == "*" else part for part in form)
        assert rules.found_at(content, path)[0], form


class TestStates:
    @given(st.lists(st.sampled_from(list(Step)), max_size=6))
    def test_no_path_decides_twice_or_lifts_what_was_not_granted(self, steps: list[Step]) -> None:
        state, taken = State.REQUESTED, []
        for step in steps:
            following = rules.after(state, step)
            if following is not None:
                state = following
                taken.append(step)
        assert taken in ([], [Step.GRANT], [Step.REFUSE], [Step.GRANT, Step.LIFT])

    @pytest.mark.parametrize("state", list(State))
    def test_it_is_hidden_from_the_request_on_and_asking_again_does_not_hide(self, state: State) -> None:
        first = rules.hides(state, refused_before=False)
        again = rules.hides(state, refused_before=True)
        assert first == (state in (State.REQUESTED, State.GRANTED))
        assert again == (state is State.GRANTED)


def test_a_division_that_was_withheld_before_the_law_was_asked_is_public_again() -> None:
    """Granted once, by mistake: list, filter and page say the same, and none of them hides it."""
    content = {"terms": {"site_region_code": "152501"}}
    assert rules.redacted(content, [(("terms", "site_region_code"), "商业秘密")]) == (content, [])
