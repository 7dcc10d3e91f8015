"""The no-data codes with their meaning (无数据原因): the answer of a public list."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal, get_args

from pydantic import Field

from services.kit.configuration import ConfigurationError, read_toml
from services.kit.schemas import Schema
from services.permits.reports.schemas import NoDataCode

SHIPPED = Path(__file__).with_name("data") / "no_data_codes.toml"


class NoDataCodesError(ConfigurationError):
    """The file of codes cannot be used; its text says why."""


class NoDataCodeRead(Schema):
    """One reason why a line has no figures."""

    code: NoDataCode
    nodi: str = Field(description="the same reason in US discharge monitoring reports (NODI)")
    zh: str
    en: str
    seen: Literal["verified", "memory"] = Field(description="whether the NODI code was read in a source")


@cache
def codes() -> list[NoDataCodeRead]:
    """Every code of the API, in the order of the file."""
    content = read_toml(SHIPPED, NoDataCodesError)
    found = [NoDataCodeRead(code=code, **entry) for code, entry in content.items()]
    missing = set(get_args(NoDataCode)) - {each.code for each in found}
    if missing:
        raise NoDataCodesError(f"{SHIPPED.name}: no meaning for {', '.join(sorted(missing))}")
    return found
