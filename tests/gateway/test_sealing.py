"""Small secrets lie sealed in the database, and others as keyed digests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sealing import Seal, SealBroken, SecretInvalid

FIRST, SECOND = Seal.generate(), Seal.generate()
SEAL = Seal(FIRST)


@given(st.binary(max_size=200))
def test_what_was_sealed_opens_for_the_same_purpose_and_owner_only(plain: bytes) -> None:
    sealed = SEAL.seal(plain, purpose="second factor", of="a")
    assert SEAL.open(sealed, purpose="second factor", of="a") == plain
    assert plain not in sealed or len(plain) < 4
    for purpose, owner in (("second factor", "b"), ("another", "a")):
        with pytest.raises(SealBroken):
            SEAL.open(sealed, purpose=purpose, of=owner)


@given(st.integers(0, 200), st.integers(1, 255))
def test_a_changed_byte_breaks_it(place: int, change: int) -> None:
    sealed = bytearray(SEAL.seal(b"JBSWY3DPEHPK3PXP", purpose="p", of="a"))
    sealed[place % len(sealed)] ^= change
    with pytest.raises(SealBroken):
        SEAL.open(bytes(sealed), purpose="p", of="a")


def test_the_secret_is_exchanged_by_putting_a_new_key_in_front() -> None:
    old = SEAL.seal(b"x", purpose="p", of="a")
    both = Seal(f"{SECOND} {FIRST}")
    assert both.open(old, purpose="p", of="a") == b"x"
    assert SEAL.digest("key", purpose="p") in both.digests("key", purpose="p")
    assert both.digest("key", purpose="p") == Seal(SECOND).digest("key", purpose="p")
    with pytest.raises(SealBroken):
        Seal(SECOND).open(old, purpose="p", of="a")


def test_two_seals_of_one_text_differ_and_digests_do_not() -> None:
    assert SEAL.seal(b"x", purpose="p", of="a") != SEAL.seal(b"x", purpose="p", of="a")
    assert SEAL.digest("x", purpose="p") == SEAL.digest("x", purpose="p")
    assert SEAL.digest("x", purpose="p") != SEAL.digest("x", purpose="q")


@pytest.mark.parametrize(
    "text",
    ["", "  ", "short", "!!!", FIRST[:-4], f"{FIRST} x", "草" * 43],
    ids=["empty", "blank", "short", "no letters", "cut", "two words", "another script"],
)
def test_a_secret_that_cannot_be_one_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(SecretInvalid) as refused:
        Seal(text)
    assert not text.strip() or text not in str(refused.value)
    assert FIRST not in repr(SEAL)
