"""A file as a receipt vouches for it."""

from __future__ import annotations

from typing import Any

from services.permits.attachments.models import Attachment
from services.permits.attachments.schemas import AnnexNamed, AttachmentNamed


def sealed(named: AttachmentNamed | AnnexNamed, file: Attachment) -> dict[str, Any]:
    """What it is for, with its digest: whoever has the file can tell that it is the one."""
    known = file.model_dump(mode="json", include={"name", "media_type", "size_bytes", "sha256"})
    return {**named.model_dump(mode="json"), **known}
