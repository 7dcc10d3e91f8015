"""What a difference is about, as a person says it: 排放口DA001 二氧化硫 小时浓度 限值. Pure."""

from __future__ import annotations

from services.kit.texts import Text
from services.permits.changes import words
from services.permits.changes.differences import Difference, Document

_NAMING = {
    "limits": ("pollutant_name", "kind", "permit_year"),
    "plant_limits": ("scope", "pollutant_name", "permit_year"),
    "special_limits": ("period", "alert_level", "outlet_code", "pollutant_name", "kind"),
    "monitoring": ("outlet_code", "point", "pollutant_name", "means"),
    "ledger": ("category",),
    "operation": ("subject",),
    "fugitive": ("subject",),
    "other": ("subject",),
    "disclosure": (),
}
"""By what an item of a list is called where its code is not its name."""


def label(difference: Difference) -> Text:
    """The names of all that leads to the difference, outermost first."""
    trail = difference.trail[1:] if difference.members[0] == "terms" else ()
    parts = [_part(name, item) for name, item in trail or difference.trail]
    return Text(zh=" ".join(part.zh for part in parts), en=", ".join(part.en for part in parts))


def _part(name: str, item: Document | None) -> Text:
    of = words.member(name)
    if item is None:
        return of
    said = [
        words.value(str(item[each])) for each in _NAMING.get(name, ("code",)) if item.get(each) is not None
    ]
    return Text(
        zh=f"{of.zh}{' '.join(each.zh for each in said)}",
        en=f"{of.en} {' '.join(each.en for each in said)}".strip(),
    )
