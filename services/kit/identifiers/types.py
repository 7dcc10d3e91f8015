"""Identifiers as pydantic types: the field holds the folded value, or the document is refused with the
reason.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, Field

from services.kit.fields import field_error
from services.kit.identifiers import check
from services.kit.texts import Text

MAX_RAW = 64  # before folding: room for spaces, none for a megabyte


def well_formed(kind: str) -> Callable[[str], str]:
    """What folds an identifier of this kind, or refuses it with the reason; for types of a service's own, too."""

    def validate(value: str) -> str:
        verdict = check(kind, value)
        if verdict.ok:
            return verdict.value
        raise field_error(
            verdict.code or f"{kind}_invalid",
            verdict.reason or Text(zh="格式不正确", en="not well formed"),
            article=verdict.source,
            suggestion=verdict.suggestion,
        )

    return validate


Uscc = Annotated[
    str,
    Field(max_length=MAX_RAW, description="统一社会信用代码 (GB 32100-2015), both check characters verified"),
    AfterValidator(well_formed("uscc")),
]
PermitNumber = Annotated[
    str,
    Field(max_length=MAX_RAW, description="排污许可证编号 (HJ 608-2017), 22 characters"),
    AfterValidator(well_formed("permit_number")),
]
OutletCode = Annotated[
    str,
    Field(max_length=MAX_RAW, description="排放口编号 (HJ 608-2017)", examples=["DA001", "DW001"]),
    AfterValidator(well_formed("outlet_code")),
]
RegionCode = Annotated[
    str,
    Field(max_length=MAX_RAW, description="行政区划代码 (GB/T 2260)", examples=["152501"]),
    AfterValidator(well_formed("region_code")),
]
IndustryCode = Annotated[
    str,
    Field(max_length=MAX_RAW, description="行业类别代码 (GB/T 4754-2017)", examples=["4430"]),
    AfterValidator(well_formed("industry_code")),
]
