"""Whole lists for downloads and the map, page by page, each row as the public page of the record shows it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.downloads import Pages, Row
from services.kit.pages import PageQuery
from services.permits.disclosure import repository, rules, service
from services.permits.disclosure.filters import ReportFilter
from services.permits.disclosure.schemas import DisclosedSpecialValue, DisclosedTotal, DisclosedValue
from services.permits.permits.filters import PermitFilter
from services.permits.permits.queries import Bounds
from services.permits.reports.models import ReportValue, ReportVersion


def permits(wanted: PermitFilter, within: Bounds | None = None) -> Pages:
    async def page(session: AsyncSession, query: PageQuery) -> tuple[Sequence[Row], str | None]:
        found = await service.list_permits(session, query=query, wanted=wanted, within=within)
        return [_plain(item) for item in found.items], found.next_cursor

    return page


def limits(wanted: PermitFilter) -> Pages:
    """A row for each limit; an outlet without limits has none."""

    async def page(session: AsyncSession, query: PageQuery) -> tuple[Sequence[Row], str | None]:
        found = await service.list_permits(session, query=query, wanted=wanted)
        rows: list[Row] = []
        for item in found.items:
            rows += _limits_of(_plain(await service.permit(session, number=item.permit_number)))
        return rows, found.next_cursor

    return page


def _limits_of(permit: Mapping[str, Any]) -> list[Row]:
    """Limits of outlets, then of the plant or a group of outlets, then those of special periods; `level` says which."""
    of_permit = {name: permit[name] for name in ("permit_number", "version", "enterprise_name")}
    at_outlets = [
        {
            **{f"outlet_{name}": value for name, value in outlet.items() if name != "limits"},
            **limit,
            "level": "outlet",
        }
        for outlet in permit["outlets"]
        for limit in outlet["limits"]
    ]
    of_plant = [
        {**limit, "kind": "annual_amount", "unit": "t/a", "level": "plant"}
        for limit in permit["plant_limits"]
    ]
    special = [{**limit, "level": "special"} for limit in permit["special_limits"]]
    return [{**of_permit, **row} for row in (*at_outlets, *of_plant, *special)]


def reports(wanted: ReportFilter) -> Pages:
    async def page(session: AsyncSession, query: PageQuery) -> tuple[Sequence[Row], str | None]:
        found, following = await repository.accepted_page(session, query=query, wanted=wanted)
        versions = await repository.accepted_versions(session, found)
        rows = [
            {
                **_plain(summary),
                "document_sha256": versions[report.id][0].document_sha256,
                "receipt_id": versions[report.id][0].receipt_id,
            }
            for report, summary in zip(found, await service.summaries(session, found), strict=True)
        ]
        return rows, following

    return page


def values(wanted: ReportFilter) -> Pages:
    """A row for each reported value, each total and each line of a special day; `scope` says which it is."""

    async def page(session: AsyncSession, query: PageQuery) -> tuple[Sequence[Row], str | None]:
        found, following = await repository.accepted_page(session, query=query, wanted=wanted)
        versions = await repository.accepted_versions(session, found)
        rows = [
            {**_UNSAID, **_plain(summary), "report_id": str(report.id), **figures}
            for report, summary in zip(found, await service.summaries(session, found), strict=True)
            for figures in _figures_of(*versions[report.id])
        ]
        return rows, following

    return page


_UNSAID = dict.fromkeys(
    (*DisclosedValue.model_fields, *DisclosedTotal.model_fields, *DisclosedSpecialValue.model_fields)
)
"""Every figure that a row of values may have: those of a total are not those of a day."""


def _figures_of(version: ReportVersion, values: Sequence[ReportValue]) -> list[dict[str, Any]]:
    stated = service.stated_in(version.document)
    at_outlets = [
        _plain(DisclosedValue.model_validate(value.model_dump(exclude={"report_version_id"})))
        for value in values
    ]
    return [
        *({**row, "scope": "outlet"} for row in at_outlets),
        *stated["totals"],
        *({**row, "scope": "special"} for row in stated["special_values"]),
    ]


async def features(pages: AsyncIterator[Sequence[Row]]) -> AsyncIterator[bytes]:
    """One FeatureCollection (RFC 7946), written while it is read."""
    head = json.dumps({"type": "FeatureCollection", "crs_note": dict(rules.CRS)}, ensure_ascii=False)
    yield head[:-1].encode() + b',"features":['
    comma = b""
    async for rows in pages:
        made = ",".join(json.dumps(_feature(row), ensure_ascii=False) for row in rows)
        if made:
            yield comma + made.encode()
            comma = b","
    yield b"]}"


def _feature(row: Row) -> dict[str, Any]:
    properties = {name: value for name, value in row.items() if name not in ("longitude", "latitude")}
    place = rules.point(row["longitude"], row["latitude"])
    return {"type": "Feature", "id": row["permit_number"], "geometry": place, "properties": properties}


def _plain(shown: BaseModel) -> dict[str, Any]:
    return shown.model_dump(mode="json")
