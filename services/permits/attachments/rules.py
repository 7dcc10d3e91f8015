"""What files are taken, and what for. Pure: no clock, no database.

What has to be attached to an application is said where its content is (`applications.rules_supplements`). The forms are
those that an office can open: PDF, images, OFD (GB/T 33190-2016), and the office's own; ours.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.kit.characters import UNSEEN
from services.kit.findings import Findings, pointer
from services.kit.texts import Text

START_BYTES = 16
"""As many of a file's first bytes tell its form."""
_ZIP = b"PK\x03\x04"
_FORBIDDEN = re.compile(rf'[/\\:*?"<>|{UNSEEN}]')
_NAME = Text(
    zh="文件名不得含路径、控制字符、不可见字符或方向符",
    en="a file's name holds no path, and no control, invisible or direction characters",
)
_ENDING = Text(zh="文件名应以{endings}结尾", en="the name of such a file ends with {endings}")
_FORM = Text(zh="文件内容不是所称的格式", en="the file is not of the form that it is said to be")
_UNKNOWN = Text(zh="没有该附件，或不属于该单位该场所", en="there is no such file of this enterprise and site")
_TWICE = Text(zh="同一附件不重复列出", en="a file is named once")


class Purpose(StrEnum):
    """What a file is attached for. The first three are asked for by 条例 art. 8; the others are the names of the
    national form's attachments, from memory, and no rule asks for them."""

    DISCLOSURE = "disclosure"  # 申请前信息公开情况说明 (art. 8(1))
    PIPE_LAYOUT = "pipe_layout"  # 纳污范围、管网布置 (art. 8(2))
    QUOTA_SOURCE = "quota_source"  # 总量控制指标来源、削减替代说明 (art. 8(3))
    COMMITMENT = "commitment"  # 守法承诺书
    PROCESS_FLOW = "process_flow"  # 生产工艺流程图
    SITE_PLAN = "site_plan"  # 厂区总平面布置图
    MONITORING_LAYOUT = "monitoring_layout"  # 监测点位示意图
    EIA = "eia"  # 环评批复或备案文件
    OTHER = "other"  # 其他


class AnnexPurpose(StrEnum):
    """What a file is annexed to an execution report for: the last part of HJ 944-2018. The kinds are ours."""

    MONITORING_REPORT = "monitoring_report"  # 监测报告
    PHOTOGRAPH = "photograph"  # 照片
    TAX_RECEIPT = "tax_receipt"  # 环境保护税缴税凭证
    LEDGER = "ledger"  # 台账
    EXPLANATION = "explanation"  # 情况说明
    OTHER = "other"  # 其他


@dataclass(frozen=True, slots=True)
class Form:
    """How files of a media type begin, and what their names end with."""

    begins: tuple[bytes, ...]
    endings: tuple[str, ...]


_OFFICE = "application/vnd.openxmlformats-officedocument"
FORMS = {
    "application/pdf": Form((b"%PDF-",), (".pdf",)),
    "image/jpeg": Form((b"\xff\xd8\xff",), (".jpg", ".jpeg")),
    "image/png": Form((b"\x89PNG\r\n\x1a\n",), (".png",)),
    "application/ofd": Form((_ZIP,), (".ofd",)),
    f"{_OFFICE}.wordprocessingml.document": Form((_ZIP,), (".docx",)),
    f"{_OFFICE}.spreadsheetml.sheet": Form((_ZIP,), (".xlsx",)),
}


def check_file(found: Findings, *, name: str, media_type: str, start: bytes) -> None:
    """A file is what it says that it is: its first bytes and its name's ending are those of its media type."""
    form = FORMS[media_type]
    if _FORBIDDEN.search(name):
        found.add("/name", "file_name_forbidden", _NAME)
    if not name.lower().endswith(form.endings):
        found.add("/name", "file_name_ending", _ENDING.format(endings=" / ".join(form.endings)))
    if not start.startswith(form.begins):
        found.add("", "file_of_another_form", _FORM)


def check_named(
    found: Findings,
    named: Sequence[uuid.UUID],
    *,
    known: Collection[uuid.UUID],
    article: str,
    member: str = "attachments",
) -> None:
    """What is attached to an application or a report is there, the enterprise's, of its site, and named once."""
    for index, each in enumerate(named):
        where = pointer(member, index, "attachment_id")
        if each in named[:index]:
            found.add(where, "attachment_twice", _TWICE, rests_on=(f"/{member}/*/attachment_id",))
        elif each not in known:
            found.add(where, "attachment_unknown", _UNKNOWN, article=article, rests_on=("/permit_number",))
