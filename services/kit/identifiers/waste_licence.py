"""Hazardous-waste business licence number (危险废物经营许可证编号).

The 2009 guide to issuing them (环境保护部公告 2009 no. 65) forms ten digits: province 2, prefecture 2, county
2, serial 4, with `G` in front of those the ministry issued. Practice varies from province to province, so any
printable text up to 30 characters is taken, and an unusual one remarked on.
"""

from __future__ import annotations

import re

from services.kit.identifiers.verdict import Standard, Verdict, fold_upper
from services.kit.texts import Text

STANDARD = Standard("waste_licence", "环境保护部公告2009年第65号")
_MAX_LENGTH = 30
_USUAL = re.compile(r"G?[0-9]{10}")
_ALLOWED = re.compile(r"[\w()\[\]〔〕/.·-]+")
_UNUSUAL = Text(
    zh="不是通常的10位编号（省2市2县2序号4），各地编号方式不一，请核对",
    en="not the usual ten digits (province, prefecture, county, serial); numbering varies, please compare",
)


def check_waste_licence(raw: str) -> Verdict:
    """Codes `waste_licence_length` and `waste_licence_character`."""
    value = fold_upper(raw)
    if not 1 <= len(value) <= _MAX_LENGTH:
        reason = Text(zh="应为1至30个字符", en="should be 1 to 30 characters long")
        return STANDARD.refuse(value, "waste_licence_length", reason)
    for position, char in enumerate(value, start=1):
        if not _ALLOWED.fullmatch(char):
            reason = Text(
                zh="第{position}位应为字母、汉字、数字或常用符号",
                en="character {position} should be a letter, a digit or a common mark",
            ).format(position=position)
            return STANDARD.refuse(value, "waste_licence_character", reason, position=position)
    return STANDARD.accept(value) if _USUAL.fullmatch(value) else STANDARD.accept(value, _UNUSUAL)
