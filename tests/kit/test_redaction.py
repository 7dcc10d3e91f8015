"""What may not be in a log is cut from free texts and from what exceptions say."""

from __future__ import annotations

import json
import uuid

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from services.kit.redaction import clean, described, said, strict

JWS = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"Authorization: Bearer {JWS}", JWS),
        (f"the token {JWS} was refused", "c2lnbmF0dXJl"),
        ("authorization: Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA"),
        ("sent Key dk_7f3a9b21c4d5e6f7", "dk_7f3a9b21c4d5e6f7"),
        ('{"device_key": "dk-canary-1"}', "dk-canary-1"),
        ("the device sent stk_0Ab1Cd2Ef3Gh4Ij5 again", "0Ab1Cd2E"),
        ("password=open-sesame&x=1", "open-sesame"),
        ("{'client_secret': 'hunter two'}", "hunter two"),
        ("X-Api-Key: abc123", "abc123"),
        ("Cookie: session=abcdef", "abcdef"),
        ("postgresql://steppe:hunter2@db:5432/x", "hunter2"),
        ("GET /v1/permits/reports?name=canary", "canary"),
        ("http://127.0.0.1:8001/v1/x?uscc=canary&y", "canary"),
        ("holder 152501199003071234 called", "152501199003071234"),
        ("holder 15250119900307123X called", "15250119900307123X"),
        ("call 13812345678 or +86 138-1234-5678", "1234"),
        ("office 0479-7512345", "7512345"),
        ("username: zhang.san", "zhang.san"),
        ("the device said stk_0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX2yZ3aB4cD5eF", "0aB1cD2e"),
        ("got dGhpcyBpcyBhIHJlZnJlc2ggdG9rZW4tMTIzNDU2Nzg", "dGhpcy"),
        ("seed JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "JBSWY3DP"),
        ("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw\n-----END PRIVATE KEY-----", "MC4C"),
    ],
)
def test_credentials_and_numbers_of_people_are_cut(text: str, secret: str) -> None:
    assert secret not in clean(text)
    assert "…" in clean(text)


@pytest.mark.parametrize(
    "text",
    [
        "permits: no answer in time",
        "2026-11-26T08:00:00.123Z",
        "91152501MA0N7AAA0K",
        "91152501MA0N7AAA0K001P",
        "sha-256 " + "0123456789abcdef" * 4,
        "position 12345678901 of the feed",
        str(uuid.UUID("01938c1e-7f3a-7000-8000-138123456789")),
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    ],
)
def test_what_tells_of_nobody_stays(text: str) -> None:
    assert clean(text) == text


def test_an_exception_says_what_it_is_without_the_values_it_quotes() -> None:
    assert said(KeyError("canary")) == "KeyError: …"
    assert said(ValueError("invalid literal for int() with base 10: 'canary'")).endswith("base 10: …")
    assert (
        said(ValueError("can't read b'canary' or \"canary\", sorry"))
        == "ValueError: can't read … or …, sorry"
    )
    assert said(ValueError("unknown person 张三 13812345678")) == "ValueError: unknown person … …"
    assert said(AttributeError("'NoneType' object has no attribute 'rows'")).endswith("attribute 'rows'")
    assert said(TimeoutError()) == "TimeoutError"


def test_an_open_quote_hides_the_rest() -> None:
    assert strict("cannot parse 'canary and no end") == "cannot parse …"


def test_what_the_database_quotes_is_cut() -> None:
    text = (
        'duplicate key value violates unique constraint "uq_account_login"\n'
        "DETAIL:  Key (login)=(canary) already exists.\n[parameters: ('canary', 7)]"
    )
    assert "canary" not in said(RuntimeError(text))
    assert "duplicate key value" in said(RuntimeError(text))
    assert "canary" not in said(RuntimeError("invalid input for query argument $1: canary (expected str)"))


def test_a_validation_error_does_not_show_its_input() -> None:
    class Form(BaseModel):
        age: int

    with pytest.raises(ValidationError) as raised:
        Form.model_validate({"age": {"canary": 7_654_321}})
    assert "canary" not in said(raised.value)
    assert "7654321" not in said(raised.value)


def test_an_http_error_says_its_status_and_no_address() -> None:
    request = httpx.Request("GET", "http://127.0.0.1/v1/x?canary")
    with pytest.raises(httpx.HTTPStatusError) as raised:
        httpx.Response(401, request=request).raise_for_status()
    assert said(raised.value) == "HTTPStatusError: status 401"


def test_a_chain_of_exceptions_names_files_and_functions_and_no_values() -> None:
    def fails(password: str) -> None:
        try:
            raise KeyError(password)
        except KeyError as error:
            raise ValueError(f"no {password!r}") from error

    with pytest.raises(ValueError, match="canary") as raised:
        fails("canary")
    found = described(raised.value)
    assert [each["error"] for each in found] == ["ValueError: no …", "KeyError: …"]
    assert found[0]["frames"][-1].startswith("tests/kit/test_redaction.py:")
    assert found[0]["frames"][-1].endswith(" fails")
    assert "canary" not in json.dumps(found, ensure_ascii=False)


def test_every_member_of_a_group_is_told_and_a_circle_ends() -> None:
    first = ValueError("one")
    first.__context__ = group = ExceptionGroup("many", [first, KeyError("canary")])
    assert [each["error"].split(":")[0] for each in described(group)] == [
        "ExceptionGroup",
        "ValueError",
        "KeyError",
    ]


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_any_text_can_be_cleaned(text: str) -> None:
    assert len(strict(text)) <= 2 * len(text) + 20


@given(st.text(alphabet="abcdefXYZ0189_-", min_size=8, max_size=40))
def test_no_value_survives_beside_the_name_of_a_secret(value: str) -> None:
    for text in (f"Bearer {value}", f"password={value}", f'"refresh_token": "{value}"', f"repr {value!r}"):
        assert value not in strict(f"before {text} after")
