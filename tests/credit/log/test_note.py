"""Signed notes, checkpoints and proof files against the C2SP texts."""

from __future__ import annotations

from base64 import b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from services.credit.log.keys import LogSigner
from services.credit.log.note import (
    Checkpoint,
    NoteInvalid,
    Verifier,
    open_checkpoint,
    open_note,
    read_checkpoint,
    read_vkey,
    said_by,
    sign_note,
)
from services.credit.log.tlog_proof import check_proof, read_proof, write_proof
from services.kit.signing import KeyRing
from tests.credit.log.test_merkle import LEAVES, Tree

# The key of RFC 8032 7.1, test 1, over the eight leaves of transparency-dev/merkle.
KEY = Ed25519PrivateKey.from_private_bytes(
    bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
)
NAME = "erenhot.example/credit"
VKEY = "erenhot.example/credit+220294db+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea"
GOLDEN = """c2sp.org/tlog-proof@v1
index 5
vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=
yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=
037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=

erenhot.example/credit
8
XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=

\u2014 erenhot.example/credit \
IgKU21YRZrwRx68ITup25sz2GF5T9OFthSARqABdcAlHcRUAPIWW8UZCZIOk5oec0S+gHxaqYDjHwXk2JNrypChtZQk=
"""
VERIFIER = read_vkey(VKEY)
PUBLISHED = [
    (  # the example of C2SP signed-note.md
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "This is an example message.\n\n\u2014 example.com/foo "
        "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n",
    ),
    (  # golang.org/x/mod sumdb/note
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
        "\u2014 PeterNeumann "
        "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
    ),
]
NOTE = GOLDEN.partition("\n\n")[2]


def refused(note: str, *verifiers: Verifier) -> str:
    with pytest.raises(NoteInvalid) as error:
        open_checkpoint(note, verifiers or [VERIFIER])
    return error.value.code


def test_our_proof_is_the_golden_one_to_the_byte() -> None:
    tree = Tree(LEAVES)
    note = sign_note(Checkpoint(NAME, 8, tree.roots[8]).text, name=NAME, key=KEY)
    assert write_proof(5, tree.inclusion(5, 8), note) == GOLDEN
    assert Verifier(NAME, KEY.public_key()).vkey == VKEY


def test_the_golden_proof_verifies_for_its_leaf_and_no_other() -> None:
    proof = read_proof(GOLDEN)
    checkpoint = check_proof(proof, entry=LEAVES[5], verifiers=[VERIFIER])
    assert (checkpoint.origin, checkpoint.size, proof.index) == (NAME, 8, 5)
    with pytest.raises(NoteInvalid, match="proof_mismatch"):
        check_proof(proof, entry=LEAVES[4], verifiers=[VERIFIER])
    with pytest.raises(NoteInvalid, match="proof_mismatch"):
        check_proof(read_proof(GOLDEN.replace("index 5", "index 4")), entry=LEAVES[5], verifiers=[VERIFIER])


@pytest.mark.parametrize(("vkey", "note"), PUBLISHED)
def test_published_notes_verify(vkey: str, note: str) -> None:
    verifier = read_vkey(vkey)
    assert verifier.vkey == vkey
    assert open_note(note, [verifier]) == note.partition("\n\n")[0] + "\n"
    with pytest.raises(NoteInvalid, match="note_signature"):
        open_note(note.replace("is", "was", 1), [verifier])


def test_a_note_with_any_changed_line_is_refused() -> None:
    assert refused(NOTE.replace("\n8\n", "\n7\n")) == "note_signature"
    assert refused(NOTE.replace("XcnaeacG", "XcnaeacH")) == "note_signature"
    assert (
        refused(NOTE.replace("erenhot.example/credit\n8", "elsewhere.example/credit\n8")) == "note_signature"
    )


@given(st.integers(0, len(NOTE) - 1), st.characters(codec="utf-8"))
def test_no_single_change_leaves_a_note_that_says_something_else(place: int, character: str) -> None:
    changed = NOTE[:place] + character + NOTE[place + 1 :]
    try:
        checkpoint = open_checkpoint(changed, [VERIFIER])
    except NoteInvalid:
        return
    assert checkpoint == said_by(NOTE)
    assert changed == NOTE


