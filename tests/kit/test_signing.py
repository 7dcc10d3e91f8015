"""Keys and compact JWS: only EdDSA, only the right type, not one byte changed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import assume, given
from hypothesis import strategies as st
from joserfc import jws as joserfc_jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import KeySet, OKPKey

from services.kit.signing import (
    BadSignature,
    CriticalHeader,
    KeyRing,
    KeyRingInvalid,
    MalformedJws,
    SignatureInvalid,
    UnknownKey,
    WrongAlgorithm,
    WrongType,
    thumbprint,
    verify_jws,
)

TYP = "test+jws"
SECRET = KeyRing.generate()
RING = KeyRing.from_private_jwks(SECRET)
PUBLIC = RING.public_jwks()
KID = PUBLIC["keys"][0]["kid"]
SIGNED = RING.sign(b'{"paid":"12.50"}', typ=TYP)

# RFC 8037, appendix A.1 and A.3
RFC_KEY = {
    "kty": "OKP",
    "crv": "Ed25519",
    "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}
RFC_THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _signed_with_header(header: object, payload: bytes = b"{}") -> str:
    """A JWS with any header, truly signed with the key of `RING`."""
    jwk = json.loads(SECRET)["keys"][0]
    key = Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(jwk["d"] + "="))
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    signed = f"{_part(text)}.{_part(payload)}"
    return f"{signed}.{_part(key.sign(signed.encode()))}"


@given(st.binary(max_size=300), st.text(st.characters(codec="utf-8"), max_size=20))
def test_what_was_signed_is_what_is_verified(payload: bytes, typ: str) -> None:
    assert verify_jws(RING.sign(payload, typ=typ), PUBLIC, typ=typ) == payload


@given(st.integers(0, len(SIGNED) - 1), st.characters())
def test_a_changed_character_is_always_noticed(at: int, other: str) -> None:
    changed = SIGNED[:at] + other + SIGNED[at + 1 :]
    assume(changed != SIGNED)
    with pytest.raises(SignatureInvalid):
        verify_jws(changed, PUBLIC, typ=TYP)


def test_each_of_the_other_base64url_characters_in_the_last_place_is_noticed() -> None:
    """The last character of 64 bytes carries four bits that a lenient decoder throws away."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for other in set(alphabet) - {SIGNED[-1]}:
        with pytest.raises(SignatureInvalid):
            verify_jws(SIGNED[:-1] + other, PUBLIC, typ=TYP)


@given(st.integers(0, len(SIGNED)), st.sampled_from(list("A.=+/ \n\t\x00é")))
def test_an_inserted_character_is_always_noticed(at: int, extra: str) -> None:
    with pytest.raises(SignatureInvalid):
        verify_jws(SIGNED[:at] + extra + SIGNED[at:], PUBLIC, typ=TYP)


@given(st.integers(0, len(SIGNED) - 1))
def test_a_cut_text_is_always_noticed(at: int) -> None:
    with pytest.raises(SignatureInvalid):
        verify_jws(SIGNED[:at], PUBLIC, typ=TYP)
    with pytest.raises(SignatureInvalid):
        verify_jws(SIGNED[:at] + SIGNED[at + 1 :], PUBLIC, typ=TYP)


@given(st.text())
def test_any_other_text_is_refused_as_a_signature_and_in_no_other_way(text: str) -> None:
    with pytest.raises(SignatureInvalid):
        verify_jws(text, PUBLIC, typ=TYP)


def test_another_type_is_refused() -> None:
    with pytest.raises(WrongType):
        verify_jws(RING.sign(b"{}", typ="at+jwt"), PUBLIC, typ=TYP)
    with pytest.raises(WrongType):
        verify_jws(_signed_with_header({"alg": "EdDSA", "kid": KID}), PUBLIC, typ=TYP)
    with pytest.raises(WrongType):
        verify_jws(RING.sign(b"{}", typ=TYP.upper()), PUBLIC, typ=TYP)


