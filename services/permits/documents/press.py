"""What it takes to make documents in the name of one bureau."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from services.kit import clock
from services.kit.logs import log
from services.kit.receipt_keys import ReceiptOffice
from services.permits.documents.seal import Seal
from services.permits.settings import PermitsSettings


@dataclass(frozen=True, slots=True)
class Press:
    """The bureau's name, where its documents are verified, and what signs them."""

    office: ReceiptOffice
    authority: str
    public_url: str
    seal: Seal | None
    """None: PDF readers show no signature, and the receipt alone proves a document."""

    def verify_at(self, document_id: object) -> str:
        return f"{self.public_url}/v1/permits/disclosure/documents/{document_id}"


async def _press(request: Request) -> Press:
    kit = request.app.state.kit
    settings = cast(PermitsSettings, kit.settings)
    public_url = settings.public_url or kit.shared.gateway_url
    office = ReceiptOffice(keys=kit.receipt_keys, issuer=kit.shared.issuer)
    return Press(office, settings.authority, public_url.rstrip("/"), in_use(settings.seal))


def in_use(seal: Seal | None) -> Seal | None:
    """Not one whose certificate has run out: its signatures would be shown as false."""
    if seal is None or seal.is_valid_at(clock.now()):
        return seal
    log.error("seal_not_valid", certificate=seal.fingerprint)
    return None


ThePress = Annotated[Press, Depends(_press)]
"""The process's press, as a parameter type."""