def test_a_note_of_an_unknown_key_proves_nothing() -> None:
    stranger = Verifier(NAME, Ed25519PrivateKey.generate().public_key())
    assert refused(NOTE, stranger) == "note_unknown_key"


def test_a_second_signature_of_an_unknown_witness_is_passed_over() -> None:
    witness = sign_note(said_by(NOTE).text, name="witness.example", key=Ed25519PrivateKey.generate())
    both = NOTE + witness.rpartition("\n\n")[2]
    assert open_checkpoint(both, [VERIFIER]) == said_by(NOTE)


def test_a_bad_signature_of_a_known_key_refuses_the_whole_note() -> None:
    witness_key = Ed25519PrivateKey.generate()
    forged = sign_note("other\n", name="witness.example", key=witness_key).rpartition("\n\n")[2]
    with pytest.raises(NoteInvalid, match="note_signature"):
        open_note(NOTE + forged, [VERIFIER, Verifier("witness.example", witness_key.public_key())])


def test_a_checkpoint_of_another_log_signed_by_a_known_key_is_refused() -> None:
    note = sign_note(Checkpoint("other.example/log", 8, b"\0" * 32).text, name=NAME, key=KEY)
    assert refused(note) == "checkpoint_origin"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n",
        "origin\n08\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n",
        "origin\n-1\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n",
        "origin\n8\nXcnaeacG\n",
        "origin\n8\nnot base64\n",
        "\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n",
        "origin\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteInvalid, match="note_malformed"):
        read_checkpoint(text)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        VKEY.replace("220294db", "220294dc"),
        VKEY.replace("AddamAGC", "BNdamAGC"),
        VKEY[:-4],
        VKEY.replace(NAME, "other"),
    ],
)
def test_what_is_no_verifier_key_is_refused(vkey: str) -> None:
    with pytest.raises(NoteInvalid, match="vkey_invalid"):
        read_vkey(vkey)


@pytest.mark.parametrize(
    "text",
    [
        "",
        GOLDEN.replace("@v1", "@v2"),
        GOLDEN.replace("index 5", "index 05"),
        GOLDEN.replace("index 5\n", ""),
        GOLDEN.replace("vBoGQ7EuTS18", "vBoGQ7EuTS1"),
        GOLDEN.partition("\n\n")[0],
        GOLDEN.replace("vBoG", "AAAA\nvBoG"),
    ],
)
def test_what_is_no_proof_file_is_refused(text: str) -> None:
    with pytest.raises(NoteInvalid, match="proof_malformed"):
        read_proof(text)


def test_an_extra_line_of_a_proof_file_is_passed_over() -> None:
    assert read_proof(GOLDEN.replace("index 5", "extra AAAA\nindex 5")) == read_proof(GOLDEN)


def test_a_signer_takes_its_key_from_a_private_jwk_set() -> None:
    signer = LogSigner.from_private_jwks(KeyRing.generate(), origin=NAME)
    checkpoint = open_checkpoint(signer.sign(size=3, root=b"\1" * 32), [read_vkey(signer.verifier.vkey)])
    assert (checkpoint.origin, checkpoint.size, checkpoint.root) == (NAME, 3, b"\1" * 32)
    assert "PrivateKey" not in repr(signer)


@pytest.mark.parametrize(
    "text",
    ["", "{}", '{"keys": []}', '{"keys": [{"crv": "Ed25519"}]}', '{"keys": [{"crv": "P-256", "d": "AA"}]}'],
)
def test_what_is_no_private_key_is_refused_without_quoting_it(text: str) -> None:
    with pytest.raises(ValueError, match="the log's key is not") as error:
        LogSigner.from_private_jwks(text, origin=NAME)
    assert error.value.__cause__ is None


def test_names_with_a_space_or_a_plus_sign_nothing() -> None:
    for name in ("", "a b", "a+b"):
        with pytest.raises(ValueError, match="a note ends with"):
            sign_note("text\n", name=name, key=KEY)
    with pytest.raises(ValueError, match="a note ends with"):
        sign_note("no newline", name=NAME, key=KEY)


def test_the_key_id_is_in_the_signature() -> None:
    blob = b64decode(NOTE.rpartition(" ")[2])
    assert blob[:4] == VERIFIER.key_id