def test_the_algorithm_none_is_refused() -> None:
    header = _part(json.dumps({"alg": "none", "kid": KID, "typ": TYP}).encode())
    for signature in ("", SIGNED.rpartition(".")[2]):
        with pytest.raises(WrongAlgorithm):
            verify_jws(f"{header}.{_part(b'{}')}.{signature}", PUBLIC, typ=TYP)


def test_an_hmac_keyed_with_the_public_key_is_refused() -> None:
    x = base64.urlsafe_b64decode(PUBLIC["keys"][0]["x"] + "=")
    signed = f"{_part(json.dumps({'alg': 'HS256', 'kid': KID, 'typ': TYP}).encode())}.{_part(b'{}')}"
    forged = f"{signed}.{_part(hmac.new(x, signed.encode(), hashlib.sha256).digest())}"
    with pytest.raises(WrongAlgorithm):
        verify_jws(forged, PUBLIC, typ=TYP)


@pytest.mark.parametrize("alg", ["eddsa", "Ed25519", "ES256", None, ["EdDSA"], {}])
def test_any_other_algorithm_name_is_refused(alg: object) -> None:
    with pytest.raises(WrongAlgorithm):
        verify_jws(_signed_with_header({"alg": alg, "kid": KID, "typ": TYP}), PUBLIC, typ=TYP)


@pytest.mark.parametrize("crit", [["exp"], [], None, ["b64"]])
def test_a_critical_header_is_refused(crit: object) -> None:
    with pytest.raises(CriticalHeader):
        verify_jws(
            _signed_with_header({"alg": "EdDSA", "kid": KID, "typ": TYP, "crit": crit}), PUBLIC, typ=TYP
        )


@pytest.mark.parametrize(
    "header", [b"[]", b"null", b"", b"{", b"\xff", b"[" * 20_000, b'{"alg":"EdDSA","alg":"none"}']
)
def test_a_header_that_is_no_json_object_is_refused(header: bytes) -> None:
    with pytest.raises(MalformedJws):
        verify_jws(_signed_with_header(header), PUBLIC, typ=TYP)


def test_an_unknown_kid_is_refused_and_no_key_is_tried_instead() -> None:
    stranger = KeyRing.from_private_jwks(KeyRing.generate())
    with pytest.raises(UnknownKey):
        verify_jws(stranger.sign(b"{}", typ=TYP), PUBLIC, typ=TYP)
    for kid in (None, 7, "", KID + "x"):
        with pytest.raises(UnknownKey):
            verify_jws(_signed_with_header({"alg": "EdDSA", "kid": kid, "typ": TYP}), PUBLIC, typ=TYP)


def test_the_signature_of_another_key_under_a_known_kid_is_refused() -> None:
    stranger = json.loads(KeyRing.generate())
    stranger["keys"][0]["kid"] = KID
    forged = KeyRing.from_private_jwks(json.dumps(stranger)).sign(b"{}", typ=TYP)
    with pytest.raises(BadSignature):
        verify_jws(forged, PUBLIC, typ=TYP)


@pytest.mark.parametrize(
    "jwks",
    [
        {},
        {"keys": None},
        {"keys": [None, "key", {"kid": KID}]},
        {"keys": [PUBLIC["keys"][0] | {"use": "enc"}]},
        {"keys": [PUBLIC["keys"][0] | {"alg": "ES256"}]},
        {"keys": [PUBLIC["keys"][0] | {"crv": "Ed448"}]},
        {"keys": [PUBLIC["keys"][0] | {"x": "AAAA"}]},
        {"keys": [PUBLIC["keys"][0] | {"x": None}]},
    ],
)
def test_a_key_set_without_the_signing_key_proves_nothing(jwks: dict[str, Any]) -> None:
    with pytest.raises(UnknownKey):
        verify_jws(SIGNED, jwks, typ=TYP)


def test_a_text_beyond_the_limit_is_refused_unread() -> None:
    with pytest.raises(MalformedJws):
        verify_jws(RING.sign(b"x" * 100_000, typ=TYP), PUBLIC, typ=TYP)


