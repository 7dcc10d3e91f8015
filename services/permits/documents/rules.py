"""What a decision document has to say, and what is struck across it. Pure: no clock, no database.

Sources: 排污许可管理条例 (State Council Order 736) art. 13 (content), art. 14 (term), art. 33 (what does not hold is no
permit); 行政许可法 art. 39, 44 (certificate and delivery), art. 70 (cancellation).
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from services.permits.documents.sheets import Stamp


class Kind(StrEnum):
    """The two documents of a permit."""

    ORIGINAL = "original"  # 正本
    DUPLICATE = "duplicate"  # 副本


class Audience(StrEnum):
    """For whom a document is made: the public one goes without persons and without what is withheld."""

    HOLDER = "holder"
    PUBLIC = "public"


def stamp(
    *,
    effective_from: date,
    valid_to: date,
    version: int,
    shown_version: int,
    today: date,
    ended: tuple[str, date] | None,
) -> Stamp | None:
    """What makes a document no proof of a permit that holds (条例 art. 14, 行政许可法 art. 70); None for one that is.

    `ended` is the word and the day of an end that somebody decided, `shown_version` the one that holds today, or held
    last. The gravest is said: an end, then a version that took its place, the term, that it does not hold yet.
    """
    if ended is not None:
        return Stamp(ended[0], f"自{ended[1].isoformat()}起{ended[0]}，本证不再有效")
    if version < shown_version:
        return Stamp("历史版本", f"第{version}版，现行为第{shown_version}版")
    if today > valid_to:
        return Stamp("已届满", f"有效期至{valid_to.isoformat()}，本证不再有效")
    if today < effective_from:
        return Stamp("尚未生效", f"自{effective_from.isoformat()}起有效")
    return None
