"""What can still be read of a document whose shape is wrong, so that the rules are asked about the rest.

`salvage` builds the instance that the readable places allow; the others hold their default, or a neutral value
of their type. `certain` keeps what the rules found wherever all that it rests on could be read.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from services.kit.findings import FieldError, Findings, pointer

Model = TypeVar("Model", bound=BaseModel)

_NEUTRAL: dict[Any, Any] = {
    str: "",
    int: 0,
    bool: False,
    Decimal: Decimal(0),
    date: date.min,
    AwareDatetime: datetime.min.replace(tzinfo=UTC),
    uuid.UUID: uuid.UUID(int=0),
}


def _above(place: str) -> Iterable[str]:
    """The pointers of everything that holds `place`, innermost first, the whole document ("") last."""
    while place:
        place = place.rpartition("/")[0]
        yield place


def _with_stars(place: str) -> Iterable[str]:
    """`place` as it is, and with `*` for its indices, each and all."""
    choices = [(part, "*") if part.isdecimal() else (part,) for part in place.split("/")]
    return ("/".join(parts) for parts in itertools.product(*choices))


class Unreadable:
    """The places of a document whose shape is wrong, as JSON Pointers."""

    def __init__(self, places: Iterable[str]) -> None:
        found = set(places)
        self._places = {named for place in found for named in _with_stars(place)}
        self._holders = {holder for place in found for holder in _above(place)}

    def covers(self, place: str) -> bool:
        """Whether `place` lies at or below one of them; `*` stands for any index."""
        return place in self._places or any(holder in self._places for holder in _above(place))

    def within(self, place: str) -> bool:
        """Whether one of them lies below `place`."""
        return place in self._holders


def certain(found: Findings, unreadable: Unreadable) -> list[FieldError]:
    """The findings that hold although the document could be read only in part."""
    return [
        error
        for error in found.errors
        if not any(unreadable.covers(place) for place in (error.pointer, *error.rests_on))
    ]


def salvage(model: type[Model], document: Any, unreadable: Unreadable, *, at: str = "") -> Model:
    """`document`, which `model` refused at the `unreadable` places, as an instance; lists keep their positions.

    `at` is where the document stands in the whole. Models without validators of their own only.
    """
    partial = model.model_construct()
    for name, field in model.model_fields.items():
        place = at + pointer(name)
        if not isinstance(document, dict) or name not in document or unreadable.covers(place):
            setattr(partial, name, _instead(field))
        elif unreadable.within(place):
            setattr(partial, name, _in_part(field.annotation, document[name], unreadable, at=place))
        else:
            model.__pydantic_validator__.validate_assignment(partial, name, document[name])
    return partial


def _in_part(kind: Any, given: Any, unreadable: Unreadable, *, at: str) -> Any:
    """A model or a list of models, within which something is unreadable."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return salvage(kind, given, unreadable, at=at)
    if get_origin(kind) is Annotated:
        return _in_part(get_args(kind)[0], given, unreadable, at=at)
    (inner,) = (argument for argument in get_args(kind) if argument is not NoneType)
    if get_origin(kind) is list:
        return [_item(inner, item, unreadable, at=f"{at}/{index}") for index, item in enumerate(given)]
    return _in_part(inner, given, unreadable, at=at)


def _item(kind: Any, given: Any, unreadable: Unreadable, *, at: str) -> Any:
    """One item of a list of which some part is unreadable: perhaps this one, perhaps another."""
    if unreadable.covers(at):
        return _neutral(kind)
    return (
        _in_part(kind, given, unreadable, at=at)
        if unreadable.within(at)
        else TypeAdapter(kind).validate_python(given)
    )


def _instead(field: FieldInfo) -> Any:
    return _neutral(field.annotation) if field.is_required() else field.get_default(call_default_factory=True)


def _neutral(kind: Any) -> Any:
    """A value of the right type that says as little as possible."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return salvage(kind, None, Unreadable(()))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is list:
        return []
    if origin in (Union, UnionType):
        return None if NoneType in arguments else _neutral(arguments[0])
    if origin is Literal:
        return arguments[0]
    return _neutral(arguments[0]) if origin is Annotated else _NEUTRAL[kind]
