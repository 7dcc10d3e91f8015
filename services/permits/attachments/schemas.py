"""Files over the wire."""

import uuid
from typing import Annotated

from pydantic import Field

from services.kit.schemas import Id, Moment, Schema
from services.permits.attachments.rules import AnnexPurpose, Purpose

FileName = Annotated[str, Field(min_length=1, max_length=200, examples=["管网布置图.pdf"])]


class AttachmentNamed(Schema):
    """A file that an application names."""

    attachment_id: Id = Field(description="of a file that was sent before, `POST /v1/permits/attachments`")
    purpose: Purpose = Field(
        description="申请前公开情况 disclosure, 管网布置 pipe_layout, 总量指标来源 quota_source, 承诺书 commitment, "
        "工艺流程图 process_flow, 平面布置图 site_plan, 监测点位图 monitoring_layout, 环评文件 eia or 其他 other"
    )


class AnnexNamed(Schema):
    """A file that an execution report names."""

    attachment_id: Id = Field(description="of a file that was sent before, `POST /v1/permits/attachments`")
    purpose: AnnexPurpose = Field(
        description="监测报告 monitoring_report, 照片 photograph, 缴税凭证 tax_receipt, 台账 ledger, "
        "情况说明 explanation or 其他 other"
    )


class AttachmentRead(Schema):
    """What is known of a file; its content is at `…/content`."""

    id: uuid.UUID
    uscc: str
    permit_number: str | None = Field(description="of the site that it is about; null: of the enterprise")
    name: str
    media_type: str
    size_bytes: int
    sha256: str = Field(description="of its content, in hexadecimal digits")
    sent_by: str
    sent_at: Moment
