"""A state machine in the words of the office, as a diagram and a table, written from what the rules hold as data.

The words stand in the rules, behind each member of an enumeration, and are read from its source.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

State = TypeVar("State", bound=StrEnum)
Step = TypeVar("Step", bound=StrEnum)
_MEMBER = re.compile(r'^    ([A-Z_]+) = "[^"]*"  # ([^:;\n]+)', re.MULTILINE)
Edge = tuple[str, str, str]
"""From which state, by which step, to which state."""


@dataclass(frozen=True, slots=True)
class Machine:
    """States and steps with their words, and what leads where; `begins` are the words of how one comes to be."""

    name: str
    title: str
    source: str
    states: Mapping[str, str]
    steps: Mapping[str, str]
    edges: tuple[Edge, ...]
    begins: tuple[tuple[str, str], ...]
    columns: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    """More columns of the table, by step."""
    before: frozenset[str] = frozenset()
    """Steps that have no state before them."""


def words_of(*kinds: type[StrEnum]) -> dict[str, str]:
    """What the office calls each member; LookupError for one whose word is not there."""
    found: dict[str, str] = {}
    for kind in kinds:
        words = dict(_MEMBER.findall(inspect.getsource(kind)))
        for member in kind:
            if member.name not in words:
                raise LookupError(f"{kind.__qualname__}.{member.name} has no word behind it")
            found[member.value] = words[member.name].strip()
    return found


def machine(
    name: str,
    title: str,
    *,
    source: str,
    states: type[State],
    steps: type[Step],
    transitions: Mapping[tuple[State, Step], State],
    begins: Iterable[tuple[str, State]],
) -> Machine:
    """A machine that the rules hold as `(state, step) -> state`."""
    return Machine(
        name=name,
        title=title,
        source=source,
        states=words_of(states),
        steps=words_of(steps),
        edges=tuple((start.value, step.value, end.value) for (start, step), end in transitions.items()),
        begins=tuple((word, state.value) for word, state in begins),
    )


def diagram(shown: Machine) -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    for state, word in shown.states.items():
        yield f"  {state}: {word}"
    for word, state in shown.begins:
        yield f"  [*] --> {state}: {word}"
    for start, step, end in shown.edges:
        yield f"  {start} --> {end}: {shown.steps[step]}"
    for state in shown.states:
        if all(start != state for start, _, _ in shown.edges):
            yield f"  {state} --> [*]"
    yield "```"


def table(shown: Machine) -> Iterator[str]:
    more = list(shown.columns)
    yield "| " + " | ".join(["step", "步骤", "from", "to", *more]) + " |"
    yield "|" + "---|" * (4 + len(more))
    for step, word in shown.steps.items():
        starts = [start for start, taken, _ in shown.edges if taken == step]
        ends = sorted({end for _, taken, end in shown.edges if taken == step})
        if step in shown.before:
            ends = [state for _, state in shown.begins]
        cells = [f"`{step}`", word, ", ".join(starts) or "-", ", ".join(ends)]
        yield "| " + " | ".join([*cells, *(shown.columns[name](step) for name in more)]) + " |"
