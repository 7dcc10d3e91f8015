"""Rows as what they say: the quick reading of the many with which nothing is wrong.

The types are the model's, but only the members that a row has are looked at: making a model takes three times as long,
most of it for members that nobody gave. Whatever this reading does not take, the model is asked about.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, TypeAdapter
from pydantic_core import SchemaValidator, core_schema

from services.kit.schemas import Schema

Said = dict[str, Any]
"""What the members of a row say, in the model's order, without those that say nothing (null); moments in ISO 8601."""

_USUAL = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|\+[0-9]{2}:[0-5][0-9]|-0[1-9]:00)$"
_Moment = Annotated[str, Field(pattern=_USUAL)]
"""Of what `Instant` takes, the usual."""
_LENGTH = len("2026-05-01T08:00:00+08:00")


def said_by(row: Schema) -> Said:
    """What a row says that was read as its model."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in row.__dict__.items()
        if value is not None
    }


class QuickReader:
    """Reads rows of a model; ValueError where it takes the model to say what a row is."""

    def __init__(self, model: type[Schema], moments: frozenset[str]) -> None:
        self._validator = _validator(model, moments)
        self._moments = tuple(moments)

    def of_json(self, line: bytes) -> Said:
        """Of a line that is an object without white space before its colons."""
        said: Said = self._validator.validate_json(line)
        # pydantic takes the last of two members of one name: `":` then stands more often than there are members.
        if line.count(b'":') != len(said):
            raise ValueError("a member is named twice, or a text looks like a member")
        return self._finished(said)

    def of_object(self, members: Said) -> Said:
        said: Said = self._validator.validate_python(members)
        return self._finished(said)

    def _finished(self, said: Said) -> Said:
        if None in said.values():
            said = {name: value for name, value in said.items() if value is not None}
        for name in self._moments:
            moment = said.get(name)
            if moment is not None and (len(moment) != _LENGTH or moment[-1] == "Z"):
                said[name] = datetime.fromisoformat(moment).isoformat()
        return said


def _validator(model: type[Schema], moments: frozenset[str]) -> SchemaValidator:
    """Of a dict of the model's members, in the model's order, of which only those that are given are looked at."""
    members = {}
    for name, field in model.model_fields.items():
        kind: Any = field.annotation
        for each in field.metadata:
            kind = Annotated[kind, each]
        if name in moments:
            kind = _Moment if field.is_required() else _Moment | None
        schema = TypeAdapter[Any](kind).core_schema
        members[name] = core_schema.typed_dict_field(schema, required=field.is_required())
    config = core_schema.CoreConfig(str_strip_whitespace=True, cache_strings="none")
    return SchemaValidator(core_schema.typed_dict_schema(members, extra_behavior="forbid", config=config))
