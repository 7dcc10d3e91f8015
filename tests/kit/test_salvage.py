"""What can be read of a document whose shape is wrong, and which findings hold all the same."""

from __future__ import annotations

import json
import uuid
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError

from services.kit.findings import Findings, pointer
from services.kit.salvage import Unreadable, certain, salvage
from services.kit.schemas import Day, Exact, Flag, Id, Schema, Whole
from services.kit.texts import Text

ANY = Text(zh="有误", en="wrong")


class Colour(StrEnum):
    GREEN = "green"
    RED = "red"


class Leaf(Schema):
    code: str = Field(max_length=5)
    kind: Literal["hourly", "daily"]
    colour: Colour
    value: Exact
    note: str | None = None


class Branch(Schema):
    name: str
    leaves: list[Leaf] = Field(max_length=3)
    spare: Leaf | None = None


class Tree(Schema):
    id: Id
    height: Whole = Field(ge=0)
    planted: Day
    alive: Flag = True
    branches: list[Branch]
    crown: Branch
    rings: list[Exact] = Field(default_factory=list)


LEAF = {"code": "a1", "kind": "daily", "colour": "red", "value": "1.50"}
BRANCH = {"name": "low", "leaves": [LEAF, {**LEAF, "code": "a2", "note": "dry"}], "spare": LEAF}
TREE: dict[str, Any] = {
    "id": "01a209e1-4b29-717c-bc89-12a2382a7a52",
    "height": 12,
    "planted": "2026-02-28",
    "alive": False,
    "branches": [BRANCH, {"name": "high", "leaves": []}],
    "crown": {**BRANCH, "name": "crown"},
    "rings": ["0.1", "0.2", "0.3"],
}
WHOLE = Tree.model_validate(TREE)


def salvaged(document: Any) -> Tree:
    try:
        return Tree.model_validate(document)
    except ValidationError as error:
        return salvage(Tree, document, Unreadable(pointer(*each["loc"]) for each in error.errors()))


def changed(*path: str | int, to: object) -> dict[str, Any]:
    """The tree with another value at `path`; `...` takes the member out."""
    document: Any = json.loads(json.dumps(TREE))  # deepcopy would keep the leaves shared
    place = document
    for part in path[:-1]:
        place = place[part]
    if to is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return document  # type: ignore[no-any-return]


class TestSalvage:
    def test_what_can_be_read_is_as_if_the_rest_were_right(self) -> None:
        partial = salvaged(changed("branches", 0, "leaves", 1, "value", to=1.5))
        assert partial.branches[0].leaves[0] == WHOLE.branches[0].leaves[0]
        assert partial.branches[0].leaves[1].code == "a2"
        assert partial.branches[0].leaves[1].note == "dry"
        assert partial.branches[0].spare == WHOLE.branches[0].spare
        assert partial.branches[1] == WHOLE.branches[1]
        assert partial.planted == date(2026, 2, 28)
        assert partial.crown == WHOLE.crown

    def test_what_cannot_be_read_has_its_default_or_a_neutral_value(self) -> None:
        assert salvaged(changed("alive", to="no")).alive is True
        assert salvaged(changed("id", to="?")).id == uuid.UUID(int=0)
        assert salvaged(changed("height", to="12")).height == 0
        assert salvaged(changed("planted", to=1)).planted == date.min
        assert salvaged(changed("branches", 0, "name", to=...)).branches[0].name == ""
        leaf = salvaged(changed("branches", 0, "leaves", 0, "kind", to="yearly")).branches[0].leaves[0]
        assert leaf.kind == "hourly"
        assert salvaged(changed("crown", to="?")).crown.leaves == []

    def test_a_missing_decimal_is_zero(self) -> None:
        partial = salvaged(changed("branches", 0, "leaves", 0, "value", to=...))
        assert partial.branches[0].leaves[0].value == Decimal(0)

    def test_items_keep_their_places_in_a_list(self) -> None:
        partial = salvaged(changed("branches", 0, "leaves", 0, to="not a leaf"))
        assert [leaf.code for leaf in partial.branches[0].leaves] == ["", "a2"]

    def test_so_do_values_in_a_list_of_values(self) -> None:
        assert salvaged(changed("rings", 1, to=0.2)).rings == [Decimal("0.1"), Decimal(0), Decimal("0.3")]

    def test_a_list_that_is_too_long_is_not_read(self) -> None:
        assert salvaged(changed("branches", 0, "leaves", to=[LEAF] * 4)).branches[0].leaves == []

    def test_an_optional_object_is_read_in_part(self) -> None:
        spare = salvaged(changed("branches", 0, "spare", "code", to="too long")).branches[0].spare
        assert spare is not None
        assert (spare.code, spare.value) == ("", Decimal("1.50"))

    def test_an_unknown_member_spoils_nothing(self) -> None:
        assert salvaged(changed("branches", 1, "colour", to="green")).branches == WHOLE.branches

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(
                    st.sampled_from([*TREE, *BRANCH, *LEAF, "note"]) | st.text(max_size=3), inner, max_size=6
                )
            ),
        )
    )
    def test_any_document_gives_an_instance_with_every_field(self, document: Any) -> None:
        partial = salvaged(document)
        assert set(partial.__dict__) == set(Tree.model_fields)
        assert all(isinstance(branch, Branch) for branch in [*partial.branches, partial.crown])
        assert all(set(branch.__dict__) == set(Branch.model_fields) for branch in partial.branches)

    @given(st.data())
    def test_one_bad_place_changes_nothing_else(self, data: st.DataObject) -> None:
        places = [("height",), ("planted",), ("branches", 0, "name"), ("crown", "leaves", 0, "code")]
        place = data.draw(st.sampled_from(places))
        partial = salvaged(changed(*place, to=[None]))
        part: Any = partial
        for step in place[:-1]:
            part = part[step] if isinstance(step, int) else getattr(part, step)
        original: Any = WHOLE
        for step in place:
            original = original[step] if isinstance(step, int) else getattr(original, step)
        setattr(part, str(place[-1]), original)
        assert partial == WHOLE