def test_after_a_rotation_the_new_key_signs_and_the_old_one_still_verifies() -> None:
    old = json.loads(SECRET)["keys"][0]
    retired = {name: value for name, value in old.items() if name != "d"}
    new = json.loads(KeyRing.generate())["keys"][0]
    rotated = KeyRing.from_private_jwks(json.dumps({"keys": [new, retired]}))
    signed = rotated.sign(b"new", typ=TYP)
    assert verify_jws(signed, rotated.public_jwks(), typ=TYP) == b"new"
    assert verify_jws(SIGNED, rotated.public_jwks(), typ=TYP) == b'{"paid":"12.50"}'
    with pytest.raises(UnknownKey):
        verify_jws(signed, PUBLIC, typ=TYP)


def test_the_published_keys_hold_no_private_part() -> None:
    assert set(PUBLIC["keys"][0]) == {"kty", "crv", "x", "kid", "use", "alg"}
    assert (PUBLIC["keys"][0]["use"], PUBLIC["keys"][0]["alg"]) == ("sig", "EdDSA")
    assert json.loads(SECRET)["keys"][0]["d"] not in repr(RING) + json.dumps(PUBLIC)


def test_the_kid_is_the_thumbprint_of_rfc_7638() -> None:
    assert thumbprint(RFC_KEY["x"]) == RFC_THUMBPRINT
    ring = KeyRing.from_private_jwks(json.dumps({"keys": [RFC_KEY]}))
    assert ring.public_jwks()["keys"][0]["kid"] == RFC_THUMBPRINT
    assert thumbprint(PUBLIC["keys"][0]["x"]) == KID


def test_two_generated_keys_differ() -> None:
    assert KeyRing.generate() != KeyRing.generate()


def test_another_library_verifies_ours_and_we_verify_its() -> None:
    with pytest.warns(SecurityWarning, match="RFC 9864"):
        read = joserfc_jws.deserialize_compact(SIGNED, KeySet.import_key_set(PUBLIC), algorithms=["EdDSA"])
    assert read.payload == b'{"paid":"12.50"}'
    key = OKPKey.import_key(json.loads(SECRET)["keys"][0])
    with pytest.warns(SecurityWarning, match="RFC 9864"):
        theirs = joserfc_jws.serialize_compact(
            {"alg": "EdDSA", "kid": KID, "typ": TYP}, b"theirs", key, algorithms=["EdDSA"]
        )
    assert verify_jws(theirs, PUBLIC, typ=TYP) == b"theirs"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"keys":[]}',
        '{"keys":[{"kty":"RSA"}]}',
        json.dumps({"keys": [RFC_KEY | {"crv": "X25519"}]}),
        json.dumps({"keys": [{name: RFC_KEY[name] for name in ("kty", "crv", "x")}]}),
        json.dumps({"keys": [RFC_KEY | {"x": "AAAA"}]}),
        json.dumps({"keys": [RFC_KEY | {"d": "AAAA"}]}),
        json.dumps({"keys": [RFC_KEY | {"d": 7}]}),
        json.dumps({"keys": [RFC_KEY | {"x": PUBLIC["keys"][0]["x"]}]}),
        json.dumps({"keys": [RFC_KEY | {"kid": ""}]}),
        json.dumps({"keys": [RFC_KEY, RFC_KEY]}),
    ],
)
def test_keys_that_cannot_be_used_are_refused_without_showing_them(text: str) -> None:
    with pytest.raises(KeyRingInvalid) as caught:
        KeyRing.from_private_jwks(text)
    assert RFC_KEY["d"] not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "kind", [MalformedJws, WrongAlgorithm, CriticalHeader, WrongType, UnknownKey, BadSignature]
)
def test_every_refusal_has_its_own_code_and_both_languages(kind: type[SignatureInvalid]) -> None:
    assert kind.code != SignatureInvalid.code
    assert kind.reason.zh
    assert kind.reason.en
