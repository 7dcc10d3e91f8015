"""Compact JSON Web Signatures (RFC 7515) with Ed25519 (`EdDSA`, RFC 8037) and nothing else.

    SignatureInvalid
    ├── MalformedJws      not three parts of strict base64url, or no JSON header
    ├── WrongAlgorithm    any `alg` but EdDSA: `none` and HS256 have no way in
    ├── CriticalHeader    `crit` asks for an extension, and there is none
    ├── WrongType         a token shown as a receipt, or the reverse
    ├── UnknownKey        no Ed25519 signing key of that `kid` among the published ones
    └── BadSignature

Written on `cryptography` rather than on a JOSE library: one algorithm needs none of the others, each text has
one reading only (a changed byte is always noticed, padding bits included), and the library at hand warns of
`EdDSA`. RFC 9864 renames the algorithm `Ed25519`; readers in the field know `EdDSA`, so that is what is
written.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from services.kit.canonical import load_json
from services.kit.texts import Text

ALGORITHM = "EdDSA"
MAX_LENGTH = 65_536


class SignatureInvalid(Exception):  # noqa: N818 - reads as the sentence it is
    """The text proves nothing. `code` is stable, `reason` says why."""

    code: ClassVar[str] = "signature_invalid"
    reason: ClassVar[Text] = Text(zh="签名无效", en="the signature is not valid")

    def __init__(self) -> None:
        super().__init__(self.reason.en)


class MalformedJws(SignatureInvalid):
    code = "signature_malformed"
    reason = Text(zh="不是完整的JWS签名文本", en="not a well-formed compact JWS")


class WrongAlgorithm(SignatureInvalid):
    code = "signature_algorithm"
    reason = Text(zh="签名算法不是EdDSA", en="the signature algorithm is not EdDSA")


class CriticalHeader(SignatureInvalid):
    code = "signature_critical_header"
    reason = Text(zh="要求了不支持的扩展（crit）", en="it asks for an extension (crit) that is not supported")


class WrongType(SignatureInvalid):
    code = "signature_type"
    reason = Text(zh="签名文本的类型（typ）不符", en="it was signed as another type (typ) of document")


class UnknownKey(SignatureInvalid):
    code = "signature_unknown_key"
    reason = Text(zh="公布的密钥中没有签名所用的密钥", en="the signing key is not among the published keys")


class BadSignature(SignatureInvalid):
    code = "signature_mismatch"
    reason = Text(
        zh="签名与内容不符，内容可能被改动", en="the signature does not fit: it may have been changed"
    )


def base64url(data: bytes) -> str:
    """Base64url without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """The bytes of the one text that `base64url` gives for them; ValueError for any other."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64url(data) != text:
        raise ValueError("not the one base64url form of its bytes")
    return data


def sign_jws(payload: bytes, *, key: Ed25519PrivateKey, kid: str, typ: str) -> str:
    """The compact JWS of `payload`, with `alg`, `kid` and `typ` in its header."""
    signed = f"{_header(kid, typ)}.{base64url(payload)}"
    return f"{signed}.{base64url(key.sign(signed.encode('ascii')))}"


@lru_cache(maxsize=64)
def _header(kid: str, typ: str) -> str:
    header = json.dumps({"alg": ALGORITHM, "kid": kid, "typ": typ}, separators=(",", ":"))
    return base64url(header.encode())


def verify_jws(jws: str, public_jwks: Mapping[str, Any], *, typ: str) -> bytes:
    """The payload that a key of `public_jwks` (RFC 7517 JWK Set) signed as `typ`; else a SignatureInvalid.

    `typ` is compared exactly, so that what was signed for one purpose never passes for another (RFC 8725,
    3.11).
    """
    if len(jws) > MAX_LENGTH or jws.count(".") != 2:
        raise MalformedJws
    signed, _, signature = jws.rpartition(".")
    encoded_header, _, encoded_payload = signed.partition(".")
    try:
        header = load_json(from_base64url(encoded_header))
        payload, signature_bytes = from_base64url(encoded_payload), from_base64url(signature)
    except ValueError as error:
        raise MalformedJws from error
    key = _verification_key(header, public_jwks, typ)
    try:
        key.verify(signature_bytes, signed.encode("ascii"))
    except InvalidSignature as error:
        raise BadSignature from error
    return payload


def _verification_key(header: Any, public_jwks: Mapping[str, Any], typ: str) -> Ed25519PublicKey:
    if not isinstance(header, dict):
        raise MalformedJws
    if header.get("alg") != ALGORITHM:
        raise WrongAlgorithm
    if "crit" in header:
        raise CriticalHeader
    if header.get("typ") != typ:
        raise WrongType
    kid, keys = header.get("kid"), public_jwks.get("keys")
    for jwk in keys if isinstance(keys, list) and isinstance(kid, str) else ():
        if isinstance(jwk, Mapping) and jwk.get("kid") == kid and _is_signing_key(jwk):
            try:
                return public_key(jwk["x"])
            except ValueError as error:
                raise UnknownKey from error
    raise UnknownKey


def _is_signing_key(jwk: Mapping[str, Any]) -> bool:
    return (
        jwk.get("kty") == "OKP"
        and jwk.get("crv") == "Ed25519"
        and jwk.get("use", "sig") == "sig"
        and jwk.get("alg", ALGORITHM) == ALGORITHM
        and isinstance(jwk.get("x"), str)
    )


@lru_cache(maxsize=64)
def public_key(x: str) -> Ed25519PublicKey:
    """The key of a JWK's `x`; ValueError where it is not 32 bytes of base64url."""
    return Ed25519PublicKey.from_public_bytes(from_base64url(x))
