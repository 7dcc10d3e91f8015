"""What an enterprise may keep from the public, and how a text is kept from every public answer. Pure.

Sources: 排污许可管理条例 art. 7 (an application says what is a trade secret; the item's number from memory) and art. 23
(kinds, concentration and amount of what is discharged are public, whatever the holder wishes); 政府信息公开条例 art. 15
(trade secrets).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from enum import StrEnum
from typing import Any

from services.kit.findings import Findings, pointer
from services.kit.texts import Text

ARTICLE_OPEN = "排污许可管理条例 第二十三条"
ARTICLE_SECRET = "政府信息公开条例 第十五条"  # noqa: S105 - an article's name
PENDING = "企业申请不予公开，正在审查"

Path = tuple[str, ...]
Anchor = tuple[str, ...]
"""A path that holds in every version: an item of a list is named by its `code` (`=DA001`); without one it is `*`."""

ALWAYS_OPEN: tuple[Path, ...] = (
    ("id",),
    ("permit_number",),
    ("uscc",),
    ("version",),
    ("standing",),
    ("current_version",),
    ("management_class",),
    ("industry_code",),
    ("valid_from",),
    ("valid_to",),
    ("issued_on",),
    ("reporting",),
    ("plant_limits",),
    ("special_limits",),
    ("basis", "kind"),
    ("basis", "article"),
    ("basis", "effective_from"),
    ("outlets", "*", "code"),
    ("outlets", "*", "medium"),
    ("outlets", "*", "kind"),
    ("outlets", "*", "limits"),
    ("outlets", "*", "mode"),
    ("outlets", "*", "destination"),
    ("monitoring",),
    ("terms", "site_region_code"),
    ("terms", "treatment_facilities"),
    ("terms", "disclosure"),
)
"""Whose permit, for how long, in which division (the national list has province and city of each), which outlets, and
all about what may be discharged, how it is treated and measured; with all that is below. Art. 23 names them: kinds,
concentration, amount, way and destination, treatment, monitoring."""


class State(StrEnum):
    """States of a request to withhold."""

    REQUESTED = "requested"  # 待审查
    GRANTED = "granted"  # 同意不公开
    REFUSED = "refused"  # 不同意
    LIFTED = "lifted"  # 恢复公开


class Step(StrEnum):
    """What the bureau can do with one."""

    GRANT = "grant"  # 同意
    REFUSE = "refuse"  # 不同意
    LIFT = "lift"  # 恢复公开


TRANSITIONS: Mapping[tuple[State, Step], State] = {
    (State.REQUESTED, Step.GRANT): State.GRANTED,
    (State.REQUESTED, Step.REFUSE): State.REFUSED,
    (State.GRANTED, Step.LIFT): State.LIFTED,
}


def after(state: State, step: Step) -> State | None:
    """The state that `step` leads to; None where the step is not open."""
    return TRANSITIONS.get((state, step))


def path_of(text: str) -> Path | None:
    """The steps of a JSON Pointer (RFC 6901); None where it is none, or names the whole document."""
    if not text.startswith("/"):
        return None
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in text[1:].split("/"))


def found_at(content: Any, path: Path) -> tuple[bool, Any]:
    """Whether there is something at a path, and what."""
    value = content
    for part in path:
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isascii() and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return False, None
    return True, value


def is_always_open(path: Path) -> bool:
    """条例 art. 23: it, or something above it, is public whatever the holder wishes."""
    return any(
        len(path) >= len(form) and all(want in ("*", part) for want, part in zip(form, path, strict=False))
        for form in ALWAYS_OPEN
    )


def check_places(found: Findings, pointers: Sequence[str], content: Mapping[str, Any]) -> None:
    """条例 art. 7, 23: what is asked for is a text of this version, named once, and none that the law opens."""
    seen = set()
    for index, given in enumerate(pointers):
        where, path = pointer("pointers", index), path_of(given)
        there, value = found_at(content, path) if path is not None else (False, None)
        if path is None or not there:
            text = Text(zh="许可证此版本没有该内容", en="this version of the permit has nothing there")
            found.add(where, "place_unknown", text)
        elif is_always_open(path):
            text = Text(
                zh="法律规定该内容一律公开", en="the law makes this public whatever the holder wishes"
            )
            found.add(where, "always_public", text, article=ARTICLE_OPEN)
        elif not isinstance(value, str):
            text = Text(zh="只能对文字内容申请", en="only a text can be withheld")
            found.add(where, "not_a_text", text)
        elif path in seen:
            found.add(where, "place_repeated", Text(zh="重复", en="named twice"))
        seen.add(path)


def anchor_of(content: Any, path: Path) -> Anchor:
    """The path in words that hold in every version; where a list's items have no code, all of them are meant."""
    value, made = content, []
    for part in path:
        if isinstance(value, list):
            value = value[int(part)]
            code = value.get("code") if isinstance(value, Mapping) else None
            made.append(f"={code}" if isinstance(code, str) else "*")
        else:
            value = value[part]
            made.append(part)
    return tuple(made)


def places_of(content: Any, anchor: Anchor) -> Iterator[Path]:
    """Every path of a version that an anchor names; none where it has no such text."""
    if not anchor:
        yield ()
        return
    step, rest = anchor[0], anchor[1:]
    if isinstance(content, Mapping):
        if step in content:
            yield from ((step, *path) for path in places_of(content[step], rest))
    elif isinstance(content, list):
        for index, item in enumerate(content):
            code = item.get("code") if isinstance(item, Mapping) else None
            if step == "*" or step == f"={code}":
                yield from ((str(index), *path) for path in places_of(item, rest))


def redacted(
    content: Mapping[str, Any], hidden: Iterable[tuple[Anchor, str]]
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The content as the public sees it, and where something is withheld, with the reason.

    In place of a text stands that it is withheld and why: nobody takes it for empty.
    """
    shown, withheld = deepcopy(dict(content)), {}
    for anchor, reason in hidden:
        for path in places_of(
            content, anchor
        ):  # as it was: an item is known by its code even where that is hidden
            _, holder = found_at(shown, path[:-1])
            key: Any = int(path[-1]) if isinstance(holder, list) else path[-1]
            if isinstance(holder[key], str) and not is_always_open(path):
                holder[key] = marked(reason)
                withheld[pointer(*path)] = reason
    return shown, sorted(withheld.items())


def marked(reason: str) -> str:
    """What stands in place of a text that is withheld."""
    return f"〔不予公开：{reason}〕"


def hides(state: State, *, refused_before: bool) -> bool:
    """From the request on, so that a secret is not public while it is looked into; and never a second time so.

    Who was refused once and asks again waits for the decision in public (ours: art. 23 must not be put off by asking).
    """
    return state is State.GRANTED or (state is State.REQUESTED and not refused_before)
