"""The published keys of a service: with them anybody can check its receipts offline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from services.kit import clock
from services.kit.receipts import IssuedReceipt, issue_receipt
from services.kit.signing import KeyRing


@dataclass(frozen=True, slots=True)
class ReceiptOffice:
    """Issues receipts in the name of one installation with one service's key."""

    keys: KeyRing
    issuer: str

    def issue(
        self, *, kind: str, subject: str, document: object, submitted_by: str, on_behalf_of: str
    ) -> IssuedReceipt:
        """A signed receipt for `document`, received now."""
        return issue_receipt(
            self.keys,
            issuer=self.issuer,
            kind=kind,
            subject=subject,
            document=document,
            submitted_by=submitted_by,
            on_behalf_of=on_behalf_of,
            received_at=clock.now(),
        )


async def _office(request: Request) -> ReceiptOffice:
    kit = request.app.state.kit
    return ReceiptOffice(keys=kit.receipt_keys, issuer=kit.shared.issuer)


Office = Annotated[ReceiptOffice, Depends(_office)]
"""The process's receipt office, as a parameter type."""


def keys_router(service: str) -> APIRouter:
    router = APIRouter(tags=["receipts"])

    @router.get(f"/v1/{service}/receipt-keys", summary="回执验证公钥 Keys that check receipts (JWKS)")
    async def receipt_keys(request: Request, response: Response) -> dict[str, Any]:
        response.headers["cache-control"] = "public, max-age=300"
        keys: dict[str, Any] = request.app.state.kit.receipt_keys.public_jwks()
        return keys

    return router
