"""The documents show the machines that run."""

from __future__ import annotations

import ast
from enum import StrEnum
from pathlib import Path

import pytest

from services.permits.machines import known
from services.permits.machines.describing import DOCUMENT, described
from services.permits.machines.machine import words_of

PERMITS = Path(known.__file__).resolve().parents[1]
ELSEWHERE = {"applications"}
"""Described in a chapter of its own (tests/permits/applications/test_describing.py)."""


def test_the_page_of_machines_is_what_the_rules_write() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert described() == text, "python -m services.permits.machines.describing writes it anew"


def test_every_part_whose_rules_hold_states_is_described() -> None:
    """A new machine is not forgotten: rules with a `State` or `TRANSITIONS` are imported by the list."""
    holding = set()
    for path in PERMITS.glob("*/rules*.py"):
        names = {
            name
            for node in ast.parse(path.read_text(encoding="utf-8")).body
            for name in (
                [node.name]
                if isinstance(node, ast.ClassDef)
                else [each.id for each in _targets(node) if isinstance(each, ast.Name)]
            )
        }
        if names & {"State", "TRANSITIONS", "OPEN"}:
            holding.add(path.parent.name)
    source = Path(known.__file__).read_text(encoding="utf-8")
    described_parts = {part for part in holding if f"services.permits.{part}" in source}
    assert holding - described_parts == ELSEWHERE


def _targets(node: ast.stmt) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, ast.AnnAssign) else []


def test_every_state_can_be_reached_and_every_step_is_open_somewhere() -> None:
    for each in known.known():
        reached = {state for _, state in each.begins} | {end for _, _, end in each.edges}
        assert reached == set(each.states), each.name
        assert {step for _, step, _ in each.edges} | each.before == set(each.steps), each.name
        assert {start for start, _, _ in each.edges} <= set(each.states), each.name


def test_a_member_without_a_word_is_an_error() -> None:
    class Bare(StrEnum):
        ONE = "one"

    with pytest.raises(LookupError, match="ONE"):
        words_of(Bare)
