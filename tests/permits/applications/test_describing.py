"""The document shows the machine that runs."""

from __future__ import annotations

from typing import get_args

import pytest

from services.permits.applications import schemas
from services.permits.applications.describing import DOCUMENT, ITEMS, PARTIES, STATES, STEPS, rewritten
from services.permits.applications.rules import Item, Kind, Outcome, Party, State, Step


def test_the_rules_page_is_what_the_machine_writes() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert rewritten(text) == text, "python -m services.permits.applications.describing writes it anew"


def test_every_state_step_party_and_condition_has_the_words_of_the_office() -> None:
    for words, kind in ((STATES, State), (STEPS, Step), (PARTIES, Party), (ITEMS, Item)):
        assert list(words) == list(kind)


def test_the_wire_names_every_kind_state_step_and_condition_of_the_machine() -> None:
    for words, kind in (
        (schemas.ApplicationKind, Kind),
        (schemas.ApplicationState, State),
        (schemas.ApplicationStepName, Step),
        (schemas.Condition, Item),
        (schemas.ConditionOutcome, Outcome),
    ):
        assert get_args(words) == tuple(kind)


def test_a_document_without_the_marks_is_not_written() -> None:
    with pytest.raises(ValueError, match="no block"):
        rewritten("# Rules\n")
