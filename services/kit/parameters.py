"""Query parameters that say nothing: those that an operation does not know, and those given more than once.

FastAPI leaves both out. A misspelt filter would then answer with everything, and of two only the last would count. An
operation that knows none has nothing to misunderstand: messengers put their own behind the links they show.
"""

from __future__ import annotations

from collections import Counter

from fastapi import Request
from fastapi._compat import field_annotation_is_sequence
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.params import Query

from services.kit.requests import REPEATED
from services.kit.texts import Text

_UNKNOWN = Text(zh="没有该参数", en="there is no such parameter")


class Parameters:
    """Those that one operation knows."""

    __slots__ = ("_known", "_once")

    def __init__(self, dependant: Dependant) -> None:
        fields = [each for each in get_flat_params(dependant) if isinstance(each.field_info, Query)]
        self._known = frozenset(each.alias for each in fields)
        self._once = frozenset(
            each.alias for each in fields if not field_annotation_is_sequence(each.field_info.annotation)
        )

    def check(self, request: Request) -> None:
        """RequestValidationError that names each."""
        if not self._known or not request.scope["query_string"]:
            return
        counts = Counter(name for name, _ in request.query_params.multi_items())
        errors = [_error(name, "unknown_parameter", _UNKNOWN) for name in counts if name not in self._known]
        errors += [
            _error(name, "repeated", REPEATED)
            for name, count in counts.items()
            if count > 1 and name in self._once
        ]
        if errors:
            raise RequestValidationError(errors)


def _error(name: str, code: str, text: Text) -> dict[str, object]:
    return {"type": code, "loc": ("query", name), "ctx": {"text": text}}
