"""What a telephone shows after the QR of a printed report was scanned."""

from __future__ import annotations

from fastapi import Response

from services.permits.disclosure.schemas import DisclosedReceipt
from services.permits.documents.page import verification

_KINDS = {"monthly": "月度", "quarterly": "季度", "half_yearly": "半年", "annual": "年度"}


def receipt_page(receipt: DisclosedReceipt) -> Response:
    """Whether the receipt is ours, and whether what it stands for still does."""
    standing = '<p class="holds">回执真实，为最新版本 · Genuine, and the newest version</p>'
    if receipt.repudiated:
        standing = (
            '<p class="not">回执真实，但企业已否认该次报送 · Genuine, but the enterprise repudiated it</p>'
        )
    elif receipt.superseded:
        standing = '<p class="not">回执真实，但该版已被更正 · Genuine, but a newer version was submitted</p>'
    rows = (
        ("报告 Report", f"排污许可证{_KINDS[receipt.report_kind]}执行报告 第{receipt.version}版"),
        ("报告期 Period", f"{receipt.period_start}至{receipt.period_end}"),
        ("许可证编号 Permit number", receipt.permit_number),
        ("回执编号 Receipt", receipt.receipt_id),
        ("提交时间 Received at", receipt.received_at.isoformat(timespec="seconds")),
        ("内容摘要 SHA-256", receipt.document_sha256),
    )
    return verification("执行报告回执核验", "Verification of a receipt", standing, rows)
