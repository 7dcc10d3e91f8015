"""Parameters that say nothing: those that an operation does not know, those given more than once, and odd numbers.

FastAPI leaves the first two out. A misspelt filter would then answer with everything, and of two only the last would
count. An operation that knows none has nothing to misunderstand: messengers put their own behind the links they show.
A whole number is written as in JSON (RFC 8259 6): pydantic alone reads «1_0», «5.0», « 5» and «+5», too.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, get_args

from fastapi import Request
from fastapi._compat import field_annotation_is_sequence
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.params import Path, Query
from pydantic import TypeAdapter, ValidationError

from services.kit.pydantic_texts import PYDANTIC_TEXTS
from services.kit.requests import REPEATED
from services.kit.texts import Text

_WHOLE = re.compile(r"-?[1-9][0-9]*|0", re.ASCII)
_READ: TypeAdapter[int] = TypeAdapter(int)
_NUMBER = PYDANTIC_TEXTS["int_parsing"]
_UNKNOWN = Text(zh="没有该参数", en="there is no such parameter")


class Parameters:
    """Those that one operation knows."""

    __slots__ = ("_in_path", "_known", "_numbers", "_once")

    def __init__(self, dependant: Dependant) -> None:
        flat = get_flat_params(dependant)
        fields = [each for each in flat if isinstance(each.field_info, Query)]
        self._known = frozenset(each.alias for each in fields)
        self._once = frozenset(
            each.alias for each in fields if not field_annotation_is_sequence(each.field_info.annotation)
        )

        self._numbers = frozenset(each.alias for each in fields if _is_whole(each.field_info.annotation))
        self._in_path = tuple(
            each.alias
            for each in flat
            if isinstance(each.field_info, Path) and _is_whole(each.field_info.annotation)
        )

    def check(self, request: Request) -> None:
        """RequestValidationError that names each."""
        errors = [
            _error(name, "int_parsing", _NUMBER, where="path")
            for name in self._in_path
            if _is_odd(request.path_params[name])
        ]
        if self._known and request.scope["query_string"]:
            errors += self._of_query(request)
        if errors:
            raise RequestValidationError(errors)

    def _of_query(self, request: Request) -> list[dict[str, object]]:
        given = request.query_params.multi_items()
        counts = Counter(name for name, _ in given)
        errors = [_error(name, "unknown_parameter", _UNKNOWN) for name in counts if name not in self._known]
        errors += [
            _error(name, "repeated", REPEATED)
            for name, count in counts.items()
            if count > 1 and name in self._once
        ]
        odd = dict.fromkeys(name for name, text in given if name in self._numbers and _is_odd(text))
        return errors + [_error(name, "int_parsing", _NUMBER) for name in odd]


def _is_whole(annotation: Any) -> bool:
    """Of `int`, of `int | None` and of lists of them."""
    return annotation is int or any(_is_whole(each) for each in get_args(annotation))


def _is_odd(text: str) -> bool:
    """Whether pydantic would read a number that is not written as one. What it refuses, it refuses itself."""
    if _WHOLE.fullmatch(text):
        return False
    try:
        _READ.validate_python(text)
    except ValidationError:
        return False
    return True


def _error(name: str, code: str, text: Text, *, where: str = "query") -> dict[str, object]:
    return {"type": code, "loc": (where, name), "ctx": {"text": text}}
