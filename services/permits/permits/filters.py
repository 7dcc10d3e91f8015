"""What permits are looked up by: the same in the lists of staff and of the public, on the map and in downloads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Query

from services.permits.endings.rules import Standing


@dataclass(frozen=True, slots=True)
class PermitFilter:
    """Narrows permits; everything that is given has to hold."""

    name: str | None = None
    uscc: str | None = None
    permit_number: str | None = None
    management_class: str | None = None
    industry_code: str | None = None
    region_code: str | None = None
    standing: Standing | None = None


async def _asked(
    name: Annotated[str | None, Query(max_length=100, description="part of the enterprise's name")] = None,
    uscc: Annotated[str | None, Query(max_length=18)] = None,
    permit_number: Annotated[
        str | None, Query(max_length=22, description="许可证编号, or how it begins")
    ] = None,
    management_class: Annotated[
        Literal["key", "simplified"] | None, Query(description="重点管理 or 简化管理")
    ] = None,
    industry_code: Annotated[
        str | None, Query(max_length=5, description="GB/T 4754 code, or how it begins: 44, 443, 4430")
    ] = None,
    region_code: Annotated[
        str | None,
        Query(
            max_length=6,
            description="GB/T 2260 code, or how it begins (1525, 152501): where the permit says that the site lies, "
            "else where the enterprise does",
        ),
    ] = None,
    standing: Annotated[Standing | None, Query(description="how the permit stands today")] = None,
) -> PermitFilter:
    return PermitFilter(name, uscc, permit_number, management_class, industry_code, region_code, standing)


Wanted = Annotated[PermitFilter, Depends(_asked)]
