"""Asks the rules about a record's content: what is wrong with it, and what the rules of its day make of it."""

from __future__ import annotations

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.credit.grading import repository as packs
from services.credit.grading.pack_file import read_pack
from services.credit.grading.rules import Judgement, Pack, judge
from services.credit.records import rules
from services.credit.records.errors import RecordInvalid
from services.credit.records.schemas import RecordContent, RecordCreate
from services.kit import clock
from services.kit.auth import Principal
from services.kit.findings import Findings, pointer
from services.kit.texts import Text

_NO_PACK = Text(zh="决定之日没有已发布的规则包", en="no published rule pack was in force on that day")


async def findings_of(
    session: AsyncSession, content: RecordContent, *, uscc: str | None
) -> tuple[Findings, Pack | None]:
    """Everything wrong with a record's content, and the rule pack of its decision day."""
    found = Findings()
    rules.check_dates(
        found, act_date=content.act_date, decision_date=content.decision_date, today=clock.today()
    )
    row = await packs.pack_on(session, content.decision_date)
    pack = read_pack(row.document) if row else None
    if pack is None:
        found.add(pointer("decision_date"), "no_rule_pack_in_force", _NO_PACK)
    else:
        kinds = {code: clause.kinds for code, clause in pack.clauses.items()}
        rules.check_clause(found, kind=content.kind, clause=content.clause, pack=pack.id, kinds_of=kinds)
    rules.check_class(found, kind=content.kind, severity=content.severity, basis=content.severity_basis)
    rules.check_fine(found, kind=content.kind, fine_cny=content.fine_cny)
    if uscc is not None:
        rules.check_site(found, uscc=uscc, site=content.site)
    return found, pack


async def judged(session: AsyncSession, content: RecordContent, *, uscc: str) -> tuple[Pack, Judgement]:
    """Refuses a record with everything that is wrong with it; else what its pack makes of it."""
    found, pack = await findings_of(session, content, uscc=uscc)
    found.raise_if_any(RecordInvalid)
    if pack is None:  # it was a finding
        raise RecordInvalid()
    return pack, judge(pack, clause=content.clause, decision_date=content.decision_date)


async def also_wrong(
    session: AsyncSession, _: Principal, content: RecordContent, **_parameters: Any
) -> Findings:
    """What the rules find where the shape of the body is wrong, too."""
    uscc = content.uscc if isinstance(content, RecordCreate) else None
    found, _pack = await findings_of(session, content, uscc=uscc)
    return found
