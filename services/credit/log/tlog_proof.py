"""Proof files that are checked offline (`c2sp.org/tlog-proof@v1`): index, inclusion proof, signed checkpoint. Pure."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.credit.log.merkle import leaf_hash
from services.credit.log.note import Checkpoint, NoteInvalid, Verifier, open_checkpoint
from services.credit.log.verify import inclusion_holds
from services.kit.texts import Text

HEADER = "c2sp.org/tlog-proof@v1"
MAX_HASHES = 63
_INDEX = re.compile(r"index (0|[1-9]\d{0,18})")


@dataclass(frozen=True, slots=True)
class TlogProof:
    """`hashes` go from the leaf to the root; `note` is the signed checkpoint, verbatim."""

    index: int
    hashes: tuple[bytes, ...]
    note: str


def write_proof(index: int, hashes: Sequence[bytes], note: str) -> str:
    lines = [HEADER, f"index {index}", *(base64.b64encode(each).decode("ascii") for each in hashes)]
    return "\n".join([*lines, "", note])


def read_proof(text: str) -> TlogProof:
    """The proof in a `.tlog-proof` file; NoteInvalid (`proof_malformed`) for anything else."""
    head, separator, note = text.partition("\n\n")
    header, *lines = head.split("\n")
    if lines and lines[0].startswith("extra "):  # untrusted by definition
        lines = lines[1:]
    try:
        found = _INDEX.fullmatch(lines[0]) if lines else None
        hashes = tuple(base64.b64decode(line, validate=True) for line in lines[1:])
        if header != HEADER or not separator or found is None or len(hashes) > MAX_HASHES:
            raise ValueError
        if any(len(each) != 32 for each in hashes):
            raise ValueError
    except ValueError:
        raise NoteInvalid(
            "proof_malformed", Text(zh="不是有效的日志证明", en="not a well-formed proof of a log")
        ) from None
    return TlogProof(int(found[1]), hashes, note)


def check_proof(proof: TlogProof, *, entry: bytes, verifiers: Iterable[Verifier]) -> Checkpoint:
    """The checkpoint of the log that holds `entry` at the proof's index; NoteInvalid where that is not proved."""
    checkpoint = open_checkpoint(proof.note, verifiers)
    holds = inclusion_holds(
        leaf=leaf_hash(entry),
        index=proof.index,
        size=checkpoint.size,
        proof=proof.hashes,
        root=checkpoint.root,
    )
    if not holds:
        reason = Text(
            zh="证明不成立：日志中该位置没有此条目",
            en="the proof does not hold: the log has no such entry there",
        )
        raise NoteInvalid("proof_mismatch", reason)
    return checkpoint
