"""Access tokens are checked by each service on its own, with keys that are fetched seldom."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send

from services.kit import clock, tokens
from services.kit.problems import Unauthorized, Unavailable
from services.kit.signing import KeyRing
from services.kit.tokens import AUDIENCE, TOKEN_TYPE, RemoteKeys, TokenVerifier
from tests.support.stack import serving

ISSUER = "http://issuer.example"
KEYS = KeyRing.from_private_jwks(KeyRing.generate())


class Issuer:
    """Publishes keys on a real socket, counts how often it is asked, and can be out of order."""

    def __init__(self) -> None:
        self.asked, self.broken = 0, False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for phase in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{phase}.complete"})
            return
        self.asked += 1
        body = b"not a JWKS" if self.broken else json.dumps(KEYS.public_jwks()).encode()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})


@pytest.fixture
async def issuer() -> AsyncIterator[tuple[Issuer, str]]:
    issuer, sock = Issuer(), socket.socket(proto=socket.IPPROTO_TCP)
    sock.bind(("127.0.0.1", 0))
    async with serving(issuer, sock):
        yield issuer, f"http://127.0.0.1:{sock.getsockname()[1]}/"


def claims(**changes: Any) -> dict[str, Any]:
    """Good claims; a change to `...` takes the claim out."""
    moment = int(time.time())
    given_claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "somebody",
        "scope": "permits:read",
        "roles": ["clerk"],
        "usccs": [],
        "every_enterprise": True,
        "exp": moment + 60,
        **changes,
    }
    return {name: value for name, value in given_claims.items() if value is not ...}


def bearer(payload: object, *, keys: KeyRing = KEYS, typ: str = TOKEN_TYPE) -> str:
    return "Bearer " + keys.sign(json.dumps(payload).encode(), typ=typ)


async def own_keys(*, refresh: bool = False) -> dict[str, Any]:
    return KEYS.public_jwks()


@pytest.fixture
def verifier() -> TokenVerifier:
    return TokenVerifier(own_keys, issuer=ISSUER)


class TestRemoteKeys:
    async def test_keys_are_fetched_once_and_kept(self, issuer: tuple[Issuer, str]) -> None:
        keys = RemoteKeys(issuer[1])
        for _ in range(5):
            assert await keys.get() == KEYS.public_jwks()
        assert issuer[0].asked == 1

    async def test_a_flood_of_unknown_key_ids_is_one_fetch_in_a_cooldown(
        self, issuer: tuple[Issuer, str]
    ) -> None:
        verifier = TokenVerifier(RemoteKeys(issuer[1], cooldown=60).get, issuer=ISSUER)
        for _ in range(20):
            stranger = KeyRing.from_private_jwks(KeyRing.generate())
            with pytest.raises(Unauthorized):
                await verifier.principal(bearer(claims(), keys=stranger))
        assert issuer[0].asked == 1

    async def test_after_the_cooldown_a_new_key_is_found(self, issuer: tuple[Issuer, str]) -> None:
        keys = RemoteKeys(issuer[1], cooldown=0)
        await keys.get()
        await keys.get(refresh=True)
        assert issuer[0].asked == 2

    async def test_known_keys_outlive_an_issuer_that_is_out_of_order(
        self, issuer: tuple[Issuer, str]
    ) -> None:
        keys = RemoteKeys(issuer[1], ttl=0, cooldown=0)
        await keys.get()
        issuer[0].broken = True
        assert await keys.get() == KEYS.public_jwks()

    async def test_without_any_keys_the_answer_is_503(self) -> None:
        with pytest.raises(Unavailable):
            await RemoteKeys("http://127.0.0.1:9/").get()


class TestTokenVerifier:
    async def test_a_good_token_says_who_calls(self, verifier: TokenVerifier) -> None:
        principal = await verifier.principal(bearer(claims(name="Somebody", usccs=["U1"])))
        assert principal is not None
        assert (principal.subject, principal.name, principal.roles) == ("somebody", "Somebody", ("clerk",))
        assert principal.scopes == {"permits:read"}
        assert principal.usccs == ("U1",)
        assert principal.every_enterprise

    async def test_a_token_may_say_which_sign_in_sites_and_delegation_it_has(
        self, verifier: TokenVerifier
    ) -> None:
        plain = await verifier.principal(bearer(claims()))
        assert plain is not None
        assert (plain.session, plain.sites, plain.acting_for) == (None, None, None)
        narrow = await verifier.principal(bearer(claims(sid="s1", sites=["a", "b"], acting_for="d.3")))
        assert narrow is not None
        assert (narrow.session, narrow.sites, narrow.acting_for) == ("s1", {"a", "b"}, "d.3")

    async def test_no_sites_at_all_is_not_every_site(self, verifier: TokenVerifier) -> None:
        nowhere = await verifier.principal(bearer(claims(sites=[])))
        assert nowhere is not None
        assert nowhere.sites == frozenset()

    async def test_only_so_many_tokens_are_remembered_and_none_of_them_as_it_is(
        self, verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tokens, "REMEMBERED", 3)
        sent = [bearer(claims(sub=f"s{number}")) for number in range(5)]
        for header in (*sent[:3], sent[0], *sent[3:]):  # the first is used again before others come
            await verifier.principal(header)
        assert [principal.subject for _, principal in verifier._seen.values()] == ["s0", "s3", "s4"]
        assert not any(header.encode() in repr(verifier._seen).encode() for header in sent)

    async def test_without_a_header_nobody_calls(self, verifier: TokenVerifier) -> None:
        assert await verifier.principal(None) is None

    async def test_clocks_may_differ_by_the_leeway_and_no_more(self, verifier: TokenVerifier) -> None:
        moment = int(time.time())
        assert await verifier.principal(bearer(claims(exp=moment - 2, nbf=moment + 2))) is not None
        for changes in ({"exp": moment - 8}, {"nbf": moment + 8}):
            with pytest.raises(Unauthorized):
                await verifier.principal(bearer(claims(**changes)))

    async def test_a_token_that_was_seen_before_expires_all_the_same(self, verifier: TokenVerifier) -> None:
        token = bearer(claims(exp=int(time.time()) + 60))
        assert await verifier.principal(token) is not None
        with clock.at(clock.now() + timedelta(seconds=70)), pytest.raises(Unauthorized):
            await verifier.principal(token)

    @pytest.mark.parametrize(
        "changes",
        [
            *({"sub": ...}, {"sub": ""}, {"sub": None}, {"sub": 7}, {"iss": ...}, {"iss": ISSUER + "/"}),
            *({"aud": ...}, {"aud": "other"}, {"aud": [AUDIENCE, "other"]}),
            *(
                {"exp": ...},
                {"exp": 0},
                {"exp": -1},
                {"exp": "4102444800"},
                {"exp": 4102444800.5},
                {"exp": True},
            ),
            *({"exp": None}, {"nbf": 4102444800}, {"nbf": "0"}, {"nbf": None}, {"nbf": True}, {"nbf": [0]}),
            *({"roles": "clerk"}, {"roles": None}, {"roles": [1]}, {"usccs": "U1"}, {"usccs": {"U1": 1}}),
            *({"scope": ["permits:read"]}, {"scope": None}, {"name": 7}),
            *({"sid": 7}, {"sid": None}, {"sites": "a"}, {"sites": None}, {"sites": [1]}, {"acting_for": []}),
        ],
    )
    async def test_odd_claims_are_refused_however_well_they_are_signed(
        self, verifier: TokenVerifier, changes: dict[str, Any]
    ) -> None:
        with pytest.raises(Unauthorized):
            await verifier.principal(bearer(claims(**changes)))

    @pytest.mark.parametrize("every", ["true", 1, [True], "false"])
    async def test_only_true_opens_every_enterprise(self, verifier: TokenVerifier, every: object) -> None:
        principal = await verifier.principal(bearer(claims(every_enterprise=every)))
        assert principal is not None
        assert not principal.every_enterprise

    @given(
        st.dictionaries(
            st.sampled_from([*claims(), "nbf", "name", "sid", "sites", "acting_for", "x"]),
            st.recursive(
                st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=3
            ),
        )
    )
    async def test_any_signed_claims_are_a_principal_or_unauthorized(self, changes: dict[str, Any]) -> None:
        verifier = TokenVerifier(own_keys, issuer=ISSUER)
        try:
            principal = await verifier.principal(bearer(claims(**changes)))
        except Unauthorized:
            return
        assert principal is not None
        assert principal.subject

    @pytest.mark.parametrize("payload", [[], "x", None, 7, {}])
    async def test_a_payload_that_is_no_object_of_claims_is_refused(
        self, verifier: TokenVerifier, payload: object
    ) -> None:
        with pytest.raises(Unauthorized):
            await verifier.principal(bearer(payload))

    @given(st.text())
    async def test_any_header_is_a_token_or_unauthorized(self, header: str) -> None:
        verifier = TokenVerifier(own_keys, issuer=ISSUER)
        for text in (header, f"Bearer {header}"):
            with pytest.raises(Unauthorized):
                await verifier.principal(text)