class TestCertain:
    def kept(self, *unreadable: str, at: str = "/lines/3/amount", rests_on: tuple[str, ...] = ()) -> bool:
        found = Findings()
        found.add(at, "wrong", ANY, rests_on=rests_on)
        return certain(found, Unreadable(unreadable)) == found.errors

    def test_a_finding_elsewhere_holds(self) -> None:
        assert self.kept("/lines/2/amount", "/lines/3/method", "/lines/30", "/lines/3/amount/x")

    def test_a_finding_at_or_below_an_unreadable_place_does_not(self) -> None:
        assert not self.kept("/lines/3/amount")
        assert not self.kept("/lines/3")
        assert not self.kept("/lines")
        assert not self.kept("")

    def test_nor_does_one_that_rests_on_such_a_place(self) -> None:
        assert not self.kept("/lines/3/method", rests_on=("/lines/3/method",))
        assert not self.kept("/lines/3/method/x", "/lines/4", rests_on=("/lines/4/amount",))

    def test_a_star_stands_for_every_index(self) -> None:
        assert not self.kept("/lines/17/code", rests_on=("/lines/*/code",))
        assert not self.kept("/lines/17", rests_on=("/lines/*/code",))
        assert self.kept("/lines/17/amount", rests_on=("/lines/*/code",))
        assert not self.kept("/a/1/b/2/c", rests_on=("/a/*/b/*/c",))
        assert not self.kept("/a/1/b/2/c", rests_on=("/a/1/b/*/c",))
        assert self.kept("/a/1/b/2/c", rests_on=("/a/2/b/*/c",))


class Twig(Schema):
    marks: Annotated[list[Literal["a", "b"]], Field(min_length=1)] | None = None


class Bundle(Schema):
    marks: list[Annotated[str, Field(max_length=2)]]
    twigs: list[Twig]


def test_lists_of_plain_values_keep_their_positions_however_their_type_is_written() -> None:
    unreadable = Unreadable(["/marks/1", "/twigs/0/marks/0"])
    document = {"marks": ["x", "long", "y"], "twigs": [{"marks": ["Z", "b"]}, {"marks": ["a"]}]}
    bundle = salvage(Bundle, document, unreadable)
    assert bundle.marks == ["x", "", "y"]
    assert [twig.marks for twig in bundle.twigs] == [["a", "b"], ["a"]]
