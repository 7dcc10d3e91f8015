"""Use case of the approver: adopt a rule pack. From then on the log itself says which rules were in force."""

from __future__ import annotations

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.credit.grading import repository
from services.credit.grading.errors import PackNotFound, PackPublished
from services.credit.grading.events import PACK_PUBLISHED
from services.credit.grading.events import PackPublished as PackFact
from services.credit.grading.leaf import body_of_pack
from services.credit.grading.models import RulePack
from services.credit.grading.pack_file import read_pack, shipped
from services.credit.log import service as log
from services.credit.log.keys import LogSigner
from services.credit.log.kinds import RULE_PUBLISHED
from services.kit import deeds
from services.kit.auth import Principal
from services.kit.ids import new_id


async def publish(session: AsyncSession, principal: Principal, *, name: str, signer: LogSigner) -> RulePack:
    """Publishes a pack that comes with Steppe; 409 where this very text was published before."""
    document = shipped(name)
    if document is None:
        raise PackNotFound()
    return await publish_document(session, principal, document, signer=signer)


async def publish_document(
    session: AsyncSession, principal: Principal, document: dict[str, Any], *, signer: LogSigner
) -> RulePack:
    rules = read_pack(document)
    # The place comes first: while it is held, nobody else publishes the same pack.
    place = await log.take_place(session, subject=None)
    known = await repository.pack_by_digest(session, rules.digest)
    if known is not None:
        raise PackPublished(rule_pack=f"/v1/credit/rule-packs/{known.sha256}")
    pack = RulePack(
        id=new_id(),
        pack=rules.id,
        sha256=rules.digest,
        document=document,
        jurisdiction=rules.jurisdiction,
        valid_from=rules.valid_from,
        valid_to=rules.valid_to,
        published_by=principal.subject,
        published_at=place.recorded_at,
        log_index=place.index,
    )
    await log.append(
        session, place, kind=RULE_PUBLISHED, entity_id=pack.id, body=body_of_pack(pack), signer=signer
    )
    session.add(pack)
    await session.flush()
    _tell(session, principal, pack)
    return pack


def _tell(session: AsyncSession, principal: Principal, pack: RulePack) -> None:
    fact = PackFact(rule_pack=pack.pack, rule_hash=pack.sha256, index=pack.log_index)
    deeds.record(
        session,
        principal,
        kind=PACK_PUBLISHED,
        entity="rule_pack",
        entity_id=pack.sha256,
        subject=f"/v1/credit/rule-packs/{pack.sha256}",
        fact=fact,
    )
