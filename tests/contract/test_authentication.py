"""Every service checks the token itself: being behind the gateway proves nothing, and no header replaces it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest

from services.kit.receipts import ReceiptInvalid, check_receipt
from services.kit.signing import KeyRing
from services.kit.tokens import TOKEN_TYPE
from tests.contract.endpoints import refused
from tests.contract.tokens import REPORTS, asked, claims, part, signed
from tests.support.town import Holder, Town

STRANGER = KeyRing.from_private_jwks(KeyRing.generate())


@pytest.fixture(scope="module")
async def holder(town: Town) -> Holder:
    return await town.holder()


async def is_refused(town: Town, way: str, token: str) -> None:
    answer = await asked(town, way, f"Bearer {token}")
    assert answer.status_code == 401, answer.text
    refused(answer, "unauthorized")
    assert answer.headers["www-authenticate"].startswith("Bearer ")


async def test_a_good_token_opens_both_ways(town: Town, holder: Holder, way: str) -> None:
    assert (await asked(town, way, f"Bearer {signed(town, claims(town, holder))}")).status_code == 200


class TestTokensThatDoNotHold:
    @pytest.mark.parametrize(
        "changes",
        [
            *({"iss": "http://elsewhere.example"}, {"iss": ...}, {"aud": "other"}, {"aud": ...}),
            *({"exp": 1}, {"exp": ...}, {"exp": "9999999999"}, {"nbf": 9_999_999_999}, {"nbf": "x"}),
            *(
                {"sub": ...},
                {"sub": ""},
                {"sub": 5},
                {"roles": "clerk"},
                {"usccs": "9"},
                {"scope": ["permits:read"]},
            ),
        ],
    )
    async def test_one_with_other_claims_is_refused(
        self, town: Town, holder: Holder, way: str, changes: dict[str, Any]
    ) -> None:
        await is_refused(town, way, signed(town, claims(town, holder, **changes)))

    async def test_one_that_expired_a_moment_ago_is_refused(
        self, town: Town, holder: Holder, way: str
    ) -> None:
        await is_refused(town, way, signed(town, claims(town, holder, exp=int(time.time()) - 10)))

    @pytest.mark.parametrize("typ", ["JWT", "at+JWT", "application/at+jwt", "steppe-receipt+jws", ""])
    async def test_one_of_another_type_is_refused(
        self, town: Town, holder: Holder, way: str, typ: str
    ) -> None:
        await is_refused(town, way, signed(town, claims(town, holder), typ=typ))

    async def test_one_of_another_key_is_refused_whatever_key_it_names(
        self, town: Town, holder: Holder, way: str
    ) -> None:
        payload = json.dumps(claims(town, holder)).encode()
        forged = STRANGER.sign(payload, typ=TOKEN_TYPE)
        await is_refused(town, way, forged)
        known = town.stack.token_keys.public_jwks()["keys"][0]["kid"]
        header = part({"alg": "EdDSA", "kid": known, "typ": TOKEN_TYPE})
        await is_refused(town, way, f"{header}.{forged.split('.', 1)[1]}")

    async def test_one_without_a_signature_or_with_a_symmetric_one_is_refused(
        self, town: Town, holder: Holder, way: str
    ) -> None:
        key = town.stack.token_keys.public_jwks()["keys"][0]
        public_bytes = base64.urlsafe_b64decode(key["x"] + "==")
        payload = part(claims(town, holder))
        for algorithm in ("none", "None", "NONE", "", None):
            header = part({"alg": algorithm, "kid": key["kid"], "typ": TOKEN_TYPE})
            await is_refused(town, way, f"{header}.{payload}.")
        for secret in (public_bytes, key["x"].encode(), json.dumps(key).encode()):
            head = part({"alg": "HS256", "kid": key["kid"], "typ": TOKEN_TYPE})
            mac = hmac.new(secret, f"{head}.{payload}".encode(), hashlib.sha256).digest()
            await is_refused(town, way, f"{head}.{payload}.{part(mac)}")

    async def test_one_that_brings_or_names_its_own_key_is_refused(
        self, town: Town, holder: Holder, way: str
    ) -> None:
        forged = STRANGER.sign(json.dumps(claims(town, holder)).encode(), typ=TOKEN_TYPE)
        _, payload, signature = forged.split(".")
        own = STRANGER.public_jwks()["keys"][0]
        for extra in (
            {"jwk": own},
            {"jku": "http://127.0.0.1:1/"},
            {"x5u": "http://127.0.0.1:1/"},
            {"crit": ["x"]},
        ):
            header = part({"alg": "EdDSA", "kid": own["kid"], "typ": TOKEN_TYPE, **extra})
            await is_refused(town, way, f"{header}.{payload}.{signature}")

    async def test_one_with_any_part_changed_is_refused(self, town: Town, holder: Holder, way: str) -> None:
        token = signed(town, claims(town, holder))
        header, payload, signature = token.split(".")
        wider = part({**claims(town, holder), "every_enterprise": True})
        other = ("A" if signature[0] != "A" else "B") + signature[1:]
        for changed in (
            f"{header}.{wider}.{signature}",
            f"{header}.{payload}.{other}",
            f"{token}=",
            f"{token}.x",
        ):
            await is_refused(town, way, changed)

    async def test_a_receipt_is_no_token_and_a_token_no_receipt(self, town: Town, way: str) -> None:
        owner = await town.holder()
        receipt = (await owner.submitted())["receipt"]["jws"]
        await is_refused(town, way, receipt)
        keys = (await town.public.get("/v1/permits/receipt-keys")).json()["keys"]
        published = (await town.public.get("/.well-known/jwks.json")).json()
        assert {key["kid"] for key in keys}.isdisjoint(key["kid"] for key in published["keys"])
        with pytest.raises(ReceiptInvalid) as refusal:
            check_receipt(owner.token, published)
        assert refusal.value.code == "signature_type"

    async def test_a_refresh_token_is_no_access_token(self, town: Town, holder: Holder, way: str) -> None:
        await is_refused(town, way, (await town.sign_in(holder.login))["refresh_token"])


class TestAuthorizationHeader:
    @pytest.mark.parametrize(
        "value",
        [
            *(
                b"",
                b"Bearer",
                b"Basic YTpi",
                b"Digest x",
                b"Bearer a",
                b"Bearer a.b",
                b"Bearer a.b.c",
                b"Bearer ....",
            ),
            *(
                b"Bearer =.=.=",
                b"Bearer null",
                b"Bearer undefined",
                b"Bearer {}",
                b"token",
                b"Bearer\tx",
                b"Bearer  ",
            ),
            *(
                b"Bearer " + b"a" * 9000,
                b"Bearer " + b"a." * 4000,
                b'Bearer realm="x"',
                b"Bearer \xe8\x8d\x89",
            ),
        ],
    )
    async def test_garbage_is_401(self, town: Town, way: str, value: bytes) -> None:
        answer = await asked(town, way, value.rstrip())
        assert answer.status_code == 401
        refused(answer, "unauthorized")

    async def test_two_tokens_are_none(self, town: Town, holder: Holder, way: str) -> None:
        token = f"Bearer {holder.token}"
        assert (await asked(town, way, token)).status_code == 200
        for second in (token, "Bearer x", "Basic YTpi"):
            assert (await asked(town, way, token, second)).status_code == 401

    async def test_the_scheme_is_read_in_any_case(self, town: Town, holder: Holder, way: str) -> None:
        for scheme in ("bearer", "BEARER"):
            assert (await asked(town, way, f"{scheme} {holder.token}")).status_code == 200

    @pytest.mark.parametrize(
        "name",
        [
            *("X-Steppe-User", "X-Steppe-Principal", "X-Steppe-Roles", "X_Steppe_User", "X-Forwarded-User"),
            *("X-Remote-User", "X-Auth-Request-User", "X-Authenticated-Userid", "X-Original-Authorization"),
        ],
    )
    async def test_no_other_header_says_who_calls(
        self, town: Town, holder: Holder, way: str, name: str
    ) -> None:
        for value in (str(holder.account), "clerk", f"Bearer {holder.token}"):
            assert (await asked(town, way, **{name: value})).status_code == 401
            answer = await asked(town, way, f"Bearer {holder.token}", **{name: value, "X-Steppe-Usccs": "*"})
            assert {row["uscc"] for row in answer.json()["items"]} <= {holder.uscc}

    @pytest.mark.parametrize("query", ["access_token", "token", "authorization"])
    async def test_a_token_in_the_address_is_no_token(self, town: Town, holder: Holder, query: str) -> None:
        answer = await town.public.get(REPORTS, params={query: holder.token})
        assert answer.status_code == 401
