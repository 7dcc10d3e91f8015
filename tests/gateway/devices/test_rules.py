"""What a device key looks like, and what it may be given."""

from __future__ import annotations

import random
import re
import secrets

from hypothesis import given
from hypothesis import strategies as st

from gateway.devices import rules
from gateway.identity.rules import ROLE_SCOPES


def test_a_key_is_found_by_the_pattern_that_scanners_know() -> None:
    key = rules.make_key(secrets.choice)
    assert re.fullmatch(r"stk_[0-9A-Za-z]{46}", key)
    assert rules.is_key(key)
    assert key.startswith(rules.hint(key))
    assert len(rules.hint(key)) == 12


@given(st.randoms(use_true_random=False), st.integers(4, 49), st.sampled_from(rules.ALPHABET))
def test_a_mistyped_character_is_noticed_without_asking(chance: random.Random, at: int, other: str) -> None:
    key = rules.make_key(chance.choice)
    changed = key[:at] + other + key[at + 1 :]
    assert rules.is_key(changed) is (changed == key)


@given(st.text() | st.from_regex(r"stk_[0-9A-Za-z]{0,60}", fullmatch=True))
def test_any_text_is_a_key_or_none(text: str) -> None:
    if rules.is_key(text):
        assert text[-rules.CHECK_LENGTH :] == rules.check_of(text[4:44])


@given(st.sets(st.sampled_from(sorted(frozenset().union(*ROLE_SCOPES.values())))), st.booleans())
def test_nobody_gives_a_device_more_than_devices_have_or_than_is_held(asked: set[str], bureau: bool) -> None:
    for role, held in ROLE_SCOPES.items():
        given_scopes = asked - set(rules.beyond(asked, held=held, bureau=bureau))
        assert given_scopes <= rules.DEVICE_SCOPES, role
        assert bureau or given_scopes <= held
