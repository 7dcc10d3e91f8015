"""The signing keys of a process: one signs, all that are still published verify.

Rotation: put a new key in front, keep the old one behind it (its private part may be dropped) for as long as
what it signed must verify.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.kit.canonical import canonical_json, load_json
from services.kit.jws import (
    ALGORITHM,
    BadSignature,
    CriticalHeader,
    MalformedJws,
    SignatureInvalid,
    UnknownKey,
    WrongAlgorithm,
    WrongType,
    base64url,
    from_base64url,
    public_key,
    sign_jws,
    verify_jws,
)

__all__ = [
    "BadSignature",
    "CriticalHeader",
    "KeyRing",
    "KeyRingInvalid",
    "MalformedJws",
    "SignatureInvalid",
    "UnknownKey",
    "WrongAlgorithm",
    "WrongType",
    "thumbprint",
    "verify_jws",
]


class KeyRingInvalid(ValueError):  # noqa: N818 - reads as the sentence it is
    """Keys that cannot be used; the message never holds key material."""


@dataclass(frozen=True, slots=True)
class _Key:
    kid: str
    x: str
    private: Ed25519PrivateKey | None = field(repr=False)


class KeyRing:
    """Ed25519 keys in their order: the first signs. Its representation shows key identifiers only."""

    __slots__ = ("_keys", "_signing")

    def __init__(self, keys: tuple[_Key, ...]) -> None:
        if not keys or keys[0].private is None:
            raise KeyRingInvalid("the first key must have its private part")
        if len({key.kid for key in keys}) != len(keys):
            raise KeyRingInvalid("two keys have the same kid")
        self._keys = keys
        self._signing = keys[0].private

    def __repr__(self) -> str:
        return f"KeyRing({[key.kid for key in self._keys]})"

    @classmethod
    def from_private_jwks(cls, text: str) -> KeyRing:
        """From a JWK Set (RFC 7517) of OKP Ed25519 keys (RFC 8037); `kid` defaults to the thumbprint.

        Keys after the first may lack `d`: they only verify. KeyRingInvalid for anything else.
        """
        try:
            document = load_json(text)
        except ValueError:
            # Without the cause: its message may quote the text, which is secret.
            raise KeyRingInvalid("the keys are no JSON document") from None
        jwks = document.get("keys") if isinstance(document, dict) else None
        if not isinstance(jwks, list):
            raise KeyRingInvalid("expected an object with a list of keys")
        return cls(tuple(_read(jwk) for jwk in jwks))

    @staticmethod
    def generate() -> str:
        """A new private JWK Set with one key, as JSON text for `from_private_jwks`."""
        private = Ed25519PrivateKey.generate()
        x = base64url(private.public_key().public_bytes_raw())
        jwk = {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": x,
            "d": base64url(private.private_bytes_raw()),
            "kid": thumbprint(x),
            "use": "sig",
            "alg": ALGORITHM,
        }
        return json.dumps({"keys": [jwk]})

    def public_jwks(self) -> dict[str, Any]:
        """The JWK Set to publish: public parts only."""
        return {
            "keys": [
                {
                    "kty": "OKP",
                    "crv": "Ed25519",
                    "x": key.x,
                    "kid": key.kid,
                    "use": "sig",
                    "alg": ALGORITHM,
                }
                for key in self._keys
            ]
        }

    def sign(self, payload: bytes, *, typ: str) -> str:
        """The compact JWS of `payload` by the first key."""
        return sign_jws(payload, key=self._signing, kid=self._keys[0].kid, typ=typ)


def thumbprint(x: str) -> str:
    """The RFC 7638 thumbprint (SHA-256, base64url) of the Ed25519 key whose JWK has this `x`."""
    members = {"crv": "Ed25519", "kty": "OKP", "x": x}
    return base64url(hashlib.sha256(canonical_json(members)).digest())


def _read(jwk: Any) -> _Key:
    if not isinstance(jwk, Mapping) or jwk.get("kty") != "OKP" or jwk.get("crv") != "Ed25519":
        raise KeyRingInvalid("every key must be an OKP key on the curve Ed25519")
    x, d = jwk.get("x"), jwk.get("d")
    if not isinstance(x, str) or not isinstance(d, str | None):
        raise KeyRingInvalid("x, and d where given, are texts")
    try:
        public_key(x)
        private = None if d is None else Ed25519PrivateKey.from_private_bytes(from_base64url(d))
    except ValueError:
        raise KeyRingInvalid("x or d is not 32 bytes of base64url") from None
    if private is not None and base64url(private.public_key().public_bytes_raw()) != x:
        raise KeyRingInvalid("d and x are not parts of one key")
    kid = jwk.get("kid", thumbprint(x))
    if not isinstance(kid, str) or not 1 <= len(kid) <= 200:
        raise KeyRingInvalid("a kid is a text of 1 to 200 characters")
    return _Key(kid=kid, x=x, private=private)
