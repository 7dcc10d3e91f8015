"""Errors of single fields, raised inside pydantic validators.

`field_error` makes the one kind of error our own validators raise: a stable code, both languages and, where a
rule of law refuses the value, its article. `services.kit.problems` turns it into an entry of a problem document.
"""

from __future__ import annotations

from pydantic_core import PydanticCustomError

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
