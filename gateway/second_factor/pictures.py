"""The QR code that an authenticator app reads."""

from __future__ import annotations

import io

import segno


def svg(text: str) -> str:
    """As an SVG document for putting into a page."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", scale=4, xmldecl=False, nl=False)
    return out.getvalue().decode()


def png_uri(text: str) -> str:
    """As a `data:` URI of a PNG image."""
    return str(segno.make(text, error="m").png_data_uri(scale=6))
