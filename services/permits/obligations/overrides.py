"""The notices that ship: read once per process from `data/due_overrides.toml`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from services.kit.configuration import ConfigurationError, read_toml, validated
from services.kit.schemas import Schema
from services.permits.obligations.models import DueOverride
from services.permits.obligations.rules_due import Override
from services.permits.obligations.schemas import DueOverrideContent

SHIPPED = Path(__file__).with_name("data") / "due_overrides.toml"


class DueOverridesError(ConfigurationError):
    """A file of notices that cannot be relied on."""


class _File(Schema):
    override: list[DueOverrideContent]


@lru_cache(maxsize=1)
def shipped() -> tuple[DueOverrideContent, ...]:
    """Raises DueOverridesError for a file that is not in its form."""
    return tuple(validated(_File, read_toml(SHIPPED, DueOverridesError), DueOverridesError).override)


def fact(notice: DueOverrideContent | DueOverride) -> Override:
    """A notice as the rules take it."""
    given = notice.model_dump(include=set(DueOverrideContent.model_fields))
    return Override(**{**given, "industry_codes": tuple(notice.industry_codes)})
