"""Signatures and keys, against a real issuer: rotation, outage, floods, and every way to confuse an algorithm."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import ECKey, OKPKey, RSAKey

from gateway.federation.rules import Refused
from gateway.federation.service import Federation
from services.kit.problems import Unavailable
from tests.gateway.federation.issuer import Province, claims, configured, province, signed


@pytest.fixture
async def sso() -> AsyncIterator[Province]:
    async with province() as made:
        yield made


TWICE = b'{"alg":"RS256","alg":"none"}'


def accepting(sso: Province, *, cooldown: float = 0, ttl: float = 300, **changes: Any) -> Federation:
    return Federation([configured(sso.url, **changes)], cooldown=cooldown, ttl=ttl)


async def reason(federation: Federation, token: str) -> str | None:
    try:
        await federation.verified(token)
    except Refused as refused:
        return refused.reason
    return None


def encoded(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.mark.parametrize(("kid", "alg"), [("rsa-1", "RS256"), ("ec-1", "ES256"), ("ed-1", "EdDSA")])
async def test_each_algorithm_holds_and_a_changed_byte_does_not(sso: Province, kid: str, alg: str) -> None:
    federation = accepting(sso)
    token = sso.sign(claims(), kid=kid, alg=alg)
    assert await reason(federation, token) is None
    head, body, signature = token.split(".")
    other = encoded(claims(groups=["eco-approver"], amr=["otp"]))
    assert await reason(federation, f"{head}.{other}.{signature}") == "bad_signature"
    flipped = ("A" if signature[0] != "A" else "B") + signature[1:]
    assert await reason(federation, f"{head}.{body}.{flipped}") == "bad_signature"
    assert await reason(federation, f"{head}.{body}.") == "bad_signature"


async def test_only_the_algorithms_of_the_configuration(sso: Province) -> None:
    federation = accepting(sso, algorithms=["ES256"])
    assert await reason(federation, sso.sign(claims())) == "algorithm_refused"
    assert await reason(federation, sso.sign(claims(), kid="ec-1", alg="ES256")) is None


async def test_the_public_key_is_no_hmac_secret_and_none_is_no_algorithm(sso: Province) -> None:
    federation, key = accepting(sso), sso.keys["rsa-1"]
    public = key.as_dict(private=False)
    pem = key.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for secret in (pem, json.dumps(public).encode(), base64.urlsafe_b64decode(public["n"] + "==")):
        text = f"{encoded({'alg': 'HS256', 'kid': 'rsa-1'})}.{encoded(claims())}"
        mac = hmac.digest(secret, text.encode(), "sha256")
        assert await reason(federation, f"{text}.{encoded(mac)}") == "algorithm_refused"
    for name in ("none", "None", "NONE", "", None, ["RS256"], "RS384", "PS256", "rs256"):
        token = f"{encoded({'alg': name, 'kid': 'rsa-1'})}.{encoded(claims())}."
        assert await reason(federation, token) == "algorithm_refused", name


async def test_a_key_is_for_its_own_algorithm(sso: Province) -> None:
    federation = accepting(sso)
    token = sso.sign(claims(), kid="ec-1", alg="ES256")
    for kid, alg in (("rsa-1", "ES256"), ("ec-1", "RS256"), ("ed-1", "ES256")):
        crossed = f"{encoded({'alg': alg, 'kid': kid})}.{token.split('.', 1)[1]}"
        assert await reason(federation, crossed) == "unknown_key", (kid, alg)


async def test_a_key_that_the_token_brings_along_is_not_looked_at(sso: Province) -> None:
    own = RSAKey.generate_key(2048)
    for extra in (
        {"jwk": own.as_dict(private=False)},
        {"jku": "https://evil.example/jwks"},
        {"x5c": ["AA=="]},
    ):
        token = signed({"alg": "RS256", "kid": "rsa-1", **extra}, claims(), own)
        assert await reason(accepting(sso), token) == "bad_signature"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ({"crit": ["exp"], "exp": 1}, "malformed"),
        ({"typ": "at+jwt"}, "malformed"),
        ({"typ": "steppe-receipt+jws"}, "malformed"),
        ({"typ": "JWT"}, None),
    ],
)
async def test_what_the_header_asks_for(sso: Province, header: dict[str, Any], expected: str | None) -> None:
    token = sso.sign(claims())
    made = {"alg": "RS256", "kid": "rsa-1", **header}
    if "crit" in header or expected:
        token = f"{encoded(made)}.{token.split('.', 1)[1]}"
    else:
        token = sso.sign(claims(), **header)
    assert await reason(accepting(sso), token) == expected


async def test_a_new_key_is_fetched_when_it_is_first_seen(sso: Province) -> None:
    federation = accepting(sso)
    assert await reason(federation, sso.sign(claims())) is None
    sso.rotate("rsa-2", RSAKey.generate_key(2048))
    assert await reason(federation, sso.sign(claims(), kid="rsa-2")) is None
    assert await reason(federation, sso.sign(claims())) is None
    assert sso.asked == 2


async def test_a_key_that_was_taken_back_holds_no_longer_than_its_ttl(sso: Province) -> None:
    federation = accepting(sso, ttl=0)
    old = sso.sign(claims())
    assert await reason(federation, old) is None
    del sso.keys["rsa-1"]
    sso.rotate("rsa-2", RSAKey.generate_key(2048))
    assert await reason(federation, old) == "unknown_key"


async def test_while_the_issuer_is_away_its_keys_hold_and_new_ones_wait(sso: Province) -> None:
    federation = accepting(sso, ttl=0)
    assert await reason(federation, sso.sign(claims())) is None
    good = sso.body
    for status, body in ((503, b""), (200, b"<html>"), (200, b"{}"), (200, b'{"keys": 1}'), (302, b"")):
        sso.status, sso.body = status, body
        assert await reason(federation, sso.sign(claims())) is None, (status, body)
    sso.status, sso.body = 200, b'{"keys": [' + b" " * 300_000 + b"]}"
    assert await reason(federation, sso.sign(claims())) is None
    sso.body = good
    assert await reason(federation, sso.sign(claims())) is None


async def test_an_issuer_that_never_answered_is_said_to_be_away(sso: Province) -> None:
    sso.status = 500
    with pytest.raises(Unavailable):
        await accepting(sso).verified(sso.sign(claims()))


async def test_keys_that_are_too_old_hold_no_longer(sso: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.federation.service.MAX_STALE", 0.3)
    federation, token = accepting(sso, ttl=0), sso.sign(claims())
    assert await reason(federation, token) is None
    sso.status = 500
    with pytest.raises(Unavailable):
        for _ in range(200):
            await federation.verified(token)
            await asyncio.sleep(0.05)


async def test_a_flood_of_unknown_keys_asks_the_issuer_once(sso: Province) -> None:
    federation = accepting(sso, cooldown=3600)
    tokens = [sso.sign(claims()).split(".", 1)[1] for _ in range(3)]
    flood = [f"{encoded({'alg': 'RS256', 'kid': f'k{n}'})}.{tokens[n % 3]}" for n in range(300)]
    found = await asyncio.gather(*(reason(federation, token) for token in flood))
    assert set(found) == {"unknown_key"}
    assert sso.asked == 1
    assert await reason(federation, sso.sign(claims())) is None


async def test_what_can_be_refused_without_keys_asks_nobody(sso: Province) -> None:
    federation = accepting(sso)
    wrong = (claims(aud="other"), claims(iss="https://other.example"), claims(exp=1))
    assert {await reason(federation, sso.sign(each)) for each in wrong} == {
        *("wrong_audience", "unknown_issuer", "token_expired")
    }
    assert sso.asked == 0


async def test_garbage_among_the_published_keys_hurts_only_itself(sso: Province) -> None:
    good = json.loads(sso.body)["keys"]
    garbage: list[Any] = [None, 1, "x", [], {}, {"kty": "RSA"}, {"kty": "RSA", "kid": "bad", "n": 1, "e": []}]
    garbage += [
        {"kty": "RSA", "kid": "bad2", "n": "!!", "e": "AQAB"},
        {"kty": "oct", "kid": "rsa-9", "k": "AA"},
    ]
    garbage += [{"kty": "EC", "crv": "P-256", "kid": "bad3", "x": "AA", "y": "AA"}]
    garbage += [{"kty": "OKP", "crv": "Ed25519", "kid": "bad4", "x": "AA"}]
    sso.body = json.dumps({"keys": [*garbage, *good]}).encode()
    federation = accepting(sso)
    assert await reason(federation, sso.sign(claims())) is None
    rest = sso.sign(claims()).split(".", 1)[1]
    for kid, alg in (
        ("bad", "RS256"),
        ("bad2", "RS256"),
        ("bad3", "ES256"),
        ("bad4", "EdDSA"),
        ("rsa-9", "RS256"),
    ):
        token = f"{encoded({'alg': alg, 'kid': kid})}.{rest}"
        assert await reason(federation, token) == "unknown_key", kid


async def test_a_small_rsa_key_is_refused(sso: Province) -> None:
    small = rsa.generate_private_key(65537, 1024).public_key().public_numbers()  # noqa: S505
    jwk = {"kty": "RSA", "kid": "small", "e": "AQAB", "n": encoded(small.n.to_bytes(128, "big"))}
    sso.body = json.dumps({"keys": [jwk]}).encode()
    head = {"alg": "RS256", "kid": "small"}
    token = f"{encoded(head)}.{sso.sign(claims()).split('.', 1)[1]}"
    assert await reason(accepting(sso), token) == "weak_key"


async def test_without_a_name_the_only_key_of_the_kind_is_meant(sso: Province) -> None:
    token = signed({"alg": "RS256"}, claims(), sso.keys["rsa-1"])
    assert await reason(accepting(sso), token) is None
    sso.rotate("rsa-2", RSAKey.generate_key(2048))
    assert await reason(accepting(sso), token) == "unknown_key"


@pytest.mark.parametrize(
    "token",
    [
        *("", ".", "..", "a.b.c", "....", "é.b.c", "x" * 20_000),
        f"{encoded([])}.{encoded({})}.x",
        f"{encoded({'alg': 'RS256'})}.{encoded([])}.x",
        f"{encoded(b'{')}.{encoded({})}.x",
        f"{encoded(TWICE)}.{encoded({})}.x",
        f"{encoded({'alg': 'RS256'})}.{encoded(b'[' * 9000)}.x",
    ],
)
async def test_what_is_no_token_is_malformed(sso: Province, token: str) -> None:
    federation = accepting(sso)
    assert await reason(federation, token) == "malformed"
    assert not federation.knows(token)


def test_the_keys_of_the_tests_are_of_three_kinds() -> None:
    made = Province()
    assert [type(each) for each in made.keys.values()] == [RSAKey, ECKey, OKPKey]
