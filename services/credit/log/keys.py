"""The key of the log: it signs checkpoints and nothing else, so that it can be kept, rotated and witnessed alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import Depends, Request

from services.credit.log.note import Checkpoint, Verifier, sign_note
from services.kit.canonical import load_json
from services.kit.jws import from_base64url


@dataclass(frozen=True, slots=True)
class LogSigner:
    """Signs in the name of one log. Its representation shows the name only."""

    origin: str
    key: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def from_private_jwks(cls, text: str, *, origin: str) -> LogSigner:
        """From a JWK Set (RFC 7517) whose first key is a private Ed25519 key; ValueError for anything else."""
        try:
            jwk = load_json(text)["keys"][0]
            if jwk["crv"] != "Ed25519":
                raise ValueError
            key = Ed25519PrivateKey.from_private_bytes(from_base64url(jwk["d"]))
        except (ValueError, KeyError, IndexError, TypeError):
            # Without the cause: its message may quote the text, which is secret.
            raise ValueError("the log's key is not a JWK Set with a private Ed25519 key") from None
        return cls(origin, key)

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.origin, self.key.public_key())

    def sign(self, *, size: int, root: bytes) -> str:
        """The checkpoint of this size and root as a signed note."""
        return sign_note(Checkpoint(self.origin, size, root).text, name=self.origin, key=self.key)


async def _signer(request: Request) -> LogSigner:
    signer: LogSigner = request.app.state.log_signer
    return signer


Signer = Annotated[LogSigner, Depends(_signer)]
"""The process's log key, as a parameter type."""
