"""What a telephone shows after the QR of a document was scanned: the same as the JSON, for a person. No script."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from fastapi import Request, Response

from services.permits.documents.schemas import DocumentCheck

PAGE: dict[int | str, dict[str, Any]] = {
    200: {"description": "what is known of it", "content": {"text/html": {"schema": {"type": "string"}}}}
}
_KINDS = {"original": "正本", "duplicate": "副本"}
_STYLE = (
    "body{font:16px/1.6 system-ui,sans-serif;margin:1.5rem auto;max-width:40rem;padding:0 1rem;color:#1a1a1a}"
    "h1{font-size:1.3rem}p.holds{color:#1f5c45}p.not{color:#b3261e}p.holds,p.not{font-size:1.2rem;font-weight:600}"
    "dt{color:#5a5f68;font-size:.85rem}dd{margin:0 0 .6rem;overflow-wrap:anywhere}"
)
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "vary": "Accept, Authorization, Accept-Language",
}


def wants_page(request: Request) -> bool:
    """A browser names text/html; a program that names JSON, or nothing, gets JSON."""
    accepted = request.headers.get("accept", "").lower()
    return "text/html" in accepted and "json" not in accepted


def page(check: DocumentCheck) -> Response:
    """The check as a page."""
    standing = (
        '<p class="holds">文件真实，许可证有效 · Genuine, and the permit holds</p>'
        if check.holds
        else f'<p class="not">文件真实，但：{escape(check.standing or "")}（{escape(check.standing_detail or "")}）'
        " · Genuine, but it does not hold</p>"
    )
    rows = [
        ("文件 Document", f"排污许可证（{_KINDS[check.kind]}）第{check.version}版"),
        ("许可证编号 Permit number", check.permit_number),
        ("单位名称 Enterprise", check.enterprise_name),
        ("现行版本 Current version", f"第{check.current_version}版"),
        ("制作时间 Made at", check.made_at.isoformat(timespec="seconds")),
        ("文件摘要 SHA-256", check.pdf_sha256),
        ("签名 Signature", f"{check.receipt.issuer} · {check.receipt.receipt_id}"),
    ]
    return verification("排污许可证核验", "Verification of a permit", standing, rows)


def verification(title: str, title_en: str, standing: str, rows: Iterable[tuple[str, str]]) -> Response:
    """`standing` is markup already; the rest is not."""
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in rows)
    content = (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style><h1>{title} · {title_en}</h1>"
        f"{standing}<dl>{listed}</dl></html>"
    )
    return Response(content, media_type="text/html; charset=utf-8", headers=_HEADERS)
