"""What a statement claims, and its file. Pure: made by the service, read by the offline verifier.

The file is `{"format": …, "jws": …, "evaluation": {"leaf": …, "disclosed": [[salt, field, value], …]}, "proof": …}`:
a JWS (typ `steppe-statement+jws`) over the RFC 8785 form of the claims; the leaf of the evaluation (base64) with the
openings of what it discloses; and a `c2sp.org/tlog-proof@v1` that the leaf is in the log.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

FORMAT = "steppe-credit-statement@v1"
TYPE = "steppe-statement+jws"


@dataclass(frozen=True, slots=True)
class Claims:
    """What the issuer signed.

    `score` is a decimal as text, `valid_at` a date, `as_of` and `expires_at` aware times (RFC 3339).
    `subject_entries` counts the log's entries about the subject in the tree of `tree_size`: one held back would show.
    """

    statement_id: str
    issuer: str
    log: str
    subject: str
    grade: str
    grade_name: str
    score: str
    rule_pack: str
    rule_hash: str
    valid_at: str
    evaluation_index: int
    tree_size: int
    subject_entries: int
    as_of: datetime
    expires_at: datetime

    def payload(self) -> dict[str, str | int]:
        """The members as they are signed."""
        values = {part.name: getattr(self, part.name) for part in fields(self)}
        times = {"as_of": self.as_of.isoformat(), "expires_at": self.expires_at.isoformat()}
        return {**values, **times}


NUMBERS = ("evaluation_index", "tree_size", "subject_entries")
TIMES = ("as_of", "expires_at")
SAME_AS_LEAF = ("subject", "grade", "grade_name", "score", "rule_pack", "rule_hash", "valid_at")
"""Claims that the evaluation's leaf must say, too."""
