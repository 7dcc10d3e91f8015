"""The file of issuers: the example of the handbook can be used, and a wrong one is refused with every fault."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from gateway.federation.configuration import IssuersFileError, load, parse
from tests.gateway.federation.issuer import content

HANDBOOK = Path(__file__).resolve().parents[3] / "docs" / "operations" / "federation.md"
URL = "https://sso.province.example/jwks.json"


def test_the_example_of_the_handbook_can_be_used(tmp_path: Path) -> None:
    (example,) = re.findall(r"^```toml\n(.*?)^```", HANDBOOK.read_text(encoding="utf-8"), re.M | re.S)
    file = tmp_path / "issuers.toml"
    file.write_text(example, encoding="utf-8")
    (issuer,) = load(file)
    assert "approver" in issuer.strong_roles
    assert parse(tomllib.loads(example)) == (issuer,)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"allowed_roles": ["administrator"]}, "administrator is never given by an issuer"),
        ({"allowed_roles": ["agent"]}, "agent is never given by an issuer"),
        ({"allowed_roles": ["king"]}, "no such role: king"),
        ({"roles": {"boss": "clerk"}}, "'boss' maps to clerk, which is not in allowed_roles"),
        ({"roles": {"root": "administrator"}}, "'root' maps to administrator, which is not in allowed_roles"),
        ({"second_factor": {}}, "approver needs a second factor"),
        ({"jwks_uri": "http://sso.province.example/jwks"}, "jwks_uri is no https address"),
        ({"jwks_uri": "file:///etc/passwd"}, "jwks_uri is no https address"),
        ({"algorithms": ["HS256"]}, "Input should be 'RS256', 'ES256' or 'EdDSA'"),
        ({"algorithms": ["none"]}, "Input should be 'RS256', 'ES256' or 'EdDSA'"),
        ({"algorithms": []}, "at least 1 item"),
        ({"leeway_seconds": 301}, "less than or equal to 300"),
        ({"claims": {"subject": ""}}, "at least 1 character"),
        (
            {"allowed_roles": ["hospital"], "roles": {"ward": "hospital"}, "claims": {}},
            "hospital acts for enterprises: say which claim holds them (claims.usccs)",
        ),
        ({"colour": "green"}, "Extra inputs are not permitted"),
    ],
)
def test_a_fault_is_said(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(IssuersFileError, match=re.escape(fault)):
        parse({"issuer": [content(URL, **changes)]})


def test_every_fault_is_said_at_once() -> None:
    wrong = content("http://x.example/", allowed_roles=["administrator", "king"])
    with pytest.raises(IssuersFileError) as raised:
        parse({"issuer": [wrong, content(URL)]})
    text = str(raised.value)
    for fault in ("name 'province' stands twice", "stands twice", "king", "administrator", "no https"):
        assert fault in text


@pytest.mark.parametrize("text", ["", "issuer = 1", "[[issuer]]", "not toml", "issuer = []"])
def test_what_is_no_such_file_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "issuers.toml"
    file.write_text(text)
    with pytest.raises(IssuersFileError):
        load(file)
    with pytest.raises(IssuersFileError):
        load(tmp_path / "none.toml")
