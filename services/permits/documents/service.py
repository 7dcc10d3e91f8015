"""Use cases of decision documents: give the one of today, made and signed at its first asking; check one."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.auth import EVERY_ROW, Principal
from services.kit.canonical import document_digest
from services.kit.ids import new_id
from services.kit.receipts import IssuedReceipt, check_receipt
from services.permits.auth import PUBLIC
from services.permits.confidentiality.views import public
from services.permits.documents import content, repository, rules
from services.permits.documents.errors import DocumentNotFound, NoPermitInForce
from services.permits.documents.events import DOCUMENT_SIGNED, DocumentSigned
from services.permits.documents.models import PermitDocument
from services.permits.documents.press import Press
from services.permits.documents.rendering import render
from services.permits.documents.rules import Audience, Kind
from services.permits.documents.schemas import DocumentCheck, DocumentReceipt
from services.permits.documents.sheets import Stamp
from services.permits.endings import service as endings
from services.permits.endings.rules import WORDS
from services.permits.enterprises import repository as enterprises
from services.permits.permits import service as permits
from services.permits.permits.schemas import PermitRead

EDITION = 1
"""Of the lay-out: a change of it makes new documents, and leaves those that were signed as they are."""


async def for_holder(
    session: AsyncSession, principal: Principal, press: Press, *, number: str, kind: Kind, as_of: date | None
) -> PermitDocument:
    """The document of the version that held on `as_of`, with what is true of it today struck across it."""
    permit = (
        await permits.read_today(session, principal.rows, number=number)
        if as_of is None
        else await permits.read(session, principal.rows, number=number, as_of=as_of)
    )
    return await _made(session, principal, press, permit, kind=kind, audience=Audience.HOLDER)


async def for_public(session: AsyncSession, press: Press, *, number: str) -> PermitDocument:
    """The public 正本 of a permit that holds today (条例 art. 23); 404 for one that does not."""
    permit = await permits.read_today(session, EVERY_ROW, number=number)
    if await _stamp(session, permit) is not None:
        raise NoPermitInForce()
    return await _made(session, PUBLIC, press, permit, kind=Kind.ORIGINAL, audience=Audience.PUBLIC)


async def check(session: AsyncSession, *, document_id: uuid.UUID, keys: dict[str, Any]) -> DocumentCheck:
    """What is known of a document, and whether its permit holds today."""
    document = await repository.by_id(session, document_id)
    if document is None:
        raise DocumentNotFound()
    permit = await permits.read_version(
        session, EVERY_ROW, number=document.permit_number, version=document.version
    )
    enterprise = await enterprises.by_uscc(session, document.uscc, rows=EVERY_ROW)
    now = await _stamp(session, permit)
    receipt = check_receipt(document.receipt_jws, keys)
    return DocumentCheck(
        document_id=document.id,
        enterprise_name=enterprise.name if enterprise else "",
        current_version=permit.current_version,
        holds=now is None,
        standing=now.word if now else None,
        standing_detail=now.detail if now else None,
        receipt=DocumentReceipt.model_validate({**receipt.payload(), "jws": document.receipt_jws}),
        keys="/v1/permits/receipt-keys",
        **document.model_dump(include={"kind", "permit_number", "version", "made_at", "pdf_sha256"}),
    )


async def _stamp(session: AsyncSession, permit: PermitRead) -> Stamp | None:
    today = clock.today()
    end = await endings.end_of(session, permit.id, today)
    shown = await permits.read_today(session, EVERY_ROW, number=permit.permit_number)
    return rules.stamp(
        effective_from=max(permit.basis.effective_from, permit.valid_from),
        valid_to=permit.valid_to,
        version=permit.version,
        shown_version=shown.version,
        today=today,
        ended=(WORDS[end.kind], end.effective_on) if end else None,
    )


async def _made(
    session: AsyncSession,
    principal: Principal,
    press: Press,
    permit: PermitRead,
    *,
    kind: Kind,
    audience: Audience,
) -> PermitDocument:
    """The document with this content: the one there is, or a new one."""
    said = await said_of(session, press, permit, kind=kind, audience=audience)
    digest = document_digest(said)
    present = await repository.by_content(session, digest)
    if present is not None:
        return present
    document = await _new(press, said, permit, digest)
    if not await repository.add(session, document):
        return await repository.by_content(session, digest) or document
    _tell(session, principal, document, said["stamp"])
    return document


async def said_of(
    session: AsyncSession, press: Press, permit: PermitRead, *, kind: Kind, audience: Audience
) -> dict[str, Any]:
    """Everything that the document depends on, as canonical JSON has it."""
    enterprise = await enterprises.by_uscc(session, permit.uscc, rows=EVERY_ROW)
    if enterprise is None:
        raise DocumentNotFound()
    is_public = audience is Audience.PUBLIC
    shown, withheld = await public(session, permit)
    whole = (shown if is_public else permit).model_dump(mode="json")
    stamp = await _stamp(session, permit)
    return {
        "edition": EDITION,
        "kind": kind.value,
        "audience": audience.value,
        "permit": content.without_persons(whole) if is_public else whole,
        "withheld": [[each.pointer, each.reason] for each in withheld],
        "holder": asdict(content.holder_of(whole, enterprise.model_dump(), public=is_public)),
        "authority": (whole.get("terms") or {}).get("authority") or press.authority,
        "public_url": press.public_url,
        "stamp": asdict(stamp) if stamp else None,
        **({"seal": press.seal.fingerprint} if press.seal else {}),
    }


async def _new(press: Press, said: dict[str, Any], permit: PermitRead, digest: str) -> PermitDocument:
    """Set, printed and sealed beside the event loop: a large duplicate takes seconds."""
    document_id = new_id()
    stamp = said["stamp"]
    sheet = content.sheet(
        Kind(said["kind"]),
        said["permit"],
        content.Holder(**said["holder"]),
        authority=said["authority"],
        stamp=Stamp(**stamp) if stamp else None,
        verify_at=press.verify_at(document_id),
        withheld=[(pointer, reason) for pointer, reason in said["withheld"]],
    )
    pdf = await asyncio.to_thread(render, sheet, document_id=str(document_id))
    if press.seal is not None:
        pdf = await asyncio.to_thread(press.seal.sealed, pdf)
    issued = _signed(press, permit, document_id, pdf)
    return PermitDocument(
        id=document_id,
        permit_number=permit.permit_number,
        uscc=permit.uscc,
        version=permit.version,
        kind=said["kind"],
        audience=said["audience"],
        content_sha256=digest,
        pdf=pdf,
        pdf_sha256=hashlib.sha256(pdf).hexdigest(),
        receipt_id=issued.receipt.receipt_id,
        receipt_jws=issued.jws,
        made_at=issued.receipt.received_at,
    )


def _signed(press: Press, permit: PermitRead, document_id: uuid.UUID, pdf: bytes) -> IssuedReceipt:
    return press.office.issue(
        kind="permits.permit_document",
        subject=f"/v1/permits/disclosure/documents/{document_id}",
        document=pdf,
        submitted_by="system",
        on_behalf_of=permit.uscc,
    )


def _tell(
    session: AsyncSession, principal: Principal, document: PermitDocument, stamp: dict[str, str] | None
) -> None:
    fact = DocumentSigned(
        document_id=document.id,
        stamp=stamp["word"] if stamp else None,
        **document.model_dump(include={"permit_number", "uscc", "version", "kind", "audience", "pdf_sha256"}),
    )
    subject = f"/v1/permits/disclosure/documents/{document.id}"
    deeds.record(
        session,
        principal,
        kind=DOCUMENT_SIGNED,
        entity="permit_document",
        entity_id=document.id,
        subject=subject,
        owner=document.uscc,
        fact=fact,
    )
