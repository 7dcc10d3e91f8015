"""The catalogue of events cannot lie: nothing is emitted that was not declared, with the payload that was declared."""

from __future__ import annotations

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import events
from services.kit.event_catalogue import EventType, Readers, declared_by
from services.kit.schemas import Exact, Schema
from services.kit.tables import EventRow
from services.kit.texts import Text
from services.kit.told import waiting_in

TITLE = Text(zh="过秤", en="It was weighed")


class Weighed(Schema):
    mass_kg: Exact


class Seen(Schema):
    place: str


WEIGHED = EventType("scale.weighed.v1", Weighed, TITLE)
OPENED = EventType("scale.opened.v1", Weighed, TITLE, Readers.PUBLIC)
KEPT = EventType("scale.kept.v1", Weighed, TITLE, Readers.BUREAU)


def emitted(session: AsyncSession) -> EventRow:
    (row,) = waiting_in(session)[EventRow]
    return EventRow(**row)


def test_an_event_says_its_declared_name_and_its_payload_as_json() -> None:
    session = AsyncSession()
    fact = Weighed.model_validate({"mass_kg": "12.50"})
    events.emit(session, kind=WEIGHED, subject="/v1/scale/1", owner="91152501MA0N0XQ12R", fact=fact)
    row = emitted(session)
    assert (row.type, row.data) == ("scale.weighed.v1", {"mass_kg": "12.50"})
    assert (row.owner, row.public) == ("91152501MA0N0XQ12R", False)


def test_who_may_read_it_is_declared_with_the_type() -> None:
    session = AsyncSession()
    events.emit(session, kind=OPENED, subject="/", fact=Weighed.model_validate({"mass_kg": "1"}))
    assert emitted(session).public is True


def test_a_fact_of_another_payload_is_refused() -> None:
    with pytest.raises(TypeError, match="Seen is not its payload"):
        events.emit(AsyncSession(), kind=WEIGHED, subject="/", fact=Seen(place="gate"))


def test_what_only_the_bureau_reads_has_no_owner() -> None:
    fact = Weighed.model_validate({"mass_kg": "1"})
    with pytest.raises(TypeError, match="no owner"):
        events.emit(AsyncSession(), kind=KEPT, subject="/", owner="91152501MA0N0XQ12R", fact=fact)


@pytest.mark.parametrize("name", ["weighed.v1", "scale.weighed", "scale.Weighed.v1", "scale.weighed.v0", ""])
def test_a_malformed_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"service\.fact\.v1"):
        EventType(name, Weighed, TITLE)


def test_one_name_cannot_stand_for_two_facts() -> None:
    assert EventType("scale.weighed.v1", Weighed, TITLE) == WEIGHED
    with pytest.raises(ValueError, match="declared twice"):
        EventType("scale.weighed.v1", Seen, TITLE)


def test_a_service_lists_its_types_by_name_with_payloads_that_stand_alone() -> None:
    assert [each.name for each in declared_by("scale")] == [
        "scale.kept.v1",
        "scale.opened.v1",
        "scale.weighed.v1",
    ]
    entry = WEIGHED.describe()
    assert (entry["service"], entry["title_zh"], entry["title_en"], entry["readers"]) == (
        "scale",
        "过秤",
        "It was weighed",
        "owner",
    )
    assert entry["payload"]["properties"]["mass_kg"]["type"] == "string"
