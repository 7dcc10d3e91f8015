"""Header fields across the gateway."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.headers import (
    HOP_BY_HOP,
    MAKES_ROOM,
    forward_response_headers,
    forwarded,
    own_request_headers,
    passed_on,
)

TRACE = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
OURS = [
    ("x-forwarded-for", "192.0.2.7"),
    ("x-forwarded-proto", "https"),
    ("x-forwarded-host", "steppe.example"),
    ("via", "1.1 steppe"),
    ("x-request-id", "rid"),
    ("traceparent", TRACE),
]
SPOOFED = [
    "X-Forwarded-For",
    "x-forwarded-proto",
    "X-FORWARDED-HOST",
    "x-forwarded",
    "Forwarded",
    "X-Real-IP",
    "X-Request-Id",
    "Via",
    "X-Steppe-Subject",
    "x-steppe-",
    "X-Original-URL",
    "X-HTTP-Method-Override",
    "Proxy",
    "traceparent",
    "Host",
    "Content-Length",
    "Expect",
    "X_Forwarded_For",
    "Authorization_",
]

token = st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-_.", min_size=1, max_size=20)
names = st.one_of(
    token, st.sampled_from([*SPOOFED, *(name.decode() for name in HOP_BY_HOP), "Accept", "Cookie"])
)
values = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x2FFF, exclude_characters="\x7f"), max_size=30
)
fields = st.lists(st.tuples(names.map(str.encode), values.map(str.encode)), max_size=12)


def up(headers: list[tuple[bytes, bytes]], *, content_length: int | None = None) -> list[tuple[str, str]]:
    own = own_request_headers(request_id="rid", traceparent=TRACE, content_length=content_length)
    of_client = forwarded("192.0.2.7", "https", "steppe.example")
    return [*passed_on(headers, TRACE).fields, *of_client.fields, *own]


def down(headers: list[tuple[bytes, bytes]], *, status: int = 200) -> list[tuple[bytes, bytes]]:
    return forward_response_headers(headers, status=status, request_id="rid", upstream=b"10.0.0.5:8101")


@given(fields)
def test_what_goes_up_is_the_clients_own_end_to_end_fields_in_order_and_then_ours(
    headers: list[tuple[bytes, bytes]],
) -> None:
    named = {t.strip().lower() for n, v in headers if n.lower() == b"connection" for t in v.split(b",")}
    sent = up(headers)
    assert sent[-len(OURS) :] == OURS
    theirs = sent[: -len(OURS)]
    expected = [
        (name.decode().lower(), value.decode())
        for name, value in headers
        if b"_" not in name
        and name.lower() not in HOP_BY_HOP | named
        and name.lower() not in {spoofed.lower().encode() for spoofed in SPOOFED}
        and not name.lower().startswith((b"x-forwarded", b"x-steppe-", b"x-original-"))
    ]
    assert theirs == expected


@given(fields)
def test_what_comes_down_never_holds_a_hop_by_hop_field_and_one_request_id(
    headers: list[tuple[bytes, bytes]],
) -> None:
    sent = [name for name, _ in down(headers)]
    assert not HOP_BY_HOP & set(sent)
    assert sent.count(b"x-request-id") == 1
    assert b"server" not in sent


@given(st.lists(st.binary(max_size=8).filter(lambda v: not set(v) & {*range(32), 127}), max_size=6))
def test_every_set_cookie_comes_down_once_and_in_order(cookies: list[bytes]) -> None:
    sent = down([(b"Set-Cookie", cookie) for cookie in cookies])
    assert [value for name, value in sent if name == b"set-cookie"] == cookies


@pytest.mark.parametrize("name", SPOOFED)
def test_a_client_cannot_speak_in_the_gateways_name(name: str) -> None:
    assert up([(name.encode(), b"forged")]) == OURS


def test_fields_named_by_connection_are_dropped_however_they_are_written() -> None:
    headers = [
        (b"X-User", b"root"),
        (b"Connection", b"close, X-USER"),
        (b"connection", b"x-trace"),
        (b"X-Trace", b"1"),
    ]
    assert up(headers) == OURS


def test_connection_cannot_make_the_gateway_leave_out_its_own_fields() -> None:
    assert up([(b"connection", b"x-forwarded-for, x-request-id, traceparent")]) == OURS


def test_repeated_request_fields_stay_repeated() -> None:
    assert up([(b"Accept", b"a"), (b"accept", b"b")])[:2] == [("accept", "a"), ("accept", "b")]


def test_content_length_is_stated_only_when_the_body_goes_up_with_that_length() -> None:
    headers = [(b"content-length", b"9")]
    assert "content-length" not in dict(up(headers))
    assert dict(up(headers, content_length=9))["content-length"] == "9"


def test_utf8_values_pass_and_others_are_refused() -> None:
    assert up([(b"x-name", "二连".encode())])[0] == ("x-name", "二连")
    with pytest.raises(ValueError, match="utf-8"):
        up([(b"x-name", "二连".encode("gbk"))])


@pytest.mark.parametrize("value", [b"a\r\nx-steppe-subject: root", b"a\x00b", b"a\nb", b"\x7f"])
def test_control_characters_cross_in_neither_direction(value: bytes) -> None:
    with pytest.raises(ValueError, match="control"):
        up([(b"x-note", value)])
    with pytest.raises(ValueError, match="control"):
        down([(b"x-note", value)])


@pytest.mark.parametrize(("theirs", "kept"), [(TRACE, True), (TRACE.replace("a", "c"), False)])
def test_tracestate_goes_on_only_with_its_own_trace(theirs: str, *, kept: bool) -> None:
    sent = up([(b"traceparent", theirs.encode()), (b"tracestate", b"v=1")])
    assert (("tracestate", "v=1") in sent) is kept


def test_a_response_length_that_another_framing_overrides_is_dropped() -> None:
    both = [(b"content-length", b"5"), (b"transfer-encoding", b"chunked")]
    assert b"content-length" not in dict(down(both))
    assert dict(down(both[:1]))[b"content-length"] == b"5"
    assert b"content-length" not in dict(down(both[:1], status=304))


def test_urls_that_name_the_service_become_relative() -> None:
    sent = dict(
        down(
            [
                (b"Location", b"http://10.0.0.5:8101/v1/permits/reports/1"),
                (b"Link", b"<https://10.0.0.5:8101/x>"),
            ]
        )
    )
    assert sent[b"location"] == b"/v1/permits/reports/1"
    assert sent[b"link"] == b"</x>"


def test_a_response_field_without_a_proper_name_is_refused() -> None:
    with pytest.raises(ValueError, match="field name"):
        down([(b"x note", b"1")])


def test_a_service_is_told_to_let_others_go_first_by_the_gateway_alone() -> None:
    assert up([(MAKES_ROOM.encode(), b"1")]) == up([])
    told = own_request_headers(request_id="rid", traceparent=TRACE, makes_room=True)
    assert (MAKES_ROOM, "1") in told
