"""Errors of single fields, raised inside pydantic validators.

`field_error` makes the one kind of error our own validators raise: a stable code, both languages and, where a
rule of law refuses the value, its article. `services.kit.problems` turns it into an entry of a problem document.
`Saying` and `Then` say the same of types that are checked without a call into Python.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from services.kit.texts import Text


def field_error(
    code: str, text: Text, *, article: str | None = None, suggestion: str | None = None
) -> PydanticCustomError:
    """The error to raise from a validator; `suggestion` is a repaired value the caller may have meant."""
    # pydantic formats the message with the context: braces in our texts must not be read as places.
    message = text.en.replace("{", "(").replace("}", ")")
    return PydanticCustomError(
        "steppe", message, {"code": code, "text": text, "article": article, "suggestion": suggestion}
    )


@dataclass(frozen=True, slots=True)
class Saying:
    """Whatever the type before it refuses is refused with this code, in these words."""

    code: str
    text: Text
    article: str | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return self.about(handler(source))

    def about(self, schema: CoreSchema) -> CoreSchema:
        context = {"code": self.code, "text": self.text, "article": self.article, "suggestion": None}
        return core_schema.custom_error_schema(
            schema,
            custom_error_type="steppe",
            custom_error_message=self.text.en,
            custom_error_context=context,
        )


@dataclass(frozen=True, slots=True)
class Then:
    """Of what the type before it takes, only texts of this form; others are refused in these words. The contract says
    the type before it."""

    pattern: str
    saying: Saying

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        narrower = self.saying.about(core_schema.str_schema(pattern=self.pattern))
        return core_schema.chain_schema([handler(source), narrower])

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return handler(schema["steps"][0]) if schema["type"] == "chain" else handler(schema)
