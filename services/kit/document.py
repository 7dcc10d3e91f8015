"""The OpenAPI document of a service's application: what FastAPI makes, and Steppe's catalogues.

FastAPI finds the models that a document names by making a pydantic schema of every field of every model, three times
over, and looks at nothing but the fields' types. They are in the models already: that was a third of the time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from fastapi import FastAPI
from fastapi._compat import v2
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from services.kit.event_catalogue import declared_by
from services.kit.finding_catalogue import findings_of, shape_findings
from services.kit.openapi import with_problems
from services.kit.problem_catalogue import KIT, problems_of


def document_of(app: FastAPI) -> dict[str, Any]:
    """Made once for the life of the application."""
    if app.openapi_schema is None:
        with looking_at_types_alone():
            document = get_openapi(
                title=app.title, version=app.version, description=app.description, routes=app.routes
            )
        name = app.state.kit.name
        document["x-steppe-events"] = [each.describe() for each in declared_by(name)]
        document["x-steppe-problems"] = problems_of(KIT, f"services.{name}")
        document["x-steppe-findings"] = [*findings_of(KIT, f"services.{name}"), *shape_findings()]
        app.openapi_schema = with_problems(document)
    return app.openapi_schema


@contextmanager
def looking_at_types_alone() -> Iterator[None]:
    """For the life of the block FastAPI (pinned: 0.165) reads a model's fields without making schemas of them."""
    made = v2.get_model_fields
    v2.get_model_fields = _fields
    try:
        yield
    finally:
        v2.get_model_fields = made


def _fields(model: type[BaseModel]) -> list[Any]:
    return [SimpleNamespace(field_info=each) for each in model.model_fields.values()]
