"""`steppe verify receipt`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.kit.receipts import issue_receipt
from services.kit.receipts_cli import main
from services.kit.signing import KeyRing

RING = KeyRing.from_private_jwks(KeyRing.generate())
DOCUMENT = {"period": "2026-Q3", "rows": [{"outlet": "DA001", "mass_kg": "12.50"}]}
ISSUED = issue_receipt(
    RING,
    issuer="某市生态环境局",
    kind="permits.execution_report",
    subject="/v1/permits/reports/0199",
    document=DOCUMENT,
    submitted_by="0199-account",
    on_behalf_of="91152501XY0000015Q",
    received_at=datetime(2026, 11, 23, 1, 30, tzinfo=UTC),
)


class Desk:
    """A folder with the published keys, on which a person lays files and runs the command."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keys = self.lay("keys.json", RING.public_jwks())

    def lay(self, name: str, content: object) -> str:
        file = self.folder / name
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        file.write_text(text, encoding="utf-8")
        return str(file)

    def verify(self, file: str, *more: str) -> int:
        return main([file, "--keys", self.keys, *more])


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def _answer(**changes: object) -> dict[str, object]:
    return {
        "id": "0199",
        "receipt": {"jws": ISSUED.jws, **ISSUED.receipt.payload()},
        "document": DOCUMENT,
    } | changes


def test_the_bare_text_holds_and_says_what_it_does_not_prove(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk.verify(desk.lay("receipt.jws", ISSUED.jws + "\n")) == 0
    proved, not_proved = capsys.readouterr().out.split("未证明 / not proved:")
    assert "91152501XY0000015Q" in proved
    assert ISSUED.receipt.document_sha256 in proved
    assert "the document at hand" in not_proved


def test_with_the_document_it_proves_that_this_one_was_received(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    document = desk.lay("document.json", "\ufeff" + json.dumps(DOCUMENT, indent=4))
    assert desk.verify(desk.lay("receipt.jws", ISSUED.jws), "--document", document) == 0
    proved, not_proved = capsys.readouterr().out.split("未证明 / not proved:")
    assert "您手中的文件就是当时收到的文件" in proved
    assert "the document at hand" not in not_proved
    assert "compare them over a channel you trust" in not_proved


def test_an_answer_of_the_api_is_checked_with_the_document_in_it(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk.verify(desk.lay("answer.json", _answer())) == 0
    assert "the document at hand" in capsys.readouterr().out.split("未证明")[0]
    assert desk.verify(desk.lay("answer.json", _answer(document=DOCUMENT | {"period": "2026-Q2"}))) == 1
    assert "receipt_document_differs" in capsys.readouterr().out


def test_another_document_exits_1(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    document = desk.lay("document.json", DOCUMENT | {"period": "2026-Q2"})
    assert desk.verify(desk.lay("receipt.jws", ISSUED.jws), "--document", document) == 1
    assert "回执无效" in capsys.readouterr().out


def test_a_document_with_a_float_exits_1_and_names_the_place(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    document = desk.lay("document.json", '{"mass_kg": 12.50}')
    assert desk.verify(desk.lay("receipt.jws", ISSUED.jws), "--document", document) == 1
    assert "/mass_kg" in capsys.readouterr().out


def test_what_is_shown_beside_the_signature_must_say_the_same(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = {"jws": ISSUED.jws, **ISSUED.receipt.payload()}
    assert (
        desk.verify(desk.lay("a.json", _answer(receipt=shown | {"received_at": "2026-11-23T09:30:00+08:00"})))
        == 0
    )
    assert (
        desk.verify(desk.lay("a.json", _answer(receipt=shown | {"received_at": "2026-11-22T09:30:00+08:00"})))
        == 1
    )
    assert (
        desk.verify(desk.lay("a.json", _answer(receipt=shown | {"received_at": "2026-11-23T01:30:00"}))) == 1
    )
    capsys.readouterr()
    assert (
        desk.verify(desk.lay("a.json", _answer(receipt=shown | {"on_behalf_of": "91152501XY0000023X"}))) == 1
    )
    assert "receipt_shown_differs" in capsys.readouterr().out


def test_a_forged_receipt_exits_1(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    header, payload, _ = ISSUED.jws.split(".")
    assert desk.verify(desk.lay("receipt.jws", f"{header}.{payload}.AAAA")) == 1
    assert "signature_mismatch" in capsys.readouterr().out


def test_the_keys_of_another_issuer_exit_1(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.keys = desk.lay("other.json", KeyRing.from_private_jwks(KeyRing.generate()).public_jwks())
    assert desk.verify(desk.lay("receipt.jws", ISSUED.jws)) == 1
    assert "signature_unknown_key" in capsys.readouterr().out


def test_an_empty_file_exits_1(desk: Desk) -> None:
    assert desk.verify(desk.lay("receipt.jws", "")) == 1


@pytest.mark.parametrize(
    "content", ["{}", "[]", '{"receipt": null}', '{"receipt": {"jws": 7}}', "{", '{"a":1,"a":1}']
)
def test_a_file_without_a_receipt_exits_2(
    desk: Desk, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk.verify(desk.lay("answer.json", content)) == 2
    assert "answer.json" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"keys": 7}', "{"])
def test_a_file_that_is_no_key_set_exits_2(
    desk: Desk, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.keys = desk.lay("other.json", content)
    assert desk.verify(desk.lay("receipt.jws", ISSUED.jws)) == 2
    assert "other.json" in capsys.readouterr().err


def test_files_that_cannot_be_read_exit_2(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    (desk.folder / "bytes").write_bytes(b"\xff\xfe\x00")
    receipt = desk.lay("receipt.jws", ISSUED.jws)
    assert desk.verify(str(desk.folder / "bytes")) == 2
    assert desk.verify(str(desk.folder)) == 2
    assert desk.verify(str(desk.folder / "missing")) == 2
    assert desk.verify(receipt, "--document", receipt) == 2
    assert "无法读取" in capsys.readouterr().err


@pytest.mark.parametrize("argv", [[], ["receipt"], ["file"], ["token", "file", "--keys", "keys"]])
def test_bad_usage_exits_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 2
    assert "usage" in capsys.readouterr().err


def test_help_exits_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert "--document" in capsys.readouterr().out
