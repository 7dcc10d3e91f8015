"""Permits as the public sees them: the one place through which every public answer goes."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel.ext.asyncio.session import AsyncSession

from services.permits.confidentiality import repository, rules
from services.permits.confidentiality.models import Withholding
from services.permits.confidentiality.schemas import WithheldRead, WithholdingRead
from services.permits.permits.schemas import PermitRead

Hidden = list[tuple[rules.Anchor, str]]


async def hidden_of(session: AsyncSession, numbers: Collection[str]) -> dict[str, Hidden]:
    """What is withheld of each permit, with the reason that the public is told."""
    hidden: dict[str, Hidden] = {number: [] for number in numbers}
    for each in await repository.of_permits(session, numbers):
        if is_hidden(each):
            reason = each.public_reason or rules.PENDING
            hidden[each.permit_number] += [(tuple(place["anchor"]), reason) for place in each.places]
    return hidden


async def public(session: AsyncSession, permit: PermitRead) -> tuple[PermitRead, list[WithheldRead]]:
    """A permit version as the public sees it, and what it does not see."""
    hidden = (await hidden_of(session, [permit.permit_number]))[permit.permit_number]
    shown, withheld = rules.redacted(permit.model_dump(mode="json"), hidden)
    return PermitRead.model_validate(shown), as_read(withheld)


def as_read(withheld: list[tuple[str, str]]) -> list[WithheldRead]:
    return [
        WithheldRead(pointer=pointer, reason=reason, article=rules.ARTICLE_SECRET)
        for pointer, reason in withheld
    ]


def is_hidden(request: Withholding) -> bool:
    return rules.hides(rules.State(request.state), refused_before=request.again)


def view_of(request: Withholding) -> WithholdingRead:
    return WithholdingRead(
        hidden=is_hidden(request),
        **request.model_dump(exclude={"again", "requested_by", "decided_by"}),
    )
