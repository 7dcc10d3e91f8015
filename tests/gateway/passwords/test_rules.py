"""What a password must be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.passwords import rules
from gateway.passwords.common import common_passwords

COMMON = common_passwords()


def codes(password: str, *, login: str = "zhao01", old: str | None = None) -> set[str]:
    return {found.code for found in rules.weaknesses(password, login=login, common=COMMON, old=old)}


@pytest.mark.parametrize(
    ("password", "wrong"),
    [
        ("synthetic-password", set()),
        ("草原上的风吹过额尔古纳河边", set()),
        ("short-one", {"password_length"}),
        ("x" * 1025, {"password_length", "password_common"}),
        ("my-Zhao01-secret", {"password_contains_login"}),
        ("PassWord1234", {"password_common"}),
        ("aaaaaaaaaaaaaa", {"password_common"}),
        ("ababababababab", {"password_common"}),
        ("abcdefghijklmno", {"password_common"}),
        ("098765432109", {"password_common"}),
        ("zhao01", {"password_length", "password_contains_login"}),
    ],
)
def test_each_rule_names_itself(password: str, wrong: set[str]) -> None:
    assert codes(password) == wrong


def test_the_old_one_is_no_new_one() -> None:
    assert codes("synthetic-password", old="synthetic-password") == {"password_unchanged"}
    assert codes("synthetic-password", old="synthetic-Password") == set()


def test_a_login_of_two_letters_stands_in_many_passwords_by_chance() -> None:
    assert codes("synthetic-password", login="sy") == set()


def test_the_list_holds_only_what_the_length_would_let_pass() -> None:
    assert len(COMMON) > 60
    assert all(len(each) >= rules.MIN_LENGTH for each in COMMON)


@given(st.text(), st.text(max_size=64))
def test_any_text_is_judged(password: str, login: str) -> None:
    assert codes(password, login=login) <= {"password_length", "password_contains_login", "password_common"}


@given(st.sampled_from(sorted(COMMON)))
def test_no_common_one_passes_in_any_case(password: str) -> None:
    assert "password_common" in codes(password.upper())
    assert "password_common" in codes(password.title())
