"""Asks the rules about a manifest: the facts of the registers in, findings and what to reserve out."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import Principal
from services.kit.findings import Findings
from services.waste.budgets import repository as budgets
from services.waste.budgets.service import Wish
from services.waste.catalogue import rules as catalogue
from services.waste.catalogue.editions import InForce
from services.waste.catalogue.service import in_force
from services.waste.licences import repository as licences
from services.waste.licences.models import LicenceGroup
from services.waste.licences.rules import LicenceFact, covers
from services.waste.manifests import repository, rules_reception, rules_submission
from services.waste.manifests.models import Manifest, ManifestLine
from services.waste.manifests.rules_submission import LineFact
from services.waste.manifests.schemas import ManifestContent, ReceptionCreate
from services.waste.plans import repository as plans
from services.waste.units import repository as units
from services.waste.units.rules import CARRIER, RECEIVER, SHIPPING_KINDS
from services.waste.units.service import is_any


@dataclass(frozen=True, slots=True)
class Checked:
    """What the gates found, what the lines want of which budgets, and the catalogue they were judged by."""

    found: Findings
    wishes: Sequence[Wish]
    serving: InForce


async def of_submission(session: AsyncSession, content: ManifestContent, *, today: date) -> Checked:
    """Every gate but the room in the budgets, which is looked at under their locks."""
    found, lines = Findings(), line_facts(content)
    await _parties(session, found, content)
    serving = in_force(today)
    _codes(found, content, serving)
    wishes = await _licence(session, found, content, lines, today)
    wishes += await _plan(session, found, content, lines, today.year)
    return Checked(found, wishes, serving)


def line_facts(content: ManifestContent) -> list[LineFact]:
    return [
        LineFact(line=number, **line.model_dump(include={"waste_code", "mass_kg", "mode"}))
        for number, line in enumerate(content.lines, start=1)
    ]


async def _parties(session: AsyncSession, found: Findings, content: ManifestContent) -> None:
    known = await units.named(session, (content.shipper_uscc, content.carrier_uscc, content.receiver_uscc))
    shipper, receiver = known.get(content.shipper_uscc), known.get(content.receiver_uscc)
    rules_submission.check_parties(
        found,
        shipper=(content.shipper_uscc, is_any(shipper, SHIPPING_KINDS)),
        carrier=(content.carrier_uscc, is_any(known.get(content.carrier_uscc), {CARRIER})),
        receiver=(content.receiver_uscc, is_any(receiver, {RECEIVER})),
    )
    if shipper is not None and receiver is not None:
        rules_submission.check_province(
            found, shipper_region=shipper.region_code, receiver_region=receiver.region_code
        )


def _codes(found: Findings, content: ManifestContent, serving: InForce) -> None:
    for index, line in enumerate(content.lines):
        where, entry = f"/lines/{index}", serving.find(line.waste_code)
        catalogue.check_code(
            found,
            f"{where}/waste_code",
            code=line.waste_code,
            entry=entry,
            edition_name=serving.edition.name,
        )
        if entry is not None:
            catalogue.check_category(found, f"{where}/category", category=line.category, entry=entry)
            catalogue.check_traits(found, f"{where}/hazard_traits", traits=line.hazard_traits, entry=entry)


async def _licence(
    session: AsyncSession, found: Findings, content: ManifestContent, lines: Sequence[LineFact], today: date
) -> list[Wish]:
    row = await licences.by_number(session, content.licence_number)
    licence = None
    if row is not None:
        facts = row.model_dump(include={"licence_number", "holder_uscc", "valid_from", "valid_to"})
        licence = LicenceFact(**facts, modes=frozenset(row.modes))
    rules_submission.check_licence(
        found, licence, number=content.licence_number, receiver_uscc=content.receiver_uscc, on=today
    )
    if row is None or licence is None:
        return []
    groups = (await licences.groups_of(session, [row.id])).get(row.id, [])
    known = await budgets.of_groups(session, [group.id for group in groups], year=today.year)
    wishes = []
    for line in lines:
        group = group_of(groups, line.waste_code)
        budget = known.get(group.id) if group is not None else None
        rules_submission.check_licensed(
            found,
            line,
            licence,
            covered=group is not None,
            scaled=budget is not None,
            year=today.year,
        )
        if budget is not None:
            wishes.append(Wish(budget.id, line.line, line.at("mass_kg"), line.mass_kg))
    return wishes


def group_of(groups: Sequence[LicenceGroup], code: str) -> LicenceGroup | None:
    """The group of a licence that covers a code; groups never overlap."""
    return next((group for group in groups if covers(group.codes, code)), None)


async def _plan(
    session: AsyncSession, found: Findings, content: ManifestContent, lines: Sequence[LineFact], year: int
) -> list[Wish]:
    plan = await plans.of_site(session, content.shipper_uscc, site_code=content.site_code, year=year)
    rules_submission.check_plan(found, filed=plan is not None, site_code=content.site_code, year=year)
    if plan is None:
        return []
    planned = {
        line.waste_code: line.id
        for line in await plans.lines_of(session, plan.id)
        if line.receiver_uscc == content.receiver_uscc
    }
    known = await budgets.of_plan_lines(session, planned.values())
    wishes = []
    for line in lines:
        rules_submission.check_planned(found, line, planned, receiver_uscc=content.receiver_uscc, year=year)
        if line.waste_code in planned:
            budget = known[planned[line.waste_code]]
            wishes.append(Wish(budget.id, line.line, line.at("mass_kg"), line.mass_kg))
    return wishes


def declared_facts(lines: Sequence[ManifestLine]) -> list[rules_reception.Declared]:
    return [
        rules_reception.Declared(
            line=line.line,
            waste_code=line.waste_code,
            mass_kg=line.mass_kg,
            fields=line.model_dump(include=set(rules_reception.COMPARED)),
        )
        for line in lines
    ]


def arrived_facts(content: ReceptionCreate) -> list[rules_reception.Arrived]:
    return [
        rules_reception.Arrived(**line.model_dump(exclude={"observed"}), observed=_observed(line.observed))
        for line in content.lines
    ]


def _observed(observed: Any) -> Mapping[str, Any]:
    return {} if observed is None else observed.model_dump(mode="json", exclude_none=True)


async def of_reception(
    session: AsyncSession,
    manifest: Manifest,
    declared: Sequence[rules_reception.Declared],
    arrived: Sequence[rules_reception.Arrived],
) -> Findings:
    """Everything wrong with what a receiver states, but the room in the budgets."""
    found = Findings()
    rules_reception.check_lines(found, declared, arrived)
    row = await licences.by_number(session, manifest.licence_number)
    groups = (await licences.groups_of(session, [row.id])).get(row.id, []) if row is not None else []
    codes = {line.line: line.waste_code for line in declared}
    for index, line in enumerate(arrived):
        rules_reception.check_mass(found, index, line)
        group = group_of(groups, codes.get(line.line, ""))
        covered = group is not None and covers(group.codes, line.observed_code or "")
        rules_reception.check_observed_code(found, index, line, covered=covered)
    return found


async def of_unreadable_reception(
    session: AsyncSession, principal: Principal, content: ReceptionCreate, *, manifest_id: str
) -> Findings:
    """What the rules say about a reception whose shape is wrong in places."""
    try:
        key = uuid.UUID(manifest_id)
    except ValueError:
        return Findings()
    manifest = await repository.by_id(session, key, rows=principal.rows)
    if manifest is None:
        return Findings()
    declared = declared_facts(await repository.lines_of(session, manifest.id))
    return await of_reception(session, manifest, declared, arrived_facts(content))
