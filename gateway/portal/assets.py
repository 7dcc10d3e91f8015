"""Style, script and icon, from the package, under an address that changes with their content."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).with_name("static")
PREFIX = "/docs/assets"
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, plain and compressed."""

    media_type: str
    plain: bytes
    packed: bytes


@dataclass(frozen=True, slots=True)
class Assets:
    """All of them. `digest` is over names and contents: one that changes moves them all."""

    digest: str
    files: Mapping[str, Asset]

    def url(self, name: str) -> str:
        """Where it is served; raises KeyError for one that is not there."""
        self.files[name]
        return f"{PREFIX}/{self.digest}/{name}"


@lru_cache(maxsize=1)
def load() -> Assets:
    """Reads the package's static files once."""
    digest, files = hashlib.sha256(), {}
    for path in sorted(FOLDER.iterdir()):
        if path.suffix in MEDIA_TYPES:
            content = path.read_bytes()
            digest.update(path.name.encode() + b"\0" + content)
            packed = gzip.compress(content, mtime=0)
            files[path.name] = Asset(MEDIA_TYPES[path.suffix], content, packed)
    return Assets(digest.hexdigest()[:16], files)
