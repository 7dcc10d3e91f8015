"""Use cases of changes: compare two versions, say which procedure a declared change needs. Nothing is saved."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import Principal, RowScope
from services.kit.findings import Findings
from services.kit.problems import Invalid
from services.permits.changes import rules
from services.permits.changes.differences import Difference, compare
from services.permits.changes.documents import document_of
from services.permits.changes.labels import label
from services.permits.changes.schemas import (
    ChangeDeclaration,
    Comparison,
    DifferenceRead,
    RouteRead,
    RouteReason,
)
from services.permits.permits import checks
from services.permits.permits import service as permits
from services.permits.permits.schemas import PermitContent, PermitRead


async def comparison(
    session: AsyncSession, rows: RowScope, *, number: str, from_version: int, to_version: int
) -> Comparison:
    """What one version of a permit says differently from another, in either order."""
    before = await permits.read_version(session, rows, number=number, version=from_version)
    after = await permits.read_version(session, rows, number=number, version=to_version)
    return Comparison(
        permit_number=number,
        from_version=from_version,
        to_version=to_version,
        differences=[_view(each) for each in compare(document_of(before), document_of(after))],
    )


async def also_wrong(_: AsyncSession, __: Principal, content: ChangeDeclaration, **___: str) -> Findings:
    """What the rules say about a declaration whose shape is wrong in places."""
    return checks.findings_of(content, today=clock.today())


async def route(
    session: AsyncSession, rows: RowScope, *, number: str, declared: ChangeDeclaration
) -> RouteRead:
    """Which procedure turns the newest version of a permit into what is declared (条例 art. 14-16)."""
    permit = await permits.read(session, rows, number=number, as_of=None)
    checks.findings_of(declared, today=clock.today()).raise_if_any(Invalid)
    stated = rules.Statement(declared.construction, declared.site_moved, declared.by_authority)
    return _routed(permit, decision(permit, declared, stated))


def decision(
    permit: PermitRead, declared: PermitContent, statement: rules.Statement | None = None
) -> rules.Decision:
    """The route from a permit to content that passed its own checks; applications ask this, too."""
    return rules.decide(document_of(permit), document_of(declared), statement)


def _routed(permit: PermitRead, decided: rules.Decision) -> RouteRead:
    basic = decided.route is rules.Route.BASIC_CHANGE
    return RouteRead(
        permit_number=permit.permit_number,
        version=permit.version,
        route=decided.route,
        article=decided.article,
        apply_within_days=rules.BASIC_CHANGE_DAYS if basic else None,
        reasons=[
            RouteReason(
                pointer=each.pointer,
                route=each.reason.route,
                article=each.reason.article,
                reason_zh=each.reason.text.zh,
                reason_en=each.reason.text.en,
                difference=_view(each.difference) if each.difference else None,
            )
            for each in decided.routed
        ],
    )


def _view(difference: Difference) -> DifferenceRead:
    words = label(difference)
    return DifferenceRead(
        pointer=difference.pointer,
        change=difference.kind,
        before=difference.before,
        after=difference.after,
        direction=difference.direction,
        label_zh=words.zh,
        label_en=words.en,
    )
