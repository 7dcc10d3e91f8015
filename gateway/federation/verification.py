"""Checks the signature of a foreign token with joserfc: one algorithm at a time, a key of its own kind, no surprises.

The algorithm is one that the issuer's configuration names, and the key must be made for it: so a public RSA key is
never an HMAC secret, and `none` is no algorithm (RFC 8725, 3.1 and 3.2).
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from gateway.federation.rules import Issuer, Refused, malformed
from services.kit.canonical import load_json
from services.kit.jws import from_base64url
from services.kit.texts import Text

MAX_TOKEN = 16_384
_SMALLEST_RSA = 2048
_KINDS = {"RS256": ("RSA", None), "ES256": ("EC", "P-256"), "EdDSA": ("OKP", "Ed25519")}
_MAKERS: dict[str, type[RSAKey] | type[ECKey] | type[OKPKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
_ALGORITHM = Text(zh="不接受该签名算法", en="this signature algorithm is not accepted")
_KEY = Text(zh="签发者没有公布该密钥", en="the issuer publishes no such key")
_SIGNATURE = Text(zh="签名无效", en="the signature does not hold")


class UnknownKey(Refused):
    """The key is not among those at hand: it may be among the newer ones."""


def parts_of(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a token as they are written, which proves nothing yet. Raises Refused."""
    if len(token) > MAX_TOKEN or token.count(".") != 2 or not token.isascii():
        raise malformed()
    header, payload, _ = token.split(".")
    try:
        read = load_json(from_base64url(header)), load_json(from_base64url(payload))
    except (ValueError, RecursionError) as error:
        raise malformed() from error
    if not all(isinstance(each, dict) for each in read):
        raise malformed()
    return read


def verify(token: str, header: Mapping[str, Any], issuer: Issuer, jwks: Mapping[str, Any]) -> None:
    """Raises Refused unless a key of `jwks` signed the token by an algorithm that is taken from this issuer."""
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in issuer.algorithms:
        raise Refused("algorithm_refused", _ALGORITHM)
    if "crit" in header or header.get("typ", "JWT") not in ("JWT", "jwt"):
        raise malformed()
    with warnings.catch_warnings():
        # Of a small RSA key, which is refused below; and of the name EdDSA, which RFC 9864 replaces: issuers in the
        # field still write it, and a key of Ed25519 gives it one meaning.
        warnings.simplefilter("ignore", SecurityWarning)
        key = _key(header, algorithm, jwks)
        try:
            jwt.decode(token, key, algorithms=[algorithm])
        except (JoseError, ValueError) as error:
            raise Refused("bad_signature", _SIGNATURE) from error


def _key(header: Mapping[str, Any], algorithm: str, jwks: Mapping[str, Any]) -> Key:
    """The one key of this name, or, where the token names none, the only one that there is."""
    kid, keys = header.get("kid"), jwks.get("keys")
    fitting = [each for each in keys if _fits(each, algorithm)] if isinstance(keys, list) else []
    if kid is not None:
        fitting = [each for each in fitting if each.get("kid") == kid]
    if len(fitting) != 1:
        raise UnknownKey("unknown_key", _KEY)
    named = {name: value for name, value in fitting[0].items() if name in ("kty", "crv", "x", "y", "n", "e")}
    try:
        key = _MAKERS[named["kty"]].import_key(named)
        if isinstance(key, RSAKey) and key.public_key.key_size < _SMALLEST_RSA:
            raise Refused("weak_key", _KEY)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise UnknownKey("unknown_key", _KEY) from error
    return key


def _fits(jwk: Any, algorithm: str) -> bool:
    """Whether a published key is one for this algorithm (RFC 7517, 4.1 to 4.4)."""
    if not isinstance(jwk, dict) or jwk.get("use", "sig") != "sig" or jwk.get("alg", algorithm) != algorithm:
        return False
    kind, curve = _KINDS[algorithm]
    return jwk.get("kty") == kind and (curve is None or jwk.get("crv") == curve)
