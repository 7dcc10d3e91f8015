"""The secrets that the first start makes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from infra.local.files import last_lines, rotate, write_atomically
from infra.local.secrets import make_secrets, sample_password

SERVICES = ("permits", "waste", "credit", "emergency")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("home") / "secrets"
    make_secrets(made, SERVICES)
    return made


def test_each_process_has_its_own_folder_with_what_it_needs(folder: Path) -> None:
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    services = {
        f"{name}/steppe_{name}_{what}" for name in SERVICES for what in ("receipt_keys", "client_secret")
    }
    others = {
        "gateway/steppe_gateway_token_keys",
        "gateway/steppe_gateway_secret",
        "credit/steppe_credit_log_key",
        "permits/steppe_permits_seal",
        "sample/sample_password",
        "sample/sample_otp_secret",
    }
    assert found == services | others


def test_only_the_owner_may_read_them(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600)


def test_the_keys_are_private_ed25519_and_all_different(folder: Path) -> None:
    keys = [json.loads(path.read_text())["keys"][0] for path in folder.rglob("*_keys")]
    assert len(keys) == 5
    assert all(key["kty"] == "OKP" and key["crv"] == "Ed25519" for key in keys)
    assert len({key["d"] for key in keys}) == 5


def test_client_secrets_have_256_bits_and_differ(folder: Path) -> None:
    secrets = {path.read_text() for path in folder.rglob("*_client_secret")}
    assert len(secrets) == 4
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", secret) for secret in secrets)


def test_the_sample_password_can_be_read_aloud(folder: Path) -> None:
    assert re.fullmatch(r"([a-z2-7]{4}-){3}[a-z2-7]{4}", sample_password(folder))


def test_nothing_is_made_twice_and_only_what_is_missing(tmp_path: Path) -> None:
    make_secrets(tmp_path, SERVICES)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert make_secrets(tmp_path, SERVICES) == []
    lost = tmp_path / "waste" / "steppe_waste_client_secret"
    lost.unlink()
    assert make_secrets(tmp_path, SERVICES) == [lost]
    assert {path: path.read_bytes() for path in before if path != lost} == {
        path: text for path, text in before.items() if path != lost
    }


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomically(path, "before")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "after \ud800")
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_large_log_moves_aside_and_the_oldest_goes(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    for number in range(6):
        log.write_text(f"{number}\n" * 100)
        rotate(log, larger_than=50, keep=3)
        assert not log.exists()
    assert {path.name: path.read_text()[0] for path in tmp_path.iterdir()} == {
        "x.log.1": "5",
        "x.log.2": "4",
        "x.log.3": "3",
    }
    assert last_lines(tmp_path / "x.log.1", 2) == ["5", "5"]
    assert last_lines(tmp_path / "none.log") == []


def test_a_small_log_stays(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    log.write_text("little\n")
    rotate(log, larger_than=50)
    assert log.read_text() == "little\n"
